//! The nation by one measure at a time, and all that a page says of a row.

use super::pages::screen;
use super::sample::*;
use crate::{Code, Data, Effect, Key, Mouse, MouseKind, Msg, Place, Shell};

fn bo() -> Shell {
    shell("byt", "Bộ Y tế", Data::Nation(Box::new(nation())))
}

fn drawn(shell: &mut Shell) -> String {
    screen(shell, 80, 24).backend().to_string()
}

#[test]
fn one_key_turns_through_the_measures_and_one_back() {
    let mut shell = bo();
    let measures = [
        "Biểu đồ: Đầy đủ ",
        "Biểu đồ: Đúng hạn ",
        "Biểu đồ: Hệ thống có hồ sơ",
        "Biểu đồ: Lỗ hổng nghiêm trọng",
        "Biểu đồ: Số sự cố",
        "Biểu đồ: Tỷ lệ G2/G1",
        "Biểu đồ: Đầy đủ ",
    ];
    for measure in measures {
        typed(&mut shell, "m");
        let drawn = drawn(&mut shell);
        assert!(drawn.contains(measure), "{measure}\n{drawn}");
    }
    typed(&mut shell, "M<");
    assert!(drawn(&mut shell).contains("Biểu đồ: Số sự cố"));
    // The measure stays whatever the way to look.
    typed(&mut shell, "v");
    assert!(drawn(&mut shell).contains("Xu hướng: Số sự cố"));
    typed(&mut shell, "vm");
    assert!(drawn(&mut shell).contains("Biểu đồ: Số sự cố"));
}

#[test]
fn the_palette_knows_the_measures_and_the_details() {
    let mut shell = bo();
    press(&mut shell, Key::ctrl('p'));
    typed(&mut shell, "chi tieu khac");
    press(&mut shell, Key::plain(Code::Enter));
    assert!(drawn(&mut shell).contains("Biểu đồ: Đầy đủ "));
    press(&mut shell, Key::ctrl('p'));
    typed(&mut shell, "chi tiet");
    press(&mut shell, Key::plain(Code::Enter));
    assert!(drawn(&mut shell).contains("┌ Chi tiết"));
}

#[test]
fn another_period_is_looked_at_the_same_way() {
    let mut shell = bo();
    typed(&mut shell, "mmv");
    let before = Place::Nation {
        period: period().previous(),
    };
    assert_eq!(typed(&mut shell, "["), [Effect::Read(before.clone())]);
    let mut data = nation();
    data.period = period().previous();
    answer(&mut shell, before, Data::Nation(Box::new(data)));
    assert!(drawn(&mut shell).contains("Xu hướng: Đúng hạn"));
}

#[test]
fn a_gap_is_no_zero_and_what_is_in_doubt_is_not_shown() {
    let mut shell = bo();
    typed(&mut shell, "mmmmmvo");
    press(&mut shell, Key::plain(Code::End));
    let line = |shell: &mut Shell, name: &str| {
        let drawn = screen(shell, 120, 60).backend().to_string();
        let line = drawn.lines().find(|line| line.contains(name)).expect(name);
        line.trim_matches('"')
            .split_whitespace()
            .skip(6)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let silent = line(&mut shell, "Hà Nội 6 ");
    assert_eq!(silent.last().map(String::as_str), Some("–"), "{silent:?}");
    assert!(silent[0].ends_with('·'), "{silent:?}");
    let doubtful = line(&mut shell, "Cao Bằng 7 ");
    assert_eq!(doubtful.last().map(String::as_str), Some("×"));
    assert!(doubtful[0].ends_with('×'), "{doubtful:?}");
}

#[test]
fn the_details_reach_everything_and_say_what_is_left() {
    let mut shell = bo();
    assert!(drawn(&mut shell).contains("▼ còn 19 dòng (Space)"));
    typed(&mut shell, " ");
    let top = drawn(&mut shell);
    assert!(top.contains("▼ còn") && !top.contains("▲ còn"), "{top}");
    // Beyond the end there is nothing: the first key up moves at once.
    for _ in 0..9 {
        press(&mut shell, Key::plain(Code::PageDown));
    }
    let end = drawn(&mut shell);
    assert!(
        end.contains("quý III/2024") && !end.contains("▼ còn"),
        "{end}"
    );
    press(&mut shell, Key::plain(Code::Up));
    assert!(drawn(&mut shell).contains("▼ còn 1 dòng"));
    press(&mut shell, Key::plain(Code::Home));
    assert_eq!(drawn(&mut shell), top);
    press(&mut shell, Key::plain(Code::Esc));
    let below = Mouse {
        kind: MouseKind::Press,
        column: 5,
        line: 20,
    };
    shell.update(Msg::Mouse(below));
    assert_eq!(drawn(&mut shell), top, "pointing at them opens them too");
}

#[test]
fn the_help_says_that_there_is_more_and_ends_where_it_ends() {
    let mut shell = bo();
    typed(&mut shell, "?");
    assert!(drawn(&mut shell).contains("▼ còn"));
    press(&mut shell, Key::plain(Code::End));
    let end = drawn(&mut shell);
    assert!(end.contains("▲ còn") && !end.contains("▼ còn"), "{end}");
    press(&mut shell, Key::plain(Code::Down));
    press(&mut shell, Key::plain(Code::Up));
    assert!(drawn(&mut shell).contains("▼ còn 1 dòng"));
}
