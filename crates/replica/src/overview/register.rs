//! The registers: units, and the keys that have roles at them.

use std::collections::BTreeMap;

use identity::GrantRecord;
use model::overview::{KeyHolder, KeyLine, UnitLine};
use model::{Timestamp, UnitPath};
use wire::{PublicKey, Subject};

use crate::people::role_name;
use crate::statements::{Held, Judge};
use crate::{Error, Replica};

impl Replica {
    /// This unit and all below, by path.
    pub fn unit_lines(&self) -> Result<Vec<UnitLine>, Error> {
        self.store.read(|_| {
            let mut heard = self.heard()?;
            let known = self.store.keys()?;
            let mut judge = Judge::new(&known);
            let mut lines = Vec::new();
            for view in self.unit_views(&known, &mut judge)? {
                let heard = heard.remove(&view.unit).unwrap_or_default();
                lines.push(UnitLine {
                    name: view.name,
                    enrolled: view.enrolled,
                    reenrolled: view.reenrolled,
                    invited: is_invited(&view.unit, &known, &mut judge)?,
                    closed: view.closed.is_some(),
                    last_sync: heard.last_sync,
                    in_sync: heard.in_sync,
                    address: heard.address,
                    unit: view.unit,
                });
            }
            Ok(lines)
        })
    }

    /// The keys of one unit, or of this one and all below: people, machines, and
    /// invites that nobody has used, revoked ones too. `here` are the keys whose
    /// files this machine has.
    pub fn key_lines(
        &self,
        unit: Option<&UnitPath>,
        here: &[PublicKey],
    ) -> Result<Vec<KeyLine>, Error> {
        self.store.read(|_| {
            let units = match unit {
                Some(unit) => vec![unit.clone()],
                None => self.names()?.into_keys().collect(),
            };
            let known = self.store.keys()?;
            let mut judge = Judge::new(&known);
            let mut lines = Vec::new();
            for unit in units {
                lines.extend(keys_at(&unit, here, &known, &mut judge)?);
            }
            Ok(lines)
        })
    }
}

fn keys_at<L: Held>(
    unit: &UnitPath,
    here: &[PublicKey],
    known: &L,
    judge: &mut Judge<'_, L>,
) -> Result<Vec<KeyLine>, Error> {
    let mut keys: BTreeMap<(KeyHolder, PublicKey), Vec<GrantRecord>> = BTreeMap::new();
    for grant in known.grants_at(unit)? {
        let holder = holder(grant.subject);
        let used = holder == KeyHolder::Invite && !known.uses_of(&grant.key, unit)?.is_empty();
        if !used {
            keys.entry((holder, grant.key)).or_default().push(grant);
        }
    }
    let mut lines = Vec::new();
    for ((holder, key), grants) in keys {
        let mut roles: Vec<_> = grants
            .iter()
            .flat_map(|g| g.roles.iter().copied())
            .collect();
        roles.sort_unstable();
        roles.dedup();
        lines.push(KeyLine {
            unit: unit.clone(),
            key: key.to_string(),
            holder,
            name: grants.first().map(|g| g.name.clone()).unwrap_or_default(),
            roles: roles.into_iter().map(role_name).collect(),
            revoked: !judge.counts_at(&key, unit)?,
            here: here.contains(&key),
            until: end(&grants),
        });
    }
    lines.sort_by(|a, b| (a.holder, &a.name, &a.key).cmp(&(b.holder, &b.name, &b.key)));
    Ok(lines)
}

/// Whether an invite of the unit is out that counts and nobody has used.
fn is_invited<L: Held>(
    unit: &UnitPath,
    known: &L,
    judge: &mut Judge<'_, L>,
) -> Result<bool, Error> {
    for grant in known.grants_at(unit)? {
        if grant.subject == Subject::Invite
            && known.uses_of(&grant.key, unit)?.is_empty()
            && judge.counts_at(&grant.key, unit)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// When the last of these ends; `None` if one never does.
fn end(grants: &[GrantRecord]) -> Option<Timestamp> {
    let ends: Option<Vec<Timestamp>> = grants.iter().map(|grant| grant.until).collect();
    ends.and_then(|ends| ends.into_iter().max())
}

fn holder(subject: Subject) -> KeyHolder {
    match subject {
        Subject::Root => KeyHolder::Root,
        Subject::Person => KeyHolder::Person,
        Subject::Node => KeyHolder::Node,
        Subject::Invite => KeyHolder::Invite,
    }
}
