//! A buffer of cells as a picture: light on dark, colours from the cells.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// One cell, and the room around all of them, in pixels.
const CELL: (usize, usize) = (9, 19);
const MARGIN: usize = 12;

const GROUND: &str = "#11151c";
const INK: &str = "#d5dae1";

/// How cells look that are drawn in one piece.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    ink: &'static str,
    ground: Option<&'static str>,
    bold: bool,
    dim: bool,
}

impl Look {
    fn of(cell: &Cell) -> Look {
        let is = |modifier| cell.modifier.contains(modifier);
        let ink = colour(cell.fg).unwrap_or(INK);
        let ground = colour(cell.bg);
        let (ink, ground) = match is(Modifier::REVERSED) {
            true => (ground.unwrap_or(GROUND), Some(ink)),
            false => (ink, ground),
        };
        Look {
            ink,
            ground,
            bold: is(Modifier::BOLD),
            dim: is(Modifier::DIM),
        }
    }
}

/// The sixteen colours as they are told apart on this ground.
fn colour(color: Color) -> Option<&'static str> {
    Some(match color {
        Color::Black => "#000000",
        Color::Red | Color::LightRed => "#ff7b72",
        Color::Green | Color::LightGreen => "#7ee787",
        Color::Yellow | Color::LightYellow => "#e3b341",
        Color::Blue | Color::LightBlue => "#79c0ff",
        Color::Magenta | Color::LightMagenta => "#d2a8ff",
        Color::Cyan | Color::LightCyan => "#76e3ea",
        Color::Gray => "#b1bac4",
        Color::DarkGray => "#6e7681",
        Color::White => "#ffffff",
        _ => return None,
    })
}

/// The whole picture.
pub(crate) fn picture(buffer: &Buffer) -> String {
    let area = buffer.area;
    let wide = usize::from(area.width) * CELL.0 + 2 * MARGIN;
    let high = usize::from(area.height) * CELL.1 + 2 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" \
         width=\"{wide}\" height=\"{high}\" font-family=\"ui-monospace, 'DejaVu Sans Mono', \
         Menlo, Consolas, monospace\" font-size=\"15\" xml:space=\"preserve\">\n\
         <rect width=\"{wide}\" height=\"{high}\" rx=\"8\" fill=\"{GROUND}\"/>\n"
    );
    for y in 0..area.height {
        for piece in pieces(buffer, y) {
            draw(&mut svg, usize::from(y), &piece);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Cells side by side that look the same: from which column, how many, what.
struct Piece {
    from: usize,
    columns: usize,
    text: String,
    look: Look,
}

fn pieces(buffer: &Buffer, y: u16) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for x in 0..buffer.area.width {
        let cell = &buffer[(x, y)];
        let look = Look::of(cell);
        match pieces.last_mut() {
            Some(piece) if piece.look == look => {
                piece.columns += 1;
                piece.text.push_str(cell.symbol());
            }
            _ => pieces.push(Piece {
                from: usize::from(x),
                columns: 1,
                text: cell.symbol().to_owned(),
                look,
            }),
        }
    }
    pieces
}

fn draw(svg: &mut String, y: usize, piece: &Piece) {
    let Look {
        ink,
        ground,
        bold,
        dim,
    } = piece.look;
    let top = MARGIN + y * CELL.1;
    if let Some(ground) = ground {
        let (left, wide) = (MARGIN + piece.from * CELL.0, piece.columns * CELL.0);
        let _ = writeln!(
            svg,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{}\" fill=\"{ground}\"/>",
            CELL.1
        );
    }
    // Blanks at either end are not drawn; each cell takes one column, which holds
    // for all that these screens show.
    let before = piece.text.len() - piece.text.trim_start().len();
    let text = piece.text.trim();
    if text.is_empty() {
        return;
    }
    let left = MARGIN + (piece.from + before) * CELL.0;
    let wide = text.chars().count() * CELL.0;
    let weight = if bold { " font-weight=\"bold\"" } else { "" };
    let faint = if dim { " fill-opacity=\"0.62\"" } else { "" };
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    // The length keeps the columns in line in any font.
    let _ = writeln!(
        svg,
        "<text x=\"{left}\" y=\"{}\" fill=\"{ink}\"{weight}{faint} textLength=\"{wide}\" \
         lengthAdjust=\"spacingAndGlyphs\">{text}</text>",
        top + 14
    );
}
