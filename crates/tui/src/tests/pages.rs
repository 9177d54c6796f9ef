//! What the pages look like.

use insta::assert_snapshot;
use model::Lang;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::sample::*;
use crate::{Code, Data, Key, Msg, Place, Shell, draw};

pub(super) fn screen(shell: &mut Shell, columns: u16, lines: u16) -> Terminal<TestBackend> {
    shell.update(Msg::Resize { columns, lines });
    let mut terminal = Terminal::new(TestBackend::new(columns, lines)).expect("a terminal");
    terminal.draw(|frame| draw(shell, frame)).expect("drawn");
    terminal
}

/// Small, large, and on the smallest terminal that is drawn on.
macro_rules! look {
    ($name:literal, $shell:expr) => {{
        let shell = &mut $shell;
        assert_snapshot!(concat!($name, "_80x24"), screen(shell, 80, 24).backend());
        assert_snapshot!(concat!($name, "_120x40"), screen(shell, 120, 40).backend());
    }};
}

fn so(data: Data) -> Shell {
    shell("byt.24", "Sở Y tế Bắc Ninh", data)
}

fn so_at(place: Place, data: Data) -> Shell {
    let mut shell = so(Data::Board(board(8)));
    shell.pages.push(crate::page::Page::new(place.clone()));
    answer(&mut shell, place, data);
    shell
}

#[test]
fn the_board_of_a_few_and_of_400_units() {
    look!("board", so(Data::Board(board(8))));
    let mut many = so(Data::Board(board(400)));
    press(&mut many, Key::plain(Code::Tab));
    typed(&mut many, "/kinh bac 1");
    look!("board_400", many);
    assert_snapshot!("board_40x10", screen(&mut many, 40, 10).backend());
}

#[test]
fn an_empty_board_says_what_to_do() {
    let mut empty = so(Data::Board(board(0)));
    assert_snapshot!("board_empty_80x24", screen(&mut empty, 80, 24).backend());
}

#[test]
fn a_review() {
    let place = Place::Review {
        unit: unit("byt.24.07210"),
        campaign: campaign(),
    };
    let mut shell = so_at(place, Data::Review(Box::new(review())));
    press(&mut shell, Key::plain(Code::Tab));
    typed(&mut shell, "cXem lại: lớn hơn B3");
    press(&mut shell, Key::plain(Code::Enter));
    look!("review", shell);
}

#[test]
fn consolidation() {
    let place = Place::Rollup {
        unit: unit("byt.24"),
        campaign: campaign(),
    };
    look!("rollup", so_at(place, Data::Rollup(Box::new(rollup()))));
}

#[test]
fn what_else_is_asked_for() {
    let place = Place::Campaigns {
        campaign: campaign(),
    };
    look!("campaigns", so_at(place, Data::Campaigns(campaigns())));
    let mut usual = board(8);
    usual.others = 2;
    assert_snapshot!(
        "board_others_80x24",
        screen(&mut so(Data::Board(usual)), 80, 24).backend()
    );
    let campaign = campaigns().remove(1).campaign;
    let place = Place::Board { campaign };
    let mut other = board(8);
    (other.form, other.others, other.due) = (other_form(), 2, campaigns()[1].due);
    look!("board_other", so_at(place, Data::Board(other)));
}

#[test]
fn units_and_keys() {
    look!("units", so_at(Place::Units, Data::Units(units())));
    let place = Place::Keys { unit: None };
    let mut shell = so_at(place, Data::Keys(keys()));
    look!("keys", shell);
    typed(&mut shell, "jd");
    assert_snapshot!("revoke_own_80x24", screen(&mut shell, 80, 24).backend());
}

#[test]
fn the_nation_in_three_ways() {
    let mut bo = shell("byt", "Bộ Y tế", Data::Nation(Box::new(nation())));
    look!("nation", bo);
    typed(&mut bo, "v");
    look!("nation_bars", bo);
    typed(&mut bo, "v");
    look!("nation_trend", bo);
}

#[test]
fn the_nation_by_a_count() {
    let mut bo = shell("byt", "Bộ Y tế", Data::Nation(Box::new(nation())));
    // From the table to the bars, then on to the severe holes.
    typed(&mut bo, "mmmm");
    look!("nation_bars_count", bo);
    typed(&mut bo, "v");
    look!("nation_trend_count", bo);
}

#[test]
fn all_details_of_a_row() {
    let mut bo = shell("byt", "Bộ Y tế", Data::Nation(Box::new(nation())));
    typed(&mut bo, " ");
    look!("details", bo);
}

#[test]
fn a_facilitys_home() {
    let data = Data::Home(home());
    look!(
        "home",
        shell("byt.24.07210", "Trạm Y tế phường Kinh Bắc", data)
    );
}

#[test]
fn what_lies_over_a_page() {
    let mut shell = so(Data::Board(board(8)));
    press(&mut shell, Key::ctrl('p'));
    typed(&mut shell, "don vi");
    assert_snapshot!("palette_80x24", screen(&mut shell, 80, 24).backend());
    press(&mut shell, Key::plain(Code::Esc));
    typed(&mut shell, "?");
    assert_snapshot!("help_120x40", screen(&mut shell, 120, 40).backend());
}

#[test]
fn in_english_too() {
    let data = Data::Nation(Box::new(nation()));
    let mut bo = shell_in(Lang::En, "byt", "Bộ Y tế", data);
    assert_snapshot!("nation_en_120x40", screen(&mut bo, 120, 40).backend());
}
