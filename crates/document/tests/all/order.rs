//! Order never matters: any people, any edits, any order of arrival.

use std::collections::BTreeMap;

use document::{Conflict, Edit, Incoming, Report};
use model::{Scalar, Snapshot};
use proptest::prelude::*;
use testkit::Seeded;
use wire::{ChangeHash, EntryId};

use crate::support::*;

/// One step of a story: who does what, and whom they hear from before.
#[derive(Clone, Debug)]
struct Step {
    machine: usize,
    hears: Option<usize>,
    edit: Edit,
}

fn edits() -> impl Strategy<Value = Edit> {
    let keys = [
        "B3",
        "B4",
        "C1/a",
        "C1/b",
        "~C1/a",
        "C1/a/name",
        "~C1/a/name",
        "C1/b/level",
    ];
    let key = prop::sample::select(keys.to_vec());
    let value = prop_oneof![Just(Scalar::Null), (0..4_i64).prop_map(Scalar::Int)];
    let put = (key, value, any::<bool>()).prop_map(|(key, value, yes)| {
        let marker = key.matches('/').count() == 1;
        let value = if marker { Scalar::Bool(yes) } else { value };
        Edit::Put {
            key: key.to_owned(),
            value,
        }
    });
    let words = prop::sample::select(vec!["", "a", "Một hai ba", "Hai ba bốn 👩‍⚕️", "é\u{301}x"]);
    let set =
        (prop::sample::select(vec!["I1", "I2"]), words).prop_map(|(code, text)| Edit::SetText {
            code: code.to_owned(),
            text: text.to_owned(),
        });
    prop_oneof![4 => put, 1 => set]
}

fn story() -> impl Strategy<Value = Vec<Step>> {
    let step =
        (0..3_usize, prop::option::of(0..3_usize), edits()).prop_map(|(machine, hears, edit)| {
            Step {
                machine,
                hears,
                edit,
            }
        });
    prop::collection::vec(step, 1..14)
}

/// Plays a story; gives each machine at its end.
fn play(story: &[Step]) -> Vec<Machine> {
    let mut machines: Vec<Machine> = (0..3).map(Machine::new).collect();
    for step in story {
        if let Some(other) = step.hears.filter(|other| *other != step.machine) {
            let log = machines[other].log.clone();
            let heard = Machine {
                report: fresh(),
                log,
                entropy: Seeded::new(0),
            };
            machines[step.machine].pull(&heard);
        }
        let machine = &mut machines[step.machine];
        let at = machine.report.heads();
        let author = person(step.machine as u8 + 1);
        let edits = std::slice::from_ref(&step.edit);
        // An edit that changes nothing makes no change.
        if let Ok(sealed) = seal_at(&machine.report, &at, &author, edits, &mut machine.entropy) {
            let verdicts = machine.report.admit(form(), std::slice::from_ref(&sealed));
            assert_eq!(verdicts.applied, [sealed.entry], "{verdicts:?}");
            machine.log.push(sealed);
        }
    }
    machines
}

/// What one node holds of a report, and what it made of it.
#[derive(Clone)]
struct Held {
    log: BTreeMap<EntryId, Incoming>,
    report: Report,
}

impl Held {
    /// As they arrived, one by one.
    fn arrived(share: &[Incoming]) -> Held {
        let mut held = Held {
            log: BTreeMap::new(),
            report: fresh(),
        };
        for incoming in share {
            held.take([incoming.clone()]);
        }
        held
    }

    fn take(&mut self, more: impl IntoIterator<Item = Incoming>) {
        let more = more.into_iter().map(|incoming| (incoming.entry, incoming));
        self.log.extend(more);
        let all: Vec<Incoming> = self.log.values().cloned().collect();
        self.report.admit(form(), &all);
    }

    /// This node, once it has what the other one has.
    fn with(&self, other: &Held) -> Held {
        let mut both = self.clone();
        both.take(other.log.values().cloned());
        both
    }

    fn says(&self) -> (Vec<ChangeHash>, Snapshot, Vec<Conflict>) {
        let report = &self.report;
        (report.heads(), report.snapshot(), report.conflicts())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Three nodes hold any shares of what three people signed, each share in an
    /// order of its own and with repetitions.
    #[test]
    fn merging_is_commutative_associative_and_idempotent(
        story in story(),
        shares in prop::collection::vec((any::<prop::sample::Index>(), 0..3_usize), 0..40),
    ) {
        let mut all: Vec<Incoming> = play(&story).into_iter().flat_map(|m| m.log).collect();
        all.sort_by_key(|incoming| incoming.entry);
        all.dedup();
        let mut parts: [Vec<Incoming>; 3] = Default::default();
        if !all.is_empty() {
            for (place, node) in shares {
                parts[node].push(place.get(&all).clone());
            }
        }
        let [a, b, c] = parts.each_ref().map(|part| Held::arrived(part));

        prop_assert_eq!(a.with(&b).says(), b.with(&a).says());
        prop_assert_eq!(a.with(&b).with(&c).says(), a.with(&b.with(&c)).says());
        prop_assert_eq!(c.with(&a).with(&b).says(), a.with(&b).with(&c).says());
        prop_assert_eq!(a.with(&a).says(), a.says());
        prop_assert_eq!(a.with(&b).with(&a).with(&b).says(), a.with(&b).says());

        let whole = a.with(&b).with(&c);
        let held: Vec<Incoming> = whole.log.values().cloned().collect();
        let (rebuilt, verdicts) = Report::rebuild(form(), doc(), &held);
        prop_assert_eq!(verdicts.applied.len() + verdicts.waiting.len(), held.len());
        let rebuilt = Held { log: whole.log.clone(), report: rebuilt };
        prop_assert_eq!(whole.says(), rebuilt.says());
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(
        (story, order) in story().prop_flat_map(|story| {
            let places: Vec<usize> = (0..story.len()).collect();
            (Just(story), Just(places).prop_shuffle())
        })
    ) {
        let mut all = Vec::new();
        for machine in play(&story) {
            all.extend(machine.log);
        }
        all.sort_by_key(|incoming| incoming.entry);
        all.dedup();

        let (whole, verdicts) = Report::rebuild(form(), doc(), &all);
        prop_assert_eq!(verdicts.applied.len(), all.len());

        // One by one in any order; what waits is tried again at the end.
        let mut single = fresh();
        for place in order {
            if let Some(incoming) = all.get(place) {
                single.admit(form(), std::slice::from_ref(incoming));
            }
        }
        for _ in 0..all.len() {
            single.admit(form(), &all);
        }
        prop_assert_eq!(single.heads(), whole.heads());
        prop_assert_eq!(single.snapshot(), whole.snapshot());
        prop_assert_eq!(single.conflicts(), whole.conflicts());
        prop_assert_eq!(single.history(), whole.history());

        // The present read as the past is the same, and so is a reloaded one.
        prop_assert_eq!(whole.snapshot_at(&whole.heads()), Some(whole.snapshot()));
        let back = Report::load(form(), doc(), &single.save()).unwrap();
        prop_assert_eq!(back.snapshot(), whole.snapshot());
        prop_assert_eq!(back.conflicts(), whole.conflicts());

        // Every conflict can be settled by putting any of its values.
        let mut settled = Machine { report: whole, log: Vec::new(), entropy: Seeded::new(99) };
        for conflict in settled.report.conflicts() {
            let value = conflict.values[conflict.values.len() - 1].value.clone();
            settled.edit(&person(7), &[put(&conflict.key, value.clone())]);
            let still = settled.report.conflicts();
            prop_assert!(still.iter().all(|other| other.key != conflict.key), "{:?}", still);
            // A cell does not count if its row's own conflict was just settled by
            // removing the row.
            let snapshot = settled.report.snapshot();
            let row = conflict.key.rsplit_once('/').map(|(row, _)| row);
            let row = row.filter(|row| row.contains('/'));
            let gone = row.is_some_and(|row| snapshot.get(row).is_null());
            if !gone && !matches!(value, Scalar::Null | Scalar::Bool(false)) {
                prop_assert_eq!(snapshot.get(&conflict.key), &value);
            }
        }
    }

    #[test]
    fn reading_at_old_heads_gives_what_was_read_then(story in story()) {
        let mut one = Machine::new(5);
        let mut seen = Vec::new();
        for step in story {
            let at = one.report.heads();
            let edits = [step.edit];
            if let Ok(sealed) = seal_at(&one.report, &at, &person(1), &edits, &mut one.entropy) {
                one.report.admit(form(), &[sealed]);
            }
            seen.push((one.report.heads(), one.report.snapshot()));
        }
        for (heads, snapshot) in seen {
            prop_assert_eq!(one.report.snapshot_at(&heads), Some(snapshot));
        }
    }
}
