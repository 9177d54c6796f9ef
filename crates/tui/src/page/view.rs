//! Drawing a page, and what lies under a point of it. Both ask the same function
//! where things are.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use super::{Bit, Cell, Column, Fetch, Grid, Page, Row, Setting, Tone, Width};
use crate::parts::display::{fit, pad, width, wrap};
use crate::parts::theme::Theme;

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

/// The columns there is room for, with their widths. Spare ones go first.
fn widths(columns: &[Column], room: usize) -> Vec<(usize, usize)> {
    let least = |column: &Column| match column.width {
        Width::Fixed(columns) | Width::Flex(columns) => usize::from(columns),
    };
    let mut kept: Vec<usize> = (0..columns.len()).collect();
    let needs = |kept: &[usize]| -> usize {
        let parts = kept.iter().filter_map(|at| columns.get(*at));
        parts.map(|column| least(column) + GAP).sum()
    };
    while needs(&kept) > room + GAP {
        let spare = |at: &usize| columns.get(*at).map_or(0, |column| column.spare);
        let Some(last) = kept
            .iter()
            .copied()
            .filter(|at| spare(at) > 0)
            .max_by_key(|at| spare(at))
        else {
            break;
        };
        kept.retain(|at| *at != last);
    }
    let is_flexible = |at: &usize| matches!(columns.get(*at), Some(column) if matches!(column.width, Width::Flex(_)));
    let mut flexible = kept.iter().filter(|at| is_flexible(at)).count();
    let mut left = (room + GAP).saturating_sub(needs(&kept));
    kept.into_iter()
        .filter_map(|at| {
            let mut wide = least(columns.get(at)?);
            if is_flexible(&at) {
                let share = left.checked_div(flexible).unwrap_or(0);
                (left, flexible) = (left - share, flexible - 1);
                wide += share;
            }
            Some((at, wide))
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
        let mut left = 0;
        for (at, facet) in page.grid.facets.iter().enumerate() {
            left += width(&facet_text(facet)) + 1;
            if usize::from(column - areas.facets.x) < left {
                return Some(Hit::Facet(at));
            }
        }
    }
    if inside(areas.head) {
        let mut left = MARGIN;
        for (at, columns) in widths(&page.grid.columns, room(areas.head)) {
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
    frame.render_widget(facet_line(page, setting, theme, columns), areas.facets);
    let widths = widths(&page.grid.columns, room(areas.head));
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
    draw_detail(page, theme, frame, areas.detail);
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

fn facet_text(facet: &super::Facet) -> String {
    format!(" {} {} ", facet.label, facet.count)
}

/// The facets, or the words that the list is narrowed by.
fn facet_line<'a>(page: &Page, setting: Setting<'_>, theme: Theme, columns: usize) -> Line<'a> {
    let mut spans = Vec::new();
    let mut left = columns;
    for (at, facet) in page.grid.facets.iter().enumerate() {
        let chosen = at == page.grid.facet;
        let text = fit(&facet_text(facet), left);
        left = left.saturating_sub(width(&text) + 1);
        let style = match (chosen, facet.count) {
            (true, _) => theme.selected(),
            (false, 0) => theme.dim(),
            (false, _) => style(theme, facet.tone),
        };
        spans.push(Span::styled(text, style));
        spans.push(Span::raw(" "));
    }
    let words = page.grid.filter.text();
    if !words.is_empty() {
        let (shown, of) = page.grid.counts();
        let args = [
            ("words", messages::Arg::Str(words)),
            ("shown", messages::Arg::from(shown)),
            ("of", messages::Arg::from(of)),
        ];
        let text = crate::parts::display::clean(&setting.tr_with("page-narrowed", &args));
        let text = fit(&text, columns / 2);
        // What is typed is seen, whatever it hides.
        return Line::from(vec![Span::styled(text, theme.warning())]);
    }
    Line::from(spans)
}

fn head<'a>(grid: &Grid, widths: &[(usize, usize)], theme: Theme) -> Line<'a> {
    let mut spans = vec![Span::raw(" ".repeat(MARGIN))];
    for (at, columns) in widths {
        let Some(column) = grid.columns.get(*at) else {
            continue;
        };
        let title = match grid.sort {
            Some((by, false)) if by == *at => format!("{} ▲", column.title),
            Some((by, true)) if by == *at => format!("{} ▼", column.title),
            _ => column.title.clone(),
        };
        spans.push(Span::styled(
            aligned(&title, *columns, column.right),
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

fn draw_detail(page: &Page, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    if area.is_empty() {
        return;
    }
    let block = Block::new().borders(Borders::TOP).border_style(theme.dim());
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let columns = usize::from(inner.width);
    let lines: Vec<Line<'_>> = page
        .detail
        .iter()
        .flat_map(|(tone, text)| {
            let style = style(theme, *tone);
            wrap(text, columns)
                .into_iter()
                .map(move |line| Line::styled(line, style))
        })
        .take(usize::from(inner.height))
        .collect();
    frame.render_widget(Paragraph::new(lines), inner);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(width: Width, spare: u8) -> Column {
        Column {
            title: String::new(),
            width,
            right: false,
            spare,
        }
    }

    #[test]
    fn spare_columns_go_first_and_what_is_left_is_shared() {
        let columns = [
            column(Width::Flex(10), 0),
            column(Width::Fixed(8), 2),
            column(Width::Fixed(6), 1),
        ];
        assert_eq!(widths(&columns, 26), [(0, 10), (1, 8), (2, 6)]);
        assert_eq!(widths(&columns, 30), [(0, 14), (1, 8), (2, 6)]);
        assert_eq!(widths(&columns, 25), [(0, 18), (2, 6)]);
        assert_eq!(widths(&columns, 12), [(0, 12)]);
        assert_eq!(widths(&columns, 3), [(0, 10)], "drawing cuts it");
        assert_eq!(widths(&[], 10), []);
    }

    #[test]
    fn two_flexible_columns_fill_the_line() {
        let columns = [column(Width::Flex(5), 0), column(Width::Flex(5), 0)];
        for room in 11..40 {
            let all: usize = widths(&columns, room).iter().map(|(_, w)| w).sum();
            assert_eq!(all, room - GAP, "{room}");
        }
    }
}
