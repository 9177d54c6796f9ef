//! The only place that names colours. Every state also has a sign or a word of
//! its own, so nothing is lost without them.

use ratatui::style::{Color, Modifier, Style};

/// Which colours there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Palette {
    /// For light letters on a dark ground.
    #[default]
    Dark,
    /// For dark letters on a light ground: no yellow, no cyan, which vanish there.
    Light,
    /// None, as `NO_COLOR` asks: only bold, dim and reversed remain.
    None,
}

impl Palette {
    /// The other one of dark and light; without colours there is no other.
    pub fn toggled(self) -> Palette {
        match self {
            Palette::Dark => Palette::Light,
            Palette::Light => Palette::Dark,
            Palette::None => Palette::None,
        }
    }
}

/// Styles of a palette.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Theme {
    palette: Palette,
}

impl Theme {
    /// The styles of a palette.
    pub(crate) fn new(palette: Palette) -> Self {
        Theme { palette }
    }

    /// Styles for measuring, where colours do not matter.
    pub(crate) fn plain() -> Self {
        Theme::new(Palette::None)
    }

    fn with(self, style: Style, dark: Color, light: Color) -> Style {
        match self.palette {
            Palette::Dark => style.fg(dark),
            Palette::Light => style.fg(light),
            Palette::None => style,
        }
    }

    /// Names and titles.
    pub(crate) fn title(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What the cursor is on.
    pub(crate) fn selected(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// What may be overlooked. Dimmed black is hard to tell from white on some
    /// consoles, so a light ground has a grey of its own.
    pub(crate) fn dim(self) -> Style {
        match self.palette {
            Palette::Light => Style::new().fg(Color::DarkGray),
            Palette::Dark | Palette::None => Style::new().add_modifier(Modifier::DIM),
        }
    }

    /// What must be mended.
    pub(crate) fn error(self) -> Style {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        self.with(bold, Color::Red, Color::Red)
    }

    /// What should be looked at.
    pub(crate) fn warning(self) -> Style {
        self.with(Style::new(), Color::Yellow, Color::Magenta)
    }

    /// What is well.
    pub(crate) fn good(self) -> Style {
        // No green of the sixteen can be read on white.
        self.with(Style::new(), Color::Green, Color::Reset)
    }

    /// What somebody else said.
    pub(crate) fn comment(self) -> Style {
        self.with(Style::new(), Color::Cyan, Color::Blue)
    }

    /// Keys in the footer and the help.
    pub(crate) fn key(self) -> Style {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        self.with(bold, Color::Cyan, Color::Blue)
    }
}
