//! Drawing a page, and what lies under a point of it. Both ask the same function
//! where things are.

mod facets;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use super::{Bit, Cell, Column, Fetch, Grid, Page, Row, Setting, Tone, Width};
use crate::parts::display::{fit, pad, width, wrap};
use crate::parts::keymap::{Action, Context, name_of};
use crate::parts::theme::Theme;
use crate::parts::words::more_below;

/// From so many lines on there is room for the details.
const DETAIL_FROM: u16 = 14;

/// Between two columns of the list.
const GAP: usize = 1;

/// Before the first column: the cursor's sign.
const MARGIN: usize = 2;

/// Where the parts of a page are.
struct Areas {
    summary: Rect,
    facets: Rect,
    head: Rect,
    rows: Rect,
    detail: Rect,
}

impl Areas {
    fn of(page: &Page, area: Rect) -> Areas {
        let detail = match area.height {
            ..DETAIL_FROM => 0,
            DETAIL_FROM..22 => 5,
            22..32 => 7,
            _ => 10,
        };
        let summary = u16::try_from(page.summary.len())
            .unwrap_or(u16::MAX)
            .min(area.height / 4);
        let [summary, facets, head, rows, detail] = Layout::vertical([
            Constraint::Length(summary),
            Constraint::Length(1),
            Constraint::Length(1),
            Constraint::Min(1),
            Constraint::Length(detail),
        ])
        .areas(area);
        Areas {
            summary,
            facets,
            head,
            rows,
            detail,
        }
    }
}

/// The first row to draw so that the cursor's row is in view.
fn first_row(grid: &Grid, height: usize) -> usize {
    let (count, _) = grid.counts();
    grid.cursor()
        .saturating_sub(height / 2)
        .min(count.saturating_sub(height))
}

/// The columns there is room for, with their widths. Spare ones go first, and they go
/// before a name is cut that would fit on two fifths of the line.
fn widths(grid: &Grid, room: usize) -> Vec<(usize, usize)> {
    let column = |at: usize| grid.columns.get(at);
    let widest = |at: usize| {
        let title = grid
            .columns
            .get(at)
            .map_or(0, |one| width(&title(grid, at, one)));
        grid.widest.get(at).copied().unwrap_or(0).max(title)
    };
    let least = |at: usize| match column(at).map(|column| column.width) {
        Some(Width::Fixed(most)) => usize::from(most).min(widest(at)),
        Some(Width::Flex(least)) => usize::from(least),
        None => 0,
    };
    let wanted = |at: usize| match column(at).map(|column| column.width) {
        Some(Width::Flex(_)) => widest(at).min(room * 2 / 5).max(least(at)),
        _ => least(at),
    };
    let mut kept: Vec<usize> = (0..grid.columns.len()).collect();
    let sum = |kept: &[usize], wide: &dyn Fn(usize) -> usize| -> usize {
        kept.iter().map(|at| wide(*at) + GAP).sum()
    };
    while sum(&kept, &wanted) > room + GAP {
        let spare = |at: &usize| column(*at).map_or(0, |column| column.spare);
        let spares = kept.iter().copied().filter(|at| spare(at) > 0);
        let Some(last) = spares.max_by_key(spare) else {
            break;
        };
        kept.retain(|at| *at != last);
    }
    let fits = sum(&kept, &wanted) <= room + GAP;
    let base = |at: usize| if fits { wanted(at) } else { least(at) };
    let is_flexible =
        |at: &usize| column(*at).is_some_and(|column| matches!(column.width, Width::Flex(_)));
    let mut flexible = kept.iter().filter(|at| is_flexible(at)).count();
    let mut left = (room + GAP).saturating_sub(sum(&kept, &base));
    kept.into_iter()
        .map(|at| {
            let mut wide = base(at);
            if is_flexible(&at) {
                let share = left.checked_div(flexible).unwrap_or(0);
                (left, flexible) = (left - share, flexible - 1);
                wide += share;
            }
            (at, wide)
        })
        .collect()
}

/// What lies under a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hit {
    /// A row, by its place among those shown.
    Row(usize),
    /// A facet.
    Facet(usize),
    /// The title of a column.
    Column(usize),
    /// The details.
    Details,
}

/// What of the page lies under a point.
pub(crate) fn hit(page: &Page, area: Rect, column: u16, line: u16) -> Option<Hit> {
    let areas = Areas::of(page, area);
    let inside = |rect: Rect| {
        (rect.left()..rect.right()).contains(&column) && (rect.top()..rect.bottom()).contains(&line)
    };
    if inside(areas.rows) {
        let height = usize::from(areas.rows.height);
        let at = first_row(&page.grid, height) + usize::from(line - areas.rows.y);
        return (at < page.grid.counts().0).then_some(Hit::Row(at));
    }
    if inside(areas.facets) {
        let at = facets::at(&page.grid, &areas.facets, column);
        return at.map(Hit::Facet);
    }
    if inside(areas.detail) {
        return Some(Hit::Details);
    }
    if inside(areas.head) {
        let mut left = MARGIN;
        for (at, columns) in widths(&page.grid, room(areas.head)) {
            left += columns + GAP;
            if usize::from(column - areas.head.x) < left {
                return Some(Hit::Column(at));
            }
        }
    }
    None
}

fn room(area: Rect) -> usize {
    usize::from(area.width).saturating_sub(MARGIN)
}

/// The style of a tone.
pub(crate) fn style(theme: Theme, tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Title => theme.title(),
        Tone::Dim => theme.dim(),
        Tone::Good => theme.good(),
        Tone::Warning => theme.warning(),
        Tone::Bad => theme.error(),
        Tone::Comment => theme.comment(),
    }
}

/// Draws the page.
pub(crate) fn draw(
    page: &Page,
    setting: Setting<'_>,
    theme: Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let areas = Areas::of(page, area);
    let columns = usize::from(area.width);
    let summary: Vec<Line<'_>> = page
        .summary
        .iter()
        .take(usize::from(areas.summary.height))
        .map(|bits| one_line(bits, theme, columns))
        .collect();
    frame.render_widget(Paragraph::new(summary), areas.summary);
    frame.render_widget(facets::line(page, setting, theme, columns), areas.facets);
    let widths = widths(&page.grid, room(areas.head));
    frame.render_widget(head(&page.grid, &widths, theme), areas.head);
    let height = usize::from(areas.rows.height);
    let first = first_row(&page.grid, height);
    let rows: Vec<Line<'_>> = page
        .grid
        .slice(first, height)
        .map(|(at, row)| {
            row_line(
                row,
                at == page.grid.cursor(),
                &page.grid.columns,
                &widths,
                theme,
            )
        })
        .collect();
    match rows.is_empty() {
        true => frame.render_widget(nothing(page, setting, theme, columns), areas.rows),
        false => frame.render_widget(Paragraph::new(rows), areas.rows),
    }
    draw_detail(page, setting, theme, frame, areas.detail);
}

/// Bits on one line, cut where the line ends.
fn one_line<'a>(bits: &[Bit], theme: Theme, columns: usize) -> Line<'a> {
    let mut left = columns;
    let mut spans = Vec::new();
    for (tone, text) in bits {
        let text = fit(text, left);
        left -= width(&text).min(left);
        spans.push(Span::styled(text, style(theme, *tone)));
    }
    Line::from(spans)
}

/// The title of a column, with the sign of the order if the rows are in its.
fn title(grid: &Grid, at: usize, column: &Column) -> String {
    match grid.sort {
        Some((by, false)) if by == at => format!("{} ▲", column.title),
        Some((by, true)) if by == at => format!("{} ▼", column.title),
        _ => column.title.clone(),
    }
}

fn head<'a>(grid: &Grid, widths: &[(usize, usize)], theme: Theme) -> Line<'a> {
    let mut spans = vec![Span::raw(" ".repeat(MARGIN))];
    for (at, columns) in widths {
        let Some(column) = grid.columns.get(*at) else {
            continue;
        };
        spans.push(Span::styled(
            aligned(&title(grid, *at, column), *columns, column.right),
            theme
                .dim()
                .add_modifier(ratatui::style::Modifier::UNDERLINED),
        ));
        spans.push(Span::raw(" ".repeat(GAP)));
    }
    Line::from(spans)
}

fn aligned(text: &str, columns: usize, right: bool) -> String {
    if !right {
        return pad(text, columns);
    }
    let text = fit(text, columns);
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(&text))))
}

fn row_line<'a>(
    row: &Row,
    selected: bool,
    columns: &[Column],
    widths: &[(usize, usize)],
    theme: Theme,
) -> Line<'a> {
    let sign = if selected { "› " } else { "  " };
    let mut spans = vec![Span::styled(sign, theme.key())];
    let empty = Cell::words("");
    for (at, room) in widths {
        let cell = row.cells.get(*at).unwrap_or(&empty);
        let right = columns.get(*at).is_some_and(|column| column.right);
        // One bar: reversed colours would make blocks of it, and the signs remain.
        let style = match selected {
            true => theme.selected(),
            false => style(theme, cell.tone),
        };
        spans.push(Span::styled(aligned(&cell.text, *room, right), style));
        spans.push(Span::styled(
            " ".repeat(GAP),
            if selected {
                theme.selected()
            } else {
                Style::new()
            },
        ));
    }
    Line::from(spans)
}

/// What stands where there are no rows: that it is being read, why it is not
/// there, that there is nothing, or that the words or the facet hide it.
fn nothing<'a>(page: &Page, setting: Setting<'_>, theme: Theme, columns: usize) -> Paragraph<'a> {
    let (text, style) = match &page.fetch {
        Fetch::Failed(reason) => (crate::parts::display::clean(reason), theme.error()),
        Fetch::Reading(done, all) => (reading(*done, *all, setting), theme.dim()),
        Fetch::Done if page.grid.counts().1 > 0 => (setting.tr("page-nothing-left"), theme.dim()),
        Fetch::Done => (page.empty.clone(), theme.dim()),
    };
    let lines = wrap(&text, columns.saturating_sub(4));
    let lines = lines
        .into_iter()
        .map(|line| Line::styled(format!("  {line}"), style));
    Paragraph::new(lines.collect::<Vec<_>>())
}

/// How far the reading has come.
pub(crate) fn reading(done: usize, all: usize, setting: Setting<'_>) -> String {
    match all {
        0 => setting.tr("page-reading"),
        _ => {
            let args = [
                ("done", messages::Arg::from(done)),
                ("all", messages::Arg::from(all)),
            ];
            setting.tr_with("page-reading-part", &args)
        }
    }
}

/// The details of the row under the cursor, on lines of so many columns.
pub(crate) fn details<'a>(page: &Page, theme: Theme, columns: usize) -> Vec<Line<'a>> {
    let lines = page.detail.iter().flat_map(|(tone, text)| {
        let style = style(theme, *tone);
        let lines = wrap(text, columns).into_iter();
        lines.map(move |line| Line::styled(line, style))
    });
    lines.collect()
}

/// As many of them as there is room for; that there are more, and the key that shows
/// them, stands on the line above.
fn draw_detail(page: &Page, setting: Setting<'_>, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let mut block = Block::new().borders(Borders::TOP).border_style(theme.dim());
    let inner = block.inner(area);
    let lines = details(page, theme, usize::from(inner.width));
    let hidden = lines.len().saturating_sub(usize::from(inner.height));
    if let Some(more) = more_below(setting.words, hidden) {
        let key = name_of(Context::Page, Action::Details);
        let sign = Span::styled(format!(" {more} ({key}) "), theme.key());
        block = block.title_top(Line::from(sign).right_aligned());
    }
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(lines), inner);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns of this width whose widest text is so wide, and when they go.
    fn grid(columns: &[(Width, usize, u8)]) -> Grid {
        let column = |(width, _, spare): &(Width, usize, u8)| Column {
            title: String::new(),
            width: *width,
            right: false,
            spare: *spare,
        };
        let mut grid = Grid::default();
        grid.columns = columns.iter().map(column).collect();
        grid.widest = columns.iter().map(|(_, widest, _)| *widest).collect();
        grid
    }

    #[test]
    fn spare_columns_go_first_and_what_is_left_is_shared() {
        let grid = grid(&[
            (Width::Flex(10), 10, 0),
            (Width::Fixed(8), 9, 2),
            (Width::Fixed(6), 6, 1),
        ]);
        assert_eq!(widths(&grid, 26), [(0, 10), (1, 8), (2, 6)]);
        assert_eq!(widths(&grid, 30), [(0, 14), (1, 8), (2, 6)]);
        assert_eq!(widths(&grid, 25), [(0, 18), (2, 6)]);
        assert_eq!(widths(&grid, 12), [(0, 12)]);
        assert_eq!(widths(&grid, 3), [(0, 10)], "drawing cuts it");
        assert_eq!(widths(&Grid::default(), 10), []);
    }

    #[test]
    fn numbers_take_what_they_need_and_go_before_a_name_is_cut() {
        let names = |widest| {
            grid(&[
                (Width::Flex(10), widest, 0),
                (Width::Fixed(20), 5, 1),
                (Width::Fixed(20), 30, 2),
            ])
        };
        assert_eq!(widths(&names(15), 42), [(0, 15), (1, 5), (2, 20)]);
        assert_eq!(widths(&names(16), 42), [(0, 36), (1, 5)]);
        // Two fifths of the line are enough for a name.
        assert_eq!(widths(&names(90), 43), [(0, 37), (1, 5)]);
        assert_eq!(widths(&names(90), 44), [(0, 17), (1, 5), (2, 20)]);
        assert_eq!(widths(&names(90), 20), [(0, 14), (1, 5)]);
    }

    #[test]
    fn two_flexible_columns_fill_the_line() {
        let grid = grid(&[(Width::Flex(5), 9, 0), (Width::Flex(5), 5, 0)]);
        for room in 11..40 {
            let all: usize = widths(&grid, room).iter().map(|(_, w)| w).sum();
            assert_eq!(all, room - GAP, "{room}");
        }
    }
}
