//! Who may talk to whom, and what is said before that is known.

use model::Timestamp;
use wire::Stream;
use wire::frame::{Frame, RefuseCode};

use super::memory::{Memory, NOW, key, note, unit};
use super::talk::{pair, talk, talk_with};
use crate::{Session, SessionError, Warning, scope};

#[test]
fn scopes_are_symmetric_and_small() {
    let units = [
        "byt", "byt.24", "byt.24.1", "byt.24.2", "byt.25", "byt.25.1", "byt.bm",
    ];
    for a in units.map(unit) {
        for b in units.map(unit) {
            let ranges = scope::shared(&a, &b);
            assert_eq!(ranges, scope::shared(&b, &a), "{a} {b}");
            assert_eq!(
                ranges.is_empty(),
                !a.contains(&b) && !b.contains(&a),
                "{a} {b}"
            );
        }
    }
}

#[test]
fn what_the_ministry_and_a_province_share() {
    let ranges = scope::shared(&unit("byt"), &unit("byt.24"));
    let shares = |at: &str, stream| ranges.iter().any(|r| r.contains(&unit(at), stream, None));
    let report = Stream::Report;
    assert!(shares("byt", Stream::Org) && shares("byt", Stream::Rollup));
    assert!(shares("byt.24.1", Stream::Org) && shares("byt.24.1", Stream::Incident));
    assert!(shares("byt.24", Stream::Rollup) && shares("byt.24", report));
    assert!(!shares("byt.24.1", report) && !shares("byt", report) && !shares("byt.25", report));
    assert!(!shares("byt.24.1", Stream::Rollup) && !shares("byt.25", Stream::Org));
}

#[test]
fn what_a_facility_shares_upwards() {
    for above in ["byt.24", "byt"] {
        let ranges = scope::shared(&unit(above), &unit("byt.24.1"));
        let shares = |at: &str, stream| ranges.iter().any(|r| r.contains(&unit(at), stream, None));
        for stream in [
            Stream::Org,
            Stream::Report,
            Stream::Incident,
            Stream::Rollup,
        ] {
            assert!(shares("byt.24.1", stream));
            assert!(!shares("byt.24.2", stream));
        }
        assert!(shares("byt.24", Stream::Org) && shares("byt", Stream::Org));
        assert!(shares("byt.24", Stream::Rollup) && shares("byt", Stream::Rollup));
        assert!(!shares("byt.24", Stream::Report) && !shares("byt.24", Stream::Incident));
    }
}

#[test]
fn strangers_show_their_chains_first() {
    for (a_known, b_known) in [(false, false), (true, false), (false, true)] {
        let (mut a, mut b) = (Memory::new(1, "byt.24.1"), Memory::new(2, "byt.24"));
        if b_known {
            a.nodes.insert(b.key, b.unit.clone());
        }
        if a_known {
            b.nodes.insert(a.key, a.unit.clone());
        }
        for number in 0..10 {
            a.insert(&note("byt.24.1", number), None);
            b.insert(&note("byt.24.1", number + 5), None);
        }
        let talked = talk(&mut a, &mut b);
        assert!(
            talked.error.is_none(),
            "{a_known} {b_known}: {:?}",
            talked.error
        );
        assert!(talked.outcome().in_sync);
        assert_eq!(a.ids(), b.ids());
        assert_eq!(a.introductions, u32::from(!b_known));
        assert_eq!(b.introductions, u32::from(!a_known));
        assert_eq!(talk(&mut a, &mut b).outcome().round_trips, 1);
    }
}

#[test]
fn a_stranger_without_a_credential_learns_nothing() {
    let (mut a, mut b) = pair("byt.24.1", "byt.24");
    b.nodes.clear();
    b.insert(&note("byt.24.1", 1), None);
    a.insert(&note("byt.24.1", 2), None);
    // Its chain names another key.
    let mut stranger = a.clone();
    stranger.key = key(99);
    let mut of_b = b.config(&a);
    of_b.peer = stranger.key;
    let mut answerer = Session::accept(of_b);
    let mut dialler = Session::dial(a.config(&b), &mut a, NOW).unwrap();
    let mut heard = Vec::new();
    while let Some(frame) = dialler.poll_transmit() {
        let _ = answerer.handle(&frame, &mut b, NOW);
        while let Some(frame) = answerer.poll_transmit() {
            heard.push(Frame::decode(&frame).unwrap());
            let _ = dialler.handle(&frame, &mut a, NOW);
        }
    }
    let nothing = |frame: &Frame| match frame {
        Frame::Chain(chain) => chain.want && chain.entries.is_empty(),
        Frame::Refuse(code) => *code == RefuseCode::Unknown,
        _ => false,
    };
    assert!(heard.iter().all(nothing), "{heard:?}");
    assert_eq!(heard.len(), 2);
    assert!(answerer.is_finished() && answerer.outcome().is_none());
    assert_eq!(b.ids().len(), 1);
}

#[test]
fn the_unit_that_was_dialled_must_answer() {
    let (mut a, mut b) = pair("byt.24.1", "byt.24");
    let (mut of_a, of_b) = (a.config(&b), b.config(&a));
    of_a.expect_unit = Some(unit("byt"));
    assert!(matches!(
        Session::dial(of_a.clone(), &mut a, NOW),
        Err(SessionError::Unexpected { .. })
    ));
    of_a.expect_unit = Some(unit("byt.24"));
    assert!(
        talk_with(of_a, &mut a, of_b, &mut b, usize::MAX)
            .outcome()
            .in_sync
    );
}

#[test]
fn units_that_share_nothing_part_at_once() {
    let (mut a, mut b) = pair("byt.24", "byt.25");
    assert!(matches!(
        Session::dial(a.config(&b), &mut a, NOW),
        Err(SessionError::Unrelated(_))
    ));
    // One that dials nevertheless is told.
    a.nodes.insert(b.key, unit("byt"));
    let talked = talk(&mut a, &mut b);
    assert!(matches!(talked.error, Some(SessionError::Unrelated(_))));
    assert!(talked.dialler.is_finished() && talked.dialler.outcome().is_none());
}

#[test]
fn another_version_is_refused() {
    let (mut a, mut b) = pair("byt.24.1", "byt.24");
    let mut dialler = Session::dial(a.config(&b), &mut a, NOW).unwrap();
    let Ok(Frame::Hello(mut hello)) = Frame::decode(&dialler.poll_transmit().unwrap()) else {
        panic!("a hello comes first");
    };
    hello.version = 2;
    let mut answerer = Session::accept(b.config(&a));
    let refused = answerer.handle(&Frame::Hello(hello).encode().unwrap(), &mut b, NOW);
    assert!(matches!(refused, Err(SessionError::Version(2))));
    let told = answerer.poll_transmit().unwrap();
    let told = dialler.handle(&told, &mut a, NOW);
    assert!(matches!(
        told,
        Err(SessionError::RefusedByPeer(RefuseCode::Version))
    ));
    assert!(matches!(
        dialler.handle(&[], &mut a, NOW),
        Err(SessionError::Over)
    ));
}

#[test]
fn both_learn_who_the_other_is() {
    let (mut a, mut b) = pair("byt.24.1", "byt.24");
    talk(&mut a, &mut b);
    assert_eq!(a.met[0].unit, unit("byt.24"));
    assert_eq!(b.met[0].receipts_head.unwrap().0, a.key.0);
    assert_eq!(b.met[0].address.as_deref(), Some("so.example.gov.vn:4433"));
}

#[test]
fn a_wrong_clock_is_a_warning() {
    let (mut a, mut b) = pair("byt.24.1", "byt.24");
    let mut dialler = Session::dial(a.config(&b), &mut a, Timestamp(0)).unwrap();
    let mut answerer = Session::accept(b.config(&a));
    let hello = dialler.poll_transmit().unwrap();
    answerer.handle(&hello, &mut b, NOW).unwrap();
    assert_eq!(answerer.so_far().warnings, [Warning::Clock(-NOW.0)]);
}
