//! What keys on the pages ask the runner for.

use super::sample::*;
use crate::{Code, Command, Data, Effect, Key, Msg, Outcome, Passphrase, Place, ReportRef, Shell};

const ENTER: Key = Key::plain(Code::Enter);
const ESC: Key = Key::plain(Code::Esc);

fn so() -> Shell {
    shell("byt.24", "Sở Y tế Bắc Ninh", Data::Board(board(16)))
}

fn bo() -> Shell {
    shell("byt", "Bộ Y tế", Data::Nation(Box::new(nation())))
}

/// Opens the review under the cursor and answers it.
pub(super) fn open_review(shell: &mut Shell) -> Place {
    let effects = press(shell, ENTER);
    let [Effect::Read(place)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let mut data = review();
    if let Place::Review { unit, .. } = place {
        data.unit = unit.clone();
    }
    answer(shell, place.clone(), Data::Review(Box::new(data)));
    place.clone()
}

#[test]
fn a_page_is_there_at_once_and_filled_when_its_answer_comes() {
    let mut shell = so();
    let effects = press(&mut shell, Key::char('2'));
    let place = Place::Rollup {
        unit: unit("byt.24"),
        campaign: campaign(),
    };
    assert_eq!(effects, [Effect::Read(place.clone())]);
    let drawn = super::pages::screen(&mut shell, 80, 24)
        .backend()
        .to_string();
    assert!(drawn.contains("Đang đọc"), "{drawn}");
    shell.update(Msg::Progress { done: 3, all: 400 });
    let drawn = super::pages::screen(&mut shell, 80, 24)
        .backend()
        .to_string();
    assert!(drawn.contains("3/400"), "{drawn}");
    answer(&mut shell, place, Data::Rollup(Box::new(rollup())));
    let drawn = super::pages::screen(&mut shell, 80, 24)
        .backend()
        .to_string();
    assert!(drawn.contains("24.000"), "{drawn}");
}

#[test]
fn an_answer_for_a_page_that_was_left_is_nobodys() {
    let mut shell = so();
    press(&mut shell, Key::char('3'));
    let before = super::pages::screen(&mut shell, 80, 24)
        .backend()
        .to_string();
    let place = Place::Board {
        campaign: campaign(),
    };
    answer(&mut shell, place, Data::Board(board(3)));
    assert_eq!(
        super::pages::screen(&mut shell, 80, 24)
            .backend()
            .to_string(),
        before
    );
}

#[test]
fn a_page_that_cannot_be_had_says_why() {
    let mut shell = so();
    let effects = press(&mut shell, Key::char('3'));
    let answer = Err("đĩa đầy\u{1b}[31m".to_owned());
    assert_eq!(effects, [Effect::Read(Place::Units)]);
    shell.update(Msg::Page {
        place: Place::Units,
        answer,
    });
    let drawn = super::pages::screen(&mut shell, 80, 24)
        .backend()
        .to_string();
    assert!(drawn.contains("đĩa đầy�[31m"), "{drawn}");
}

#[test]
fn accepting_asks_for_a_passphrase_only_if_no_key_is_open() {
    let mut shell = so();
    let Place::Review { unit, .. } = open_review(&mut shell) else {
        panic!("no review")
    };
    let command = Command::Accept {
        unit,
        campaign: campaign(),
        submission: "5f".repeat(32),
    };
    let without = Effect::Do {
        command: command.clone(),
        passphrase: None,
    };
    assert_eq!(press(&mut shell, Key::char('a')), [without]);
    assert_eq!(shell.update(Msg::NeedPassphrase(command.clone())), []);
    assert_eq!(typed(&mut shell, "bí mật"), []);
    let with = Effect::Do {
        command,
        passphrase: Some(Passphrase::from("bí mật")),
    };
    assert_eq!(press(&mut shell, ENTER), [with]);
    // A wrong one can be typed again.
    shell.update(Msg::Failed("sai mật khẩu".into()));
    let drawn = super::pages::screen(&mut shell, 80, 24)
        .backend()
        .to_string();
    assert!(
        drawn.contains("sai mật khẩu") && !drawn.contains("bí mật"),
        "{drawn}"
    );
    typed(&mut shell, "x");
    press(&mut shell, ENTER);
    let read = shell.update(Msg::Done(Outcome::default()));
    assert!(
        matches!(read.as_slice(), [Effect::Read(Place::Review { .. })]),
        "{read:?}"
    );
}

#[test]
fn a_report_is_returned_with_its_remarks_and_not_without() {
    let mut shell = so();
    let Place::Review { unit, .. } = open_review(&mut shell) else {
        panic!("no review")
    };
    assert_eq!(press(&mut shell, Key::char('r')), []);
    press(&mut shell, Key::char('c'));
    typed(&mut shell, "Xem lại");
    press(&mut shell, ENTER);
    let remarks = vec![("A1".to_owned(), "Xem lại".to_owned())];
    let whose = unit.clone();
    let command = Command::Return {
        unit,
        campaign: campaign(),
        submission: "5f".repeat(32),
        remarks,
    };
    let passphrase = None;
    assert_eq!(
        press(&mut shell, Key::char('r')),
        [Effect::Do {
            command,
            passphrase
        }]
    );
    // They stay until the return is signed.
    shell.update(Msg::Failed("không".into()));
    assert_eq!(shell.pages.last().map(|page| page.remarks.len()), Some(1));
    // What else is done in the meantime does not concern them.
    shell.update(Msg::Done(Outcome::default()));
    assert_eq!(shell.pages.last().map(|page| page.remarks.len()), Some(1));
    let verdict = Some((whose, campaign()));
    shell.update(Msg::Done(Outcome {
        verdict,
        ..Outcome::default()
    }));
    assert_eq!(shell.pages.last().map(|page| page.remarks.len()), Some(0));
}

#[test]
fn what_is_being_read_is_not_exchanged_under_the_reader() {
    let mut shell = so();
    let place = open_review(&mut shell);
    let newer = || model::overview::Review {
        submission: Some("6a".repeat(32)),
        ..review()
    };
    answer(&mut shell, place.clone(), Data::Review(Box::new(newer())));
    let drawn = super::pages::screen(&mut shell, 100, 30)
        .backend()
        .to_string();
    assert!(drawn.contains("nộp bản mới hơn"), "{drawn}");
    let accepted = |effects: &[Effect]| match effects {
        [
            Effect::Do {
                command: Command::Accept { submission, .. },
                ..
            },
        ] => submission.clone(),
        other => panic!("{other:?}"),
    };
    // The one that was read, which the replica then refuses.
    assert_eq!(
        accepted(&press(&mut shell, Key::char('a'))),
        "5f".repeat(32)
    );
    press(&mut shell, Key::plain(Code::F(5)));
    answer(&mut shell, place, Data::Review(Box::new(newer())));
    assert_eq!(
        accepted(&press(&mut shell, Key::char('a'))),
        "6a".repeat(32)
    );
}

#[test]
fn remarks_outlast_the_screen() {
    let mut shell = so();
    let place = open_review(&mut shell);
    press(&mut shell, Key::char('c'));
    typed(&mut shell, "Xem lại");
    let effects = press(&mut shell, ENTER);
    let [Effect::KeepRemarks { remarks, .. }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    // Another sitting.
    let mut again = so();
    again.pages.push(crate::page::Page::new(place.clone()));
    let kept = model::overview::Review {
        kept: remarks.clone(),
        ..review()
    };
    answer(&mut again, place.clone(), Data::Review(Box::new(kept)));
    assert_eq!(again.pages.last().map(|page| &page.remarks), Some(remarks));
    // Read anew they are not brought back once they were deleted here.
    let effects = press(&mut again, Key::plain(Code::Delete));
    assert!(
        matches!(effects.as_slice(), [Effect::KeepRemarks { remarks, .. }] if remarks.is_empty())
    );
    answer(&mut again, place, Data::Review(Box::new(review())));
    assert_eq!(again.pages.last().map(|page| page.remarks.len()), Some(0));
}

#[test]
fn accepting_over_remarks_asks_first_and_so_does_going_on() {
    let mut shell = so();
    open_review(&mut shell);
    press(&mut shell, Key::char('c'));
    typed(&mut shell, "Xem lại");
    press(&mut shell, ENTER);
    assert_eq!(press(&mut shell, Key::char('a')), []);
    assert_eq!(press(&mut shell, ESC), []);
    assert_eq!(press(&mut shell, Key::char('n')), [], "remarks are unsent");
    assert_eq!(shell.pages.last().map(|page| page.remarks.len()), Some(1));
}

#[test]
fn the_queue_goes_round_the_submitted_ones() {
    let mut shell = so();
    let waiting: Vec<String> = board(16)
        .lines
        .iter()
        .filter(|line| line.state == model::overview::BoardState::Submitted)
        .map(|line| line.unit.to_string())
        .collect();
    assert!(waiting.len() > 1);
    open_review(&mut shell);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..waiting.len() {
        let effects = press(&mut shell, Key::char('n'));
        let [Effect::Read(Place::Review { unit, .. })] = effects.as_slice() else {
            panic!("{effects:?}");
        };
        seen.insert(unit.to_string());
    }
    assert_eq!(seen, waiting.into_iter().collect());
}

#[test]
fn signing_is_solemn_and_says_so_where_it_is_not_ours() {
    let mut shell = so();
    let place = Place::Rollup {
        unit: unit("byt.24"),
        campaign: campaign(),
    };
    press(&mut shell, Key::char('2'));
    answer(&mut shell, place, Data::Rollup(Box::new(rollup())));
    // Even with a key open the head's passphrase is asked for.
    assert_eq!(press(&mut shell, Key::ctrl('s')), []);
    typed(&mut shell, "abc");
    let effects = press(&mut shell, ENTER);
    let command = Command::SignRollup {
        campaign: campaign(),
        facts: "7b".repeat(32),
    };
    assert!(
        matches!(effects.as_slice(), [Effect::Do { command: c, passphrase: Some(_) }] if *c == command),
        "{effects:?}"
    );

    let mut above = bo();
    press(&mut above, ENTER);
    assert_eq!(
        press(&mut above, Key::ctrl('s')),
        [],
        "a province's is not the Bộ's"
    );
}

#[test]
fn the_nation_is_signed_where_one_sees_it() {
    let mut shell = bo();
    let place = Place::Rollup {
        unit: unit("byt"),
        campaign: campaign(),
    };
    assert_eq!(press(&mut shell, Key::ctrl('s')), [Effect::Read(place)]);
}

#[test]
fn nothing_is_accepted_that_was_not_submitted() {
    let mut shell = so();
    let effects = press(&mut shell, ENTER);
    let [Effect::Read(place)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let place = place.clone();
    let draft = model::overview::Review {
        submission: None,
        ..review()
    };
    answer(&mut shell, place, Data::Review(Box::new(draft)));
    assert_eq!(press(&mut shell, Key::char('a')), []);
}

#[test]
fn what_is_signed_already_is_not_signed_again() {
    let mut shell = so();
    let place = Place::Rollup {
        unit: unit("byt.24"),
        campaign: campaign(),
    };
    press(&mut shell, Key::char('2'));
    let mut same = rollup();
    same.draft = same.signed.as_ref().map(|signed| signed.totals.clone());
    answer(&mut shell, place, Data::Rollup(Box::new(same)));
    assert_eq!(press(&mut shell, Key::ctrl('s')), []);
    assert_eq!(
        press(&mut shell, ENTER).len(),
        1,
        "no passphrase is asked for"
    );
}

#[test]
fn the_ministry_asks_before_it_looks_into_a_facilitys_report() {
    let mut shell = bo();
    let place = Place::Behind {
        unit: unit("byt.01"),
        campaign: campaign(),
        code: "B3".into(),
    };
    shell.pages.push(crate::page::Page::new(place.clone()));
    let behind = model::overview::Behind {
        unit: unit("byt.01"),
        form: form(),
        period: period(),
        due: period().due(),
        code: "B3".into(),
        lines: vec![model::overview::BehindLine {
            unit: unit("byt.01.00001"),
            name: "Trạm".into(),
            timeliness: None,
            part: None,
            last_period: None,
        }],
    };
    answer(&mut shell, place, Data::Behind(behind));
    assert_eq!(press(&mut shell, ENTER), []);
    let command = Command::Drill {
        unit: unit("byt.01.00001"),
        campaign: campaign(),
    };
    let passphrase = None;
    assert_eq!(
        press(&mut shell, ENTER),
        [Effect::Do {
            command,
            passphrase
        }]
    );
}

#[test]
fn long_work_can_be_stopped() {
    let mut shell = bo();
    let effects = press(&mut shell, Key::char('p'));
    assert!(matches!(
        effects.as_slice(),
        [Effect::Do {
            command: Command::Pull,
            ..
        }]
    ));
    shell.update(Msg::Progress { done: 3, all: 34 });
    let drawn = super::pages::screen(&mut shell, 80, 24)
        .backend()
        .to_string();
    assert!(drawn.contains("3/34"), "{drawn}");
    assert_eq!(press(&mut shell, ESC), [Effect::Cancel]);
    assert_eq!(current(&shell), "byt.01");
}

#[test]
fn home_opens_the_report_of_another_quarter() {
    let mut shell = shell("byt.24.07210", "Trạm", Data::Home(home()));
    assert_eq!(press(&mut shell, Key::char('[')), []);
    let report = |period: &str| {
        Effect::Open(ReportRef {
            form: "kh2273-quy".into(),
            period: model::Period::parse(period).unwrap(),
            ordinal: 0,
        })
    };
    assert_eq!(press(&mut shell, ENTER), [report("2026-Q1")]);
    press(&mut shell, Key::char(']'));
    for _ in "2026-Q3".chars() {
        press(&mut shell, Key::plain(Code::Backspace));
    }
    typed(&mut shell, "quý 4");
    assert_eq!(press(&mut shell, ENTER), []);
    let drawn = super::pages::screen(&mut shell, 80, 24)
        .backend()
        .to_string();
    assert!(drawn.contains("Kỳ viết như 2026-Q1"), "{drawn}");
    for _ in "quý 4".chars() {
        press(&mut shell, Key::plain(Code::Backspace));
    }
    typed(&mut shell, "2025-Q4");
    assert_eq!(press(&mut shell, ENTER), [report("2025-Q4")]);
}

#[test]
fn a_facility_opens_its_report_from_home_and_comes_back() {
    let mut shell = shell("byt.24.07210", "Trạm", Data::Home(home()));
    let report = ReportRef {
        form: "kh2273-quy".into(),
        period: period(),
        ordinal: 0,
    };
    assert_eq!(press(&mut shell, ENTER), [Effect::Open(report)]);
    let effects = shell.update(Msg::Opened { form: form() });
    assert_eq!(effects, [Effect::Form(crate::form::Effect::Load)]);
    let effects = press(&mut shell, ESC);
    assert_eq!(
        effects,
        [
            Effect::Form(crate::form::Effect::Leave),
            Effect::Read(Place::Home)
        ]
    );
}

#[test]
fn a_word_typed_where_it_is_not_taken_quits_nothing() {
    let mut shell = shell("byt.24.07210", "Trạm", Data::Home(home()));
    press(&mut shell, ENTER);
    shell.update(Msg::Opened { form: form() });
    let effects = typed(&mut shell, "q");
    assert!(
        effects.contains(&Effect::Form(crate::form::Effect::Leave)),
        "{effects:?}"
    );
    assert_eq!(
        typed(&mut shell, "q"),
        [Effect::Quit],
        "at home it is meant"
    );
}

#[test]
fn a_desk_that_is_gone_to_leaves_the_report() {
    let mut shell = shell("byt.24.07210", "Trạm", Data::Home(home()));
    press(&mut shell, ENTER);
    shell.update(Msg::Opened { form: form() });
    press(&mut shell, Key::ctrl('p'));
    typed(&mut shell, "chung thuc");
    let effects = press(&mut shell, ENTER);
    assert!(
        matches!(
            effects.as_slice(),
            [
                Effect::Read(Place::Keys { .. }),
                Effect::Form(crate::form::Effect::Leave)
            ]
        ),
        "{effects:?}"
    );
}
