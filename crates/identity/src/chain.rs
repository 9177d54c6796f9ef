//! From a key up to the root, for first contact: the credential entries that a
//! stranger needs to hold anything of this key.
//!
//! It reads what is held and judges no effect: the one who gets the chain does.

use std::collections::{BTreeMap, BTreeSet};

use model::UnitPath;
use wire::{EntryId, PublicKey, Subject};

use crate::ledger::Ledger;

/// The credential entries that `key` chains through as somebody of the unit `at`,
/// issuers before those they issue to, so that a receiver never has to park one.
/// Empty if no way leads to the root.
///
/// If several ways lead up, all of them are in it: which one has effect is not
/// decided here. Only grants at the unit or above it can carry a credential, so
/// nobody below or beside can make a chain longer.
///
/// # Errors
/// The ledger's.
pub fn chain<L: Ledger>(
    key: &PublicKey,
    at: &UnitPath,
    ledger: &L,
) -> Result<Vec<EntryId>, L::Error> {
    let mut credentials: BTreeMap<EntryId, (PublicKey, bool)> = BTreeMap::new();
    let mut holders: BTreeMap<PublicKey, BTreeSet<EntryId>> = BTreeMap::new();
    let mut seen: BTreeSet<(PublicKey, UnitPath)> = BTreeSet::new();
    let mut todo: Vec<(PublicKey, UnitPath)> = vec![(*key, at.clone())];
    while let Some((holder, unit)) = todo.pop() {
        if !seen.insert((holder, unit.clone())) {
            continue;
        }
        for grant in ledger.grants_above(&holder, &unit)? {
            let root = grant.subject == Subject::Root && grant.issuer == grant.key;
            let known = credentials
                .entry(grant.credential)
                .or_insert((grant.issuer, false));
            known.1 |= root;
            holders.entry(holder).or_default().insert(grant.credential);
            if !root {
                todo.push((grant.issuer, grant.unit));
            }
        }
    }
    Ok(in_order(credentials, &holders))
}

/// Takes what can be reached from the root, level by level; what cannot is left
/// out, which also ends every cycle.
fn in_order(
    mut waiting: BTreeMap<EntryId, (PublicKey, bool)>,
    holders: &BTreeMap<PublicKey, BTreeSet<EntryId>>,
) -> Vec<EntryId> {
    let mut order: Vec<EntryId> = Vec::new();
    let mut taken: BTreeSet<EntryId> = BTreeSet::new();
    loop {
        let ready = |(issuer, root): &(PublicKey, bool)| {
            *root
                || holders
                    .get(issuer)
                    .is_some_and(|held| !held.is_disjoint(&taken))
        };
        let next: Vec<EntryId> = waiting
            .iter()
            .filter(|(_, credential)| ready(credential))
            .map(|(id, _)| *id)
            .collect();
        if next.is_empty() {
            return order;
        }
        for id in next {
            waiting.remove(&id);
            taken.insert(id);
            order.push(id);
        }
    }
}
