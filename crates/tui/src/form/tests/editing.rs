//! Editing fields: what is typed, what is saved, what is refused.

use super::*;
use crate::form::app::Mark;

#[test]
fn leaving_a_typed_number_saves_it_once() {
    let mut app = app();
    go(&mut app, "B5");
    assert_eq!(press(&mut app, ENTER), []);
    assert_eq!(typed(&mut app, "1.250"), []);
    assert_eq!(press(&mut app, ENTER), [set("B5", Scalar::Int(1250))]);
    assert_eq!(app.current_key(), "B6", "and goes to the next field");
    assert!(screen(&app).contains("1.250"), "shown before it is saved");
    assert!(screen(&app).contains("đang lưu"));
    assert_eq!(app.update(Msg::Saved), [Effect::Load]);
}

#[test]
fn a_digit_starts_typing_and_an_unchanged_value_is_no_edit() {
    let mut app = app();
    go(&mut app, "B3");
    typed(&mut app, "9");
    typed(&mut app, "0");
    assert_eq!(press(&mut app, DOWN), [], "90 as before");
    go(&mut app, "B3");
    assert_eq!(typed(&mut app, "120"), []);
    assert_eq!(press(&mut app, Code::Up), [set("B3", Scalar::Int(120))]);
    assert_eq!(app.current_key(), "B2");
}

#[test]
fn a_bad_date_stays_with_its_message_and_saves_nothing() {
    let mut app = app();
    go(&mut app, "B1.date");
    press(&mut app, ENTER);
    ctrl(&mut app, 'u');
    typed(&mut app, "31/02/2026");
    assert_eq!(press(&mut app, ENTER), []);
    assert_eq!(app.popups.len(), 1, "the editor stays open");
    assert!(screen(&app).contains("× nhập ngày có thật"));
    ctrl(&mut app, 'u');
    typed(&mut app, "1/6/2026");
    let saved = set("B1.date", Scalar::Str("2026-06-01".into()));
    assert_eq!(press(&mut app, ENTER), [saved]);
}

#[test]
fn escape_leaves_the_value_alone() {
    let mut app = app();
    go(&mut app, "B3");
    typed(&mut app, "777");
    assert_eq!(press(&mut app, ESC), []);
    assert!(app.popups.is_empty());
    assert_eq!(app.shown.get("B3"), &Scalar::Int(90));
}

#[test]
fn decomposed_vietnamese_is_stored_composed() {
    let mut app = app();
    go(&mut app, "A2");
    press(&mut app, ENTER);
    typed(&mut app, "Tra\u{302}\u{300}n Va\u{306}n Tie\u{302}\u{301}n");
    let saved = set("A2", Scalar::Str("Trần Văn Tiến".into()));
    assert_eq!(press(&mut app, ENTER), [saved]);
}

#[test]
fn pasted_text_is_one_clean_line() {
    let mut app = app();
    go(&mut app, "A3");
    press(&mut app, ENTER);
    let paste = "Số 12/BC\r\nngày 18/6\u{1b}[31m\u{202e}";
    assert_eq!(app.update(Msg::Paste(paste.into())), []);
    let saved = set("A3", Scalar::Str("Số 12/BC ngày 18/6[31m".into()));
    assert_eq!(press(&mut app, ENTER), [saved]);
}

#[test]
fn yes_and_no_toggle_and_clear_asks() {
    let mut app = app();
    go(&mut app, "D1");
    assert_eq!(typed(&mut app, " "), [set("D1", Scalar::Bool(true))]);
    assert!(
        app.section_items(3)
            .iter()
            .any(|item| item.key == "D1.date"),
        "its date appears"
    );
    assert_eq!(typed(&mut app, " "), [set("D1", Scalar::Bool(false))]);
    assert_eq!(press(&mut app, Code::Delete), []);
    assert_eq!(press(&mut app, ENTER), [set("D1", Scalar::Null)]);
}

#[test]
fn choices_are_found_by_typing_without_marks() {
    let mut app = app();
    go(&mut app, "B2");
    assert_eq!(press(&mut app, ENTER), []);
    typed(&mut app, "chi bo");
    // The space ticked what "chi" had found: "sinh hoạt chi bộ".
    assert_eq!(typed(&mut app, ""), []);
    let saved = set("B2", Scalar::Str("meeting,party_cell,notice".into()));
    assert_eq!(press(&mut app, ENTER), [saved], "in the form's order");
}

#[test]
fn one_choice_is_taken_by_enter_alone() {
    let mut app = app();
    go(&mut app, "C1/k1/dossier");
    press(&mut app, ENTER);
    press(&mut app, DOWN);
    let saved = set("C1/k1/dossier", Scalar::Str("submitted".into()));
    assert_eq!(press(&mut app, ENTER), [saved]);
    // Unticking clears.
    go(&mut app, "C1/k1/kind");
    press(&mut app, ENTER);
    typed(&mut app, " ");
    assert_eq!(press(&mut app, ENTER), [set("C1/k1/kind", Scalar::Null)]);
}

#[test]
fn long_text_is_saved_with_what_it_began_from() {
    let mut app = app();
    go(&mut app, "I1");
    assert_eq!(press(&mut app, ENTER), []);
    press(&mut app, ENTER);
    typed(&mut app, "Cần hỗ trợ.");
    // Somebody else's edit arrives meanwhile.
    let mut view = view_of(snapshot());
    view.snapshot
        .texts
        .insert("I1".into(), "Thiếu máy chủ.".into());
    app.update(Msg::Loaded(Box::new(view)));
    assert!(screen(&app).contains("cả hai phần sửa đều được giữ"));
    let base = "Thiếu máy chủ dự phòng.\nChưa có kinh phí.";
    let effects = press(&mut app, ESC);
    let text = format!("{base}\nCần hỗ trợ.");
    assert_eq!(
        effects,
        [Effect::SetText {
            code: "I1".into(),
            base: base.into(),
            text
        }]
    );
}

#[test]
fn dropping_a_long_text_asks_first() {
    let mut app = app();
    go(&mut app, "I2");
    press(&mut app, ENTER);
    typed(&mut app, "abc");
    ctrl(&mut app, 'x');
    assert_eq!(app.popups.len(), 2);
    press(&mut app, ENTER);
    assert!(app.popups.is_empty());
    assert_eq!(app.shown.texts.get("I2"), None);
}

#[test]
fn a_value_that_arrives_while_typing_is_shown() {
    let mut app = app();
    go(&mut app, "B3");
    typed(&mut app, "92");
    let mut view = view_of(snapshot());
    view.snapshot.values.insert("B3".into(), Scalar::Int(95));
    app.update(Msg::Loaded(Box::new(view)));
    assert!(screen(&app).contains("giá trị đã được đổi thành “95”"));
    assert_eq!(press(&mut app, ENTER), [set("B3", Scalar::Int(92))]);
}

#[test]
fn what_could_not_be_saved_stays_and_can_be_tried_again() {
    let mut app = app();
    go(&mut app, "B5");
    typed(&mut app, "7");
    press(&mut app, ENTER);
    assert_eq!(app.update(Msg::NotSaved("đĩa đầy".into())), []);
    assert!(screen(&app).contains("× Chưa lưu được: đĩa đầy"));
    press(&mut app, DOWN);
    assert!(screen(&app).contains("chưa lưu được 1 mục"));
    assert_eq!(
        app.shown.get("B5"),
        &Scalar::Int(7),
        "not lost by a reload either"
    );
    app.update(Msg::Loaded(Box::new(view_of(snapshot()))));
    assert_eq!(app.shown.get("B5"), &Scalar::Int(7));
    assert_eq!(typed(&mut app, "q"), [], "quitting asks");
    press(&mut app, ESC);
    assert_eq!(ctrl(&mut app, 's'), [], "submitting waits");
    assert_eq!(ctrl(&mut app, 'r'), [set("B5", Scalar::Int(7))]);
    assert_eq!(app.update(Msg::Saved), [Effect::Load]);
    assert_eq!(typed(&mut app, "q"), [Effect::Quit]);
}

#[test]
fn rows_are_added_opened_and_removed() {
    let mut app = app();
    go(&mut app, "C1");
    assert_eq!(press(&mut app, ENTER), []);
    assert_eq!(
        typed(&mut app, "a"),
        [Effect::AddRow {
            table: "C1".into(),
            cells: Vec::new()
        }]
    );
    let added = Msg::RowAdded {
        table: "C1".into(),
        row: "k9".into(),
    };
    assert_eq!(app.update(added), [Effect::Load]);
    assert_eq!(app.current_key(), "C1/k9/name", "its first column waits");
    press(&mut app, ENTER);
    typed(&mut app, "PACS");
    let saved = set("C1/k9/name", Scalar::Str("PACS".into()));
    assert_eq!(press(&mut app, ENTER), [saved]);
    press(&mut app, ESC);
    assert!(app.in_grid());
    assert!(app.current_key().starts_with("C1/k9/"));
    assert_eq!(typed(&mut app, "d"), [], "asks first");
    assert!(screen(&app).contains("Xóa dòng “PACS”"));
    let removed = Effect::RemoveRow {
        table: "C1".into(),
        row: "k9".into(),
        upon: Upon::default(),
    };
    assert_eq!(press(&mut app, ENTER), [removed]);
    assert_eq!(rows(&app, "C1"), ["k1", "k2"]);
}

#[test]
fn an_empty_table_is_confirmed_with_space_but_only_an_empty_one() {
    let mut app = app();
    go(&mut app, "C1");
    press(&mut app, ENTER);
    assert_eq!(typed(&mut app, " "), []);
    let mut app = app_with(view_of(Snapshot::default()));
    go(&mut app, "C1");
    press(&mut app, ENTER);
    assert_eq!(typed(&mut app, " "), [set("C1.empty", Scalar::Bool(true))]);
    assert!(screen(&app).contains("Đã xác nhận: đơn vị không có"));
    assert_eq!(app.mark("C1"), Mark::Filled);
    assert_eq!(typed(&mut app, " "), [set("C1.empty", Scalar::Bool(false))]);
    assert_ne!(app.mark("C1"), Mark::Filled);
}

#[test]
fn a_row_removed_elsewhere_closes_its_form() {
    let mut app = app();
    go(&mut app, "C1/k2/state");
    let mut less = snapshot();
    less.values.retain(|key, _| !key.starts_with("C1/k2"));
    app.update(Msg::Loaded(Box::new(view_of(less))));
    assert!(app.in_grid());
    assert!(app.current_key().starts_with("C1/k1/"));
}

#[test]
fn numbers_are_grouped_while_they_are_typed() {
    let mut view = view_of(snapshot());
    view.previous = Some(snapshot());
    let mut app = app_with(view);
    go(&mut app, "G1");
    typed(&mut app, "1500000000");
    let shown = screen(&app);
    assert!(shown.contains("> 1.500.000.000 "), "{shown}");
    assert!(shown.contains("= 1,5 tỷ đồng · Kỳ trước: 1.200.000.000"));
    let saved = set("G1", Scalar::Int(1_500_000_000));
    assert_eq!(press(&mut app, ENTER), [saved]);
    assert_eq!(app.update(Msg::Paste("12.5".into())), [], "nothing is open");
    typed(&mut app, "12.5");
    assert_eq!(press(&mut app, ENTER), [], "no number, and not 125 either");
}

#[test]
fn a_day_is_picked_or_typed() {
    let mut app = app();
    go(&mut app, "B1.date");
    press(&mut app, ENTER);
    assert!(screen(&app).contains("[20]"), "{}", screen(&app));
    press(&mut app, Code::Right);
    press(&mut app, DOWN);
    press(&mut app, Code::PageDown);
    let saved = |day: &str| set("B1.date", Scalar::Str(day.into()));
    assert_eq!(press(&mut app, ENTER), [saved("2026-06-28")]);
    go(&mut app, "B1.date");
    press(&mut app, ENTER);
    typed(&mut app, "t");
    assert_eq!(press(&mut app, ENTER), [saved("2026-06-16")], "today");
    go(&mut app, "B1.date");
    typed(&mut app, "1t");
    assert!(screen(&app).contains("> 1t"), "a letter after a digit");
    ctrl(&mut app, 'u');
    typed(&mut app, "1.6.2026");
    assert_eq!(press(&mut app, ENTER), [saved("2026-06-01")]);
}

#[test]
fn an_empty_date_begins_today() {
    let mut view = view_of(snapshot());
    view.snapshot.values.insert("D1".into(), Scalar::Bool(true));
    let mut app = app_with(view);
    go(&mut app, "D1.date");
    press(&mut app, ENTER);
    press(&mut app, Code::Left);
    assert!(screen(&app).contains("> 16/06/2026"));
    press(&mut app, Code::Left);
    let saved = set("D1.date", Scalar::Str("2026-06-15".into()));
    assert_eq!(press(&mut app, ENTER), [saved]);
}

#[test]
fn a_long_text_is_walked_undone_and_told_when_it_is_full() {
    let mut app = app();
    go(&mut app, "I1");
    press(&mut app, ENTER);
    typed(&mut app, " Hai ba");
    ctrl(&mut app, 'z');
    assert!(screen(&app).contains("Chưa có kinh phí. Hai "));
    ctrl(&mut app, 'y');
    assert!(screen(&app).contains("Chưa có kinh phí. Hai ba"));
    let paste = "Thiếu máy chủ. ".repeat(100_000 / 20);
    app.update(Msg::Paste(paste.clone()));
    assert!(app.notice.is_none(), "100 kB are taken");
    assert!(screen(&app).contains("/20.000"));
    assert_eq!(press(&mut app, ESC), [], "but cannot be saved");
    assert!(screen(&app).contains("×"), "{}", screen(&app));
    for _ in 0..4 {
        app.update(Msg::Paste(paste.clone()));
    }
    assert!(screen(&app).contains("phần sau không được đưa vào"));
    for _ in 0..5 {
        ctrl(&mut app, 'z');
    }
    let effects = press(&mut app, ESC);
    let [Effect::SetText { text, .. }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert!(text.ends_with("Hai ba"));
}

#[test]
fn a_capital_starts_a_name_and_a_commands_letter_does_not() {
    let mut app = app();
    go(&mut app, "A2");
    typed(&mut app, "Nguyễn Văn An");
    let value = Scalar::Str("Nguyễn Văn An".into());
    assert_eq!(press(&mut app, ENTER), [set("A2", value)]);
    let mut app = self::app();
    go(&mut app, "A2");
    assert_eq!(typed(&mut app, "?"), []);
    assert!(screen(&app).contains("Trợ giúp"));
}

#[test]
fn digits_typed_before_the_passphrase_are_not_split() {
    let (mut app, _) = App::new(form(), Lang::Vi, now(), Palette::Dark);
    app.update(Msg::Loaded(Box::new(view_of(snapshot()))));
    go(&mut app, "B3");
    typed(&mut app, "9");
    press(&mut app, ENTER);
    app.update(Msg::Unlocked {
        person: "Lan".into(),
    });
    // The field is open, with what stood there and nothing of what was typed.
    assert_eq!(press(&mut app, ENTER), []);
}
