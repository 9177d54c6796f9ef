//! What the screens look like.

use insta::assert_snapshot;
use model::Timeliness;

use super::*;

fn returned() -> ReportView {
    let mut view = view_of(snapshot());
    view.state = ReportState::Returned;
    view.submitted_at = Timestamp::parse_rfc3339("2026-06-15T09:30:00+07:00");
    view.changed = 1;
    view.previous = Some(snapshot());
    view.comments.push(CommentView {
        code: "B4".into(),
        text: "Số người được phổ biến lớn hơn tổng số".into(),
        by: "Sở Y tế Bắc Ninh".into(),
        time: "16/06/2026 08:00".into(),
    });
    view
}

#[test]
fn main_screen_small_and_large() {
    let mut app = app_with(returned());
    go(&mut app, "B4");
    assert_snapshot!("main_80x24", screen_at(&app, 80, 24).backend());
    assert_snapshot!("main_120x40", screen_at(&app, 120, 40).backend());
    assert_snapshot!("main_40x10", screen_at(&app, 40, 10).backend());
    go(&mut app, "C1");
    assert_snapshot!("computed_120x40", screen_at(&app, 120, 40).backend());
}

#[test]
fn a_receipt_says_whether_it_came_in_time() {
    for (timeliness, words) in [
        (Timeliness::OnTime, "10/06/2026 09:00, đúng hạn"),
        (Timeliness::SignedOnTime, "09:00, ký đúng hạn, nhận trễ"),
        (Timeliness::Late, "10/06/2026 09:00, trễ hạn"),
    ] {
        let mut view = returned();
        view.receipt = Some(ReceiptView {
            received_at: Timestamp::parse_rfc3339("2026-06-10T09:00:00+07:00").expect("a time"),
            timeliness,
            by: "Sở Y tế Bắc Ninh".into(),
        });
        let shown = screen(&app_with(view));
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

#[test]
fn typing_with_a_message() {
    let mut app = app();
    go(&mut app, "B4");
    typed(&mut app, "12a");
    press(&mut app, ENTER);
    assert_snapshot!("typing_80x24", screen_at(&app, 80, 24).backend());
}

#[test]
fn an_amount_and_a_date() {
    let mut app = app_with(returned());
    go(&mut app, "G1");
    typed(&mut app, "1234567890");
    assert_snapshot!("amount_80x24", screen_at(&app, 80, 24).backend());
    press(&mut app, ESC);
    go(&mut app, "B1.date");
    press(&mut app, ENTER);
    assert_snapshot!("date_80x24", screen_at(&app, 80, 24).backend());
    assert_snapshot!("date_40x10", screen_at(&app, 40, 10).backend());
}

#[test]
fn table_and_row() {
    let mut app = app();
    go(&mut app, "C1");
    press(&mut app, ENTER);
    press(&mut app, DOWN);
    assert_snapshot!("table_80x24", screen_at(&app, 80, 24).backend());
    press(&mut app, Code::F(2));
    press(&mut app, DOWN);
    press(&mut app, DOWN);
    press(&mut app, DOWN);
    assert_snapshot!("row_80x24", screen_at(&app, 80, 24).backend());
}

#[test]
fn choices_text_and_search() {
    let mut app = app();
    go(&mut app, "B2");
    press(&mut app, ENTER);
    assert_snapshot!("choices_80x24", screen_at(&app, 80, 24).backend());
    go(&mut app, "I1");
    press(&mut app, ENTER);
    assert_snapshot!("text_80x24", screen_at(&app, 80, 24).backend());
    press(&mut app, ESC);
    typed(&mut app, "/su co");
    assert_snapshot!("search_80x24", screen_at(&app, 80, 24).backend());
}

#[test]
fn help_in_both_languages() {
    let mut shown = app();
    typed(&mut shown, "?");
    assert_snapshot!("help_80x24", screen_at(&shown, 80, 24).backend());
    let (mut english, _) = App::new(form(), Lang::En, now(), Palette::Dark);
    english.update(Msg::Loaded(Box::new(returned())));
    typed(&mut english, "?");
    assert_snapshot!("help_en_100x60", screen_at(&english, 100, 60).backend());
}

#[test]
fn submitting() {
    let mut app = app();
    ctrl(&mut app, 's');
    assert_snapshot!("submit_errors_80x24", screen_at(&app, 80, 24).backend());
    press(&mut app, ESC);
    let mut view = view_of(snapshot());
    view.check.errors.clear();
    app.update(Msg::Loaded(Box::new(view)));
    ctrl(&mut app, 's');
    typed(&mut app, "abcd");
    assert_snapshot!("submit_80x24", screen_at(&app, 80, 24).backend());
    press(&mut app, Code::PageDown);
    press(&mut app, Code::PageDown);
    press(&mut app, Code::PageDown);
    press(&mut app, Code::PageDown);
    assert_snapshot!("submit_end_80x24", screen_at(&app, 80, 24).backend());
    press(&mut app, Code::PageUp);
    assert_snapshot!("submit_120x40", screen_at(&app, 120, 40).backend());
    assert_snapshot!("submit_40x10", screen_at(&app, 40, 10).backend());
}

#[test]
fn a_conflict() {
    let mut view = view_of(snapshot());
    let value = |value: i64, author: &str, time: &str| ConflictValue {
        value: Scalar::Int(value),
        author: author.into(),
        time: time.into(),
    };
    view.conflicts.push(ConflictView {
        key: "B3".into(),
        values: vec![
            value(90, "Nguyễn Thị Lan", "16/06/2026 09:00"),
            value(92, "Trần Văn Minh", "16/06/2026 09:05"),
        ],
    });
    let mut app = app_with(view);
    go(&mut app, "B3");
    press(&mut app, ENTER);
    assert_snapshot!("conflict_80x24", screen_at(&app, 80, 24).backend());
}

/// The colours of letters on a screen, but for the terminal's own.
fn colours(app: &App) -> std::collections::HashSet<ratatui::style::Color> {
    let terminal = screen_at(app, 80, 24);
    let cells = terminal.backend().buffer().content();
    cells
        .iter()
        .map(|cell| cell.fg)
        .filter(|colour| *colour != ratatui::style::Color::Reset)
        .collect()
}

#[test]
fn colours_by_the_ground_or_none() {
    use ratatui::style::Color::{Cyan, LightYellow, White, Yellow};
    let mut plain = app();
    assert!(colours(&plain).is_empty());
    ctrl(&mut plain, 't');
    assert!(colours(&plain).is_empty(), "none stays none");
    let (mut app, _) = App::new(form(), Lang::Vi, now(), Palette::Dark);
    app.update(Msg::Loaded(Box::new(view_of(snapshot()))));
    assert!(colours(&app).contains(&Cyan));
    ctrl(&mut app, 't');
    let light = colours(&app);
    assert!(!light.is_empty());
    for invisible in [Cyan, LightYellow, White, Yellow] {
        assert!(!light.contains(&invisible), "{invisible} on white");
    }
}
