//! The pictures of the screens in `examples/captures`, which the README shows, are
//! what the code draws.
//!
//! `just captures` (`UPDATE_EXPECT=1` for this test) draws them anew.

#[cfg(test)]
mod provinces;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod svg;

#[cfg(test)]
mod captures {
    use std::path::Path;

    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use tui::{Shell, draw};

    use crate::{sample, svg};

    const COLUMNS: u16 = 100;
    const LINES: u16 = 28;

    fn is_true(name: &str, mut shell: Shell) {
        let (columns, lines) = (COLUMNS, LINES);
        shell.update(tui::Msg::Resize { columns, lines });
        let mut terminal = Terminal::new(TestBackend::new(columns, lines)).unwrap();
        terminal.draw(|frame| draw(&shell, frame)).unwrap();
        let drawn = svg::picture(terminal.backend().buffer());

        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/captures");
        let file = folder.join(name).with_extension("svg");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&file, &drawn).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            kept == drawn,
            "{} is not what is drawn any more: look at it after `just captures`",
            file.display()
        );
    }

    #[test]
    fn of_the_facility() {
        is_true("co-so-trang-chu", sample::home());
        is_true("co-so-bao-cao", sample::report());
    }

    #[test]
    fn of_the_province() {
        is_true("so-theo-doi", sample::board());
        is_true("so-tham-dinh", sample::review());
    }

    #[test]
    fn of_the_ministry() {
        is_true("bo-toan-quoc", sample::nation());
    }
}
