//! Lines of a list on the screen. Drawing and pointing share it.

use std::ops::Range;

use ratatui::layout::Rect;

/// Which lines of a list are where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct List {
    /// Where they are.
    pub(crate) area: Rect,
    first: usize,
    count: usize,
}

impl List {
    /// So many lines with the cursor's in view, as near the middle as the ends
    /// allow.
    pub(crate) fn new(area: Rect, cursor: usize, count: usize) -> List {
        let height = usize::from(area.height);
        let first = cursor
            .saturating_sub(height / 2)
            .min(count.saturating_sub(height));
        List { area, first, count }
    }

    /// The places that are shown.
    pub(crate) fn shown(&self) -> Range<usize> {
        let height = usize::from(self.area.height);
        self.first..self.count.min(self.first + height)
    }

    /// The place at a point of the terminal.
    pub(crate) fn at(&self, column: u16, line: u16) -> Option<usize> {
        let inside = self.area.contains((column, line).into());
        let place = self.first + usize::from(line.saturating_sub(self.area.y));
        (inside && place < self.count).then_some(place)
    }
}

/// An area without its first lines.
pub(crate) fn below(area: Rect, lines: u16) -> Rect {
    let lines = lines.min(area.height);
    Rect {
        y: area.y + lines,
        height: area.height - lines,
        ..area
    }
}
