use jiff::civil::{Date, date};

use super::{GOOD, quarterly, report};
use crate::Lang;
use crate::check::{Check, CheckContext, Problem, ROWS_MAX_COUNT, check};
use crate::period::Period;
use crate::value::{Scalar, Snapshot};

fn run(snapshot: &Snapshot, today: Date, conflicts: &[String]) -> Check {
    let context = CheckContext {
        period: Period::Quarter(2026, 2),
        today,
        conflicts,
    };
    check(quarterly(), snapshot, &context)
}

fn names(check: &Check) -> Vec<String> {
    let name =
        |sign: &str, code: &str, problem: &Problem| format!("{sign}{code} {}", problem.as_str());
    let errors = check.errors.iter().map(|f| name("", &f.code, &f.problem));
    let warnings = check
        .warnings
        .iter()
        .map(|f| name("~", &f.code, &f.problem));
    errors.chain(warnings).collect()
}

/// The good report with these lines changed has exactly these findings.
#[track_caller]
fn changed(lines: &str, today: Date, expected: &[&str]) {
    let found = names(&run(&report(&format!("{GOOD}\n{lines}")), today, &[]));
    assert_eq!(found, expected, "{lines}");
}

const MAY: Date = date(2026, 5, 31);
const JUNE: Date = date(2026, 6, 18);
const JULY: Date = date(2026, 7, 1);

#[test]
fn a_good_report_has_no_findings() {
    for today in [MAY, JUNE, JULY] {
        changed("", today, &[]);
    }
}

#[test]
fn an_empty_report_lacks_every_starred_field() {
    let found = names(&run(&Snapshot::default(), date(2026, 4, 1), &[]));
    let expected = [
        "A1", "A2", "B1", "B3", "B4", "C1", "D1", "D2", "D5", "D6", "D7", "E1", "E3", "E4", "F5",
        "G1", "G2", "H1",
    ]
    .map(|code| match code {
        "C1" => "C1 row_required".to_owned(),
        _ => format!("{code} required"),
    });
    assert_eq!(found, expected);
}

#[test]
fn blank_text_does_not_count() {
    let mut snapshot = report(GOOD);
    snapshot
        .values
        .insert("A1".into(), Scalar::Str("  ".into()));
    assert_eq!(names(&run(&snapshot, JUNE, &[])), ["A1 required"]);
}

#[test]
fn comparisons() {
    for (lines, expected) in [
        ("B4 = 120", &[][..]),
        ("B4 = 121", &["B4 not_le"]),
        ("F5 = 120", &[]),
        ("F5 = 121", &["F5 not_le"]),
        ("F6 = 121", &["F6 not_le"]),
        ("D6 = 2", &["D6 not_le"]),
        ("D7 = 2", &["D7 not_le"]),
        ("G2 = 2.000.000.001", &["G2 not_le"]),
        ("G4 = 200.000.000", &[]),
        ("G4 = 200.000.001", &["G4 not_le"]),
        (
            "C1/his/fixed_critical = 3",
            &["C1/his/fixed_critical not_le"],
        ),
        ("C1/his/fixed_high = 6", &["C1/his/fixed_high not_le"]),
        (
            "C1/his/found_medium = 1\nC1/his/fixed_medium = 2",
            &["C1/his/fixed_medium not_le"],
        ),
        (
            "C1/his/found_low = 1\nC1/his/fixed_low = 2",
            &["C1/his/fixed_low not_le"],
        ),
        // One side only: nothing to compare.
        ("C1/his/fixed_low = 2", &[]),
        ("F6 =\nB3 = 118", &[]),
    ] {
        changed(lines, JUNE, expected);
    }
}

#[test]
fn needed_when() {
    for (lines, expected) in [
        ("B2 =", &["B2 required_when"][..]),
        ("B2 =\nB1 = không", &[]),
        ("E2 =", &["E2 required_when"]),
        ("E2 =\nE1 = không", &[]),
        (
            "C1/his/approval_no =",
            &["C1/his/approval_no required_when"],
        ),
        (
            "C1/his/approved_on =",
            &["C1/his/approved_on required_when"],
        ),
        (
            "C1/his/approval_no =\nC1/his/approved_on =\nC1/his/dossier = đã trình",
            &[],
        ),
    ] {
        changed(lines, date(2026, 4, 1), expected);
    }
}

#[test]
fn tables() {
    for (lines, expected) in [
        ("C1/his/name =", &["C1/his/name required"][..]),
        ("C1/his/kind =", &["C1/his/kind required"]),
        ("C1.empty = có", &["C1 rows_and_empty"]),
        ("C1.empty = không", &[]),
        (
            "C1/pacs",
            &[
                "C1/pacs/name required",
                "C1/pacs/kind required",
                "C1/pacs/state required",
                "C1/pacs/dossier required",
            ],
        ),
        ("H2/t2", &["H2/t2/task required"]),
    ] {
        changed(lines, JUNE, expected);
    }
    let without = |more: &str| {
        let lines: Vec<&str> = GOOD.lines().filter(|l| !l.contains("C1/")).collect();
        report(&format!("{}\n{more}", lines.join("\n")))
    };
    assert_eq!(names(&run(&without(""), JUNE, &[])), ["C1 row_required"]);
    assert!(run(&without("C1.empty = có"), JUNE, &[]).may_submit());
    assert_eq!(
        names(&run(&without("C1.empty = không"), JUNE, &[])),
        ["C1 row_required"]
    );
    let mut many = report(GOOD);
    for n in 0..ROWS_MAX_COUNT {
        many.values.insert(format!("H2/r{n}"), Scalar::Bool(true));
        many.values
            .insert(format!("H2/r{n}/task"), Scalar::Str("x".into()));
    }
    assert_eq!(names(&run(&many, JUNE, &[])), ["H2 too_many_rows"]);
}

#[test]
fn deadlines_are_warnings() {
    for (lines, today, expected) in [
        // Done late by its own date.
        ("B1.date = 31/05/2026", JULY, &[][..]),
        ("B1.date = 01/06/2026", MAY, &["~B1 deadline_missed"]),
        ("D1.date = 30/04/2026", JULY, &[]),
        ("D1.date = 01/05/2026", JULY, &["~D1 deadline_missed"]),
        ("E1.date = 01/06/2026", JULY, &["~E1 deadline_missed"]),
        // Done, day unknown.
        ("B1.date =", JULY, &[]),
        // Not done: late only after the day.
        ("B1 = không", MAY, &[]),
        ("B1 = không", date(2026, 6, 1), &["~B1 deadline_missed"]),
        ("D1 = không", date(2026, 4, 30), &[]),
        ("D1 = không", date(2026, 5, 1), &["~D1 deadline_missed"]),
        ("E1 = không", date(2026, 6, 1), &["~E1 deadline_missed"]),
        // Systems.
        ("C1/his/reviewed = không", MAY, &[]),
        (
            "C1/his/reviewed = không",
            JUNE,
            &["~C1/his/reviewed deadline_missed"],
        ),
        (
            "C1/his/reviewed =",
            JUNE,
            &["~C1/his/reviewed deadline_missed"],
        ),
        ("C1/his/reviewed =\nC1/his/state = dự kiến", JUNE, &[]),
        ("C1/his/dossier = đã trình", date(2026, 6, 30), &[]),
        (
            "C1/his/dossier = đã trình",
            JULY,
            &["~C1/his/dossier deadline_missed"],
        ),
        (
            "C1/his/dossier = đã trình\nC1/his/state = dự kiến",
            JULY,
            &["~C1/his/dossier deadline_missed"],
        ),
        (
            "C1/his/dossier = đã trình\nC1/his/state = đã dừng",
            JULY,
            &[],
        ),
    ] {
        changed(lines, today, expected);
    }
}

#[test]
fn a_missing_answer_is_also_late() {
    changed("B1 =", JULY, &["B1 required", "~B1 deadline_missed"]);
}

#[test]
fn the_budget_ratio() {
    for (lines, expected) in [
        ("G2 = 199.999.999\nG4 =", &["~G3 ratio_below"][..]),
        ("G2 = 200.000.000", &[]),
        ("G1 = 0\nG2 = 0\nG4 = 0", &[]),
        ("G2 =\nG4 =", &["G2 required"]),
    ] {
        changed(lines, JUNE, expected);
    }
}

#[test]
fn stored_values_are_checked() {
    for (key, value, expected) in [
        ("B3", Scalar::Str("120".into()), "B3 wrong_type"),
        ("B1.date", Scalar::Str("soon".into()), "B1.date not_a_date"),
        ("B2", Scalar::Str("fax".into()), "B2 unknown_choice"),
        ("C1/his/level", Scalar::Int(7), "C1/his/level out_of_range"),
        ("B5", Scalar::Int(-1), "B5 out_of_range"),
        ("K1", Scalar::Int(1), "~K1 unknown_key"),
        (
            "C1/his/colour",
            Scalar::Int(1),
            "~C1/his/colour unknown_key",
        ),
    ] {
        let mut snapshot = report(GOOD);
        snapshot.values.insert(key.into(), value);
        assert_eq!(names(&run(&snapshot, JUNE, &[])), [expected]);
    }
    let mut snapshot = report(GOOD);
    snapshot.texts.insert("I2".into(), "a\u{1b}[2J".into());
    snapshot
        .texts
        .insert("K1".into(), "from a newer form".into());
    let found = names(&run(&snapshot, JUNE, &[]));
    assert_eq!(found, ["I2 control_character", "~K1 unknown_key"]);
}

#[test]
fn conflicts_stand_in_the_way() {
    let found = names(&run(
        &report(GOOD),
        JUNE,
        &["C1/his/name".into(), "B3".into()],
    ));
    assert_eq!(found, ["B3 conflict", "C1/his/name conflict"]);
}

#[test]
fn findings_come_in_the_order_of_the_form() {
    changed(
        "A2 =\nB4 = 500\nC1/his/name =\nC1/abc\nC1/abc/name = x\nC1/abc/kind = his\nC1/abc/state = dự kiến\nC1/abc/dossier = chưa lập\nC1/abc/level = 2\nG1 =\nD2 =",
        JUNE,
        &[
            "A2 required",
            "B4 not_le",
            "C1/his/name required",
            "D2 required",
            "G1 required",
        ],
    );
}

#[test]
fn messages() {
    let lines = format!(
        "{GOOD}\nB4 = 1.500\nB2 =\nC1/his/approved_on =\nC1.empty = có\nG2 = 199.200.000\nG4 =\nD1.date = 02/05/2026\nE1 = không\nA1 =\nC1/his/found_high = 1"
    );
    let check = run(&report(&lines), JUNE, &["B3".into()]);
    let mut text = String::new();
    for lang in [Lang::Vi, Lang::En] {
        for finding in check.errors.iter().chain(&check.warnings) {
            text += &format!("{}: {}\n", finding.code, finding.message(quarterly(), lang));
        }
    }
    expect_test::expect![[r#"
        A1: cần điền
        B2: cần điền vì B1 “Đã phổ biến, quán triệt các văn bản chỉ đạo” là “có”
        B3: có nhiều giá trị cùng lúc: chọn một
        B4: 1.500 vượt quá B3 “Tổng số CBCCVC và người lao động” (120)
        C1: đã có dòng: bỏ xác nhận danh mục trống, hoặc xóa các dòng
        C1/his/fixed_high: 4 vượt quá “Lỗ hổng mức cao phát hiện” (1)
        C1/his/approved_on: cần điền vì “Hồ sơ đề xuất cấp độ” là “đã phê duyệt”
        D1: hoàn thành muộn: 02/05/2026, hạn 30/04/2026
        E1: quá hạn 31/05/2026, chưa hoàn thành
        G3: mới đạt 9,9%, cần ít nhất 10%
        A1: must be filled in
        B2: must be filled in because B1 “The directives have been disseminated” is “yes”
        B3: several values at once: choose one
        B4: 1.500 is more than B3 “Total staff” (120)
        C1: there are rows: withdraw “the list is empty”, or remove them
        C1/his/fixed_high: 4 is more than “High holes found” (1)
        C1/his/approved_on: must be filled in because “Level dossier” is “approved”
        D1: done late: 02/05/2026, due 30/04/2026
        E1: overdue since 31/05/2026, not done
        G3: only 9.9%, at least 10% is asked for
    "#]]
    .assert_eq(&text);
}
