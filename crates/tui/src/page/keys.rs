//! The keys of people, machines and invites.

use model::overview::{KeyHolder, KeyLine};

use super::table::{facet, narrow, number, row, wide};
use super::words::{said, when};
use super::{Bit, Cell, Laid, Setting, Tone};
use crate::parts::display::clean;

/// A credential that ends within so many days is shown as ending.
const SOON_MS: i64 = 30 * 24 * 60 * 60 * 1000;

mod bit {
    pub(super) const PERSON: u32 = 1;
    pub(super) const NODE: u32 = 1 << 1;
    pub(super) const INVITE: u32 = 1 << 2;
    pub(super) const ENDING: u32 = 1 << 3;
    pub(super) const REVOKED: u32 = 1 << 4;
}

/// How much of a key is shown: enough to name it in a command.
const KEY_CHARS: usize = 16;

fn ends_soon(line: &KeyLine, setting: Setting<'_>) -> bool {
    let until = line.until.map(|until| until.as_millis());
    until.is_some_and(|until| until.saturating_sub(setting.now.as_millis()) < SOON_MS)
}

fn standing(line: &KeyLine, setting: Setting<'_>) -> (Bit, u32) {
    if line.revoked {
        return (
            (Tone::Bad, format!("× {}", setting.tr("cred-revoked"))),
            bit::REVOKED,
        );
    }
    let ended = line.until.is_some_and(|until| until < setting.now);
    match (ended, ends_soon(line, setting)) {
        (true, _) => (
            (Tone::Bad, format!("! {}", setting.tr("cred-ended"))),
            bit::ENDING,
        ),
        (false, true) => (
            (Tone::Warning, format!("! {}", setting.tr("cred-ending"))),
            bit::ENDING,
        ),
        (false, false) => ((Tone::Good, format!("√ {}", setting.tr("cred-valid"))), 0),
    }
}

fn holder(line: &KeyLine, setting: Setting<'_>) -> (String, u32) {
    let (id, bit) = match line.holder {
        KeyHolder::Root => ("cred-root", bit::NODE),
        KeyHolder::Person => ("cred-person", bit::PERSON),
        KeyHolder::Node => ("cred-node", bit::NODE),
        KeyHolder::Invite => ("cred-invite", bit::INVITE),
    };
    (setting.tr(id), bit)
}

/// What the catalogue calls a role.
fn role(name: &str, setting: Setting<'_>) -> String {
    setting.tr(&format!("role-{name}"))
}

fn key_of(line: &KeyLine) -> String {
    format!("{}/{}", line.unit, line.key)
}

/// The line that a row's key names.
pub(crate) fn line_at<'k>(keys: &'k [KeyLine], key: &str) -> Option<&'k KeyLine> {
    keys.iter().find(|line| key_of(line) == key)
}

pub(super) fn lay_out(keys: &[KeyLine], setting: Setting<'_>) -> Laid {
    let rows = keys.iter().map(|line| {
        let ((tone, words), standing) = standing(line, setting);
        let (holder, bit) = holder(line, setting);
        let roles: Vec<String> = line.roles.iter().map(|name| role(name, setting)).collect();
        let name = match line.here {
            true => format!("{} {}", line.name, setting.tr("cred-here")),
            false => line.name.clone(),
        };
        row(
            &key_of(line),
            bit | standing,
            vec![
                Cell::words(&name),
                Cell::words(line.unit.as_str()).tone(Tone::Dim),
                Cell::words(&holder),
                Cell::words(&roles.join(", ")),
                Cell::words(&words).tone(tone),
                when(line.until).tone(Tone::Dim),
                Cell::words(line.key.get(..KEY_CHARS).unwrap_or(&line.key)).tone(Tone::Dim),
            ],
        )
    });
    Laid {
        summary: vec![vec![(Tone::Dim, setting.tr("keys-hint"))]],
        columns: vec![
            wide(setting, "col-name", 18),
            narrow(setting, "col-path", 14, 2),
            narrow(setting, "col-holder", 9, 0),
            wide(setting, "col-roles", 14),
            narrow(setting, "col-state", 14, 0),
            number(setting, "col-until", 16, 3),
            narrow(setting, "col-key", 16, 1),
        ],
        facets: vec![
            facet(setting, "facet-all", 0, Tone::Plain),
            facet(setting, "cred-person", bit::PERSON, Tone::Plain),
            facet(setting, "cred-node", bit::NODE, Tone::Plain),
            facet(setting, "cred-invite", bit::INVITE, Tone::Plain),
            facet(setting, "cred-ending", bit::ENDING, Tone::Warning),
            facet(setting, "cred-revoked", bit::REVOKED, Tone::Bad),
        ],
        rows: rows.collect(),
        empty: setting.tr("keys-empty"),
    }
}

pub(super) fn detail(keys: &[KeyLine], key: &str, setting: Setting<'_>) -> Vec<Bit> {
    let Some(line) = line_at(keys, key) else {
        return Vec::new();
    };
    let roles: Vec<String> = line.roles.iter().map(|name| role(name, setting)).collect();
    let mut bits = vec![
        (
            Tone::Title,
            clean(&format!("{} ({})", line.name, line.unit)),
        ),
        standing(line, setting).0,
    ];
    if line.here {
        bits.push((Tone::Warning, format!("! {}", setting.tr("cred-here-long"))));
    }
    bits.push(said(setting, "col-roles", &roles.join(", ")));
    bits.push(said(setting, "col-key", &line.key));
    bits
}
