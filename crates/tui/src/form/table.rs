//! A table that is open: which rows and columns are shown in which order, and
//! where the cursor is. Sorting and filtering are of the view, never stored.

use std::cmp::Ordering;

use model::form::{Column, Field, FieldType};
use model::{Form, Lang, Scalar, Snapshot};

use crate::parts::line::Line;

/// Where the cursor is in an open table, and how its rows are arranged.
#[derive(Clone, Debug, Default)]
pub(crate) struct TablePlace {
    /// The table's field.
    pub(crate) code: String,
    /// The row under the cursor; none in a table without rows.
    pub(crate) row: Option<String>,
    /// Its place among the rows that are shown.
    pub(crate) cursor: usize,
    /// The column under the cursor, by its place in the form.
    pub(crate) column: usize,
    /// Whether the row has the screen to itself.
    pub(crate) open: bool,
    /// Sorted by a column of the form.
    pub(crate) sort: Option<Sort>,
    /// What a row must contain to be shown.
    pub(crate) filter: Line,
}

/// An order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sort {
    /// The column, by its place in the form.
    pub(crate) column: usize,
    /// The largest first.
    pub(crate) down: bool,
}

impl TablePlace {
    /// A table with the cursor on its first cell.
    pub(crate) fn new(code: &str) -> TablePlace {
        TablePlace {
            code: code.to_owned(),
            ..TablePlace::default()
        }
    }

    /// By the column under the cursor upwards, then downwards, then not at all.
    pub(crate) fn cycle_sort(&mut self) {
        let column = self.column;
        self.sort = match self.sort {
            Some(Sort { column: by, down }) if by == column => {
                (!down).then_some(Sort { column, down: true })
            }
            _ => Some(Sort {
                column,
                down: false,
            }),
        };
    }

    /// The rows to show, in order.
    pub(crate) fn rows(&self, form: &Form, shown: &Snapshot, lang: Lang) -> Vec<String> {
        let mut rows: Vec<String> = shown.rows(&self.code).map(str::to_owned).collect();
        let Some(field) = form.field(&self.code) else {
            return rows;
        };
        let wanted = model::text::fold(self.filter.text());
        if !wanted.is_empty() {
            rows.retain(|row| {
                let cells = field.columns.iter().map(|column| {
                    let key = format!("{}/{row}/{}", self.code, column.id);
                    form.display(&key, shown.get(&key), lang)
                });
                let line = model::text::fold(&cells.collect::<Vec<_>>().join(" "));
                wanted.split(' ').all(|word| line.contains(word))
            });
        }
        if let Some(sort) = self.sort
            && let Some(column) = field.columns.get(sort.column)
        {
            let cell = |row: &String| shown.cell(&self.code, row, &column.id);
            rows.sort_by(|a, b| order(column, cell(a), cell(b), sort.down));
        }
        rows
    }
}

/// Empty cells come last either way.
fn order(column: &Column, a: &Scalar, b: &Scalar, down: bool) -> Ordering {
    if a.is_null() || b.is_null() {
        return a.is_null().cmp(&b.is_null());
    }
    let place = |value: &Scalar| {
        let id = value.as_str().unwrap_or_default();
        column.choices.iter().position(|choice| choice.id == id)
    };
    let text = |value: &Scalar| model::text::fold(value.as_str().unwrap_or_default());
    let up = match column.kind {
        FieldType::One => place(a).cmp(&place(b)),
        FieldType::Text => text(a).cmp(&text(b)),
        _ => a.cmp(b),
    };
    if down { up.reverse() } else { up }
}

/// The columns from left to right, by their places in the form: the required
/// ones, which name a row and say how it stands, before the others.
pub(crate) fn columns(table: &Field) -> Vec<usize> {
    let all = || table.columns.iter().enumerate();
    let required = all().filter(|(_, column)| column.required);
    let others = all().filter(|(_, column)| !column.required);
    required.chain(others).map(|(at, _)| at).collect()
}

/// A column as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drawn {
    /// Its place in the form.
    pub(crate) column: usize,
    /// Columns of the terminal.
    pub(crate) width: usize,
}

/// Which columns fit into so many columns of the terminal, with the one under
/// the cursor among them: the first stays, the others move past it. With
/// whether some are hidden left and right.
pub(crate) fn fitting(table: &Field, room: usize, cursor: usize) -> (Vec<Drawn>, bool, bool) {
    let wanted = |at: usize| match table.columns.get(at).map(|column| column.kind) {
        Some(FieldType::YesNo) => 7,
        Some(FieldType::Number) => 10,
        Some(FieldType::Money) => 15,
        Some(FieldType::Date) => 10,
        _ => 16,
    };
    let all = columns(table);
    let Some((first, rest)) = all.split_first() else {
        return (Vec::new(), false, false);
    };
    let fits = |skip: usize| {
        let mut left = room.saturating_sub(wanted(*first) + 1);
        let taken = rest.iter().skip(skip).take_while(|at| {
            let needs = wanted(**at) + 1;
            let fits = needs <= left;
            left = left.saturating_sub(needs);
            fits
        });
        taken.count()
    };
    let place = rest.iter().position(|at| *at == cursor);
    let mut skip = 0;
    // At least the column under the cursor is drawn, cut off if need be.
    while place.is_some_and(|place| skip < place && skip + fits(skip) <= place) {
        skip += 1;
    }
    let count = fits(skip).max(usize::from(place == Some(skip)));
    let mut drawn = vec![Drawn {
        column: *first,
        width: wanted(*first),
    }];
    drawn.extend(rest.iter().skip(skip).take(count).map(|at| Drawn {
        column: *at,
        width: wanted(*at),
    }));
    let used: usize = drawn.iter().map(|one| one.width + 1).sum();
    if let Some(first) = drawn.first_mut() {
        // Names are long.
        first.width += room.saturating_sub(used).min(24);
    }
    (drawn, skip > 0, skip + count < rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn systems() -> &'static Field {
        let form = model::form::builtin("kh2273-quy").expect("the quarterly form");
        form.field("C1").expect("the table of systems")
    }

    #[test]
    fn every_column_can_be_brought_into_view() {
        let table = systems();
        let all = columns(table);
        for room in 0..200 {
            for cursor in &all {
                let (drawn, left, right) = fitting(table, room, *cursor);
                assert_eq!(drawn[0].column, all[0], "the name stays");
                assert!(drawn.iter().any(|one| one.column == *cursor), "{room}");
                let used: usize = drawn.iter().map(|one| one.width + 1).sum();
                assert!(used <= room || drawn.len() <= 2, "{room} {used}");
                assert_eq!(drawn.len() == all.len(), !left && !right);
            }
        }
    }

    #[test]
    fn empty_cells_are_last_in_either_order() {
        let kind = systems().column("kind").expect("a choice");
        let his = Scalar::Str("his".into());
        let lis = Scalar::Str("lis".into());
        assert_eq!(order(kind, &his, &lis, false), Ordering::Less);
        assert_eq!(order(kind, &his, &lis, true), Ordering::Greater);
        for down in [false, true] {
            assert_eq!(order(kind, &Scalar::Null, &lis, down), Ordering::Greater);
        }
    }
}
