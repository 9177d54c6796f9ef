//! A list of things in columns: sorted, narrowed by facet and by what is typed,
//! with a cursor that stays on its thing whatever happens to the list.
//!
//! Invariant: `shown` is recomputed by every change and by nothing else, so that
//! drawing only slices it.

use std::cmp::Ordering;

use model::text::fold;

use crate::parts::display::{clean, width};
use crate::parts::line::Line;

/// How a text is to be read, apart from its words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it is.
    #[default]
    Plain,
    /// A name or title.
    Title,
    /// May be overlooked.
    Dim,
    /// Well.
    Good,
    /// To be looked at.
    Warning,
    /// To be mended.
    Bad,
    /// Said by somebody.
    Comment,
}

/// What a cell is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SortKey {
    /// By number; nothing comes first.
    Number(Option<i64>),
    /// By words, without case and marks.
    Words(String),
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Cleaned.
    pub(crate) text: String,
    pub(crate) tone: Tone,
    pub(crate) sort: SortKey,
}

impl Cell {
    /// A foreign text.
    pub(crate) fn words(text: &str) -> Cell {
        let text = clean(text);
        Cell {
            sort: SortKey::Words(fold(&text)),
            text,
            tone: Tone::Plain,
        }
    }

    /// A text that stands for a number.
    pub(crate) fn number(text: String, sort: Option<i64>) -> Cell {
        Cell {
            text: clean(&text),
            tone: Tone::Plain,
            sort: SortKey::Number(sort),
        }
    }

    pub(crate) fn tone(self, tone: Tone) -> Cell {
        Cell { tone, ..self }
    }
}

/// How wide a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// What it needs, but not more than so many columns of the terminal.
    Fixed(u16),
    /// What it needs and its share of what is left, but not less than this.
    Flex(u16),
}

/// A column of the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) title: String,
    pub(crate) width: Width,
    /// Numbers stand to the right.
    pub(crate) right: bool,
    /// Columns of higher number vanish first where there is no room; 0 never does.
    pub(crate) spare: u8,
}

/// A row: the thing's name for the program, its facets as bits, and its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) facets: u32,
    pub(crate) cells: Vec<Cell>,
}

/// A way to narrow the list. The first keeps all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facet {
    pub(crate) label: String,
    pub(crate) bit: u32,
    pub(crate) count: usize,
    pub(crate) tone: Tone,
}

/// The list.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    pub(crate) columns: Vec<Column>,
    pub(crate) facets: Vec<Facet>,
    /// How wide the widest text of each column is.
    pub(crate) widest: Vec<usize>,
    rows: Vec<Row>,
    /// What a row is found by: its cells' words, folded.
    haystack: Vec<String>,
    /// Places in `rows`, in the order shown.
    shown: Vec<usize>,
    /// Place in `shown`.
    cursor: usize,
    pub(crate) facet: usize,
    /// Column and whether downwards; `None`: as the rows came.
    pub(crate) sort: Option<(usize, bool)>,
    pub(crate) filter: Line,
}

impl Grid {
    /// Takes new rows; what was chosen stays: facet, order, words, cursor.
    pub(crate) fn fill(&mut self, columns: Vec<Column>, facets: Vec<Facet>, rows: Vec<Row>) {
        let at = self.current().map(|row| row.key.clone());
        self.haystack = rows.iter().map(haystack).collect();
        self.widest = widest(&columns, &rows);
        self.columns = columns;
        self.facets = facets;
        for (index, facet) in self.facets.iter_mut().enumerate() {
            let inside = |row: &&Row| index == 0 || row.facets & facet.bit != 0;
            facet.count = rows.iter().filter(inside).count();
        }
        self.rows = rows;
        self.facet = self.facet.min(self.facets.len().saturating_sub(1));
        self.sort = self.sort.filter(|(column, _)| *column < self.columns.len());
        self.arrange(at.as_deref());
    }

    /// Orders and narrows anew, with the cursor on the row of this key if it is
    /// still shown.
    fn arrange(&mut self, key: Option<&str>) {
        let wanted = fold(self.filter.text());
        let wanted: Vec<&str> = wanted.split_whitespace().collect();
        let bit = match self.facet {
            0 => None,
            at => self.facets.get(at).map(|facet| facet.bit),
        };
        let passes = |at: &usize| {
            let row = self.rows.get(*at);
            row.is_some_and(|row| bit.is_none_or(|bit| row.facets & bit != 0))
                && self
                    .haystack
                    .get(*at)
                    .is_some_and(|text| wanted.iter().all(|word| text.contains(word)))
        };
        let mut shown: Vec<usize> = (0..self.rows.len()).filter(passes).collect();
        if let Some((column, down)) = self.sort {
            shown.sort_by(|a, b| {
                let order = self.key_at(*a, column).cmp(&self.key_at(*b, column));
                if down { order.reverse() } else { order }.then(Ordering::Equal)
            });
        }
        self.shown = shown;
        let found = key.and_then(|key| self.place_of(key));
        self.cursor = found
            .unwrap_or(self.cursor)
            .min(self.shown.len().saturating_sub(1));
    }

    fn key_at(&self, row: usize, column: usize) -> Option<&SortKey> {
        Some(&self.rows.get(row)?.cells.get(column)?.sort)
    }

    fn place_of(&self, key: &str) -> Option<usize> {
        let is_it = |at: &usize| self.rows.get(*at).is_some_and(|row| row.key == key);
        self.shown.iter().position(is_it)
    }

    /// Arranges anew after facet, order or words were changed.
    pub(crate) fn rearrange(&mut self) {
        let at = self.current().map(|row| row.key.clone());
        self.arrange(at.as_deref());
    }

    /// The row under the cursor.
    pub(crate) fn current(&self) -> Option<&Row> {
        self.rows.get(*self.shown.get(self.cursor)?)
    }

    /// The place of the cursor among the rows shown.
    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    /// How many rows are shown, and how many there are.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.shown.len(), self.rows.len())
    }

    /// Some of the rows shown.
    pub(crate) fn slice(&self, first: usize, count: usize) -> impl Iterator<Item = (usize, &Row)> {
        let end = first.saturating_add(count).min(self.shown.len());
        let places = self.shown.get(first.min(end)..end).unwrap_or_default();
        let rows = places.iter().filter_map(|at| self.rows.get(*at));
        rows.enumerate().map(move |(at, row)| (first + at, row))
    }

    /// Puts the cursor on a row shown, or on the last.
    pub(crate) fn go(&mut self, at: usize) {
        self.cursor = at.min(self.shown.len().saturating_sub(1));
    }

    /// Puts the cursor on a thing, if it is shown.
    pub(crate) fn go_to(&mut self, key: &str) {
        if let Some(at) = self.place_of(key) {
            self.cursor = at;
        }
    }

    /// The next facet, or the one before.
    pub(crate) fn turn_facet(&mut self, forward: bool) {
        let count = self.facets.len().max(1);
        let step = if forward { 1 } else { count - 1 };
        self.facet = (self.facet + step) % count;
        self.rearrange();
    }

    /// Sorts by the next column: up, then down, then the next, then as it came.
    pub(crate) fn turn_sort(&mut self) {
        self.sort = match self.sort {
            None if self.columns.is_empty() => None,
            None => Some((0, false)),
            Some((column, false)) => Some((column, true)),
            Some((column, true)) if column + 1 < self.columns.len() => Some((column + 1, false)),
            Some(_) => None,
        };
        self.rearrange();
    }

    /// Sorts by a column, the other way if it is sorted by it already.
    pub(crate) fn sort_by(&mut self, column: usize) {
        let down = self.sort == Some((column, false));
        self.sort = (column < self.columns.len()).then_some((column, down));
        self.rearrange();
    }
}

fn widest(columns: &[Column], rows: &[Row]) -> Vec<usize> {
    let of_column = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.cells.get(at));
        cells.map(|cell| width(&cell.text)).max().unwrap_or(0)
    };
    (0..columns.len()).map(of_column).collect()
}

fn haystack(row: &Row) -> String {
    let mut text = fold(&row.key);
    for cell in &row.cells {
        text.push(' ');
        text.push_str(&fold(&cell.text));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(rows: &[(&str, i64, u32)]) -> Grid {
        let column = |title: &str| Column {
            title: title.into(),
            width: Width::Flex(4),
            right: false,
            spare: 0,
        };
        let facet = |label: &str, bit| Facet {
            label: label.into(),
            bit,
            count: 0,
            tone: Tone::Plain,
        };
        let rows = rows
            .iter()
            .enumerate()
            .map(|(at, (name, number, facets))| Row {
                key: format!("k{at}"),
                facets: *facets,
                cells: vec![
                    Cell::words(name),
                    Cell::number(number.to_string(), Some(*number)),
                ],
            })
            .collect();
        let mut grid = Grid::default();
        let facets = vec![facet("all", 0), facet("one", 1), facet("two", 2)];
        grid.fill(vec![column("name"), column("n")], facets, rows);
        grid
    }

    fn names(grid: &Grid) -> Vec<&str> {
        let rows = grid.slice(0, usize::MAX);
        rows.map(|(_, row)| row.cells[0].text.as_str()).collect()
    }

    const THREE: [(&str, i64, u32); 3] = [
        ("Bệnh viện Đa khoa", 20, 1),
        ("Trạm Y tế Kinh Bắc", 100, 2),
        ("An Bình", 3, 3),
    ];

    #[test]
    fn found_without_marks_and_by_facet() {
        let mut grid = grid(&THREE);
        grid.filter.insert("benh vien");
        grid.rearrange();
        assert_eq!(names(&grid), ["Bệnh viện Đa khoa"]);
        grid.filter = Line::default();
        grid.turn_facet(true);
        assert_eq!(names(&grid), ["Bệnh viện Đa khoa", "An Bình"]);
        assert_eq!(
            grid.facets.iter().map(|f| f.count).collect::<Vec<_>>(),
            [3, 2, 2]
        );
        grid.turn_facet(false);
        grid.turn_facet(false);
        assert_eq!(names(&grid), ["Trạm Y tế Kinh Bắc", "An Bình"]);
    }

    #[test]
    fn sorted_by_number_and_by_words() {
        let mut grid = grid(&THREE);
        grid.sort_by(1);
        assert_eq!(
            names(&grid),
            ["An Bình", "Bệnh viện Đa khoa", "Trạm Y tế Kinh Bắc"]
        );
        grid.sort_by(1);
        assert_eq!(names(&grid)[0], "Trạm Y tế Kinh Bắc");
        grid.sort = None;
        grid.turn_sort();
        assert_eq!(names(&grid)[0], "An Bình");
        for _ in 0..4 {
            grid.turn_sort();
        }
        assert_eq!((grid.sort, names(&grid)[0]), (None, "Bệnh viện Đa khoa"));
    }

    #[test]
    fn the_cursor_stays_on_its_thing() {
        let mut grid = grid(&THREE);
        grid.go_to("k1");
        grid.sort_by(0);
        assert_eq!(grid.current().map(|row| row.key.as_str()), Some("k1"));
        grid.filter.insert("an binh");
        grid.rearrange();
        assert_eq!(grid.current().map(|row| row.key.as_str()), Some("k2"));
        grid.filter.insert("nowhere");
        grid.rearrange();
        assert_eq!((grid.current(), grid.counts()), (None, (0, 3)));
    }
}
