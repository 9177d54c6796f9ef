//! A whole quarterly report from the keyboard, by somebody who goes from one
//! error to the next.

use crate::drive::Terminal;

/// How a field is answered.
enum Answer {
    /// Typed after Enter.
    Text(&'static str),
    /// Typed at once; and as it stands while typing.
    Number(&'static str, &'static str),
    /// Yes, with the day where one is asked.
    Yes(Option<&'static str>),
    No,
    /// The first two of a list.
    FirstTwo,
    /// A table that is confirmed to have no rows.
    None,
}

/// What is required, and what follows from what is answered.
const ANSWERS: &[(&str, Answer)] = &[
    ("A1", Answer::Text("Nguyễn Thị Lan, cán bộ")),
    ("A2", Answer::Text("Bác sĩ Trần Văn Hùng")),
    ("B1", Answer::Yes(Some("20/05/2026"))),
    ("B2", Answer::FirstTwo),
    ("B3", Answer::Number("100", "100")),
    ("B4", Answer::Number("90", "90")),
    ("C1", Answer::None),
    ("D1", Answer::Yes(Some("20/04/2026"))),
    ("D2", Answer::No),
    ("D5", Answer::Number("0", "0")),
    ("D6", Answer::Number("0", "0")),
    ("D7", Answer::Number("0", "0")),
    ("E1", Answer::Yes(Some("15/05/2026"))),
    ("E2", Answer::Text("Lê Văn Cường, 0912")),
    ("E3", Answer::Number("1", "1")),
    ("E4", Answer::Number("2", "2")),
    ("F5", Answer::Number("50", "50")),
    ("G1", Answer::Number("1000000000", "1.000.000.000")),
    ("G2", Answer::Number("120000000", "120.000.000")),
    ("H1", Answer::Yes(None)),
];

/// The mark and the code of the field under the cursor.
fn cursor(screen: &str) -> Option<(char, String)> {
    let mut panes = screen.lines().filter_map(|line| line.split('│').nth(1));
    let line = panes.find_map(|pane| pane.strip_prefix('›'))?;
    let mark = line.chars().next()?;
    let code = line.strip_prefix(mark)?.trim_start_matches(['»', ' ']);
    let code = code.split(['*', ' ']).next()?;
    Some((mark, code.to_owned()))
}

/// Fills all that must be filled, with the clerk's key open and nothing being
/// typed. Says what was answered, in this order.
#[track_caller]
pub(crate) fn fill(terminal: &Terminal) -> Vec<&'static str> {
    let mut answered = Vec::new();
    while let Some((mark, code)) = next_error(terminal) {
        let found = ANSWERS.iter().find(|(known, _)| *known == code);
        let Some((code, answer)) = found else {
            panic!("{mark} {code} is asked for");
        };
        give(terminal, code, answer);
        assert!(!answered.contains(code), "{code} again: {answered:?}");
        answered.push(*code);
    }
    answered
}

/// The field under the cursor if it is wrong, else the one that the key for the next
/// error leads to.
#[track_caller]
fn next_error(terminal: &Terminal) -> Option<(char, String)> {
    let wrong = |screen: &str| cursor(screen).filter(|(mark, _)| "○×".contains(*mark));
    let here = terminal.find("a cursor", |screen| cursor(screen).map(|_| wrong(screen)));
    here.or_else(|| {
        terminal.press("e");
        terminal.find("an error, or none left", |screen| {
            match screen.contains("Không còn lỗi") {
                true => Some(None),
                false => wrong(screen).map(Some),
            }
        })
    })
}

#[track_caller]
fn give(terminal: &Terminal, code: &str, answer: &Answer) {
    let done = format!("√ {code}");
    match answer {
        Answer::Text(text) => {
            terminal.press("Enter");
            terminal.until(&["Enter lưu"]);
            terminal.answer(text, text, &done);
        }
        Answer::Number(digits, shown) => terminal.answer(digits, shown, &done),
        Answer::Yes(day) => {
            terminal.press("Space");
            terminal.until(&[&format!("›{done}"), "[x] có"]);
            if let Some(day) = day {
                terminal.press("Down");
                terminal.answer(day, day, "√     Ngày thực hiện");
            }
        }
        Answer::No => {
            terminal.press("Space");
            terminal.until(&[&format!("›{done}"), "[x] có"]);
            terminal.press("Space");
            terminal.until(&["[ ] không"]);
        }
        Answer::FirstTwo => {
            terminal.press("Enter");
            terminal.until(&["›[ ]"]);
            terminal.press("Space");
            terminal.until(&["›[x]"]);
            terminal.press("Down");
            terminal.until(&["›[ ]"]);
            terminal.press("Space");
            terminal.until(&["›[x]"]);
            terminal.press("Enter");
            terminal.until(&[&done]);
        }
        Answer::None => {
            terminal.press("Down");
            terminal.until(&["›·     Xác nhận: đơn vị không có"]);
            terminal.press("Space");
            terminal.until(&["không có (đã xác nhận)"]);
        }
    }
}

/// Finds a long text by its words without marks, and writes two lines into it.
#[track_caller]
pub(crate) fn write_difficulties(terminal: &Terminal) {
    terminal.press("/");
    terminal.until(&["Tìm mục"]);
    terminal.write("kho khan");
    terminal.until(&["›I1"]);
    terminal.press("Enter");
    terminal.until(&["›· I1"]);
    terminal.press("Enter");
    terminal.until(&["Ctrl-X"]);
    terminal.write("Thiếu cán bộ chuyên trách");
    terminal.press("Enter");
    terminal.write("Máy tính đã cũ");
    terminal.until(&["Máy tính đã cũ"]);
    terminal.press("Escape");
    terminal.until(&["√ I1", "Enter sửa"]);
}
