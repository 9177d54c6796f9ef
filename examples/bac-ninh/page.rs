//! How the story is laid out on the page: headings, lines, tables. No colours,
//! so that it reads the same in a file.

use std::fmt;
use std::io::Write as _;

use model::Timestamp;

/// Columns of the page.
const WIDTH: usize = 96;

/// Columns of a table's cell.
const CELL_WIDTH: usize = 38;

/// Prints one line of the story.
macro_rules! tell {
    () => { $crate::page::line(format_args!("")) };
    ($($words:tt)*) => { $crate::page::line(format_args!("  {}", format_args!($($words)*))) };
}
pub(crate) use tell;

/// A line as it is. A closed pipe (`| head`) does not end the story.
pub(crate) fn line(words: fmt::Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{words}");
}

/// The title of the whole.
pub(crate) fn title(words: &str) {
    line(format_args!("\n{words}\n{}", "═".repeat(WIDTH)));
}

/// The heading of a chapter, with its number and its time.
pub(crate) fn chapter(number: usize, words: &str, when: Timestamp) {
    let left = format!("{number}. {words}");
    let right = minute(when);
    let gap = WIDTH.saturating_sub(width(&left) + width(&right)).max(2);
    line(format_args!("\n{left}{}{right}", " ".repeat(gap)));
    line(format_args!("{}", "─".repeat(WIDTH)));
}

/// A line that begins with the time of day.
pub(crate) fn at(when: Timestamp, words: fmt::Arguments<'_>) {
    tell!("{}  {words}", second(when));
}

/// `19/06/2026 23:59`
fn minute(when: Timestamp) -> String {
    when.zoned().strftime("%d/%m/%Y %H:%M").to_string()
}

/// `19/06 23:59:59`
pub(crate) fn second(when: Timestamp) -> String {
    when.zoned().strftime("%d/%m %H:%M:%S").to_string()
}

/// A time of a view, which has it as RFC 3339; a dash if there is none.
pub(crate) fn second_of(rfc3339: Option<&str>) -> String {
    rfc3339
        .and_then(Timestamp::parse_rfc3339)
        .map_or_else(|| "—".to_owned(), second)
}

/// Columns as wide as their widest cell, but none wider than [`CELL_WIDTH`]:
/// longer cells are broken between words.
pub(crate) struct Table<const N: usize> {
    headings: [&'static str; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// A table without rows.
    pub(crate) fn new(headings: [&'static str; N]) -> Self {
        Table {
            headings,
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: [&str; N]) {
        let cells = cells.map(broken);
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let part = |cell: &Vec<String>| cell.get(line).cloned().unwrap_or_default();
            self.rows.push(cells.each_ref().map(part));
        }
    }

    /// Prints it.
    pub(crate) fn print(&self) {
        let widths: [usize; N] = std::array::from_fn(|column| {
            let cells = self.rows.iter().map(|row| width(&row[column]));
            cells.fold(width(self.headings[column]), usize::max)
        });
        tell!();
        print_row(&self.headings.map(str::to_owned), &widths);
        print_row(&widths.map(|width| "─".repeat(width)), &widths);
        for row in &self.rows {
            print_row(row, &widths);
        }
    }
}

fn print_row<const N: usize>(cells: &[String; N], widths: &[usize; N]) {
    let padded: Vec<String> = cells
        .iter()
        .zip(widths)
        .map(|(cell, &wide)| format!("{cell}{}", " ".repeat(wide - width(cell))))
        .collect();
    tell!("{}", padded.join("  ").trim_end());
}

/// A cell in lines of at most [`CELL_WIDTH`]; what follows the first is indented.
fn broken(cell: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in cell.split_inclusive(' ') {
        let full = |line: &String| width(line) + width(word.trim_end()) > CELL_WIDTH;
        match lines.last_mut() {
            Some(line) if !full(line) => line.push_str(word),
            _ => lines.push(format!("  {word}")),
        }
    }
    lines
}

/// Columns on the terminal: the story's texts are in composed form (NFC), where
/// a Vietnamese letter is one character and one column.
fn width(text: &str) -> usize {
    text.chars().count()
}
