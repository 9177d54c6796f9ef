//! Consolidated numbers, what lies behind them, and the nation.

use model::Aggregate;
use model::overview::{Behind, FlagKind, KEY_INDICATORS, Nation, Quarter, RollupPage, Trouble};
use replica::{Error, QUARTERLY_FORM, ReportKey};
use store::Store;
use wire::{Content, Kind};

use super::patient;
use crate::tree::{Machine, Tree, facility, quarter, settle, unit};

fn page(at: &Machine, of: &str) -> RollupPage {
    let page = at
        .replica
        .rollup_page(&unit(of), QUARTERLY_FORM, quarter(), &mut patient);
    page.unwrap()
}

fn behind(at: &Machine, of: &str, code: &str) -> Result<Behind, Error> {
    at.replica
        .behind(&unit(of), QUARTERLY_FORM, quarter(), code, &mut patient)
}

fn parts(behind: &Behind) -> Vec<(&str, Option<i64>)> {
    let sum = |part: &Option<Aggregate>| match part {
        Some(Aggregate::Sum { sum }) => Some(*sum),
        _ => None,
    };
    let lines = behind.lines.iter();
    lines
        .map(|line| (line.unit.as_str(), sum(&line.part)))
        .collect()
}

fn nation(at: &Machine) -> Nation {
    at.replica
        .nation(QUARTERLY_FORM, quarter(), &mut patient)
        .unwrap()
}

/// Three facilities: accepted, returned, silent.
fn quarter_of_three() -> Tree {
    let mut tree = Tree::new(3);
    for index in 0..2 {
        let (so, one) = tree.pair(index);
        one.report();
        settle(one, so);
    }
    tree.so.accept(&facility(0));
    let remark = [("B3".to_owned(), "Xem lại".to_owned())];
    let returned = tree.facilities[1].key();
    let (person, clock) = (tree.so.person.clone(), tree.so.clock());
    tree.so
        .replica
        .return_report(&returned, &person, &remark, clock)
        .unwrap();
    tree
}

#[test]
fn the_draft_is_what_signing_would_sign() {
    let mut tree = quarter_of_three();
    let before = page(&tree.so, "byt.24");
    assert!(before.signed.is_none() && before.trouble.is_none());
    let draft = before.draft.unwrap();
    assert_eq!((draft.expected, draft.received(), draft.inputs), (3, 2, 1));
    assert_eq!(draft.missing, [(facility(2), "Đơn vị 07002".to_owned())]);
    let flags: Vec<_> = draft.flagged.iter().map(|(_, _, kind)| *kind).collect();
    assert_eq!(flags, [FlagKind::Returned]);

    let view = tree.so.sign_rollup();
    let after = page(&tree.so, "byt.24");
    let signed = after.signed.unwrap();
    assert_eq!(signed.totals, draft);
    assert_eq!(after.draft.as_ref(), Some(&draft));
    assert_eq!(signed.totals.aggregates, view.aggregates);
    assert_eq!(signed.short_id, view.id.short());
    assert_eq!((signed.corrected, &*signed.by), (false, "Người 24"));
    let proof = signed.proof;
    assert_eq!(
        (proof.signature, proof.chain, proof.arithmetic),
        (Some(true), Some(true), Some(true))
    );
    assert_eq!((proof.source, proof.faults), (None, 0));

    // Elsewhere it is only looked at.
    settle(&mut tree.so, &mut tree.bo);
    let seen = page(&tree.bo, "byt.24");
    assert!(seen.draft.is_none());
    assert_eq!(seen.signed.unwrap().totals.aggregates, view.aggregates);
}

#[test]
fn a_fork_is_said_and_signing_anew_still_previewed() {
    let mut tree = quarter_of_three();
    let so = &mut tree.so;
    let mut two = so.join_below(&unit("byt.24"), Store::open_in_memory().unwrap(), 30);
    settle(&mut two, so);
    so.sign_rollup();
    two.now.0 += 1_000;
    two.sign_rollup();
    settle(&mut two, so);
    let fork = page(so, "byt.24");
    assert!(fork.signed.is_none() && fork.draft.is_some());
    assert_eq!(fork.trouble, Some(Trouble::RollupFork));
    settle(so, &mut tree.bo);
    let lines = nation(&tree.bo).lines;
    assert!(lines[0].signed.is_none() && lines[0].trouble.is_some());
    let fork = Quarter {
        period: quarter(),
        figures: None,
    };
    assert_eq!(lines[0].trend, [fork]);
}

#[test]
fn behind_a_number_lie_the_units_own() {
    let mut tree = quarter_of_three();
    tree.so.accept(&facility(1));
    let own = behind(&tree.so, "byt.24", "B3").unwrap();
    assert_eq!(
        parts(&own),
        [("byt.24.07000", Some(120)), ("byt.24.07001", Some(120))]
    );
    assert!(matches!(
        behind(&tree.so, "byt.24", "Z9"),
        Err(Error::NoSuchField(_))
    ));
    tree.so.sign_rollup();
    settle(&mut tree.so, &mut tree.bo);
    // The ministry knows whom to ask, and no parts before they were given to it.
    let unknown = behind(&tree.bo, "byt.24", "B3").unwrap();
    assert_eq!(unknown.lines.len(), 3);
    assert!(unknown.lines.iter().all(|line| line.part.is_none()));

    let rollup = tree.so.of_kind(Kind::Rollup).remove(0).id();
    let inputs = replica_inputs(&mut tree.so, &rollup);
    assert!(tree.bo.replica.keep_inputs(&rollup, &inputs[1..]).is_err());
    tree.bo.replica.keep_inputs(&rollup, &inputs).unwrap();
    let known = behind(&tree.bo, "byt.24", "B3").unwrap();
    assert_eq!(parts(&known), parts(&own));
    assert_eq!(known.lines[0].name, "Đơn vị 07000");

    tree.bo.sign_rollup();
    let national = behind(&tree.bo, "byt", "B3").unwrap();
    assert_eq!(parts(&national), [("byt.24", Some(240))]);
    let cancelled = tree.so.replica.behind(
        &unit("byt.24"),
        QUARTERLY_FORM,
        quarter(),
        "B3",
        &mut |_, _| false,
    );
    assert!(matches!(cancelled, Err(Error::Cancelled)));
}

/// As a session would fetch them.
pub(super) fn replica_inputs(so: &mut Machine, rollup: &wire::EntryId) -> Vec<u8> {
    use sync::{Ask, Holdings};
    let ask = Ask::Inputs { rollup: *rollup };
    let answer = crate::tree::peering(so).answer(&ask).unwrap();
    answer.expect("kept where it was signed")
}

#[test]
fn the_nation_with_its_trend() {
    let mut tree = Tree::new(1);
    let earlier = quarter().previous();
    for period in [earlier, quarter()] {
        let (so, one) = tree.pair(0);
        let key = ReportKey {
            period,
            ..one.key()
        };
        one.fill(&key);
        one.submit(&key);
        settle(one, so);
        let (person, clock) = (so.person.clone(), so.clock());
        so.replica.accept(&key, &person, clock).unwrap();
        so.replica
            .sign_rollup(QUARTERLY_FORM, period, &person, clock)
            .unwrap();
    }
    settle(&mut tree.so, &mut tree.bo);
    let mut other = tree
        .bo
        .join_below(&unit("byt.01"), Store::open_in_memory().unwrap(), 40);
    settle(&mut other, &mut tree.bo);
    let shown = nation(&tree.bo);
    assert_eq!((shown.due, shown.signed.is_none()), (quarter().due(), true));
    let [silent, line] = &shown.lines[..] else {
        panic!("{:?}", shown.lines)
    };
    assert_eq!((silent.unit.as_str(), silent.trend.len()), ("byt.01", 0));
    assert!(silent.signed.is_none() && silent.last_sync.is_some());
    let [before, now] = &line.trend[..] else {
        panic!("{:?}", line.trend)
    };
    assert_eq!((before.period, now.period), (earlier, quarter()));
    for (period, quarter) in [(earlier, before), (quarter(), now)] {
        let figures = quarter.figures.as_ref().unwrap();
        assert_eq!((figures.expected, figures.received()), (1, 1));
        // Word for word what the Sở has signed.
        let so = tree
            .so
            .replica
            .show_rollup(&tree.so.unit(), QUARTERLY_FORM, period);
        let signed = so.unwrap().aggregates;
        assert!(!figures.indicators.is_empty());
        for (code, value) in &figures.indicators {
            assert_eq!(Some(value), signed.get(code), "{code}");
        }
        let missing = KEY_INDICATORS
            .iter()
            .filter(|code| !figures.indicators.contains_key(**code));
        assert_eq!(
            missing.filter(|code| signed.contains_key(**code)).count(),
            0
        );
    }
    let proof = &line.signed.as_ref().unwrap().proof;
    assert_eq!(proof.arithmetic, Some(true));

    tree.bo.sign_rollup();
    let signed = nation(&tree.bo).signed.unwrap();
    assert_eq!(
        signed.totals.missing,
        [(unit("byt.01"), "Đơn vị 01".to_owned())]
    );
    assert_eq!(signed.proof.arithmetic, Some(true));
    let own = page(&tree.bo, "byt");
    assert_eq!(own.draft.unwrap(), signed.totals);
    // What a facility held in the quarter before.
    let last = behind(&tree.so, "byt.24", "B3").unwrap().lines.remove(0);
    assert_eq!(last.last_period, Some(Aggregate::Sum { sum: 120 }));
}

#[test]
fn a_rollup_that_does_not_add_up_leaves_a_gap_in_the_trend() {
    let mut tree = quarter_of_three();
    let honest = tree.so.sign_rollup().id;
    let mut lie = tree.so.of_kind(Kind::Rollup).remove(0).body().clone();
    let Content::Rollup(content) = &mut lie.content else {
        panic!("a rollup")
    };
    content.expected += 7;
    content.replaces = vec![honest];
    lie.time.0 += 1_000;
    let lie = tree.so.person.sign(lie).unwrap();
    let (from, clock) = (tree.so.node.public(), tree.bo.clock());
    settle(&mut tree.so, &mut tree.bo);
    let trend = |at: &Machine| nation(at).lines.remove(0).trend;
    assert!(trend(&tree.bo)[0].figures.is_some());
    let intake = tree.bo.replica.receive(&from, vec![lie], clock).unwrap();
    assert_eq!(intake.refused.len(), 0, "signed by whoever may");
    let doubtful = Quarter {
        period: quarter(),
        figures: None,
    };
    assert_eq!(trend(&tree.bo), [doubtful]);
    let line = nation(&tree.bo).lines.remove(0);
    assert_eq!(line.signed.unwrap().proof.arithmetic, Some(false));
}

#[test]
fn a_signature_is_about_the_draft_that_was_read() {
    let mut tree = quarter_of_three();
    let read = page(&tree.so, "byt.24").facts.unwrap();
    // While the head reads, one more report is submitted and accepted.
    let (so, silent) = tree.pair(2);
    silent.report();
    settle(silent, so);
    so.accept(&facility(2));
    let (head, clock) = (so.person.clone(), so.clock());
    let sign = |so: &mut Machine, facts: &str| {
        let replica = &mut so.replica;
        replica.sign_rollup_seen(QUARTERLY_FORM, quarter(), facts, &head, clock)
    };
    let refused = sign(so, &read);
    assert!(matches!(refused, Err(Error::DraftChanged)), "{refused:?}");
    let read = page(so, "byt.24").facts.unwrap();
    let (view, new) = sign(so, &read).unwrap();
    assert!(new && view.inputs == 2);
}
