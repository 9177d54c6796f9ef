//! The mouse finds what is drawn.

use super::*;
use crate::parts::mouse::{Mouse, MouseKind};

const COLUMNS: u16 = 80;
const LINES: u16 = 24;

fn sized(mut app: App) -> App {
    app.update(Msg::Resize {
        columns: COLUMNS,
        lines: LINES,
    });
    app
}

/// Where a text is on the screen.
fn find(app: &App, text: &str) -> (u16, u16) {
    let shown = screen_at(app, COLUMNS, LINES).backend().to_string();
    for (line, row) in (0..).zip(shown.lines()) {
        if let Some(at) = row.find(text) {
            // The backend puts every line in quotes.
            let before = crate::parts::display::width(&row[..at]) - 1;
            return (u16::try_from(before).unwrap(), line);
        }
    }
    panic!("no {text} in\n{shown}");
}

fn mouse(app: &mut App, kind: MouseKind, (column, line): (u16, u16)) -> Vec<Effect> {
    app.update(Msg::Mouse(Mouse { kind, column, line }))
}

fn click(app: &mut App, text: &str) -> Vec<Effect> {
    let at = find(app, text);
    mouse(app, MouseKind::Press, at)
}

#[test]
fn sections_fields_and_the_keys_of_the_footer() {
    let mut app = sized(app());
    click(&mut app, "D Phối hợp");
    assert_eq!(app.current_key(), "D1");
    click(&mut app, "Số sự cố đã khắc");
    assert_eq!(app.current_key(), "D7");
    click(&mut app, "Số sự cố đã khắc");
    assert!(screen(&app).contains("> "), "a second one opens");
    typed(&mut app, "3");
    let saved = set("D7", Scalar::Int(3));
    assert_eq!(click(&mut app, "Enter lưu"), [saved]);
    click(&mut app, "e lỗi sau");
    assert_ne!(app.current_key(), "D7");
    assert_eq!(click(&mut app, "quý II"), [], "nothing is there");
}

#[test]
fn cells_and_the_names_of_columns() {
    let mut app = sized(app());
    go(&mut app, "C1");
    press(&mut app, ENTER);
    click(&mut app, "cổng TTĐT");
    assert_eq!(app.current_key(), "C1/k2/kind");
    click(&mut app, "Tên hệ thống");
    assert_eq!(app.table_rows(), ["k2", "k1"], "sorted by name");
    click(&mut app, "HIS   ");
    assert_eq!(app.current_key(), "C1/k1/kind");
    click(&mut app, "HIS   ");
    assert_eq!(app.popups.len(), 1, "its choices");
    click(&mut app, "LIS");
    let saved = set("C1/k1/kind", Scalar::Str("lis".into()));
    assert_eq!(click(&mut app, "LIS"), [saved]);
}

#[test]
fn choices_days_and_letters() {
    let mut app = sized(app());
    go(&mut app, "B2");
    press(&mut app, ENTER);
    click(&mut app, "sinh hoạt chi bộ");
    click(&mut app, "sinh hoạt chi bộ");
    assert!(screen(&app).contains("[x] sinh hoạt chi bộ"));
    go(&mut app, "B1.date");
    press(&mut app, ENTER);
    click(&mut app, " 27 ");
    let saved = set("B1.date", Scalar::Str("2026-05-27".into()));
    assert_eq!(press(&mut app, ENTER), [saved]);
    go(&mut app, "I1");
    press(&mut app, ENTER);
    click(&mut app, "máy chủ");
    typed(&mut app, "2 ");
    assert!(screen(&app).contains("Thiếu 2 máy chủ"), "{}", screen(&app));
}

#[test]
fn the_wheel_walks_and_never_saves() {
    let mut app = sized(app());
    go(&mut app, "B1");
    let down = |app: &mut App| mouse(app, MouseKind::WheelDown, (40, 8));
    let up = |app: &mut App| mouse(app, MouseKind::WheelUp, (40, 8));
    down(&mut app);
    assert_eq!(app.current_key(), "B3");
    up(&mut app);
    up(&mut app);
    assert_eq!(app.current_key(), "B1", "not into another section");
    go(&mut app, "B5");
    typed(&mut app, "7");
    assert_eq!(down(&mut app), []);
    assert_eq!(app.popups.len(), 1);
    press(&mut app, ESC);
    typed(&mut app, "?");
    let before = screen_at(&app, COLUMNS, LINES).backend().to_string();
    down(&mut app);
    assert_ne!(
        before,
        screen_at(&app, COLUMNS, LINES).backend().to_string()
    );
}
