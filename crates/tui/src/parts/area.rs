//! A text of several lines being typed: one string and a cursor on a grapheme
//! boundary. No undo, no selection.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use crate::parts::display::{is_unsafe, width};
use crate::parts::keymap::Action;

/// Most bytes in one text; the form's own limit is lower or equal.
const AREA_BYTES: usize = 64 * 1024;

/// Lines that page up and page down move.
const PAGE_LINES: usize = 10;

/// A text and its cursor.
#[derive(Clone, Debug, Default)]
pub(crate) struct Area {
    text: String,
    cursor: usize,
}

/// One line as drawn: its bytes in the text.
type Visual = std::ops::Range<usize>;

impl Area {
    /// Starts with a text, cursor at its end.
    pub(crate) fn new(text: &str) -> Self {
        let mut area = Area::default();
        area.insert(text);
        area
    }

    /// What is typed, as it stands.
    #[cfg(test)]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What is typed, as it is stored: NFC, without white space at the end.
    pub(crate) fn normal(&self) -> String {
        model::text::nfc(self.text.trim_end())
    }

    /// Types or pastes; unsafe characters are dropped, tabs become spaces.
    pub(crate) fn insert(&mut self, text: &str) {
        let mut room = AREA_BYTES.saturating_sub(self.text.len());
        let mut new = String::new();
        for c in text.replace("\r\n", "\n").chars() {
            let c = match c {
                '\t' => ' ',
                '\r' | '\u{2028}' | '\u{2029}' => '\n',
                '\n' => '\n',
                c if is_unsafe(c) => continue,
                c => c,
            };
            if c.len_utf8() > room {
                break;
            }
            room -= c.len_utf8();
            new.push(c);
        }
        self.text.insert_str(self.cursor, &new);
        self.cursor += new.len();
        // What was typed may have joined the character before it.
        self.cursor = self.boundary_at_or_after(self.cursor);
    }

    /// Obeys an edit or cursor action; others are none of its business.
    pub(crate) fn act(&mut self, action: Action) {
        match action {
            Action::Newline => self.insert("\n"),
            Action::EditLeft => self.cursor = self.before(self.cursor),
            Action::EditRight => self.cursor = self.after(self.cursor),
            Action::EditHome => self.cursor = self.line_start(self.cursor),
            Action::EditEnd => self.cursor = self.line_end(self.cursor),
            Action::Up => self.vertical(1, false),
            Action::Down => self.vertical(1, true),
            Action::PageUp => self.vertical(PAGE_LINES, false),
            Action::PageDown => self.vertical(PAGE_LINES, true),
            Action::EditBackspace => {
                let from = self.before(self.cursor);
                self.text.replace_range(from..self.cursor, "");
                self.cursor = self.boundary_at_or_after(from);
            }
            Action::EditDelete => {
                let to = self.after(self.cursor);
                self.text.replace_range(self.cursor..to, "");
                self.cursor = self.boundary_at_or_after(self.cursor);
            }
            _ => {}
        }
    }

    fn before(&self, at: usize) -> usize {
        GraphemeCursor::new(at, self.text.len(), true)
            .prev_boundary(&self.text, 0)
            .ok()
            .flatten()
            .unwrap_or(0)
    }

    fn after(&self, at: usize) -> usize {
        GraphemeCursor::new(at, self.text.len(), true)
            .next_boundary(&self.text, 0)
            .ok()
            .flatten()
            .unwrap_or(self.text.len())
    }

    fn boundary_at_or_after(&self, at: usize) -> usize {
        let whole = GraphemeCursor::new(at, self.text.len(), true).is_boundary(&self.text, 0);
        if whole.unwrap_or(true) {
            at
        } else {
            self.after(at)
        }
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |i| i + 1)
    }

    fn line_end(&self, at: usize) -> usize {
        self.text[at..]
            .find('\n')
            .map_or(self.text.len(), |i| at + i)
    }

    fn vertical(&mut self, lines: usize, down: bool) {
        let start = self.line_start(self.cursor);
        let column = width(&self.text[start..self.cursor]);
        let mut target = start;
        for _ in 0..lines {
            target = match down {
                true => match self.line_end(target) {
                    end if end < self.text.len() => end + 1,
                    _ => break,
                },
                false if target > 0 => self.line_start(target - 1),
                false => break,
            };
        }
        if target == start {
            return;
        }
        let mut used = 0;
        self.cursor = target;
        for grapheme in self.text[target..self.line_end(target)].graphemes(true) {
            if used + width(grapheme) > column {
                break;
            }
            used += width(grapheme);
            self.cursor += grapheme.len();
        }
    }

    /// The text as lines of at most `columns` columns, and the cursor's line and
    /// column among them.
    pub(crate) fn layout(&self, columns: usize) -> (Vec<&str>, usize, usize) {
        let visuals = self.visuals(columns.max(1));
        let row = visuals
            .iter()
            .rposition(|line| line.start <= self.cursor)
            .unwrap_or(0);
        let start = visuals.get(row).map_or(0, |line| line.start);
        let column = width(&self.text[start..self.cursor]);
        let lines = visuals.into_iter().map(|line| &self.text[line]).collect();
        (lines, row, column)
    }

    fn visuals(&self, columns: usize) -> Vec<Visual> {
        let mut lines = Vec::new();
        let mut offset = 0;
        for line in self.text.split('\n') {
            let mut start = offset;
            let mut used = 0;
            // Where the line may be broken: after the last space.
            let mut space: Option<usize> = None;
            for (at, grapheme) in line.grapheme_indices(true) {
                let at = offset + at;
                if used + width(grapheme) > columns && at > start {
                    let cut = space.filter(|&cut| cut > start).unwrap_or(at);
                    lines.push(start..cut);
                    start = cut;
                    used = width(&self.text[start..at]);
                    space = None;
                }
                used += width(grapheme);
                if grapheme == " " {
                    space = Some(at + 1);
                }
            }
            lines.push(start..offset + line.len());
            offset += line.len() + 1;
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_cursor() {
        let mut area = Area::new("Thiếu máy chủ\nChưa có kinh phí");
        area.act(Action::Up);
        area.act(Action::EditEnd);
        area.act(Action::Newline);
        area.insert("dự\u{1b} phòng");
        assert_eq!(area.text(), "Thiếu máy chủ\ndự phòng\nChưa có kinh phí");
        area.act(Action::EditBackspace);
        area.act(Action::EditHome);
        area.act(Action::EditBackspace);
        assert_eq!(area.text(), "Thiếu máy chủdự phòn\nChưa có kinh phí");
        area.act(Action::PageDown);
        area.act(Action::EditEnd);
        area.act(Action::EditRight);
        area.act(Action::EditDelete);
        assert_eq!(area.normal(), "Thiếu máy chủdự phòn\nChưa có kinh phí");
    }

    #[test]
    fn laid_out_in_columns() {
        let area = Area::new("một hai ba bốn\n\nnăm");
        let (lines, row, column) = area.layout(8);
        assert_eq!(lines, ["một hai ", "ba bốn", "", "năm"]);
        assert_eq!((row, column), (3, 3));
        assert_eq!(Area::default().layout(0), (vec![""], 0, 0));
    }

    #[test]
    fn a_mark_joins_the_letter_before() {
        let mut area = Area::new("e");
        area.insert("\u{302}");
        area.insert("\u{301}");
        assert_eq!(area.normal(), "ế");
        area.act(Action::EditBackspace);
        assert_eq!(area.text(), "");
    }
}
