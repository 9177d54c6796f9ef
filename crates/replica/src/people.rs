//! People and the roles they hold here.

use std::collections::BTreeSet;

use identity::{Judge, Ledger, SecretKey};
use model::{Level, UnitPath};
use serde::Serialize;
use wire::{Content, CredentialContent, EntryId, Grant, PublicKey, Role, Subject};

use crate::author::Place;
use crate::{Clock, Error, Replica};

/// A person with a credential at this unit.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// Their key.
    pub key: PublicKey,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub roles: BTreeSet<Role>,
    /// Whether their key is revoked or otherwise without effect.
    pub revoked: bool,
    /// Whether their key file is on this machine.
    pub here: bool,
}

/// A key that a unit's credentials name.
#[derive(Clone, Debug, Serialize)]
pub struct KeyView {
    /// The key.
    pub key: PublicKey,
    /// What holds it.
    pub subject: Subject,
    /// Of the person, the machine or the unit invited.
    pub name: String,
    /// What it may do.
    pub roles: BTreeSet<Role>,
    /// Whether it is revoked there.
    pub revoked: bool,
}

/// Fewest digits by which a key may be named.
const KEY_PREFIX_MIN_CHARS: usize = 8;

/// Every role that makes sense for people of a level.
pub fn roles_of_level(level: Level) -> BTreeSet<Role> {
    let mut roles = BTreeSet::from([Role::Editor, Role::Head, Role::Registrar, Role::Auditor]);
    if level != Level::Facility {
        roles.extend([Role::Reviewer, Role::Publisher]);
    }
    roles
}

/// The name of a role as the command line takes it.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Node => "node",
        Role::Editor => "editor",
        Role::Head => "head",
        Role::Reviewer => "reviewer",
        Role::Publisher => "publisher",
        Role::Registrar => "registrar",
        Role::Auditor => "auditor",
    }
}

impl Replica {
    /// The people of this unit. `here` are the keys whose files this machine has.
    pub fn people(&self, here: &[PublicKey]) -> Result<Vec<Person>, Error> {
        let mut people: Vec<Person> = Vec::new();
        let mut judge = Judge::new(&self.store);
        for grant in self.store.grants_at(&self.unit)? {
            if grant.subject != Subject::Person {
                continue;
            }
            if let Some(person) = people.iter_mut().find(|person| person.key == grant.key) {
                person.roles.extend(grant.roles);
                continue;
            }
            let counts = judge.counts_at(&grant.key, &self.unit)?;
            let revoked = self.is_revoked_by(&grant.key, &self.unit, &self.store, &mut judge)?;
            people.push(Person {
                key: grant.key,
                name: grant.name,
                roles: grant.roles,
                revoked: !counts || revoked,
                here: here.contains(&grant.key),
            });
        }
        people.sort_by(|a, b| (&a.name, a.key).cmp(&(&b.name, b.key)));
        Ok(people)
    }

    /// The person that acts: the one named, or the only one here with the role.
    pub fn acting(
        &self,
        here: &[PublicKey],
        name: Option<&str>,
        role: Role,
    ) -> Result<Person, Error> {
        let able = |person: &Person| person.here && !person.revoked;
        let mut people: Vec<Person> = self.people(here)?.into_iter().filter(able).collect();
        if let Some(name) = name {
            people.retain(|person| names(person, name));
            if people.is_empty() {
                return Err(Error::NoSuchPerson(name.to_owned()));
            }
        }
        people.retain(|person| person.roles.contains(&role));
        match people.len() {
            0 => Err(Error::RoleMissing {
                role: role_name(role),
                unit: self.unit.clone(),
            }),
            1 => Ok(people.swap_remove(0)),
            _ => Err(Error::RoleAmbiguous {
                role: role_name(role),
                names: people
                    .iter()
                    .map(|p| p.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
        }
    }

    /// The name behind a key that wrote something of this unit, as its credential has
    /// it.
    pub fn name_of(&self, key: &PublicKey, at: &UnitPath) -> Result<String, Error> {
        let grants = self.store.grants_above(key, at)?;
        // A registrar may give any key any name: the highest unit's holds.
        Ok(grants
            .into_iter()
            .filter(|grant| grant.subject != Subject::Invite)
            .min_by_key(|grant| (grant.unit.ancestors().count(), grant.credential))
            .map_or_else(|| key.short(), |grant| grant.name))
    }

    /// Gives a new person of this unit roles.
    pub fn add_person(
        &mut self,
        registrar: &SecretKey,
        person: PublicKey,
        name: &str,
        roles: BTreeSet<Role>,
        clock: Clock,
    ) -> Result<EntryId, Error> {
        let unit = self.unit.clone();
        let grant = Grant {
            key: person,
            subject: Subject::Person,
            name: name.to_owned(),
            roles,
            until: None,
            seal: None,
        };
        let content = CredentialContent {
            grants: vec![grant],
            root: None,
            reenrol: false,
        };
        let entry = self.append(
            registrar,
            Place::org(&unit),
            Content::Credential(content),
            clock,
        )?;
        Ok(entry.id())
    }

    /// Every key that a unit's credentials name: machines, people and invites.
    pub fn keys_of(&self, unit: &UnitPath) -> Result<Vec<KeyView>, Error> {
        let mut keys = Vec::new();
        let mut judge = Judge::new(&self.store);
        for grant in self.store.grants_at(unit)? {
            keys.push(KeyView {
                key: grant.key,
                subject: grant.subject,
                revoked: self.is_revoked_by(&grant.key, unit, &self.store, &mut judge)?,
                name: grant.name,
                roles: grant.roles,
            });
        }
        keys.sort_by_key(|view| (view.subject, view.key));
        keys.dedup_by_key(|view| view.key);
        Ok(keys)
    }

    /// The key that a registrar means: a person of this unit by name or key, or
    /// any key of a unit below (a stolen machine, an unused invite) by at least
    /// its first eight digits.
    pub fn key_named(&self, name: &str) -> Result<(PublicKey, String), Error> {
        match self.person_named(name) {
            Ok(person) => return Ok((person.key, person.name)),
            Err(Error::NoSuchPerson(_)) if name.len() >= KEY_PREFIX_MIN_CHARS => {}
            Err(error) => return Err(error),
        }
        let mut found: Vec<(PublicKey, String)> = Vec::new();
        for unit in self.units()? {
            let keys = self.store.grants_at(&unit.unit)?;
            let meant = keys
                .into_iter()
                .filter(|grant| grant.key.to_string().starts_with(name));
            found.extend(meant.map(|grant| (grant.key, grant.name)));
        }
        found.sort();
        found.dedup_by_key(|(key, _)| *key);
        match found.pop() {
            Some(one) if found.is_empty() => Ok(one),
            _ => Err(Error::NoSuchPerson(name.to_owned())),
        }
    }

    /// The person of this unit, here or elsewhere, with this name or key.
    pub fn person_named(&self, name: &str) -> Result<Person, Error> {
        let people = self.people(&[])?;
        let mut found = people.into_iter().filter(|person| names(person, name));
        match (found.next(), found.next()) {
            (Some(person), None) => Ok(person),
            (None, _) => Err(Error::NoSuchPerson(name.to_owned())),
            (Some(a), Some(b)) => Err(Error::RoleAmbiguous {
                role: "name",
                names: format!(
                    "{} ({}), {} ({})",
                    a.name,
                    a.key.short(),
                    b.name,
                    b.key.short()
                ),
            }),
        }
    }
}

/// Whether a person is meant by a name or by the first digits of their key.
fn names(person: &Person, name: &str) -> bool {
    person.name.to_lowercase() == name.to_lowercase()
        || (name.len() >= KEY_PREFIX_MIN_CHARS && person.key.to_string().starts_with(name))
}
