//! Units, invites, people and keys: what their keys ask the runner for.

use super::sample::*;
use crate::{Code, Command, Data, Effect, Key, Passphrase, Place, Shell};

const ENTER: Key = Key::plain(Code::Enter);

fn so() -> Shell {
    shell("byt.24", "Sở Y tế Bắc Ninh", Data::Board(board(16)))
}

#[test]
fn invites_and_revocations() {
    let mut shell = so();
    press(&mut shell, Key::char('3'));
    answer(&mut shell, Place::Units, Data::Units(units()));
    press(&mut shell, Key::char('a'));
    typed(&mut shell, "07999");
    press(&mut shell, ENTER);
    // The name is required: enter on the last line leads back to it.
    press(&mut shell, ENTER);
    assert_eq!(press(&mut shell, ENTER), []);
    typed(&mut shell, "Trạm mới");
    press(&mut shell, ENTER);
    let effects = press(&mut shell, ENTER);
    let command = Command::Invite {
        unit: "byt.24.07999".into(),
        name: "Trạm mới".into(),
        address: String::new(),
    };
    let passphrase = None;
    assert_eq!(
        effects,
        [Effect::Do {
            command,
            passphrase
        }]
    );

    press(&mut shell, Key::char('4'));
    answer(&mut shell, Place::Keys { unit: None }, Data::Keys(keys()));
    press(&mut shell, Key::char('d'));
    typed(&mut shell, "mất máy");
    let effects = press(&mut shell, ENTER);
    assert!(
        matches!(effects.as_slice(), [Effect::Do { command: Command::Revoke { reason, .. }, .. }] if reason == "mất máy"),
        "{effects:?}"
    );
    // One that is revoked is not revoked again.
    press(&mut shell, Key::plain(Code::End));
    press(&mut shell, Key::char('d'));
    assert_eq!(typed(&mut shell, "x"), []);
}

#[test]
fn a_person_is_added_with_a_passphrase_typed_twice() {
    let mut shell = so();
    press(&mut shell, Key::char('4'));
    answer(&mut shell, Place::Keys { unit: None }, Data::Keys(keys()));
    press(&mut shell, Key::char('a'));
    let fill = |shell: &mut Shell, secret: &str, again: &str| {
        typed(shell, secret);
        press(shell, ENTER);
        typed(shell, again);
        press(shell, ENTER)
    };
    typed(&mut shell, "Trần Thị Bình");
    press(&mut shell, ENTER);
    typed(&mut shell, "editor");
    press(&mut shell, ENTER);
    assert_eq!(fill(&mut shell, "mật khẩu", "mật khấu"), []);
    let drawn = super::pages::screen(&mut shell, 100, 30)
        .backend()
        .to_string();
    assert!(
        drawn.contains("khác nhau") && !drawn.contains("mật khẩu,"),
        "{drawn}"
    );
    let effects = fill(&mut shell, "mật khẩu", "mật khẩu");
    let command = Command::AddPerson {
        name: "Trần Thị Bình".into(),
        roles: "editor".into(),
        secret: Passphrase::from("mật khẩu"),
    };
    let passphrase = None;
    assert_eq!(
        effects,
        [Effect::Do {
            command,
            passphrase
        }]
    );
    assert!(!format!("{effects:?}").contains("khẩu"), "never printed");
}

#[test]
fn nobody_closes_or_renames_their_own_unit() {
    let mut shell = so();
    press(&mut shell, Key::char('3'));
    let mut all = units();
    all.insert(
        0,
        model::overview::UnitLine {
            unit: unit("byt.24"),
            ..all[0].clone()
        },
    );
    answer(&mut shell, Place::Units, Data::Units(all));
    for key in ['x', 'm', 'i'] {
        press(&mut shell, Key::char(key));
        assert_eq!(
            press(&mut shell, ENTER).len(),
            1,
            "{key}: no question, enter opens the row"
        );
        press(&mut shell, Key::plain(Code::Esc));
    }
}

#[test]
fn the_key_that_closes_a_unit_opens_a_closed_one_and_asks_before_both() {
    let mut shell = so();
    press(&mut shell, Key::char('3'));
    answer(&mut shell, Place::Units, Data::Units(units()));
    let asked = |shell: &mut Shell| {
        assert_eq!(press(shell, Key::char('x')), []);
        let drawn = super::pages::screen(shell, 80, 24).backend().to_string();
        assert_eq!(press(shell, Key::char('k')), [], "no");
        assert_eq!(press(shell, Key::char('x')), []);
        (drawn, press(shell, ENTER))
    };
    let without = |command| Effect::Do {
        command,
        passphrase: None,
    };
    let (drawn, effects) = asked(&mut shell);
    assert!(drawn.contains("Đóng đơn vị Trạm Y tế số 0"), "{drawn}");
    let close = Command::CloseUnit {
        unit: unit("byt.24.07000"),
    };
    assert_eq!(effects, [without(close)]);
    press(&mut shell, Key::plain(Code::End));
    let (drawn, effects) = asked(&mut shell);
    assert!(drawn.contains("Mở lại đơn vị Trạm Y tế số 11"), "{drawn}");
    let reopen = Command::ReopenUnit {
        unit: unit("byt.24.07011"),
    };
    assert_eq!(effects, [without(reopen)]);
}

/// The key of one name on the keys desk, being revoked: typed reason and word.
fn revoke(shell: &mut Shell, down: usize, reason: &str, word: &str) -> Vec<Effect> {
    for _ in 0..down {
        press(shell, Key::plain(Code::Down));
    }
    press(shell, Key::char('d'));
    typed(shell, reason);
    assert_eq!(press(shell, ENTER), [], "a reason alone is not enough");
    typed(shell, word);
    press(shell, ENTER)
}

fn keys_desk() -> Shell {
    let mut shell = so();
    press(&mut shell, Key::char('4'));
    answer(&mut shell, Place::Keys { unit: None }, Data::Keys(keys()));
    shell
}

#[test]
fn this_machines_own_key_is_not_revoked_by_the_way() {
    let mut shell = keys_desk();
    assert_eq!(revoke(&mut shell, 2, "hỏng", "x"), []);
    let drawn = super::pages::screen(&mut shell, 100, 30)
        .backend()
        .to_string();
    assert!(drawn.contains("CHÍNH MÁY NÀY"), "{drawn}");
    assert!(drawn.contains("Chưa thu hồi"), "{drawn}");
    assert!(!drawn.contains("chỉ cấp trên mời lại"), "{drawn}");
    // The word was wrong: nothing happened, and it can be typed anew.
    press(&mut shell, Key::plain(Code::Backspace));
    typed(&mut shell, "THU HỒI");
    let effects = press(&mut shell, ENTER);
    assert!(
        matches!(effects.as_slice(), [Effect::Do { command: Command::Revoke { reason, .. }, .. }] if reason == "hỏng"),
        "{effects:?}"
    );
}

#[test]
fn the_last_registrar_is_told_that_nobody_is_left() {
    let mut shell = keys_desk();
    press(&mut shell, Key::plain(Code::Down));
    press(&mut shell, Key::char('d'));
    let drawn = super::pages::screen(&mut shell, 80, 24)
        .backend()
        .to_string();
    assert!(drawn.contains("chỉ cấp trên mời lại được"), "{drawn}");
    press(&mut shell, Key::plain(Code::Esc));
    let word = revoke(&mut shell, 0, "nghỉ việc", "thu hoi");
    assert_eq!(word.len(), 1, "marks are not needed");
}

#[test]
fn a_key_that_lies_elsewhere_takes_a_reason_only() {
    let mut shell = keys_desk();
    press(&mut shell, Key::char('d'));
    let drawn = super::pages::screen(&mut shell, 80, 24)
        .backend()
        .to_string();
    assert!(!drawn.contains("MÁY NÀY"), "{drawn}");
    typed(&mut shell, "nghỉ việc");
    assert_eq!(press(&mut shell, ENTER).len(), 1);
}
