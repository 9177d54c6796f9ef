//! A form that is killed in the middle of a field.

use quanho_tests::World;

use crate::drive::{Terminal, hospital, signal};

#[test]
fn a_killed_form_keeps_every_field_that_was_left() {
    let world = World::new();
    let hospital = hospital(&world);
    let Some(terminal) = Terminal::open(&hospital) else {
        return;
    };
    terminal.open_report();
    terminal.unlock();
    terminal.answer("Chị Lan", "Chị Lan", "√ A1*");
    terminal.press("Tab");
    terminal.until(&["›○ B1*"]);
    terminal.press("Space");
    terminal.until(&["√ B1*", "[x] có"]);
    terminal.press("Down");
    terminal.press("Down");
    terminal.press("Down");
    terminal.until(&["›○ B3*"]);
    terminal.answer("120", "120", "√ B3*");
    terminal.write("77");
    terminal.until(&["> 77"]);
    signal(&terminal.process(), "-KILL");
    terminal.until_gone();

    let report = hospital.show();
    let answers = &report["answers"];
    assert_eq!(answers["A1"], "Chị Lan");
    assert_eq!(answers["B1"], true);
    assert_eq!(answers["B3"], 120);
    assert!(answers.get("B4").is_none(), "never left: {report}");

    // Who opens it again finds the same.
    let Some(terminal) = Terminal::open(&hospital) else {
        return;
    };
    terminal.until(&["Báo cáo quý", "bản nháp"]);
    terminal.press("Enter");
    terminal.until(&["√ A1*", "Chị Lan"]);
    terminal.press("Tab");
    terminal.until(&["√ B1*", "√ B3*", "120", "○ B4*"]);
}
