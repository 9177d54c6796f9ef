//! One line being typed: `tui-input` behind our keymap, with unsafe characters
//! kept out and a cap on the length.

use tui_input::{Input, InputRequest};

use crate::parts::display::typable;
use crate::parts::keymap::Action;

/// Most characters in one line; the form's own limit is lower or equal and says
/// so when the field is left.
const LINE_CHARS: usize = 4096;

/// A line and its cursor.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    input: Input,
    chars: usize,
}

impl Line {
    /// Starts with a text, cursor at its end.
    pub(crate) fn new(text: &str) -> Self {
        let mut line = Line::default();
        line.insert(text);
        line
    }

    /// Types a character.
    pub(crate) fn push(&mut self, c: char) {
        if self.chars >= LINE_CHARS {
            return;
        }
        if let Some(c) = typable(c) {
            self.input.handle(InputRequest::InsertChar(c));
            self.chars += 1;
        }
    }

    /// Pastes a text.
    pub(crate) fn insert(&mut self, text: &str) {
        // One rebuild instead of one insertion a character: pastes may be long.
        let at = self.input.cursor();
        let value = self.input.value();
        let byte = value.char_indices().nth(at).map_or(value.len(), |(i, _)| i);
        let room = LINE_CHARS.saturating_sub(self.chars);
        let new: String = text
            .replace("\r\n", "\n")
            .chars()
            .filter_map(typable)
            .take(room)
            .collect();
        let added = new.chars().count();
        let whole = format!("{}{new}{}", &value[..byte], &value[byte..]);
        self.input = Input::new(whole).with_cursor(at + added);
        self.chars += added;
    }

    /// Puts another text in its place, and the cursor before a character of it.
    pub(crate) fn replace(&mut self, text: &str, cursor: usize) {
        *self = Line::new(text);
        self.input.handle(InputRequest::SetCursor(cursor));
    }

    /// Characters before the cursor.
    pub(crate) fn cursor(&self) -> usize {
        self.input.cursor()
    }

    /// The characters beside the cursor.
    pub(crate) fn around(&self) -> (Option<char>, Option<char>) {
        let at = self.cursor();
        let nth = |at: Option<usize>| self.text().chars().nth(at?);
        (nth(at.checked_sub(1)), nth(Some(at)))
    }

    /// Obeys an edit action; others are none of its business.
    pub(crate) fn act(&mut self, action: Action) {
        let request = match action {
            Action::EditLeft => InputRequest::GoToPrevChar,
            Action::EditRight => InputRequest::GoToNextChar,
            Action::EditWordLeft => InputRequest::GoToPrevWord,
            Action::EditWordRight => InputRequest::GoToNextWord,
            Action::EditHome => InputRequest::GoToStart,
            Action::EditEnd => InputRequest::GoToEnd,
            Action::EditBackspace => InputRequest::DeletePrevChar,
            Action::EditDelete => InputRequest::DeleteNextChar,
            Action::EditDeleteWord => InputRequest::DeletePrevWord,
            Action::EditDeleteLine => InputRequest::DeleteLine,
            _ => return,
        };
        self.input.handle(request);
        self.chars = self.input.value().chars().count();
    }

    /// What is typed, as it stands.
    pub(crate) fn text(&self) -> &str {
        self.input.value()
    }

    /// What is typed, as it is stored: NFC.
    pub(crate) fn normal(&self) -> String {
        model::text::nfc(self.text())
    }

    /// The part to show in `columns` columns, and the cursor's column in it.
    pub(crate) fn window(&self, columns: usize) -> (String, usize) {
        let cursor = self.input.visual_cursor();
        let first = (cursor + 1).saturating_sub(columns.max(1));
        let mut shown = String::new();
        let mut at = 0;
        let mut skipped = 0;
        for grapheme in unicode_segmentation::UnicodeSegmentation::graphemes(self.text(), true) {
            if at < first {
                skipped = at + crate::parts::display::width(grapheme);
            } else {
                shown.push_str(grapheme);
            }
            at += crate::parts::display::width(grapheme);
        }
        (shown, cursor.saturating_sub(skipped.max(first)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_in_the_middle() {
        let mut line = Line::new("Bệnh viện");
        line.act(Action::EditHome);
        line.push('A');
        line.insert("b\r\nc\u{1b}\u{202e}");
        assert_eq!(line.text(), "Ab cBệnh viện");
        line.act(Action::EditBackspace);
        assert_eq!(line.text(), "Ab Bệnh viện");
        line.act(Action::EditDeleteLine);
        assert_eq!(line.text(), "");
    }

    #[test]
    fn an_input_method_that_sends_combining_marks() {
        let mut line = Line::default();
        for c in "e\u{302}\u{301}".chars() {
            line.push(c);
        }
        assert_eq!(line.normal(), "ế");
        line.act(Action::EditBackspace);
        assert_eq!(line.text(), "", "one key press deletes one letter");
    }

    #[test]
    fn length_is_capped() {
        let mut line = Line::default();
        line.insert(&"ế".repeat(LINE_CHARS + 10));
        line.push('x');
        assert_eq!(line.text().chars().count(), LINE_CHARS);
    }

    #[test]
    fn the_window_follows_the_cursor() {
        let mut line = Line::new("0123456789");
        assert_eq!(line.window(20), ("0123456789".into(), 10));
        assert_eq!(line.window(4), ("789".into(), 3));
        line.act(Action::EditHome);
        assert_eq!(line.window(4).1, 0);
        assert_eq!(line.window(0).1, 0);
    }
}
