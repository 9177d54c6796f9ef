//! How one gets around: palette, mouse, periods; and what the frame says by itself.

use model::overview::Campaign;

use super::sample::*;
use crate::{Code, Data, Effect, Key, Mouse, MouseKind, Msg, Place, Shell, SyncView};

const ENTER: Key = Key::plain(Code::Enter);
const ESC: Key = Key::plain(Code::Esc);

fn so() -> Shell {
    shell("byt.24", "Sở Y tế Bắc Ninh", Data::Board(board(16)))
}

#[test]
fn the_palette_finds_what_keys_do() {
    let mut shell = so();
    press(&mut shell, Key::ctrl('p'));
    typed(&mut shell, "den tong hop");
    let place = Place::Rollup {
        unit: unit("byt.24"),
        campaign: campaign(),
    };
    assert_eq!(press(&mut shell, ENTER), [Effect::Read(place)]);
}

#[test]
fn the_palette_lists_everything_once_on_every_page() {
    let once = |shell: &Shell, place: &str| {
        let entries = shell.entries(&crate::parts::line::Line::default());
        assert!(entries.len() > 2, "{place}: {entries:?}");
        let mut words = std::collections::HashSet::new();
        for entry in &entries {
            assert!(words.insert(&entry.words), "{place}: {} twice", entry.words);
        }
    };
    for level in ["byt", "byt.24", "byt.24.07210"] {
        for place in places() {
            let mut shell = shell(level, "Đơn vị", Data::Board(board(1)));
            shell.pages.push(crate::page::Page::new(place.clone()));
            once(&shell, &format!("{level} {place:?}"));
            shell.update(Msg::Opened { form: form() });
            once(&shell, &format!("{level}, a report over {place:?}"));
        }
    }
}

#[test]
fn the_mouse_points_at_rows_facets_columns_and_keys() {
    let mut shell = so();
    super::pages::screen(&mut shell, 100, 30);
    let click = |shell: &mut Shell, column: u16, line: u16| {
        shell.update(Msg::Mouse(Mouse {
            kind: MouseKind::Press,
            column,
            line,
        }))
    };
    let first = current(&shell);
    assert_eq!(click(&mut shell, 10, 7), [], "the third row");
    assert_ne!(current(&shell), first);
    let again = click(&mut shell, 10, 7);
    assert!(
        matches!(again.as_slice(), [Effect::Read(Place::Review { .. })]),
        "{again:?}"
    );
    press(&mut shell, ESC);
    click(&mut shell, 5, 4);
    assert_eq!(
        shell.pages[0].grid.sort,
        Some((0, false)),
        "sorted by its title"
    );
    click(&mut shell, 16, 3);
    assert_eq!(shell.pages[0].grid.facet, 1, "the second facet");
    // `/ tìm` in the footer: what is typed now narrows the list.
    let footer = super::pages::screen(&mut shell, 100, 30)
        .backend()
        .to_string();
    let line = footer.lines().nth(29).expect("a footer");
    let at = line.chars().position(|c| c == '/').expect("its key") - 1;
    click(&mut shell, u16::try_from(at).expect("near"), 29);
    typed(&mut shell, "kinh");
    assert_eq!(shell.pages[0].grid.filter.text(), "kinh");
}

#[test]
fn other_periods_are_a_key_away() {
    let mut shell = so();
    let effects = press(&mut shell, Key::char('['));
    let before = Place::Board {
        campaign: Campaign::usual(period().previous()),
    };
    assert_eq!(effects, [Effect::Read(before)]);
    press(&mut shell, Key::char(']'));
    assert_eq!(
        shell.pages[0].place,
        Place::Board {
            campaign: campaign()
        }
    );
}

#[test]
fn news_that_are_longer_than_a_line_are_read_to_their_end() {
    let mut shell = so();
    let long = "Không liên lạc được với so24.example.vn:4433 (không có trả lời). Kiểm tra mạng; dữ liệu vẫn ở đây. Có mạng thì bấm s.";
    shell.update(Msg::Failed(long.into()));
    for (columns, lines) in [(80, 24), (40, 10), (120, 40)] {
        let drawn = super::pages::screen(&mut shell, columns, lines)
            .backend()
            .to_string();
        assert!(drawn.contains("bấm s."), "{drawn}");
    }
    let drawn = super::pages::screen(&mut shell, 80, 24)
        .backend()
        .to_string();
    let last = drawn.lines().last().expect("a footer");
    assert!(last.contains("trợ giúp"), "the keys stay: {last}");
    press(&mut shell, Key::plain(Code::Down));
    let drawn = super::pages::screen(&mut shell, 80, 24)
        .backend()
        .to_string();
    assert!(!drawn.contains("bấm s."), "until the next key");
}

#[test]
fn a_clock_that_is_off_is_said() {
    let mut shell = so();
    let link = |minutes: i64| Msg::Link {
        sync: SyncView::InSync("lúc 09:00".into()),
        clock_ahead_ms: Some(minutes * 60_000),
    };
    for (minutes, said) in [(9, false), (10, true), (-10, true), (-9, false)] {
        shell.update(link(minutes));
        let drawn = super::pages::screen(&mut shell, 120, 24)
            .backend()
            .to_string();
        assert_eq!(
            drawn.contains("Đồng hồ máy này"),
            said,
            "{minutes}: {drawn}"
        );
    }
}

#[test]
fn after_the_due_time_the_so_still_sees_the_quarter_that_was_due() {
    let identity = |path: &str| crate::Identity {
        unit: unit(path),
        name: String::new(),
        rehearsal: false,
    };
    let first = |path: &str, now: &str| {
        let (shell, _) = Shell::new(
            identity(path),
            model::Lang::Vi,
            at(now),
            crate::Palette::None,
            None,
        );
        shell.pages[0].place.clone()
    };
    let board = |quarter| Place::Board {
        campaign: Campaign::usual(model::Period::Quarter(2026, quarter)),
    };
    assert_eq!(first("byt.24", "2026-06-25T00:00:00+07:00"), board(2));
    assert_eq!(first("byt.24", "2026-08-01T00:00:00+07:00"), board(3));
}
