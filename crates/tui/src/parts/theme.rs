//! The only place that names colours. Every state also has a sign or a word of
//! its own, so nothing is lost without them.

use ratatui::style::{Color, Modifier, Style};

/// Styles, with or without colours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Theme {
    colour: bool,
}

impl Theme {
    /// `colour` is false for `NO_COLOR`: only bold, dim and reversed remain.
    pub(crate) fn new(colour: bool) -> Self {
        Theme { colour }
    }

    fn with(self, style: Style, colour: Color) -> Style {
        if self.colour { style.fg(colour) } else { style }
    }

    /// Names and titles.
    pub(crate) fn title(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What the cursor is on.
    pub(crate) fn selected(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// What may be overlooked.
    pub(crate) fn dim(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// What must be mended.
    pub(crate) fn error(self) -> Style {
        self.with(Style::new().add_modifier(Modifier::BOLD), Color::Red)
    }

    /// What should be looked at.
    pub(crate) fn warning(self) -> Style {
        self.with(Style::new(), Color::Yellow)
    }

    /// What is well.
    pub(crate) fn good(self) -> Style {
        self.with(Style::new(), Color::Green)
    }

    /// What somebody else said.
    pub(crate) fn comment(self) -> Style {
        self.with(Style::new(), Color::Cyan)
    }

    /// Keys in the footer and the help.
    pub(crate) fn key(self) -> Style {
        self.with(Style::new().add_modifier(Modifier::BOLD), Color::Cyan)
    }
}
