//! History, and what changed since.

use super::*;

fn line(time: &str, event: HistoryEvent, key: Option<&str>, value: Scalar) -> HistoryView {
    HistoryView {
        time: time.into(),
        author: "Nguyễn Thị Lan".into(),
        event,
        key: key.map(str::to_owned),
        value,
        entry: format!("entry {time}"),
    }
}

/// Newest first: two submissions and some changes.
fn history() -> Vec<HistoryView> {
    use HistoryEvent::{Change, Receipt, Return, Submission};
    vec![
        line("16/06/2026 10:00", Submission, None, Scalar::Null),
        line("16/06/2026 09:30", Change, Some("B4"), Scalar::Int(95)),
        line("15/06/2026 17:00", Return, None, Scalar::Null),
        line("15/06/2026 16:00", Receipt, None, Scalar::Null),
        line("15/06/2026 15:00", Submission, None, Scalar::Null),
        line(
            "15/06/2026 14:00",
            Change,
            Some("C1/k2"),
            Scalar::Bool(true),
        ),
        line(
            "15/06/2026 13:00",
            Change,
            Some("C1/k1/name"),
            Scalar::Str("HIS".into()),
        ),
        line("15/06/2026 12:00", Change, Some("B4"), Scalar::Int(90)),
        line("15/06/2026 11:00", Change, Some("B3"), Scalar::Int(90)),
    ]
}

fn opened() -> App {
    let mut app = app();
    go(&mut app, "B4");
    assert_eq!(typed(&mut app, "h"), [Effect::LoadHistory]);
    assert!(screen(&app).contains("Đang đọc…"));
    assert_eq!(app.update(Msg::History(Ok(history()))), []);
    app
}

fn diff(of: Compared) -> Effect {
    Effect::LoadDiff { of }
}

#[test]
fn what_happened_newest_first_and_searched() {
    let mut app = opened();
    insta::assert_snapshot!("past_120x40", screen_at(&app, 120, 40).backend());
    insta::assert_snapshot!("past_80x24", screen_at(&app, 80, 24).backend());
    typed(&mut app, "his");
    press(&mut app, ENTER);
    assert_eq!(app.current_key(), "C1/k1/name", "and leads there");
}

#[test]
fn of_the_field_under_the_cursor() {
    let mut app = opened();
    assert_eq!(press(&mut app, Code::Tab), []);
    let shown = screen(&app);
    assert!(shown.contains("B4: 95 – Số người được phổ biến"), "{shown}");
    assert!(!shown.contains("B3: 90"));
    press(&mut app, ESC);
    assert!(app.popups.is_empty());
}

#[test]
fn what_changed_since() {
    let mut app = opened();
    press(&mut app, Code::Tab);
    let effects = press(&mut app, Code::Tab);
    assert_eq!(effects, [diff(Compared::SinceSubmitted)]);
    let lines = vec![
        DiffView {
            key: "B4".into(),
            before: Scalar::Int(90),
            after: Scalar::Int(95),
        },
        DiffView {
            key: "C1/k2".into(),
            before: Scalar::Null,
            after: Scalar::Bool(true),
        },
    ];
    app.update(Msg::Diff {
        of: Compared::SinceAccepted,
        lines: Ok(Vec::new()),
    });
    assert!(
        screen(&app).contains("Đang đọc…"),
        "that was another question"
    );
    app.update(Msg::Diff {
        of: Compared::SinceSubmitted,
        lines: Ok(lines),
    });
    insta::assert_snapshot!("past_since_80x24", screen_at(&app, 80, 24).backend());
    let effects = press(&mut app, Code::Tab);
    assert_eq!(effects, [diff(Compared::SinceAccepted)]);
    app.update(Msg::Diff {
        of: Compared::SinceAccepted,
        lines: Err("chưa có bản nào được duyệt".into()),
    });
    assert!(screen(&app).contains("chưa có bản nào được duyệt"));
    let effects = press(&mut app, Code::Tab);
    assert_eq!(effects, [diff(Compared::SinceLastPeriod)]);
    assert_eq!(press(&mut app, Code::Tab), [], "round the end");
}

#[test]
fn two_submissions_are_compared_whichever_is_chosen_first() {
    let between = diff(Compared::Submissions {
        from: "entry 15/06/2026 15:00".into(),
        to: "entry 16/06/2026 10:00".into(),
    });
    let f2 = Code::F(2);
    let mut app = opened();
    press(&mut app, f2);
    assert!(screen(&app).contains("F2 ở bản nộp thứ hai"));
    press(&mut app, DOWN);
    press(&mut app, f2);
    assert!(
        screen(&app).contains("Chọn một dòng “nộp”"),
        "a change is none"
    );
    typed(&mut app, "nop 15/06");
    assert_eq!(press(&mut app, f2), std::slice::from_ref(&between));
    assert!(screen(&app).contains("15/06/2026 15:00 → 16/06/2026 10:00"));
    let mut app = opened();
    typed(&mut app, "nop");
    press(&mut app, DOWN);
    press(&mut app, f2);
    press(&mut app, Code::Home);
    assert_eq!(press(&mut app, f2), [between]);
    press(&mut app, ESC);
    assert_eq!(app.popups.len(), 1, "back to the lines");
}
