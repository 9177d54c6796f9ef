//! Two nodes become equal, cheaply, and say so only if they are.

use sync::{Ask, Holdings, Outcome, Warning};
use wire::{EntryId, Kind};

use crate::run::{Seen, ensure};
use crate::tree::{DAY_MS, Machine, Tree, facility, quarter, sync, talk};

/// One more signed change.
fn change(machine: &mut Machine, value: usize) -> EntryId {
    machine.set("B3", &value.to_string());
    machine.seal();
    let last = machine.of_kind(Kind::Changes).pop();
    last.expect("a change").id()
}

/// The Sở told that it refused an entry: it is not sent again, and left out of
/// account, else the two could never be in sync again.
pub(crate) fn in_sync_but_for_what_was_refused() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    let withheld = change(facility, 120);
    let peer = so.node.public();
    let noted = facility.peering().note_refused_by(&peer, &[withheld]);
    noted.unwrap();
    let outcome = sync(facility, so);
    ensure!(
        outcome.in_sync && outcome.sent == 0 && !so.holds(&withheld),
        "{}",
        brief(&outcome)
    );
    Ok(())
}

/// Whatever kept it from being taken may be over after a week.
pub(crate) fn what_was_refused_is_offered_again() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    let refused = change(facility, 120);
    let peer = so.node.public();
    facility
        .peering()
        .note_refused_by(&peer, &[refused])
        .unwrap();
    for day in [0, 7, 7] {
        so.now.0 += day * DAY_MS;
        facility.now.0 += day * DAY_MS;
        sync(facility, so);
    }
    ensure!(so.holds(&refused), "after two weeks it is still kept back");
    Ok(())
}

/// The Sở lost an entry that it once acknowledged: a backup was restored.
pub(crate) fn an_old_hole_is_found() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    let lost = change(facility, 120);
    let mark = facility.replica.store().max_row().unwrap();
    let peer = so.node.public();
    facility.peering().set_mark(&peer, mark).unwrap();
    let outcome = sync(facility, so);
    ensure!(
        so.holds(&lost) && outcome.in_sync,
        "held again: {}; {}",
        so.holds(&lost),
        brief(&outcome)
    );
    Ok(())
}

/// The everyday case, several times over.
pub(crate) fn what_is_new_takes_one_round_trip() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    sync(facility, so);
    for value in 120..124 {
        let new = change(facility, value);
        let outcome = sync(facility, so);
        ensure!(
            so.holds(&new) && outcome.sent == 1 && outcome.round_trips == 1,
            "{}",
            brief(&outcome)
        );
        let outcome = sync(so, facility);
        ensure!(outcome.round_trips == 1, "{}", brief(&outcome));
    }
    Ok(())
}

fn brief(outcome: &Outcome) -> String {
    format!(
        "in sync: {}, sent {}, received {}, in {} round trips",
        outcome.in_sync, outcome.sent, outcome.received, outcome.round_trips
    )
}

/// A line that is cut after any entry leaves nothing that cannot be used.
pub(crate) fn in_order_of_need() -> Seen {
    let mut tree = Tree::new(1);
    let facility = &mut tree.facilities[0];
    facility.report();
    let mut ids: Vec<EntryId> = facility.entries().iter().map(|entry| entry.id()).collect();
    ids.reverse();
    let ordered = facility.peering().order(ids).unwrap();
    let place = |kind: Kind| {
        let id = facility.of_kind(kind)[0].id();
        ordered.iter().position(|other| *other == id)
    };
    let places = (place(Kind::Changes), place(Kind::Submission));
    ensure!(
        places.0.is_some() && places.0 < places.1,
        "changes at {:?}, their submission at {:?}",
        places.0,
        places.1
    );
    Ok(())
}

/// A facility asks its Sở for the neighbour's report.
pub(crate) fn a_neighbours_report_is_not_shown() -> Seen {
    let mut tree = Tree::new(2);
    tree.accepted(1, &[]);
    let ask = Ask::Report {
        unit: facility(1),
        period: quarter(),
    };
    let (so, curious) = tree.pair(0);
    sync(curious, so);
    let outcome = talk(curious, so, vec![ask.clone()]).unwrap();
    let denied = outcome.warnings.contains(&Warning::Unanswered(ask));
    let seen = outcome.received + outcome.parked;
    ensure!(denied && seen == 0, "denied: {denied}, entries got: {seen}");
    Ok(())
}
