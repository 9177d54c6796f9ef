//! Two machines of one facility work on one report, each with drafts waiting,
//! and what the screens of both were shown.

use identity::SecretKey;
use model::{Period, Scalar, UnitPath};
use replica::{Clock, Env, Founded, JoinKeys, QUARTERLY_FORM, Replica, ReportKey, ScreenView};
use store::{EntryFilter, Store};
use testkit::{Seeded, at};

const NOW: &str = "2026-06-10T09:00:00+07:00";

struct Machine {
    replica: Replica,
    person: SecretKey,
    entropy: Seeded,
    key: ReportKey,
}

fn clock() -> Clock {
    Clock {
        now: at(NOW),
        simulated: false,
    }
}

/// A facility directly under the ministry with two machines.
fn two_machines() -> (Machine, Machine) {
    let mut entropy = Seeded::new(1);
    let keys = Founded::generate(&mut entropy);
    let store = Store::open_in_memory().unwrap();
    let mut bo = Replica::found(store, &keys, "Bộ Y tế", "Quản trị", false, clock()).unwrap();
    let unit = UnitPath::parse("byt.bvthu").unwrap();
    let mut env = Env {
        clock: clock(),
        entropy: &mut entropy,
    };
    let invite = bo
        .invite(&keys.person, &unit, "Bệnh viện Thử", None, &mut env)
        .unwrap();
    let mut first = join(&invite.text, "Lan", 2);
    let mut env = Env {
        clock: clock(),
        entropy: &mut first.entropy,
    };
    let invite = first
        .replica
        .invite(&first.person, &unit, "PC2", None, &mut env)
        .unwrap();
    let mut second = join(&invite.text, "Minh", 3);
    exchange(&mut first, &mut second);
    (first, second)
}

fn join(invite: &str, person: &str, seed: u64) -> Machine {
    let mut entropy = Seeded::new(seed);
    let invite = Replica::read_invite(invite, model::Level::Facility).unwrap();
    let keys = JoinKeys::generate(&mut entropy);
    let store = Store::open_in_memory().unwrap();
    let replica = Replica::join(store, &invite, &keys, person, person, clock()).unwrap();
    let period = Period::parse("2026-Q2").unwrap();
    let key = ReportKey::regular(replica.unit(), QUARTERLY_FORM, period);
    Machine {
        replica,
        person: keys.person,
        entropy,
        key,
    }
}

/// Everything that one holds goes to the other.
fn exchange(a: &mut Machine, b: &mut Machine) {
    for _ in 0..2 {
        send(a, b);
        send(b, a);
    }
}

fn send(from: &Machine, to: &mut Machine) {
    let held = from
        .replica
        .store()
        .entries(&EntryFilter::default())
        .unwrap();
    let entries = held
        .iter()
        .map(|stored| stored.entry.entry().clone())
        .collect();
    let intake = to
        .replica
        .receive(&from.replica.node_key(), entries, clock())
        .unwrap();
    assert!(intake.refused.is_empty(), "{:?}", intake.refused);
}

impl Machine {
    fn view(&self) -> ScreenView {
        self.replica.screen_view(&self.key, at(NOW)).unwrap()
    }

    fn text(&self) -> String {
        self.view()
            .snapshot
            .texts
            .get("I1")
            .cloned()
            .unwrap_or_default()
    }

    /// Types into I1, beginning from what is shown.
    fn edit(&mut self, from: &str, to: &str) {
        let base = self.text();
        assert!(base.contains(from), "{base:?} has no {from:?}");
        self.edit_from(&base, &base.replacen(from, to, 1));
    }

    fn edit_from(&mut self, base: &str, text: &str) {
        let person = self.person.public();
        self.replica
            .set_text(&self.key, &person, "I1", base, text, clock())
            .unwrap();
    }

    fn put(&mut self, code: &str, number: i64, seen: &ScreenView) {
        let person = self.person.public();
        let value = Scalar::Int(number);
        self.replica
            .put_seen(&self.key, &person, code, value, &seen.seen, clock())
            .unwrap();
    }

    fn seal(&mut self) -> usize {
        let mut env = Env {
            clock: clock(),
            entropy: &mut self.entropy,
        };
        self.replica.seal_all(&self.person, &mut env).unwrap()
    }

    fn conflicts(&self) -> Vec<(String, Vec<Scalar>)> {
        let values = |c: replica::ConflictView| {
            let mut values: Vec<Scalar> = c.values.into_iter().map(|v| v.value).collect();
            values.sort_by_key(|value| value.as_int());
            (c.code, values)
        };
        self.view().conflicts.into_iter().map(values).collect()
    }
}

#[test]
fn a_text_drafted_on_two_machines_loses_and_doubles_nothing() {
    let (mut lan, mut minh) = two_machines();
    lan.edit("", "Thiếu máy chủ. Thiếu người.");
    lan.seal();
    exchange(&mut lan, &mut minh);

    // Both draft; Minh's arrives while Lan's still waits.
    lan.edit("máy chủ", "hai máy chủ");
    minh.edit("người.", "người. Chưa có kinh phí.");
    minh.seal();
    exchange(&mut lan, &mut minh);
    assert_eq!(
        lan.text(),
        "Thiếu hai máy chủ. Thiếu người. Chưa có kinh phí."
    );

    // Lan goes on with what she now sees: her draft rests on Minh's words.
    lan.edit("kinh phí", "kinh phí năm 2026");
    lan.edit("hai máy", "ba máy");
    let expected = "Thiếu ba máy chủ. Thiếu người. Chưa có kinh phí năm 2026.";
    assert_eq!(lan.text(), expected);
    minh.edit("Thiếu người", "Thiếu 2 người");
    minh.seal();
    exchange(&mut lan, &mut minh);
    assert_eq!(lan.seal(), 1);
    exchange(&mut lan, &mut minh);
    let expected = "Thiếu ba máy chủ. Thiếu 2 người. Chưa có kinh phí năm 2026.";
    assert_eq!(lan.text(), expected);
    assert_eq!(minh.text(), expected);
}

#[test]
fn a_text_that_changed_under_an_open_editor_keeps_both_edits() {
    let (mut lan, mut minh) = two_machines();
    lan.edit("", "Thiếu máy chủ.");
    lan.seal();
    exchange(&mut lan, &mut minh);
    let base = lan.text();
    minh.edit("Thiếu", "Còn thiếu");
    minh.seal();
    exchange(&mut lan, &mut minh);
    lan.edit_from(&base, "Thiếu máy chủ dự phòng.");
    assert_eq!(lan.text(), "Còn thiếu máy chủ dự phòng.");
    lan.seal();
    exchange(&mut lan, &mut minh);
    assert_eq!(minh.text(), "Còn thiếu máy chủ dự phòng.");
}

#[test]
fn two_people_draft_one_text_on_one_machine() {
    let (mut lan, _) = two_machines();
    let other = SecretKey::generate(&mut lan.entropy);
    lan.replica
        .add_person(
            &lan.person,
            other.public(),
            "Hoa",
            replica::roles_of_level(model::Level::Facility),
            clock(),
        )
        .unwrap();
    lan.edit("", "Một. Hai.");
    let base = lan.text();
    lan.replica
        .set_text(
            &lan.key,
            &other.public(),
            "I1",
            &base,
            "Một. Hai. Ba.",
            clock(),
        )
        .unwrap();
    lan.edit("Một", "Số một");
    assert_eq!(lan.text(), "Số một. Hai. Ba.");
    lan.seal();
    let mut env = Env {
        clock: clock(),
        entropy: &mut lan.entropy,
    };
    lan.replica.seal_all(&other, &mut env).unwrap();
    assert_eq!(lan.text(), "Số một. Hai. Ba.");
}

#[test]
fn a_value_that_came_after_the_view_is_a_conflict_and_can_be_settled() {
    let (mut lan, mut minh) = two_machines();
    let shown = lan.view();
    minh.put("B3", 130, &minh.view());
    minh.seal();
    exchange(&mut lan, &mut minh);
    // The screen still shows the old view: nothing may be overwritten unseen.
    lan.put("B3", 120, &shown);
    let both = vec![("B3".to_owned(), vec![Scalar::Int(120), Scalar::Int(130)])];
    assert_eq!(lan.conflicts(), both);

    let shown = lan.view();
    let person = lan.person.public();
    lan.replica
        .choose_seen(
            &lan.key,
            &person,
            "B3",
            Scalar::Int(130),
            &shown.seen,
            clock(),
        )
        .unwrap();
    assert_eq!(lan.conflicts(), []);
    lan.seal();
    exchange(&mut lan, &mut minh);
    assert_eq!((lan.conflicts(), minh.conflicts()), (vec![], vec![]));
    assert_eq!(minh.view().snapshot.get("B3"), &Scalar::Int(130));
}

#[test]
fn typing_again_what_is_there_spoils_nothing() {
    let (mut lan, _) = two_machines();
    lan.put("B3", 120, &lan.view());
    assert_eq!(lan.seal(), 1);
    lan.put("B3", 120, &lan.view());
    assert_eq!(lan.view().snapshot.get("B3"), &Scalar::Int(120));
    assert_eq!(
        (lan.seal(), lan.seal()),
        (1, 0),
        "the draft is gone, without an entry"
    );
    let held = lan
        .replica
        .store()
        .entries(&EntryFilter::default())
        .unwrap();
    let changes = held
        .iter()
        .filter(|s| s.entry.body().content.kind() == wire::Kind::Changes);
    assert_eq!(changes.count(), 1);
}

#[test]
fn the_name_of_the_unit_is_known_before_the_first_session() {
    let (lan, minh) = two_machines();
    assert_eq!(lan.view().unit_name, "Bệnh viện Thử");
    assert_eq!(minh.view().unit_name, "Bệnh viện Thử");
}

#[test]
fn a_screen_says_who_wrote_what_has_come_since() {
    let (mut lan, mut minh) = two_machines();
    let seen = lan.view();
    lan.put("B3", 90, &seen);
    lan.seal();
    exchange(&mut lan, &mut minh);
    let before = lan.view();
    let seen = minh.view();
    minh.put("B3", 95, &seen);
    minh.edit("", "Thiếu máy chủ.");
    minh.seal();
    exchange(&mut lan, &mut minh);
    let (key, now) = (lan.key.clone(), at(NOW));
    let view = lan.replica.screen_view_since(&key, now, &before.seen);
    let news: Vec<_> = view
        .unwrap()
        .news
        .into_iter()
        .map(|news| (news.code, news.author))
        .collect();
    let by = |code: &str| (code.to_owned(), "Minh".to_owned());
    assert_eq!(news, [by("B3"), by("I1")], "and nothing of her own");
    assert_eq!(lan.view().news, []);
}

#[test]
fn a_removed_row_comes_back_with_its_cells() {
    let (mut lan, mut minh) = two_machines();
    let person = lan.person.public();
    let cells = [("name".to_owned(), "HIS".to_owned())];
    let mut env = Env {
        clock: clock(),
        entropy: &mut lan.entropy,
    };
    let row = lan
        .replica
        .row_add(&lan.key, &person, "C1", &cells, &mut env);
    let marker = format!("C1/{}", row.unwrap().row);
    // Signed between the two steps, and not.
    for seal in [true, false] {
        let row = marker.trim_start_matches("C1/");
        let before = lan.view().snapshot;
        lan.replica
            .row_remove(&lan.key, &person, "C1", row, clock())
            .unwrap();
        assert_eq!(lan.view().snapshot.rows("C1").count(), 0);
        if seal {
            lan.seal();
        }
        let seen = lan.view().seen;
        let there = Scalar::Bool(true);
        lan.replica
            .put_seen(&lan.key, &person, &marker, there, &seen, clock())
            .unwrap();
        assert_eq!(lan.view().snapshot, before);
        lan.seal();
        assert_eq!(lan.view().snapshot, before);
        assert_eq!(lan.conflicts(), []);
    }
    exchange(&mut lan, &mut minh);
    assert_eq!(minh.view().snapshot, lan.view().snapshot);
}

#[test]
fn a_row_removed_upon_an_older_view_does_not_take_a_colleagues_cell_along() {
    let (mut lan, mut minh) = two_machines();
    let person = lan.person.public();
    let cells = [("name".to_owned(), "HIS".to_owned())];
    let mut env = Env {
        clock: clock(),
        entropy: &mut lan.entropy,
    };
    let row = lan
        .replica
        .row_add(&lan.key, &person, "C1", &cells, &mut env);
    let marker = format!("C1/{}", row.unwrap().row);
    lan.seal();
    exchange(&mut lan, &mut minh);
    let shown = lan.view();
    let (author, cell) = (minh.person.public(), format!("{marker}/kind"));
    let (kind, seen) = (Scalar::Str("his".into()), minh.view().seen);
    minh.replica
        .put_seen(&minh.key, &author, &cell, kind, &seen, clock())
        .unwrap();
    minh.seal();
    exchange(&mut lan, &mut minh);
    // The screen still shows the row without it.
    let gone = Scalar::Bool(false);
    lan.replica
        .put_seen(&lan.key, &person, &marker, gone, &shown.seen, clock())
        .unwrap();
    lan.seal();
    let conflicts: Vec<String> = lan.conflicts().into_iter().map(|(code, _)| code).collect();
    assert_eq!(conflicts, [marker]);
}

#[test]
fn a_value_typed_upon_an_older_view_stays_beside_ones_own_signed_one() {
    let (mut lan, mut minh) = two_machines();
    lan.put("B3", 5, &lan.view());
    lan.seal();
    let shown = lan.view();
    minh.put("B3", 7, &minh.view());
    minh.seal();
    exchange(&mut lan, &mut minh);
    lan.put("B3", 6, &shown);
    lan.seal();
    let both = vec![("B3".to_owned(), vec![Scalar::Int(6), Scalar::Int(7)])];
    assert_eq!(lan.conflicts(), both);
}
