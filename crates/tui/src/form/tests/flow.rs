//! Unlocking, submitting, conflicts, quitting, moving about.

use super::*;
use crate::form::app::Mark;

fn locked() -> App {
    let (mut app, _) = App::new(form(), Lang::Vi, now(), Palette::Dark);
    app.update(Msg::Loaded(Box::new(view_of(snapshot()))));
    app
}

fn resolve(key: &str, value: Scalar) -> Effect {
    Effect::ResolveConflict {
        key: key.into(),
        value,
        upon: Upon {
            settles: true,
            ..Upon::default()
        },
    }
}

/// A report without errors.
fn whole() -> ReportView {
    let mut snapshot = Snapshot::default();
    for field in form().fields().filter(|field| field.required) {
        use model::form::FieldType as T;
        let value = match field.kind {
            T::YesNo => Scalar::Bool(false),
            T::Text => Scalar::Str("x".into()),
            T::Table => {
                let key = format!("{}.empty", field.code);
                snapshot.values.insert(key, Scalar::Bool(true));
                continue;
            }
            _ => Scalar::Int(0),
        };
        snapshot.values.insert(field.code.clone(), value);
    }
    let view = view_of(snapshot);
    assert_eq!(view.check.errors, []);
    view
}

#[test]
fn the_first_edit_asks_for_the_passphrase_and_then_goes_on() {
    let mut app = locked();
    go(&mut app, "D1");
    assert_eq!(typed(&mut app, " "), []);
    assert!(screen(&app).contains("Mở khóa để sửa"));
    assert_eq!(typed(&mut app, "bi mat"), []);
    assert!(!screen(&app).contains("bi mat"));
    assert!(screen(&app).contains("••••••"));
    let effects = press(&mut app, ENTER);
    assert_eq!(
        effects,
        [Effect::Unlock {
            passphrase: "bi mat".into()
        }]
    );
    assert!(
        !format!("{effects:?}{app:?}").contains("bi mat"),
        "never printed"
    );
    assert_eq!(app.update(Msg::Failed("sai mật khẩu".into())), []);
    assert!(screen(&app).contains("× sai mật khẩu"));
    typed(&mut app, "dung");
    assert_eq!(
        press(&mut app, ENTER),
        [Effect::Unlock {
            passphrase: "dung".into()
        }]
    );
    let effects = app.update(Msg::Unlocked {
        person: "Lan".into(),
    });
    assert_eq!(
        effects,
        [set("D1", Scalar::Bool(true))],
        "the toggle that asked for it"
    );
    assert!(app.popups.is_empty());
}

#[test]
fn escape_at_the_passphrase_edits_nothing() {
    let mut app = locked();
    go(&mut app, "B3");
    typed(&mut app, "5");
    typed(&mut app, "secret");
    assert_eq!(press(&mut app, ESC), []);
    assert!(app.popups.is_empty());
    assert_eq!(app.shown.get("B3"), &Scalar::Int(90));
    go(&mut app, "C1");
    press(&mut app, ENTER);
    assert!(app.in_grid(), "looking needs no passphrase");
}

#[test]
fn a_passphrase_is_the_same_from_any_input_method() {
    let mut app = locked();
    go(&mut app, "D1");
    press(&mut app, ENTER);
    app.update(Msg::Paste("ma\u{302}\u{323}t kha\u{302}\u{309}u\n".into()));
    assert_eq!(
        press(&mut app, ENTER),
        [Effect::Unlock {
            passphrase: "mật khẩu".into()
        }]
    );
}

#[test]
fn a_key_closed_while_typing_loses_nothing() {
    let mut app = app();
    go(&mut app, "B5");
    typed(&mut app, "42");
    app.update(Msg::Locked);
    assert_eq!(press(&mut app, ENTER), []);
    typed(&mut app, "x");
    press(&mut app, ENTER);
    let effects = app.update(Msg::Unlocked {
        person: "Lan".into(),
    });
    assert_eq!(effects, [set("B5", Scalar::Int(42))]);
}

#[test]
fn errors_stand_in_the_way_of_submitting_and_lead_to_their_fields() {
    let mut app = app();
    assert_eq!(ctrl(&mut app, 's'), []);
    assert!(screen(&app).contains("Cần sửa trước khi nộp"));
    typed(&mut app, "B4");
    press(&mut app, ENTER);
    assert_eq!(app.current_key(), "B4");
    assert!(app.popups.is_empty());
}

#[test]
fn submitting_signs_with_the_passphrase() {
    let mut app = app_with(whole());
    assert_eq!(ctrl(&mut app, 's'), []);
    assert!(screen(&app).contains("Nộp báo cáo"));
    assert_eq!(press(&mut app, ENTER), [], "an empty passphrase is none");
    typed(&mut app, "khoa");
    assert_eq!(
        press(&mut app, ENTER),
        [Effect::Submit {
            passphrase: "khoa".into()
        }]
    );
    assert_eq!(
        typed(&mut app, "z"),
        [],
        "nothing twice while it is being signed"
    );
    assert_eq!(press(&mut app, ENTER), []);
    assert_eq!(app.update(Msg::Submitted), [Effect::Load]);
    assert!(screen(&app).contains("Đã ký và nộp báo cáo"));
    let mut view = whole();
    view.state = ReportState::Submitted;
    view.submitted_at = Some(now());
    app.update(Msg::Loaded(Box::new(view.clone())));
    ctrl(&mut app, 's');
    assert!(screen(&app).contains("chưa có thay đổi nào"));
    view.changed = 1;
    app.update(Msg::Loaded(Box::new(view)));
    ctrl(&mut app, 's');
    assert!(screen(&app).contains("Mật khẩu:"));
}

#[test]
fn a_conflict_is_settled_by_number() {
    let mut view = view_of(snapshot());
    view.conflicts.push(ConflictView {
        key: "B3".into(),
        values: vec![
            ConflictValue {
                value: Scalar::Int(90),
                author: "Lan".into(),
                time: "09:00".into(),
            },
            ConflictValue {
                value: Scalar::Int(92),
                author: "Minh".into(),
                time: "09:05".into(),
            },
        ],
    });
    let mut app = app_with(view);
    go(&mut app, "B3");
    press(&mut app, ENTER);
    assert!(screen(&app).contains("2. 92 — Minh, 09:05"));
    assert_eq!(typed(&mut app, "3"), [], "there is no third");
    let effects = typed(&mut app, "2");
    assert_eq!(effects, [resolve("B3", Scalar::Int(92))]);
    assert!(app.popups.is_empty());
    assert!(
        app.conflict("B3").is_none(),
        "gone before the store answers"
    );
}

#[test]
fn a_removed_row_that_was_edited_elsewhere_can_be_settled() {
    let mut view = view_of(snapshot());
    let removed = ConflictValue {
        value: Scalar::Bool(false),
        author: "Lan".into(),
        time: "09:00".into(),
    };
    view.conflicts.push(ConflictView {
        key: "C1/gone".into(),
        values: vec![removed.clone(), removed],
    });
    view.check.errors = vec![model::check::Finding {
        code: "C1/gone".into(),
        problem: model::check::Problem::Conflict,
    }];
    let mut app = app_with(view);
    typed(&mut app, "e");
    let effects = typed(&mut app, "1");
    assert_eq!(effects, [resolve("C1/gone", Scalar::Bool(false))]);
}

#[test]
fn quitting_saves_what_is_being_typed() {
    let mut app = app();
    assert_eq!(typed(&mut app, "q"), [Effect::Quit]);
    go(&mut app, "B5");
    typed(&mut app, "8");
    assert_eq!(
        ctrl(&mut app, 'c'),
        [set("B5", Scalar::Int(8)), Effect::Quit]
    );
    go(&mut app, "B6");
    typed(&mut app, "8x");
    assert_eq!(ctrl(&mut app, 'c'), [], "asks, since this cannot be saved");
    assert_eq!(ctrl(&mut app, 'c'), [Effect::Quit]);
}

#[test]
fn the_next_error_is_found_round_the_end() {
    let mut app = app();
    let mut seen = Vec::new();
    for _ in 0..app.check.errors.len() {
        typed(&mut app, "e");
        seen.push(app.current_key());
    }
    let mut expected: Vec<&str> = app.check.errors.iter().map(|e| e.code.as_str()).collect();
    expected.sort_unstable();
    expected.dedup();
    let mut found: Vec<&str> = seen.iter().map(String::as_str).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, expected, "each once");
    typed(&mut app, "ê");
    assert_eq!(app.current_key(), seen[0], "and from the start again");
}

#[test]
fn the_next_empty_required_field_is_not_the_next_error() {
    let mut app = app();
    let mut seen = Vec::new();
    loop {
        typed(&mut app, "n");
        let key = app.current_key();
        if seen.contains(&key) {
            break;
        }
        assert_eq!(app.mark(&key), Mark::Missing, "{key}");
        seen.push(key);
    }
    assert!(seen.contains(&"A2".to_owned()) && seen.contains(&"C1/k2/state".to_owned()));
    assert!(!seen.contains(&"B4".to_owned()), "filled, if wrongly");
    let mut app = app_with(whole());
    typed(&mut app, "n");
    assert!(screen(&app).contains("Mọi mục bắt buộc đã được điền"));
}

#[test]
fn fields_are_searched_without_marks() {
    let mut app = app();
    typed(&mut app, "/");
    typed(&mut app, "cong an tinh");
    press(&mut app, ENTER);
    assert_eq!(app.current_key(), "D1");
}

#[test]
fn walking_goes_through_the_sections_and_rows() {
    let mut app = app();
    assert_eq!(app.current_key(), "A1");
    press(&mut app, Code::Up);
    assert_eq!(app.current_key(), "A1", "not past the first");
    press(&mut app, Code::End);
    press(&mut app, DOWN);
    assert_eq!(app.current_key(), "B1");
    press(&mut app, Code::BackTab);
    press(&mut app, Code::BackTab);
    assert_eq!(app.current_key(), "I1", "round the end");
    go(&mut app, "C1/k1/state");
    press(&mut app, Code::Tab);
    assert_eq!(app.current_key(), "C1/k2/state");
}

#[test]
fn failures_and_comments_are_told() {
    let mut app = app();
    assert_eq!(typed(&mut app, "s"), [Effect::SyncNow]);
    assert!(screen(&app).contains("Đang đồng bộ"));
    app.update(Msg::Loaded(Box::new(view_of(snapshot()))));
    assert!(!screen(&app).contains("Đang đồng bộ"), "that is over");
    assert_eq!(typed(&mut app, "s"), [Effect::SyncNow]);
    app.update(Msg::Failed("không tới được Sở".into()));
    assert!(screen(&app).contains("× không tới được Sở"));
    let mut view = view_of(snapshot());
    view.state = ReportState::Returned;
    view.comments.push(CommentView {
        code: "C1.approved".into(),
        text: "Bổ sung số quyết định".into(),
        by: "Sở Y tế".into(),
        time: "17/06/2026".into(),
    });
    app.update(Msg::Loaded(Box::new(view)));
    typed(&mut app, "c");
    press(&mut app, ENTER);
    assert!(app.current_key().starts_with("C1"));
    assert!(screen(&app).contains("» Bổ sung số quyết định"));
}

#[test]
fn before_anything_is_loaded_only_leaving_works() {
    let (mut app, _) = App::new(form(), Lang::En, now(), Palette::Dark);
    assert!(screen(&app).contains("Opening the report"));
    for text in [" ", "a", "e", "/", "5"] {
        assert_eq!(typed(&mut app, text), []);
        assert!(app.popups.is_empty(), "{text}");
    }
    assert_eq!(ctrl(&mut app, 's'), []);
    assert_eq!(typed(&mut app, "q"), [Effect::Quit]);
}

#[test]
fn the_clock_moves_the_words() {
    let mut app = app();
    assert!(screen(&app).contains("còn 3 ngày"));
    let late = Timestamp::parse_rfc3339("2026-06-22T08:00:00+07:00").unwrap();
    app.update(Msg::Tick(late));
    assert!(screen(&app).contains("quá hạn 2 ngày"));
}

#[test]
fn a_key_waiting_for_the_passphrase_stays_on_its_field() {
    let mut app = locked();
    go(&mut app, "D2");
    typed(&mut app, " ");
    // A yes of D1 from elsewhere puts its date above.
    let mut more = snapshot();
    more.values.insert("D1".into(), Scalar::Bool(true));
    app.update(Msg::Loaded(Box::new(view_of(more))));
    typed(&mut app, "dung");
    press(&mut app, ENTER);
    let person = "Lan".to_owned();
    let effects = app.update(Msg::Unlocked { person });
    assert_eq!(effects, [set("D2", Scalar::Bool(true))]);
    assert_eq!(app.current_key(), "D2");
}

#[test]
fn a_key_whose_field_has_gone_is_not_obeyed_elsewhere() {
    let mut app = locked();
    go(&mut app, "B1.date");
    press(&mut app, ENTER);
    let mut less = snapshot();
    less.values.remove("B1.date");
    less.values.insert("B1".into(), Scalar::Bool(false));
    app.update(Msg::Loaded(Box::new(view_of(less))));
    typed(&mut app, "dung");
    press(&mut app, ENTER);
    let person = "Lan".to_owned();
    assert_eq!(app.update(Msg::Unlocked { person }), []);
    assert!(app.popups.is_empty());
    assert_eq!(app.current_key(), "B1");
}
