//! Taking back and doing again.

use proptest::collection::vec;
use proptest::prelude::*;

use super::store::Store;
use super::*;
use crate::tests::keys::any_key;

fn undo(app: &mut App) -> Vec<Effect> {
    ctrl(app, 'z')
}

fn redo(app: &mut App) -> Vec<Effect> {
    ctrl(app, 'y')
}

#[test]
fn a_value_comes_back_and_goes_again() {
    let mut app = app();
    let mut store = Store::new(snapshot());
    go(&mut app, "B3");
    typed(&mut app, "120");
    let effects = press(&mut app, ENTER);
    store.serve(&mut app, effects);
    go(&mut app, "A1");
    assert_eq!(undo(&mut app), [set("B3", Scalar::Int(90))]);
    assert_eq!(app.current_key(), "B3", "shows what it did");
    assert!(screen(&app).contains("Đã hoàn tác – B3: 90"));
    assert_eq!(redo(&mut app), [set("B3", Scalar::Int(120))]);
    assert!(screen(&app).contains("Đã làm lại – B3: 120"));
    assert_eq!(redo(&mut app), []);
    assert!(screen(&app).contains("Không có gì để làm lại"));
    assert_eq!(typed(&mut app, "u"), [set("B3", Scalar::Int(90))]);
    assert_eq!(typed(&mut app, "r"), [set("B3", Scalar::Int(120))]);
    assert_eq!(typed(&mut app, "ư"), [set("B3", Scalar::Int(90))]);
    assert_eq!(undo(&mut app), []);
    assert!(screen(&app).contains("Không còn gì để hoàn tác"));
}

#[test]
fn a_removed_row_comes_back_with_what_it_held() {
    let mut app = app();
    let mut store = Store::new(snapshot());
    go(&mut app, "C1");
    press(&mut app, ENTER);
    press(&mut app, DOWN);
    typed(&mut app, "d");
    let effects = press(&mut app, ENTER);
    store.serve(&mut app, effects);
    assert_eq!(rows(&app, "C1"), ["k1"]);
    let effects = undo(&mut app);
    let name = Scalar::Str("Cổng thông tin điện tử".into());
    let cells = vec![
        ("kind".into(), Scalar::Str("portal".into())),
        ("name".into(), name.clone()),
    ];
    let restored = Effect::RestoreRow {
        table: "C1".into(),
        row: "k2".into(),
        cells,
        upon: Upon::default(),
    };
    assert_eq!(effects, [restored]);
    assert_eq!(app.shown.get("C1/k2/name"), &name, "before it is saved");
    assert!(screen(&app).contains("có lại dòng “Cổng thông tin điện tử”"));
    store.serve(&mut app, effects);
    assert_eq!(store.snapshot, snapshot());
}

#[test]
fn an_added_row_goes_and_comes_back() {
    let mut app = app();
    let mut store = Store::new(snapshot());
    go(&mut app, "C1");
    press(&mut app, ENTER);
    let effects = typed(&mut app, "a");
    let early = undo(&mut app);
    assert_eq!(early, [], "it has no name yet");
    store.serve(&mut app, effects);
    let gone = Effect::RemoveRow {
        table: "C1".into(),
        row: "new1".into(),
        upon: Upon::default(),
    };
    let effects = undo(&mut app);
    assert_eq!(effects, [gone]);
    store.serve(&mut app, effects);
    assert_eq!(store.snapshot, snapshot());
    let effects = redo(&mut app);
    store.serve(&mut app, effects);
    assert_eq!(rows(&app, "C1"), ["k1", "k2", "new1"]);
}

#[test]
fn what_a_colleague_changed_since_is_asked_about() {
    let mut app = app();
    let mut store = Store::new(snapshot());
    go(&mut app, "B3");
    typed(&mut app, "120");
    let effects = press(&mut app, ENTER);
    store.serve(&mut app, effects);
    store.snapshot.values.insert("B3".into(), Scalar::Int(121));
    store.serve(&mut app, vec![Effect::Load]);
    assert_eq!(undo(&mut app), []);
    assert!(screen(&app).contains("người khác đã sửa B3 (nay là “121”)"));
    assert_eq!(press(&mut app, ESC), []);
    assert_eq!(app.shown.get("B3"), &Scalar::Int(121));
    assert_eq!(undo(&mut app), [], "that edit is passed over");
    typed(&mut app, "7");
    let effects = press(&mut app, ENTER);
    store.serve(&mut app, effects);
    store.snapshot.values.insert("B3".into(), Scalar::Int(8));
    store.serve(&mut app, vec![Effect::Load]);
    undo(&mut app);
    assert_eq!(press(&mut app, ENTER), [set("B3", Scalar::Int(121))]);
}

#[test]
fn a_text_is_taken_back_by_merging() {
    let mut app = app();
    go(&mut app, "I1");
    press(&mut app, ENTER);
    typed(&mut app, "!");
    press(&mut app, ESC);
    let before = snapshot().texts.remove("I1").unwrap();
    let back = Effect::SetText {
        code: "I1".into(),
        base: format!("{before}!"),
        text: before,
    };
    assert_eq!(undo(&mut app), [back]);
}

#[test]
fn a_settled_conflict_goes_back_to_what_stood_first() {
    let mut view = view_of(snapshot());
    let value = |value: i64| ConflictValue {
        value: Scalar::Int(value),
        author: "Lan".into(),
        time: "09:00".into(),
    };
    view.conflicts.push(ConflictView {
        key: "B3".into(),
        values: vec![value(90), value(92)],
    });
    let mut app = app_with(view);
    go(&mut app, "B3");
    press(&mut app, ENTER);
    assert_eq!(typed(&mut app, "2").len(), 1);
    assert_eq!(app.shown.get("B3"), &Scalar::Int(92));
    // The store has not settled it yet.
    let back = Effect::SetValue {
        key: "B3".into(),
        value: Scalar::Int(90),
        upon: Upon {
            settles: true,
            ..Upon::default()
        },
    };
    assert_eq!(undo(&mut app), [back]);
}

#[test]
fn nobody_takes_back_what_somebody_else_wrote() {
    let mut app = app();
    go(&mut app, "B3");
    typed(&mut app, "120");
    press(&mut app, ENTER);
    app.update(Msg::Locked);
    assert_eq!(undo(&mut app), []);
    typed(&mut app, "x");
    press(&mut app, ENTER);
    let person = "Nguyễn Thị Lan".to_owned();
    let effects = app.update(Msg::Unlocked { person });
    assert_eq!(effects, [set("B3", Scalar::Int(90))], "the same person may");
    app.update(Msg::Locked);
    app.update(Msg::Unlocked {
        person: "Minh".into(),
    });
    assert_eq!(redo(&mut app), []);
}

#[test]
fn a_person_known_from_the_view_keeps_their_edits() {
    let mut view = view_of(snapshot());
    view.person = Some("Lan".into());
    let (mut app, _) = App::new(form(), Lang::Vi, now(), Palette::None);
    app.update(Msg::Loaded(Box::new(view)));
    go(&mut app, "B3");
    typed(&mut app, "120");
    press(&mut app, ENTER);
    app.update(Msg::Locked);
    let person = "Lan".to_owned();
    app.update(Msg::Unlocked { person });
    assert_eq!(undo(&mut app), [set("B3", Scalar::Int(90))]);
}

#[test]
fn a_row_that_could_not_be_made_is_given_up() {
    let mut app = app();
    go(&mut app, "C1");
    press(&mut app, ENTER);
    typed(&mut app, "a");
    app.update(Msg::NotSaved("đĩa đầy".into()));
    assert_eq!(app.failed_saves(), 1);
    assert_eq!(undo(&mut app), []);
    assert_eq!(app.failed_saves(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// However it was edited: taken back it is as it was, and done again as it
    /// was left.
    #[test]
    fn all_of_it_comes_back(keys in vec(any_key(), 1..250)) {
        let mut app = app();
        let mut store = Store::new(snapshot());
        for key in keys {
            let effects = app.update(Msg::Key(key));
            store.serve(&mut app, effects);
        }
        // What was taken back on the way first.
        let left = all_the_way(&mut app, &mut store, 'y');
        prop_assert_eq!(all_the_way(&mut app, &mut store, 'z'), snapshot());
        prop_assert_eq!(all_the_way(&mut app, &mut store, 'y'), left);
    }
}

/// Undoes or redoes until there is nothing left; the report then.
fn all_the_way(app: &mut App, store: &mut Store, key: char) -> Snapshot {
    loop {
        app.popups.clear();
        let effects = ctrl(app, key);
        let notice = app.notice.as_ref().map(|notice| notice.text.as_str());
        if notice.is_some_and(|text| text.starts_with("Không c")) {
            return store.snapshot.clone();
        }
        store.serve(app, effects);
    }
}
