//! Reports to fill in.

use std::fmt::Write as _;

/// A whole report that may be submitted, with `staff` people and one system.
pub fn complete_toml(staff: u32) -> String {
    quarterly(
        &[
            ("B3", staff.to_string()),
            ("B4", (staff - staff / 10).to_string()),
            ("F5", (staff / 2).to_string()),
        ],
        &[],
    )
}

/// A whole report that may be submitted: these answers in place of the usual
/// ones (a number, a date or a text in quotes, as TOML), and these rows of C1
/// (TOML too) in place of one system.
pub fn quarterly(answers: &[(&str, String)], systems: &[&str]) -> String {
    let mut all: Vec<(&str, String)> = USUAL
        .iter()
        .map(|(code, value)| (*code, (*value).to_owned()))
        .collect();
    for (code, value) in answers {
        all.retain(|(usual, _)| usual != code);
        all.push((code, value.clone()));
    }
    let mut toml = String::from("[answers]\n");
    for (code, value) in all {
        let _ = writeln!(toml, "{code} = {value}");
    }
    let systems = match systems {
        [] => &[SYSTEM],
        some => some,
    };
    for system in systems {
        let _ = writeln!(toml, "[[tables.C1]]\n{system}");
    }
    toml
}

const USUAL: &[(&str, &str)] = &[
    ("A1", "\"Nguyễn Văn An, cán bộ\""),
    ("A2", "\"Trần Thị Bình\""),
    ("B1", "{ value = true, date = 2026-05-20 }"),
    ("B2", "[\"meeting\", \"notice\"]"),
    ("B3", "100"),
    ("B4", "90"),
    ("D1", "{ value = true, date = 2026-04-20 }"),
    ("D2", "{ value = false }"),
    ("D5", "0"),
    ("D6", "0"),
    ("D7", "0"),
    ("E1", "{ value = true, date = 2026-05-15 }"),
    ("E2", "\"Lê Văn Cường, 0912\""),
    ("E3", "1"),
    ("E4", "2"),
    ("F5", "50"),
    ("G1", "1000000000"),
    ("G2", "120000000"),
    ("H1", "{ value = true }"),
];

const SYSTEM: &str = r#"name = "HIS"
kind = "his"
state = "running"
reviewed = true
reviewed_on = 2026-05-10
dossier = "approved"
approval_no = "12/QĐ-SYT"
approved_on = 2026-03-01
backup = "daily"
last_restore = 2026-01-10
"#;
