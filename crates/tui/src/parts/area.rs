//! A text of several lines being typed: one string and a cursor on a grapheme
//! boundary, with its own undo. No selection.
//!
//! Up and down go by the lines that are seen, so everything that moves is told how
//! many columns there are.

use std::collections::VecDeque;

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use crate::parts::display::{is_unsafe, width};
use crate::parts::keymap::Action;

/// Most bytes in one text: well above the form's limit, so that what was pasted
/// can be shortened here, and far below what would be slow to lay out.
const AREA_BYTES: usize = 256 * 1024;

/// Most steps that can be taken back, each a whole text.
const UNDO_STEPS: usize = 64;

/// Lines that page up and page down move.
const PAGE_LINES: usize = 10;

/// A text and its cursor.
#[derive(Clone, Debug, Default)]
pub(crate) struct Area {
    text: String,
    cursor: usize,
    /// Texts and cursors before each step.
    done: VecDeque<(String, usize)>,
    undone: Vec<(String, usize)>,
    /// What the last step was: more of the same is one step with it.
    step: Step,
}

/// A kind of edit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    /// The cursor was moved, or nothing was done.
    #[default]
    None,
    /// A word is being typed.
    Word,
    /// Characters are being deleted.
    Deletion,
    /// A step of its own.
    Whole,
}

/// One line as drawn: its bytes in the text.
type Visual = std::ops::Range<usize>;

impl Area {
    /// Starts with a text, cursor at its end.
    pub(crate) fn new(text: &str) -> Self {
        let mut area = Area::default();
        area.put(text);
        area
    }

    /// Characters of it.
    pub(crate) fn chars(&self) -> usize {
        self.text.chars().count()
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
    /// Whether all of it had room.
    pub(crate) fn insert(&mut self, text: &str) -> bool {
        let mut chars = text.chars();
        let step = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_whitespace() => Step::Word,
            _ => Step::Whole,
        };
        self.remember(step);
        self.put(text)
    }

    fn put(&mut self, text: &str) -> bool {
        let mut room = AREA_BYTES.saturating_sub(self.text.len());
        let mut new = String::new();
        let mut whole = true;
        for c in text.replace("\r\n", "\n").chars() {
            let c = match c {
                '\t' => ' ',
                '\r' | '\u{2028}' | '\u{2029}' => '\n',
                '\n' => '\n',
                c if is_unsafe(c) => continue,
                c => c,
            };
            if c.len_utf8() > room {
                whole = false;
                break;
            }
            room -= c.len_utf8();
            new.push(c);
        }
        self.text.insert_str(self.cursor, &new);
        self.cursor += new.len();
        // What was typed may have joined the character before it.
        self.cursor = self.boundary_at_or_after(self.cursor);
        whole
    }

    /// Before an edit: it can be taken back, as one with others of its kind.
    fn remember(&mut self, step: Step) {
        let goes_on = step == self.step && matches!(step, Step::Word | Step::Deletion);
        if !goes_on {
            self.done.push_back((self.text.clone(), self.cursor));
            if self.done.len() > UNDO_STEPS {
                self.done.pop_front();
            }
        }
        self.undone.clear();
        self.step = step;
    }

    fn take_back(&mut self) {
        if let Some((text, cursor)) = self.done.pop_back() {
            let now = (std::mem::replace(&mut self.text, text), self.cursor);
            self.undone.push(now);
            self.cursor = cursor;
        }
        self.step = Step::None;
    }

    fn do_again(&mut self) {
        if let Some((text, cursor)) = self.undone.pop() {
            let now = (std::mem::replace(&mut self.text, text), self.cursor);
            self.done.push_back(now);
            self.cursor = cursor;
        }
        self.step = Step::None;
    }

    /// Obeys an edit or cursor action in so many columns; others are none of its
    /// business.
    pub(crate) fn act(&mut self, action: Action, columns: usize) {
        match action {
            Action::Newline => {
                self.insert("\n");
            }
            Action::EditBackspace => self.delete(self.before(self.cursor), self.cursor),
            Action::EditDelete => self.delete(self.cursor, self.after(self.cursor)),
            Action::EditDeleteWord => self.delete(self.word_before(), self.cursor),
            Action::Undo => self.take_back(),
            Action::Redo => self.do_again(),
            action => {
                self.step = Step::None;
                self.go(action, columns);
            }
        }
    }

    fn go(&mut self, action: Action, columns: usize) {
        match action {
            Action::EditLeft => self.cursor = self.before(self.cursor),
            Action::EditRight => self.cursor = self.after(self.cursor),
            Action::EditWordLeft => self.cursor = self.word_before(),
            Action::EditWordRight => self.cursor = self.word_after(),
            Action::EditHome => self.cursor = self.line_start(self.cursor),
            Action::EditEnd => self.cursor = self.line_end(self.cursor),
            Action::First => self.cursor = 0,
            Action::Last => self.cursor = self.text.len(),
            Action::Up => self.vertical(1, false, columns),
            Action::Down => self.vertical(1, true, columns),
            Action::PageUp => self.vertical(PAGE_LINES, false, columns),
            Action::PageDown => self.vertical(PAGE_LINES, true, columns),
            _ => {}
        }
    }

    fn delete(&mut self, from: usize, to: usize) {
        if from >= to {
            return;
        }
        self.remember(Step::Deletion);
        self.text.replace_range(from..to, "");
        self.cursor = self.boundary_at_or_after(from);
    }

    /// The start of the word before the cursor.
    fn word_before(&self) -> usize {
        let mut words = self.text[..self.cursor].split_word_bound_indices();
        let last = words.rfind(|(_, word)| !word.trim().is_empty());
        last.map_or(0, |(at, _)| at)
    }

    /// The end of the word after the cursor.
    fn word_after(&self) -> usize {
        let mut words = self.text[self.cursor..].split_word_bound_indices();
        let next = words.find(|(_, word)| !word.trim().is_empty());
        next.map_or(self.text.len(), |(at, word)| self.cursor + at + word.len())
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

    /// So many of the lines that are seen up or down.
    fn vertical(&mut self, lines: usize, down: bool, columns: usize) {
        let (row, column) = {
            let (_, row, column) = self.layout(columns);
            (row, column)
        };
        let to = match down {
            true => row + lines,
            false => row.saturating_sub(lines),
        };
        if to != row {
            self.point(to, column, columns);
        }
    }

    /// Puts the cursor at a column of a line that is seen, or as near as it can.
    pub(crate) fn point(&mut self, row: usize, column: usize, columns: usize) {
        self.step = Step::None;
        let visuals = self.visuals(columns.max(1));
        let last = visuals.len().saturating_sub(1);
        let Some(line) = visuals.get(row.min(last)).cloned() else {
            return;
        };
        let mut used = 0;
        let mut at = line.start;
        for grapheme in self.text[line.clone()].graphemes(true) {
            used += width(grapheme);
            // Past the end of a line that was broken the next one begins.
            let broken = at + grapheme.len() == line.end && !self.ends_line(line.end);
            if used > column || broken {
                break;
            }
            at += grapheme.len();
        }
        self.cursor = at;
    }

    fn ends_line(&self, at: usize) -> bool {
        at == self.text.len() || self.text[at..].starts_with('\n')
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

    const WIDE: usize = 80;

    fn act(area: &mut Area, actions: &[Action]) {
        for action in actions {
            area.act(*action, WIDE);
        }
    }

    #[test]
    fn lines_and_cursor() {
        let mut area = Area::new("Thiếu máy chủ\nChưa có kinh phí");
        act(&mut area, &[Action::Up, Action::EditEnd, Action::Newline]);
        area.insert("dự\u{1b} phòng");
        assert_eq!(area.text(), "Thiếu máy chủ\ndự phòng\nChưa có kinh phí");
        let edit = [
            Action::EditBackspace,
            Action::EditHome,
            Action::EditBackspace,
        ];
        act(&mut area, &edit);
        assert_eq!(area.text(), "Thiếu máy chủdự phòn\nChưa có kinh phí");
        let walk = [
            Action::PageDown,
            Action::EditEnd,
            Action::EditRight,
            Action::EditDelete,
        ];
        act(&mut area, &walk);
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
    fn up_and_down_go_by_what_is_seen() {
        let mut area = Area::new("một hai ba bốn năm sáu");
        let place = |area: &Area| {
            let (_, row, column) = area.layout(8);
            (row, column)
        };
        assert_eq!(place(&area), (2, 7));
        area.act(Action::Up, 8);
        assert_eq!(place(&area), (1, 6), "the end of a shorter line");
        area.act(Action::Up, 8);
        assert_eq!(place(&area), (0, 6));
        area.act(Action::Up, 8);
        assert_eq!(place(&area), (0, 6), "not past the first");
        area.act(Action::PageDown, 8);
        assert_eq!(place(&area), (2, 6));
        // Another size lays it out anew; the cursor keeps its letter.
        assert_eq!(area.layout(80).1, 0);
    }

    #[test]
    fn words_are_walked_and_deleted() {
        let mut area = Area::new("Chưa có  kinh phí");
        act(&mut area, &[Action::EditWordLeft, Action::EditWordLeft]);
        area.insert("|");
        assert_eq!(area.text(), "Chưa có  |kinh phí");
        act(&mut area, &[Action::EditWordRight]);
        area.insert("|");
        assert_eq!(area.text(), "Chưa có  |kinh| phí");
        act(&mut area, &[Action::EditDeleteWord, Action::EditDeleteWord]);
        assert_eq!(area.text(), "Chưa có  | phí");
        act(&mut area, &[Action::First, Action::EditDeleteWord]);
        assert_eq!(area.text(), "Chưa có  | phí", "nothing is before it");
    }

    #[test]
    fn steps_are_taken_back_word_by_word() {
        let mut area = Area::new("a");
        for c in [" ", "h", "a", "i", " ", "b", "a"] {
            area.insert(c);
        }
        act(&mut area, &[Action::EditBackspace, Action::EditBackspace]);
        let mut seen = Vec::new();
        for _ in 0..7 {
            seen.push(area.text().to_owned());
            act(&mut area, &[Action::Undo]);
        }
        assert_eq!(
            seen,
            ["a hai ", "a hai ba", "a hai ", "a hai", "a ", "a", "a"]
        );
        for _ in 0..7 {
            act(&mut area, &[Action::Redo]);
        }
        assert_eq!(area.text(), "a hai ");
        act(&mut area, &[Action::Undo]);
        area.insert("x");
        act(&mut area, &[Action::Redo]);
        assert_eq!(area.text(), "a hai bax", "a new edit ends what was undone");
    }

    #[test]
    fn a_paste_that_has_no_room_says_so() {
        let mut area = Area::default();
        assert!(area.insert(&"Thiếu máy chủ. ".repeat(100_000 / 20)));
        assert!(!area.insert(&"x".repeat(AREA_BYTES)));
        assert_eq!(area.text().len(), AREA_BYTES);
        act(&mut area, &[Action::Undo, Action::Undo]);
        assert_eq!(area.text(), "");
    }

    #[test]
    fn a_mark_joins_the_letter_before() {
        let mut area = Area::new("e");
        area.insert("\u{302}");
        area.insert("\u{301}");
        assert_eq!(area.normal(), "ế");
        act(&mut area, &[Action::EditBackspace]);
        assert_eq!(area.text(), "");
    }
}
