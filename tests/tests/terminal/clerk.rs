//! One clerk at one report.

use quanho_tests::World;

use crate::drive::{Terminal, hospital, line_of, screens, signal};

#[test]
fn a_clerk_fills_in_a_report() {
    let world = World::new();
    let hospital = hospital(&world);
    let Some(terminal) = Terminal::open(&hospital) else {
        return;
    };
    terminal.open_report();
    terminal.until(&["Bệnh viện Thử (byt.bvtest)", "quý II/2026", "chưa lập"]);
    terminal.unlock();
    // As an input method may send it: every mark apart (NFD).
    terminal.write("Nguye\u{302}\u{303}n Thi\u{323} Lan");
    terminal.until(&["> Nguy"]);
    terminal.press("Enter");
    terminal.until(&["√ A1*"]);

    terminal.press("Tab");
    terminal.until(&["›○ B1*"]);
    terminal.press("Space");
    terminal.until(&["[x] có", "Ngày thực hiện"]);
    terminal.press("Down");
    terminal.write("31/5/2026");
    terminal.until(&["> 31/5/2026"]);
    terminal.press("Enter");
    terminal.until(&["31/05/2026", "›○ B2"]);
    terminal.press("Down");
    terminal.answer("120", "120", "√ B3*");

    terminal.press("Tab");
    terminal.until(&["›○ C1*"]);
    terminal.press("Enter");
    terminal.until(&["Chưa có dòng nào"]);
    terminal.press("a");
    terminal.until(&["C1 › (dòng mới)", "Tên hệ thống"]);
    terminal.press("Enter");
    terminal.until(&["Enter lưu"]);
    terminal.write("HIS");
    terminal.until(&["> HIS"]);
    terminal.press("Enter");
    terminal.until(&["C1 › HIS", "›○ * Loại"]);
    terminal.press("Enter");
    terminal.until(&["Gõ để lọc"]);
    terminal.write("pac");
    terminal.until(&["›( ) PACS"]);
    terminal.press("Enter");
    terminal.until(&["√ * Loại", "PACS"]);
    terminal.press("Escape");
    terminal.until(&["C1. Danh mục", "Σ 1 dòng"]);
    terminal.press("C-c");
    terminal.until_gone();

    let report = hospital.show();
    assert_eq!(
        report["answers"]["A1"], "Nguy\u{1ec5}n Th\u{1ecb} Lan",
        "NFC"
    );
    assert_eq!(report["answers"]["B1"], true);
    assert_eq!(report["answers"]["B1.date"], "2026-05-31");
    assert_eq!(report["answers"]["B3"], 120);
    assert_eq!(report["tables"]["C1"][0]["name"], "HIS");
    assert_eq!(report["tables"]["C1"][0]["kind"], "pacs");
    assert_eq!(report["pending"], 0, "signed on leaving");
}

#[test]
fn escape_leads_from_the_report_to_the_home_page() {
    let world = World::new();
    let hospital = hospital(&world);
    let screens = screens(&hospital);
    let Some(terminal) = Terminal::run(&format!("exec {screens} --period 2026-Q1")) else {
        return;
    };
    terminal.until(&["quý I/2026", "›○ A1*"]);
    terminal.press("Escape");
    terminal.until(&["Trang chủ", "Báo cáo quý", "chưa mở khóa"]);
    terminal.press("q");
    terminal.until_gone();
}

#[test]
fn a_terminated_form_gives_the_terminal_back() {
    let world = World::new();
    let hospital = hospital(&world);
    let pid = world.path().join("pid");
    let command = format!(
        "sh -c 'echo $$ > {}; exec '\"{}\"; stty -a; cat",
        pid.display(),
        screens(&hospital)
    );
    let Some(terminal) = Terminal::run(&command) else {
        return;
    };
    terminal.open_report();
    terminal.unlock();
    signal(&line_of(&pid), "-TERM");
    let screen = terminal.until(&["icanon", "echoctl"]);
    assert!(
        !screen.contains("-icanon") && !screen.contains("-echo "),
        "{screen}"
    );
    assert!(
        !screen.contains("A1*"),
        "the other screen is back:\n{screen}"
    );
}
