//! The grid of a table: cells, order, filter, copies, sums.

use super::store::Store;
use super::*;

/// Three systems, the grid in front.
fn grid() -> App {
    let mut snapshot = snapshot();
    for (key, value) in [
        ("C1/k1/found_high", Scalar::Int(3)),
        ("C1/k1/reviewed", Scalar::Bool(true)),
        ("C1/k2/found_high", Scalar::Int(12)),
        ("C1/k3", Scalar::Bool(true)),
        ("C1/k3/name", Scalar::Str("Bệnh án điện tử".into())),
        ("C1/k3/dossier", Scalar::Str("approved".into())),
    ] {
        snapshot.values.insert(key.into(), value);
    }
    let mut app = app_with(view_of(snapshot));
    go(&mut app, "C1");
    press(&mut app, ENTER);
    app
}

/// Puts the cursor on a column by walking.
fn walk_to(app: &mut App, column: &str) {
    for _ in 0..40 {
        if app.current_key().ends_with(&format!("/{column}")) {
            return;
        }
        press(app, Code::Right);
    }
    panic!("no column {column}");
}

#[test]
fn cells_are_edited_in_place() {
    let mut app = grid();
    assert_eq!(app.current_key(), "C1/k1/name");
    press(&mut app, Code::Left);
    assert_eq!(app.current_key(), "C1/k1/name", "not past the first");
    walk_to(&mut app, "found_high");
    typed(&mut app, "7");
    assert!(screen(&app).contains("> 7"));
    let saved = set("C1/k1/found_high", Scalar::Int(7));
    assert_eq!(press(&mut app, ENTER), [saved]);
    assert_eq!(app.current_key(), "C1/k2/found_high", "down, as in a sheet");
    press(&mut app, ENTER);
    ctrl(&mut app, 'u');
    typed(&mut app, "8");
    press(&mut app, Code::Tab);
    assert!(app.current_key().starts_with("C1/k2/"));
    assert!(
        !app.current_key().ends_with("found_high"),
        "and Tab sideways"
    );
    walk_to(&mut app, "monitored");
    let saved = set("C1/k2/monitored", Scalar::Bool(true));
    assert_eq!(typed(&mut app, " "), [saved]);
    assert_eq!(press(&mut app, Code::Backspace), []);
    let cleared = set("C1/k2/monitored", Scalar::Null);
    assert_eq!(press(&mut app, ENTER), [cleared]);
    press(&mut app, Code::F(2));
    assert!(!app.in_grid(), "the row has a screen of its own");
    press(&mut app, ESC);
    assert!(app.in_grid());
}

#[test]
fn rows_are_sorted_in_the_view_only() {
    let mut app = grid();
    let order = |app: &App| app.table_rows().join(" ");
    assert_eq!(typed(&mut app, "o"), []);
    assert_eq!(order(&app), "k3 k2 k1", "by name, as folded");
    assert_eq!(app.current_key(), "C1/k1/name", "the cursor keeps its row");
    typed(&mut app, "o");
    assert_eq!(order(&app), "k1 k2 k3");
    typed(&mut app, "o");
    assert_eq!(order(&app), "k1 k2 k3", "as in the report");
    walk_to(&mut app, "found_high");
    typed(&mut app, "oo");
    assert_eq!(order(&app), "k2 k1 k3", "numbers by size, nothing last");
    assert!(screen(&app).contains("▼"));
    assert_eq!(rows(&app, "C1"), ["k1", "k2", "k3"]);
}

#[test]
fn rows_are_filtered_as_one_types() {
    let mut app = grid();
    typed(&mut app, "/dien tu");
    assert_eq!(app.table_rows(), ["k2", "k3"]);
    assert!(screen(&app).contains("(2/3) / dien tu"));
    assert_eq!(app.current_key(), "C1/k2/name");
    press(&mut app, DOWN);
    assert_eq!(app.current_key(), "C1/k3/name");
    press(&mut app, ENTER);
    press(&mut app, Code::F(2));
    press(&mut app, ESC);
    assert_eq!(app.table_rows(), ["k2", "k3"], "kept");
    press(&mut app, ESC);
    assert_eq!(app.table_rows().len(), 3, "escape drops it first");
    assert_eq!(app.current_key(), "C1/k3/name");
    typed(&mut app, "/zzz");
    assert!(screen(&app).contains("Không có dòng nào chứa “zzz”"));
    press(&mut app, ESC);
    assert_eq!(app.table_rows().len(), 3);
    // An error leads out of a filter that would hide it.
    typed(&mut app, "/benh an");
    press(&mut app, ENTER);
    app.go_to("C1/k2/dossier");
    assert_eq!(app.current_key(), "C1/k2/dossier");
}

#[test]
fn a_copy_has_the_cells_and_says_that_it_is_one() {
    let mut app = grid();
    let mut store = Store::new(app.shown.clone());
    let before = store.snapshot.clone();
    let effects = ctrl(&mut app, 'd');
    let [Effect::AddRow { table, cells }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(table, "C1");
    let name = Scalar::Str("HIS Trạm Y tế (bản sao)".into());
    assert!(cells.contains(&("name".into(), name.clone())));
    assert!(cells.contains(&("found_high".into(), Scalar::Int(3))));
    store.serve(&mut app, effects);
    assert_eq!(app.shown.get("C1/new1/name"), &name);
    assert_eq!(app.current_key(), "C1/new1/name");
    assert!(app.in_grid(), "nothing has to be filled");
    let effects = ctrl(&mut app, 'z');
    store.serve(&mut app, effects);
    assert_eq!(store.snapshot, before);
}

#[test]
fn sums_stand_in_the_last_line_and_columns_scroll() {
    let mut app = grid();
    walk_to(&mut app, "found_high");
    let lines = screen_at(&app, 80, 24).backend().to_string();
    let sums = lines.lines().find(|line| line.contains(" Σ ")).unwrap();
    assert!(sums.contains("3 dòng"), "{lines}");
    assert!(sums.contains(" 15 "), "{lines}");
    assert!(sums.contains("1/3"), "one of three is reviewed\n{lines}");
    insta::assert_snapshot!("table_scrolled_80x24", screen_at(&app, 80, 24).backend());
    walk_to(&mut app, "last_restore");
    insta::assert_snapshot!("table_end_120x40", screen_at(&app, 120, 40).backend());
    press(&mut app, ENTER);
    insta::assert_snapshot!("table_typing_80x24", screen_at(&app, 80, 24).backend());
}
