//! What judging keeps and asks for grows with what is held, however its keys hang
//! together.

use std::cell::Cell;
use std::collections::HashMap;

use super::*;

/// A ledger that counts the questions and the records in its answers.
#[derive(Default)]
struct Counted {
    grants: Vec<GrantRecord>,
    of_key: HashMap<PublicKey, Vec<usize>>,
    revocations: Vec<RevocationRecord>,
    against: HashMap<PublicKey, Vec<usize>>,
    asked: Cell<usize>,
}

fn id(number: u32) -> [u8; 32] {
    let mut id = [0; 32];
    id[..4].copy_from_slice(&number.to_be_bytes());
    id
}

fn holder(number: u32) -> PublicKey {
    PublicKey(id(number))
}

impl Counted {
    /// The root, which is no. 0, and no. 1, its registrar in `byt`.
    fn new() -> Self {
        let mut ledger = Counted::default();
        ledger.give(0, 0, Subject::Root);
        ledger.give(0, 1, Subject::Person);
        ledger
    }

    fn give(&mut self, issuer: u32, key: u32, subject: Subject) {
        let at = self.grants.len();
        self.of_key.entry(holder(key)).or_default().push(at);
        self.grants.push(GrantRecord {
            key: holder(key),
            unit: UnitPath::ministry(),
            subject,
            roles: BTreeSet::from([Role::Registrar]),
            name: String::new(),
            until: None,
            credential: EntryId(id(at as u32)),
            issuer: holder(issuer),
        });
    }

    fn revoke(&mut self, by: u32, key: u32, stands: &[u32]) -> u32 {
        let at = self.revocations.len();
        self.against.entry(holder(key)).or_default().push(at);
        let number = revocation(at as u32);
        self.revocations.push(RevocationRecord {
            id: EntryId(id(number)),
            aim: Aim::Key(holder(key)),
            author: holder(by),
            time: Timestamp(at as i64),
            stands: stands.iter().map(|number| EntryId(id(*number))).collect(),
            unit: UnitPath::ministry(),
        });
        number
    }

    fn answer<T: Clone>(&self, all: &[T], of: Option<&Vec<usize>>) -> Result<Vec<T>, Infallible> {
        let found: Vec<T> = of
            .into_iter()
            .flatten()
            .map(|at| all[*at].clone())
            .collect();
        self.asked.set(self.asked.get() + 1 + found.len());
        Ok(found)
    }
}

/// The number in the id of the `at`-th revocation.
fn revocation(at: u32) -> u32 {
    1 << 30 | at
}

impl Ledger for Counted {
    type Error = Infallible;

    fn grants_of(&self, key: &PublicKey) -> Result<Vec<GrantRecord>, Infallible> {
        self.answer(&self.grants, self.of_key.get(key))
    }

    fn grants_at(&self, _: &UnitPath) -> Result<Vec<GrantRecord>, Infallible> {
        self.answer(&self.grants, Some(&(0..self.grants.len()).collect()))
    }

    fn revocations_of(
        &self,
        key: &PublicKey,
        _: &UnitPath,
    ) -> Result<Vec<RevocationRecord>, Infallible> {
        self.answer(&self.revocations, self.against.get(key))
    }

    fn overruled(&self, _: &EntryId, _: &UnitPath) -> Result<Vec<RevocationRecord>, Infallible> {
        self.answer(&self.revocations, None)
    }

    fn revocations_at(&self, _: &UnitPath) -> Result<Vec<RevocationRecord>, Infallible> {
        self.answer(
            &self.revocations,
            Some(&(0..self.revocations.len()).collect()),
        )
    }

    fn receipts_of(&self, _: &EntryId) -> Result<Vec<ReceiptMark>, Infallible> {
        self.answer(&[], None)
    }

    fn uses_of(&self, _: &PublicKey, _: &UnitPath) -> Result<Vec<EntryId>, Infallible> {
        self.answer(&[], None)
    }
}

/// Each key makes the next one a registrar, and each is asked about.
#[test]
fn a_chain_of_keys_is_kept_once() {
    let mut ledger = Counted::new();
    let last = 2_000;
    for at in 1..last {
        ledger.give(at, at + 1, Subject::Person);
    }
    let mut judge = Judge::new(&ledger);
    for key in (1..=last).rev() {
        let counts = judge.counts_at(&holder(key), &UnitPath::ministry());
        assert!(counts.unwrap(), "{key}");
    }
    let count = ledger.grants.len();
    let (kept, _) = judge.size();
    assert!(kept <= 2 * count, "{kept} for {count}");
    let asked = ledger.asked.get();
    assert!(asked <= 20 * count, "{asked} for {count}");
}

/// A key that revokes itself again and again, each time listing the next time and what
/// it gave: all of it stands.
#[test]
fn many_revocations_of_one_key_are_judged_in_time() {
    let mut ledger = Counted::new();
    let (given, count) = (2_000, 2_000);
    for key in 2..2 + given {
        ledger.give(1, key, Subject::Person);
    }
    for at in 0..count {
        ledger.revoke(1, 1, &[revocation(at + 1), 2 + at]);
    }
    let mut judge = Judge::new(&ledger);
    for key in 2..2 + given {
        let counts = judge.counts_at(&holder(key), &UnitPath::ministry());
        assert!(counts.unwrap(), "{key}");
    }
    let revoked = judge.counts_at(&holder(1), &UnitPath::ministry());
    assert!(!revoked.unwrap());
    let held = ledger.grants.len() + ledger.revocations.len();
    let (kept, looks) = judge.size();
    assert!(kept + looks <= 20 * held, "{kept}, {looks} for {held}");
    let asked = ledger.asked.get();
    assert!(asked <= 20 * held, "{asked} for {held}");
}

/// Registrars that one key made revoke it, and each lists all that it gave.
#[test]
fn many_lists_of_the_same_are_judged_in_time() {
    let mut ledger = Counted::new();
    let count = 200;
    let given: Vec<u32> = (2..2 + count).collect();
    for key in &given {
        ledger.give(1, *key, Subject::Person);
    }
    for key in &given {
        ledger.revoke(*key, 1, &given);
    }
    let mut judge = Judge::new(&ledger);
    for key in &given {
        let counts = judge.counts_at(&holder(*key), &UnitPath::ministry());
        assert!(counts.unwrap(), "{key}");
    }
    let listed = given.len() * given.len();
    let (_, looks) = judge.size();
    assert!(looks <= 20 * listed, "{looks} for {listed}");
}
