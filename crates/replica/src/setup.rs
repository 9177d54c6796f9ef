//! Founding a tree, and inviting units and machines into it.

use std::collections::BTreeSet;

use identity::{Invite, SecretKey};
use model::{Entropy, Level, Timestamp, UnitPath};
use store::{Store, StoreError};
use wire::{
    Content, CredentialContent, Digest, Entry, Grant, PublicKey, Role, RootCommitment, Subject,
    UnitContent,
};

use crate::author::{Place, begin_with, insert_own};
use crate::people::roles_of_level;
use crate::{Clock, Env, Error, Replica, meta};

/// How long an invite may be used.
pub const INVITE_VALID_DAYS: i64 = 30;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The keys that a new tree starts with. The caller keeps them: the root and
/// the next root under a passphrase (better: offline), the node's as a file.
pub struct Founded {
    /// The anchor of the tree.
    pub root: SecretKey,
    /// The root's successor, committed to by its hash.
    pub next_root: SecretKey,
    /// The first person.
    pub person: SecretKey,
    /// This machine.
    pub node: SecretKey,
}

impl Founded {
    /// Draws all keys.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Founded {
            root: SecretKey::generate(entropy),
            next_root: SecretKey::generate(entropy),
            person: SecretKey::generate(entropy),
            node: SecretKey::generate(entropy),
        }
    }
}

/// An invite that was just made.
#[derive(Clone, Debug)]
pub struct IssuedInvite {
    /// The text to hand over.
    pub text: String,
    /// For which unit.
    pub unit: UnitPath,
    /// Its name.
    pub name: String,
    /// Until when it may be used.
    pub expires: Timestamp,
    /// The unit was enrolled before: its machines lost their keys.
    pub reenrol: bool,
}

impl Replica {
    /// Whether a store belongs to a node.
    pub fn is_set_up(store: &Store) -> Result<bool, Error> {
        Ok(store.meta(meta::UNIT)?.is_some())
    }

    /// Refuses a store that already belongs to a node.
    pub fn refuse_if_set_up(store: &Store) -> Result<(), Error> {
        match store.meta(meta::UNIT)?.as_deref().map(UnitPath::parse) {
            Some(Ok(unit)) => Err(Error::AlreadySetUp(unit)),
            _ => Ok(()),
        }
    }

    /// Founds a tree: the root's credential, the ministry's unit, its first
    /// person and its first machine.
    pub fn found(
        store: Store,
        keys: &Founded,
        name: &str,
        person: &str,
        rehearsal: bool,
        clock: Clock,
    ) -> Result<Self, Error> {
        Replica::found_keeping(store, keys, name, person, rehearsal, clock, || Ok(()))
    }

    /// [`Replica::found`] for keys that live in files. `keep` writes them: after it is
    /// certain that the store is nobody's, while nobody else can set it up, and before
    /// anything is stored. If it fails nothing is, and the caller may try again.
    pub fn found_keeping<E: From<Error> + From<StoreError>>(
        mut store: Store,
        keys: &Founded,
        name: &str,
        person: &str,
        rehearsal: bool,
        clock: Clock,
        keep: impl FnOnce() -> Result<(), E>,
    ) -> Result<Self, E> {
        if clock.simulated && !rehearsal {
            return Err(Error::NotRehearsal.into());
        }
        let unit = UnitPath::ministry();
        let anchor = keys.root.public();
        let root = CredentialContent {
            grants: vec![Grant {
                key: anchor,
                subject: Subject::Root,
                name: name.to_owned(),
                roles: BTreeSet::from([Role::Registrar]),
                until: None,
                seal: None,
            }],
            root: Some(RootCommitment {
                next: Digest::of(&[keys.next_root.public().as_bytes()]),
                rehearsal,
            }),
            reenrol: false,
        };
        let first = CredentialContent {
            grants: vec![
                person_grant(&keys.person, person, Level::Ministry),
                node_grant(&keys.node, name),
            ],
            root: None,
            reenrol: false,
        };
        let named = UnitContent {
            name: name.to_owned(),
            opened: None,
            closed: None,
        };
        store.write(|tx| -> Result<(), E> {
            Replica::refuse_if_set_up(tx)?;
            keep()?;
            tx.set_meta(meta::UNIT, unit.as_str())?;
            tx.set_meta(meta::ANCHOR, &anchor.to_string())?;
            tx.set_meta(meta::REHEARSAL, if rehearsal { "1" } else { "0" })?;
            for content in [
                Content::Credential(root),
                Content::Credential(first),
                Content::Unit(named),
            ] {
                begin_with(tx, &anchor, &keys.root, Place::org(&unit), content, clock)?;
            }
            Ok(())
        })?;
        Ok(Replica::open(store, keys.node.clone())?)
    }

    /// Invites a unit directly below this one, or another machine of this unit
    /// (`unit` is then this unit and `name` the machine's).
    pub fn invite(
        &mut self,
        registrar: &SecretKey,
        unit: &UnitPath,
        name: &str,
        address: Option<&str>,
        env: &mut Env<'_>,
    ) -> Result<IssuedInvite, Error> {
        self.check_invitable(unit)?;
        let own = *unit == self.unit;
        let one_time = SecretKey::generate(env.entropy);
        let expires = invite_end(env.clock);
        let reenrol = !own && self.is_enrolled(unit)?;
        let mut roles = roles_of_level(unit.level());
        roles.insert(Role::Node);
        let content = CredentialContent {
            grants: vec![Grant {
                key: one_time.public(),
                subject: Subject::Invite,
                name: name.to_owned(),
                roles,
                until: Some(expires),
                seal: None,
            }],
            root: None,
            reenrol,
        };
        let credential = self.sign(
            registrar,
            Place::org(unit),
            Content::Credential(content),
            env.clock,
        )?;
        let named = if own {
            None
        } else {
            self.unit_entry_if_new(registrar, unit, name, env.clock)?
        };
        let address = match address {
            Some(address) => Some(address.to_owned()),
            None if own => self.address_above()?,
            None => self.address()?,
        };
        let text = Invite {
            credential: credential.entry().clone(),
            secret: one_time,
            anchor: self.anchor,
            above: address,
            ancestors: self.chain_of(&registrar.public(), &self.unit)?,
        }
        .to_text()?;
        self.store.write(|tx| -> Result<(), Error> {
            if let Some(named) = &named {
                insert_own(tx, named, env.clock)?;
            }
            insert_own(tx, &credential, env.clock)
        })?;
        Ok(IssuedInvite {
            text: text.to_string(),
            unit: unit.clone(),
            name: name.to_owned(),
            expires,
            reenrol,
        })
    }

    fn unit_entry_if_new(
        &self,
        registrar: &SecretKey,
        unit: &UnitPath,
        name: &str,
        clock: Clock,
    ) -> Result<Option<identity::Verified>, Error> {
        let newest = self.newest_unit(unit)?;
        if newest.as_ref().is_some_and(|(_, known)| known.name == name) {
            return Ok(None);
        }
        // A unit that was closed stays closed under another name.
        let known = newest.as_ref().map(|(_, known)| known);
        let content = UnitContent {
            name: name.to_owned(),
            opened: known.and_then(|known| known.opened),
            closed: known.and_then(|known| known.closed),
        };
        Ok(Some(self.sign(
            registrar,
            Place::org(unit),
            Content::Unit(content),
            clock.after(newest.map(|(time, _)| time)),
        )?))
    }

    /// The credential entries from the root down to a key, as somebody of this unit.
    pub(crate) fn chain_of(&self, key: &PublicKey, at: &UnitPath) -> Result<Vec<Entry>, Error> {
        let ids = identity::chain(key, at, &self.store)?;
        let mut chain = Vec::new();
        for id in ids {
            if let Some(entry) = self.store.get(&id)? {
                chain.push(entry.entry().clone());
            }
        }
        Ok(chain)
    }
}

/// When an invite ends that is given or extended now.
pub(crate) fn invite_end(clock: Clock) -> Timestamp {
    Timestamp(clock.now.0.saturating_add(INVITE_VALID_DAYS * DAY_MS))
}

pub(crate) fn person_grant(key: &SecretKey, name: &str, level: Level) -> Grant {
    Grant {
        key: key.public(),
        subject: Subject::Person,
        name: name.to_owned(),
        roles: roles_of_level(level),
        until: None,
        seal: None,
    }
}

pub(crate) fn node_grant(key: &SecretKey, name: &str) -> Grant {
    Grant {
        key: key.public(),
        subject: Subject::Node,
        name: name.to_owned(),
        roles: BTreeSet::from([Role::Node]),
        until: None,
        seal: None,
    }
}
