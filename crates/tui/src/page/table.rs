//! Short hands for columns, facets and rows.

use messages::Arg;

use super::{Cell, Column, Facet, Row, Setting, Tone, Width};

/// A column that takes what is left, but not less than this.
pub(super) fn wide(setting: Setting<'_>, title: &str, at_least: u16) -> Column {
    Column {
        title: setting.tr(title),
        width: Width::Flex(at_least),
        right: false,
        spare: 0,
    }
}

/// A column of words that vanishes in this order where there is no room; 0 never.
pub(super) fn narrow(setting: Setting<'_>, title: &str, columns: u16, spare: u8) -> Column {
    Column {
        title: setting.tr(title),
        width: Width::Fixed(columns),
        right: false,
        spare,
    }
}

/// The same for numbers and times, which stand to the right.
pub(super) fn number(setting: Setting<'_>, title: &str, columns: u16, spare: u8) -> Column {
    Column {
        right: true,
        ..narrow(setting, title, columns, spare)
    }
}

/// A facet; its count is filled in with the rows.
pub(super) fn facet(setting: Setting<'_>, label: &str, bit: u32, tone: Tone) -> Facet {
    Facet {
        label: setting.tr(label),
        bit,
        count: 0,
        tone,
    }
}

pub(super) fn row(key: &str, facets: u32, cells: Vec<Cell>) -> Row {
    Row {
        key: key.to_owned(),
        facets,
        cells,
    }
}

/// A count as an argument of a message.
pub(super) fn count(count: usize) -> Arg<'static> {
    Arg::from(count)
}
