//! What a colleague changes meanwhile.

use super::*;

/// A view in which Minh has changed some keys.
fn changed(keys: &[(&str, Scalar)]) -> ReportView {
    let mut view = view_of(snapshot());
    for (key, value) in keys {
        view.snapshot.values.insert((*key).into(), value.clone());
        view.news.push(NewsView {
            key: (*key).into(),
            author: "Trần Văn Minh".into(),
            at: now(),
        });
    }
    view
}

fn load(app: &mut App, view: ReportView) {
    assert_eq!(app.update(Msg::Loaded(Box::new(view))), []);
}

#[test]
fn a_change_of_a_colleague_is_shown_in_place_with_their_name() {
    let mut app = app();
    go(&mut app, "B4");
    let view = changed(&[("A1", Scalar::Str("Lan".into())), ("B3", Scalar::Int(96))]);
    load(&mut app, view);
    let shown = screen(&app);
    assert!(
        shown.contains("Trần Văn Minh vừa sửa B3 và 1 mục khác"),
        "{shown}"
    );
    assert!(shown.contains("◄96"));
    go(&mut app, "B3");
    let line = "◄ Trần Văn Minh vừa đổi, 16/06/2026 23:00 (trước đó: 90)";
    assert!(screen(&app).contains(line), "{}", screen(&app));
    insta::assert_snapshot!("news_80x24", screen_at(&app, 80, 24).backend());
    press(&mut app, DOWN);
    assert!(!screen(&app).contains("◄96"), "seen, and left");
}

#[test]
fn own_edits_are_no_news() {
    let mut app = app();
    go(&mut app, "B3");
    typed(&mut app, "96");
    press(&mut app, ENTER);
    app.update(Msg::Saved);
    load(&mut app, changed(&[("B3", Scalar::Int(96))]));
    assert!(app.news.is_empty());
    assert!(!screen(&app).contains("vừa sửa"));
}

#[test]
fn what_could_not_be_saved_is_no_news_either() {
    let mut app = app();
    go(&mut app, "B3");
    typed(&mut app, "96");
    press(&mut app, ENTER);
    load(&mut app, view_of(snapshot()));
    assert!(app.news.is_empty(), "on its way");
    app.update(Msg::NotSaved("đĩa đầy".into()));
    load(&mut app, view_of(snapshot()));
    assert!(app.news.is_empty());
    assert_eq!(app.shown.get("B3"), &Scalar::Int(96));
}

#[test]
fn a_bad_message_is_not_pushed_aside() {
    let mut app = app();
    app.update(Msg::Failed("đĩa đầy".into()));
    load(&mut app, changed(&[("B3", Scalar::Int(96))]));
    assert!(screen(&app).contains("× đĩa đầy"));
    assert!(app.is_news("B3"), "the mark is there all the same");
}

#[test]
fn cells_of_a_grid_and_texts() {
    let mut app = app();
    go(&mut app, "C1");
    press(&mut app, ENTER);
    let mut view = changed(&[("C1/k2/kind", Scalar::Str("emr".into()))]);
    view.snapshot.texts.insert("I1".into(), "Khác".into());
    load(&mut app, view);
    let shown = screen(&app);
    assert!(shown.contains("vừa sửa C1 Cổng thông tin điện tử, Loại và 1 mục khác"));
    assert!(shown.contains("◄EMR"), "{shown}");
    go(&mut app, "I1");
    assert!(
        screen(&app).contains("người khác vừa đổi"),
        "by nobody known"
    );
}

#[test]
fn a_third_value_settles_a_conflict() {
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
    assert_eq!(typed(&mut app, "t"), []);
    assert!(
        !screen(&app).contains("> 90"),
        "none of those that stand there"
    );
    // Enter on nothing settles nothing.
    assert_eq!(press(&mut app, ENTER), []);
    assert!(app.conflict("B3").is_some());
    go(&mut app, "B3");
    press(&mut app, ENTER);
    typed(&mut app, "t91");
    let settled = Upon {
        settles: true,
        ..Upon::default()
    };
    assert_eq!(press(&mut app, ENTER), [set_upon(Scalar::Int(91), settled)]);
    assert!(app.conflict("B3").is_none());
}

/// A view in which others have entered values of B3 at the same time.
fn concurrent(values: &[i64], seen: u8) -> ReportView {
    let mut view = view_of(snapshot());
    let value = |value: &i64| ConflictValue {
        value: Scalar::Int(*value),
        author: "Trần Văn Minh".into(),
        time: "09:05".into(),
    };
    if values.len() > 1 {
        view.conflicts.push(ConflictView {
            key: "B3".into(),
            values: values.iter().map(value).collect(),
        });
    }
    view.seen = Seen([[seen; 32]].into());
    view
}

fn upon(seen: u8, settles: bool) -> Upon {
    Upon {
        seen: Seen([[seen; 32]].into()),
        settles,
    }
}

fn set_upon(value: Scalar, upon: Upon) -> Effect {
    Effect::SetValue {
        key: "B3".into(),
        value,
        upon,
    }
}

#[test]
fn a_conflict_under_an_open_editor_is_told_and_not_settled() {
    let mut app = app_with(concurrent(&[90], 1));
    for leave in [ENTER, Code::Up, DOWN] {
        load(&mut app, concurrent(&[90], 1));
        go(&mut app, "B3");
        press(&mut app, ENTER);
        load(&mut app, concurrent(&[90, 7], 2));
        let shown = screen(&app);
        assert!(shown.contains("người khác đã nhập “7”"), "{shown}");
        assert_eq!(press(&mut app, leave), [], "nothing was typed");
        assert!(app.conflict("B3").is_some());
    }
    load(&mut app, concurrent(&[90], 3));
    go(&mut app, "B3");
    typed(&mut app, "6");
    load(&mut app, concurrent(&[90, 7], 4));
    load(&mut app, concurrent(&[90, 7], 5));
    let beside = set_upon(Scalar::Int(6), upon(3, false));
    assert_eq!(ctrl(&mut app, 'c'), [beside, Effect::Quit]);
    assert!(app.conflict("B3").is_some(), "it waits to be settled");
}

#[test]
fn only_the_values_that_were_shown_are_settled() {
    let mut app = app_with(concurrent(&[90, 7], 1));
    go(&mut app, "B3");
    press(&mut app, ENTER);
    typed(&mut app, "t");
    load(&mut app, concurrent(&[90, 7], 2));
    load(&mut app, concurrent(&[90, 7, 8], 3));
    assert!(screen(&app).contains("người khác đã nhập “8”"));
    typed(&mut app, "1");
    let settled = set_upon(Scalar::Int(1), upon(2, true));
    assert_eq!(press(&mut app, ENTER), [settled]);
}

#[test]
fn a_value_that_was_told_is_replaced() {
    let mut app = app_with(concurrent(&[90], 1));
    go(&mut app, "B3");
    typed(&mut app, "6");
    let mut view = changed(&[("B3", Scalar::Int(95))]);
    view.seen = Seen([[2; 32]].into());
    load(&mut app, view);
    let told = set_upon(Scalar::Int(6), upon(2, false));
    assert_eq!(press(&mut app, ENTER), [told]);
}

#[test]
fn a_yes_is_for_what_was_shown_when_it_was_asked() {
    let mut app = app_with(concurrent(&[90], 1));
    go(&mut app, "B3");
    press(&mut app, Code::Delete);
    load(&mut app, concurrent(&[90, 7], 2));
    assert!(screen(&app).contains("× B3 vừa được người khác sửa"));
    assert!(app.popups.is_empty());
    load(&mut app, concurrent(&[90], 3));
    press(&mut app, Code::Delete);
    load(&mut app, concurrent(&[90], 4));
    let cleared = set_upon(Scalar::Null, upon(4, false));
    assert_eq!(press(&mut app, ENTER), [cleared]);
}

#[test]
fn whose_words_arrive_in_an_open_text_is_said() {
    let mut app = app();
    go(&mut app, "I1");
    press(&mut app, ENTER);
    let mut view = view_of(snapshot());
    view.snapshot.texts.insert("I1".into(), "Khác".into());
    view.news.push(NewsView {
        key: "I1".into(),
        author: "Trần Văn Minh".into(),
        at: now(),
    });
    load(&mut app, view);
    let shown = screen(&app);
    assert!(
        shown.contains("! Trần Văn Minh vừa sửa văn bản này"),
        "{shown}"
    );
}

fn choose(value: &str) -> Scalar {
    Scalar::Str(value.into())
}

#[test]
fn ticks_of_a_colleague_are_kept_beside_ones_own() {
    let mut app = app();
    go(&mut app, "B2");
    press(&mut app, ENTER);
    typed(&mut app, "chi ");
    ctrl(&mut app, 'u');
    load(&mut app, changed(&[("B2", choose("meeting,zalo_email"))]));
    let shown = screen_at(&app, 80, 24).backend().to_string();
    assert!(shown.contains("! Trong lúc bạn chọn"), "{shown}");
    insta::assert_snapshot!("choice_arrived_80x24", shown);
    load(&mut app, changed(&[("B2", choose("meeting,zalo_email"))]));
    let both = set("B2", choose("meeting,party_cell,zalo_email"));
    assert_eq!(press(&mut app, ENTER), [both]);
}

#[test]
fn a_list_that_nobody_touched_follows() {
    let mut app = app();
    go(&mut app, "B2");
    press(&mut app, ENTER);
    load(&mut app, changed(&[("B2", choose("zalo_email"))]));
    assert_eq!(press(&mut app, ENTER), [], "as it stands now");
    go(&mut app, "C1/k1/dossier");
    press(&mut app, ENTER);
    load(&mut app, changed(&[("C1/k1/dossier", choose("approved"))]));
    assert!(screen(&app).contains("(•)"));
    assert_eq!(press(&mut app, ENTER), [], "the cursor has gone along");
}

#[test]
fn one_choice_over_a_newer_one_is_told_first() {
    let mut app = app();
    go(&mut app, "C1/k1/dossier");
    press(&mut app, ENTER);
    press(&mut app, DOWN);
    typed(&mut app, " ");
    load(&mut app, changed(&[("C1/k1/dossier", choose("approved"))]));
    assert!(screen(&app).contains("! Trong lúc bạn nhập"));
    let mine = set("C1/k1/dossier", choose("submitted"));
    assert_eq!(press(&mut app, ENTER), [mine]);
}

#[test]
fn the_values_to_choose_from_stay_in_their_places() {
    let mut app = app_with(concurrent(&[90, 92], 1));
    go(&mut app, "B3");
    press(&mut app, ENTER);
    load(&mut app, concurrent(&[90, 92], 2));
    load(&mut app, concurrent(&[90, 7, 92], 3));
    assert!(screen(&app).contains("2. 92 — Trần Văn Minh"));
    let chosen = Effect::ResolveConflict {
        key: "B3".into(),
        value: Scalar::Int(92),
        upon: upon(2, true),
    };
    assert_eq!(typed(&mut app, "2"), [chosen]);
}

#[test]
fn a_failed_save_rests_on_what_was_seen_when_it_was_typed() {
    let mut app = app_with(concurrent(&[90], 1));
    go(&mut app, "B3");
    typed(&mut app, "5");
    press(&mut app, ENTER);
    app.update(Msg::NotSaved("đĩa đầy".into()));
    let mut view = changed(&[("B3", Scalar::Int(7))]);
    view.seen = Seen([[2; 32]].into());
    load(&mut app, view);
    assert_eq!(app.shown.get("B3"), &Scalar::Int(5), "the 7 is under it");
    let again = set_upon(Scalar::Int(5), upon(1, false));
    assert_eq!(ctrl(&mut app, 'r'), [again]);
    app.update(Msg::NotSaved("đĩa đầy".into()));
    go(&mut app, "B3");
    typed(&mut app, "6");
    let instead = set_upon(Scalar::Int(6), upon(1, false));
    assert_eq!(press(&mut app, ENTER), [instead]);
}

#[test]
fn a_row_is_removed_as_it_was_shown() {
    let mut app = app();
    go(&mut app, "C1");
    press(&mut app, ENTER);
    typed(&mut app, "d");
    load(&mut app, changed(&[("C1/k1/kind", choose("emr"))]));
    assert!(app.popups.is_empty(), "to be looked at again");
    typed(&mut app, "d");
    let mut view = changed(&[("C1/k1/kind", choose("emr")), ("B3", Scalar::Int(7))]);
    view.seen = Seen([[2; 32]].into());
    load(&mut app, view);
    let removed = Effect::RemoveRow {
        table: "C1".into(),
        row: "k1".into(),
        upon: upon(2, false),
    };
    assert_eq!(press(&mut app, ENTER), [removed]);
}

#[test]
fn a_conflict_under_a_list_of_choices_is_told_and_not_settled() {
    let mut app = app();
    let value = |ids: &str| ConflictValue {
        value: choose(ids),
        author: "Trần Văn Minh".into(),
        time: "09:05".into(),
    };
    let mut view = view_of(snapshot());
    view.conflicts.push(ConflictView {
        key: "B2".into(),
        values: vec![value("meeting,notice"), value("other")],
    });
    view.seen = Seen([[2; 32]].into());
    go(&mut app, "B2");
    press(&mut app, ENTER);
    load(&mut app, view.clone());
    assert!(screen(&app).contains("người khác đã nhập “khác”"));
    assert_eq!(press(&mut app, ENTER), [], "nothing was ticked");
    load(&mut app, view_of(snapshot()));
    go(&mut app, "B2");
    press(&mut app, ENTER);
    typed(&mut app, "chi ");
    load(&mut app, view);
    let mine = set("B2", choose("meeting,party_cell,notice"));
    assert_eq!(press(&mut app, ENTER), [mine], "upon the view before");
    assert!(app.conflict("B2").is_some());
}
