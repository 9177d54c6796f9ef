//! Other forms at the desks: what is asked for in a quarter, and turning to it.

use model::overview::{Campaign, UnitLine};

use super::pages::screen;
use super::sample::*;
use crate::{Code, Data, Effect, Key, Place, Shell};

const ENTER: Key = Key::plain(Code::Enter);
const ESC: Key = Key::plain(Code::Esc);

fn so() -> Shell {
    shell("byt.24", "Sở Y tế Bắc Ninh", Data::Board(board(16)))
}

fn review_of_2132() -> Campaign {
    Campaign {
        form: "cv2132-rasoat".into(),
        period: period(),
    }
}

/// Opens the list and turns to the review of 2132, its second line.
fn turn(shell: &mut Shell) -> Vec<Effect> {
    let place = Place::Campaigns {
        campaign: campaign(),
    };
    let effects = press(shell, Key::char('b'));
    assert_eq!(effects, [Effect::Read(place.clone())]);
    answer(shell, place, Data::Campaigns(campaigns()));
    press(shell, Key::plain(Code::Down));
    press(shell, ENTER)
}

#[test]
fn a_board_turns_to_another_form_and_so_does_all_that_is_opened_from_it() {
    let mut shell = so();
    let place = Place::Board {
        campaign: review_of_2132(),
    };
    assert_eq!(turn(&mut shell), [Effect::Read(place.clone())]);
    let mut other = board(16);
    other.form = other_form();
    other.due = campaigns()[1].due;
    answer(&mut shell, place.clone(), Data::Board(other));
    let drawn = screen(&mut shell, 120, 30).backend().to_string();
    let header = drawn.lines().nth(1).expect("a second line");
    assert!(header.contains("Theo dõi · cv2132-rasoat"), "{header}");
    assert!(header.contains("quá hạn 48 ngày"), "its own: {header}");
    assert!(drawn.contains(&other_form().title.vi), "{drawn}");

    let effects = press(&mut shell, ENTER);
    assert!(
        matches!(effects.as_slice(), [Effect::Read(Place::Review { campaign, .. })] if *campaign == review_of_2132()),
        "{effects:?}"
    );
    press(&mut shell, ESC);
    // The other desks follow, as they follow the period.
    let rollup = Place::Rollup {
        unit: unit("byt.24"),
        campaign: review_of_2132(),
    };
    assert_eq!(press(&mut shell, Key::char('2')), [Effect::Read(rollup)]);
}

#[test]
fn a_review_turns_with_the_board_it_was_opened_from() {
    let mut shell = so();
    press(&mut shell, ENTER);
    let effects = turn(&mut shell);
    assert!(
        matches!(effects.as_slice(), [Effect::Read(Place::Review { campaign, .. })] if *campaign == review_of_2132()),
        "{effects:?}"
    );
    // Who waits next is not known before the board was read: it leads there.
    let place = Place::Board {
        campaign: review_of_2132(),
    };
    assert_eq!(press(&mut shell, Key::char('n')), [Effect::Read(place)]);
}

#[test]
fn the_list_can_be_left_and_its_cursor_stands_on_what_is_looked_at() {
    let mut shell = so();
    press(&mut shell, Key::char('b'));
    let place = Place::Campaigns {
        campaign: campaign(),
    };
    let mut lines = campaigns();
    lines.rotate_left(1);
    answer(&mut shell, place, Data::Campaigns(lines));
    assert_eq!(current(&shell), "kh2273-quy/2026-Q2");
    let back = Place::Board {
        campaign: campaign(),
    };
    assert_eq!(press(&mut shell, ESC), [Effect::Read(back)]);
}

#[test]
fn the_ministry_turns_its_rollup_and_comes_back_to_the_nation() {
    let mut bo = shell("byt", "Bộ Y tế", Data::Nation(Box::new(nation())));
    press(&mut bo, ENTER);
    let turned = Place::Rollup {
        unit: unit("byt.01"),
        campaign: review_of_2132(),
    };
    assert_eq!(turn(&mut bo), [Effect::Read(turned)]);
    let nation = Place::Nation { period: period() };
    assert_eq!(press(&mut bo, ESC), [Effect::Read(nation)]);
}

#[test]
fn the_palette_has_it_where_it_leads_somewhere() {
    let finds = |shell: &mut Shell| {
        press(shell, Key::ctrl('p'));
        typed(shell, "chon bieu mau");
        let effects = press(shell, ENTER);
        press(shell, ESC);
        effects
    };
    let mut shell = so();
    assert_eq!(finds(&mut shell).len(), 1);
    press(&mut shell, ESC);
    press(&mut shell, Key::char('3'));
    answer(
        &mut shell,
        Place::Units,
        Data::Units(Vec::<UnitLine>::new()),
    );
    assert_eq!(finds(&mut shell), [], "the register has no form");
}

/// Else the next unit that waits in one quarter would open with its report of another.
#[test]
fn the_queue_is_that_of_the_quarter_in_front() {
    let mut shell = so();
    super::acts::open_review(&mut shell);
    let effects = press(&mut shell, Key::char('['));
    let [Effect::Read(place)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    answer(&mut shell, place.clone(), Data::Review(Box::new(review())));
    let board = Place::Board {
        campaign: campaign().in_period(period().previous()),
    };
    assert_eq!(press(&mut shell, Key::char('n')), [Effect::Read(board)]);
}
