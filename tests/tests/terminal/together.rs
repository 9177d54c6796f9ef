//! Two processes at one report of one home.

use quanho_tests::World;

use crate::drive::{Terminal, hospital};

#[test]
fn another_process_s_edit_appears_without_a_key() {
    let world = World::new();
    let hospital = hospital(&world);
    let Some(terminal) = Terminal::open(&hospital) else {
        return;
    };
    terminal.open_report();
    hospital.set("A2", "Bác sĩ Hùng");
    terminal.until(&["√ A2*", "Bác sĩ Hùng"]);
}

#[test]
fn two_screens_show_each_other_s_values() {
    let world = World::new();
    let hospital = hospital(&world);
    let (Some(first), Some(second)) = (Terminal::open(&hospital), Terminal::open(&hospital)) else {
        return;
    };
    first.open_report();
    second.open_report();
    first.unlock();
    first.answer("Chị Lan", "Chị Lan", "√ A1*");
    second.until(&["√ A1*", "Chị Lan"]);

    second.press("Down");
    second.until(&["›○ A2*"]);
    second.press("Enter");
    second.passphrase();
    second.until(&["Enter lưu"]);
    // The first leaves another field while the second is in the middle of this.
    second.write("Bác sĩ");
    second.until(&["> Bác sĩ"]);
    first.until(&["›○ A2*"]);
    first.press("Down");
    first.until(&["›· A3"]);
    first.press("Enter");
    first.until(&["Enter lưu"]);
    first.answer("12/BC-BV", "12/BC-BV", "√ A3");
    second.until(&["> Bác sĩ", "√ A3", "12/BC-BV"]);
    second.answer(" Hùng", "Bác sĩ Hùng", "√ A2*");
    first.until(&["√ A2*", "Bác sĩ Hùng"]);

    first.press("C-c");
    first.until_gone();
    second.press("C-c");
    second.until_gone();
    let report = hospital.show();
    assert_eq!(report["answers"]["A1"], "Chị Lan");
    assert_eq!(report["answers"]["A2"], "Bác sĩ Hùng");
    assert_eq!(report["answers"]["A3"], "12/BC-BV");
    assert_eq!(report["pending"], 0, "signed on leaving");
}
