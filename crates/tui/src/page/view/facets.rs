//! The line of facets. Where not all fit, those around the chosen one are shown, and
//! how many lie beyond either end.

use std::ops::Range;

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::style;
use crate::page::{Facet, Grid, Page, Setting};
use crate::parts::display::{clean, fit, width};
use crate::parts::theme::Theme;

/// Columns of the sign that facets lie beyond an end.
const SIGN_COLUMNS: usize = 5;

fn text(facet: &Facet) -> String {
    format!(" {} {} ", facet.label, facet.count)
}

/// One facet and the space after it.
fn columns_of(facet: &Facet) -> usize {
    width(&text(facet)) + 1
}

/// The facets that are shown, the chosen one among them.
fn shown(grid: &Grid, columns: usize) -> Range<usize> {
    let widths: Vec<usize> = grid.facets.iter().map(columns_of).collect();
    let count = widths.len();
    if widths.iter().sum::<usize>() <= columns + 1 {
        return 0..count;
    }
    let end_from = |first: usize| {
        let before = if first > 0 { SIGN_COLUMNS } else { 0 };
        let room = columns.saturating_sub(before);
        let rest = widths.get(first..).unwrap_or_default();
        if rest.iter().sum::<usize>() <= room + 1 {
            return count;
        }
        let mut left = room.saturating_sub(SIGN_COLUMNS);
        let fitting = rest.iter().take_while(|wide| {
            let fits = **wide <= left;
            left = left.saturating_sub(**wide);
            fits
        });
        // One at least: drawing cuts it.
        first + fitting.count().max(1)
    };
    let first = (0..count)
        .find(|first| end_from(*first) > grid.facet)
        .unwrap_or(0);
    first..end_from(first)
}

/// What stands before the first facet shown.
fn before(range: &Range<usize>) -> String {
    match range.start {
        0 => String::new(),
        hidden => format!("{:<SIGN_COLUMNS$}", format!("‹ {hidden}")),
    }
}

/// The facet at a column of the terminal.
pub(super) fn at(grid: &Grid, area: &Rect, column: u16) -> Option<usize> {
    let range = shown(grid, usize::from(area.width));
    let at = usize::from(column.saturating_sub(area.x));
    let mut left = width(&before(&range));
    if at < left {
        return range.start.checked_sub(1);
    }
    for (place, facet) in grid.facets.iter().enumerate().take(range.end) {
        if place >= range.start {
            left += columns_of(facet);
            if at < left {
                return Some(place);
            }
        }
    }
    (range.end < grid.facets.len()).then_some(range.end)
}

/// The facets, or the words that the list is narrowed by.
pub(super) fn line<'a>(
    page: &Page,
    setting: Setting<'_>,
    theme: Theme,
    columns: usize,
) -> Line<'a> {
    let words = page.grid.filter.text();
    if !words.is_empty() {
        let (shown, of) = page.grid.counts();
        let args = [
            ("words", messages::Arg::Str(words)),
            ("shown", messages::Arg::from(shown)),
            ("of", messages::Arg::from(of)),
        ];
        let text = clean(&setting.tr_with("page-narrowed", &args));
        let text = fit(&text, columns / 2);
        // What is typed is seen, whatever it hides.
        return Line::from(vec![Span::styled(text, theme.warning())]);
    }
    let range = shown(&page.grid, columns);
    let mut spans = vec![Span::styled(before(&range), theme.dim())];
    let mut left = columns.saturating_sub(width(&before(&range)));
    let facets = page.grid.facets.iter().enumerate();
    for (at, facet) in facets.filter(|(at, _)| range.contains(at)) {
        let text = fit(&text(facet), left);
        left = left.saturating_sub(width(&text) + 1);
        let style = match (at == page.grid.facet, facet.count) {
            (true, _) => theme.selected(),
            (false, 0) => theme.dim(),
            (false, _) => style(theme, facet.tone),
        };
        spans.push(Span::styled(text, style));
        spans.push(Span::raw(" "));
    }
    let hidden = page.grid.facets.len() - range.end;
    if hidden > 0 {
        spans.push(Span::styled(fit(&format!("{hidden} ›"), left), theme.dim()));
    }
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Tone;

    /// Ten facets of ten columns each, this one chosen.
    fn grid(chosen: usize) -> Grid {
        let facet = |at| Facet {
            label: "label".into(),
            bit: 0,
            count: at,
            tone: Tone::Plain,
        };
        let mut grid = Grid::default();
        grid.facets = (0..10).map(facet).collect();
        grid.facet = chosen;
        grid
    }

    #[test]
    fn the_chosen_facet_is_always_among_those_shown() {
        assert_eq!(shown(&grid(9), 99), 0..10);
        assert_eq!(shown(&grid(0), 98), 0..9);
        assert_eq!(shown(&grid(0), 36), 0..3);
        assert_eq!(shown(&grid(3), 36), 2..4);
        assert_eq!(shown(&grid(9), 36), 7..10);
        for columns in 0..120 {
            for chosen in 0..10 {
                let shown = shown(&grid(chosen), columns);
                assert!(shown.contains(&chosen), "{columns} {shown:?}");
            }
        }
    }

    #[test]
    fn pointing_beyond_an_end_leads_there() {
        let at = |column| at(&grid(3), &Rect::new(2, 0, 36, 1), column);
        assert_eq!([at(2), at(6)], [Some(1), Some(1)]);
        assert_eq!([at(7), at(16), at(17)], [Some(2), Some(2), Some(3)]);
        assert_eq!(at(30), Some(4));
    }
}
