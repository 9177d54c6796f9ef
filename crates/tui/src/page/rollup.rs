//! A unit's consolidated numbers: as they would be signed now, beside what was
//! signed and beside the period before.

use model::overview::{Proof, RollupPage, Signed, Totals};
use model::{Aggregate, Aggregates};

use super::table::{facet, narrow, number, row, wide};
use super::words::{aggregate, flag, label, reception, said, trouble};
use super::{Bit, Cell, Laid, Setting, Tone};
use crate::parts::display::clean;
use crate::parts::words::stamp;

mod bit {
    pub(super) const NUMBER: u32 = 1;
    pub(super) const CHANGED: u32 = 1 << 1;
    pub(super) const MISSING: u32 = 1 << 2;
    pub(super) const FLAGGED: u32 = 1 << 3;
}

/// The numbers in front: the draft where there is one.
fn totals(page: &RollupPage) -> Option<&Totals> {
    page.draft
        .as_ref()
        .or(page.signed.as_ref().map(|signed| &signed.totals))
}

/// Indicators that have a number anywhere, in the order of the form.
fn codes(page: &RollupPage, totals: &Totals) -> Vec<String> {
    let signed = page.signed.as_ref().map(|signed| &signed.totals.aggregates);
    let known = |code: &str| {
        totals.aggregates.contains_key(code) || signed.is_some_and(|all| all.contains_key(code))
    };
    let fields = page
        .form
        .sections
        .iter()
        .flat_map(|section| &section.fields);
    let fields = fields.map(|field| field.code.clone());
    let mut codes: Vec<String> = fields
        .chain(page.form.indicators.iter().map(|one| one.code.clone()))
        .filter(|code| known(code))
        .collect();
    // What an older or newer form asked for is shown too.
    for code in totals.aggregates.keys() {
        if !codes.contains(code) {
            codes.push(code.clone());
        }
    }
    codes
}

pub(super) fn lay_out(page: &RollupPage, setting: Setting<'_>) -> Laid {
    let columns = vec![
        narrow(setting, "col-code", 19, 3),
        wide(setting, "col-indicator", 20),
        number(setting, "col-last-period", 16, 2),
        number(setting, "col-signed", 16, 1),
        number(setting, "col-now", 18, 0),
    ];
    let mut rows = Vec::new();
    if let Some(totals) = totals(page) {
        for code in codes(page, totals) {
            rows.push(line(page, totals, &code, setting));
        }
        for (unit, name) in &totals.missing {
            let name = format!("○ {name}");
            rows.push(named(
                &format!("missing/{unit}"),
                bit::MISSING,
                unit.as_str(),
                &name,
                &setting.tr("totals-missing"),
                Tone::Bad,
            ));
        }
        for (unit, name, kind) in &totals.flagged {
            let name = format!("! {name}");
            rows.push(named(
                &format!("flag/{unit}/{kind:?}"),
                bit::FLAGGED,
                unit.as_str(),
                &name,
                &flag(*kind, setting),
                Tone::Warning,
            ));
        }
    }
    Laid {
        summary: summary(page, setting),
        columns,
        facets: vec![
            facet(setting, "facet-all", 0, Tone::Plain),
            facet(setting, "facet-numbers", bit::NUMBER, Tone::Plain),
            facet(setting, "facet-since-signed", bit::CHANGED, Tone::Warning),
            facet(setting, "totals-missing", bit::MISSING, Tone::Bad),
            facet(setting, "facet-flagged", bit::FLAGGED, Tone::Warning),
        ],
        rows,
        empty: setting.tr("rollup-empty"),
    }
}

fn named(key: &str, facets: u32, unit: &str, name: &str, what: &str, tone: Tone) -> super::Row {
    let last = unit.rsplit('.').next().unwrap_or(unit);
    let empty = || Cell::words("");
    let cells = vec![
        Cell::words(last).tone(Tone::Dim),
        Cell::words(name),
        empty(),
        empty(),
        Cell::words(what).tone(tone),
    ];
    row(key, facets, cells)
}

fn line(page: &RollupPage, totals: &Totals, code: &str, setting: Setting<'_>) -> super::Row {
    let cell = |all: Option<&Aggregates>| {
        let value = all.and_then(|all| all.get(code));
        match value {
            None => Cell::number("–".to_owned(), None).tone(Tone::Dim),
            Some(value) => {
                let (text, sort) = aggregate(&page.form, code, value, setting);
                Cell::number(text, sort)
            }
        }
    };
    let signed = page.signed.as_ref().map(|signed| &signed.totals.aggregates);
    let changed = has_changed(page, code);
    let now = cell(Some(&totals.aggregates));
    row(
        code,
        bit::NUMBER | if changed { bit::CHANGED } else { 0 },
        vec![
            Cell::words(code).tone(Tone::Dim),
            Cell::words(&label(&page.form, code, setting)),
            cell(page.last_period.as_ref()).tone(Tone::Dim),
            cell(signed).tone(Tone::Dim),
            now.tone(if changed { Tone::Warning } else { Tone::Title }),
        ],
    )
}

/// Whether a number would be signed otherwise than it was.
fn has_changed(page: &RollupPage, code: &str) -> bool {
    let (Some(draft), Some(signed)) = (&page.draft, &page.signed) else {
        return false;
    };
    draft.aggregates.get(code) != signed.totals.aggregates.get(code)
}

/// Whether signing would say something new.
pub(crate) fn is_new(page: &RollupPage) -> bool {
    match (&page.draft, &page.signed) {
        (Some(draft), Some(signed)) => *draft != signed.totals,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn summary(page: &RollupPage, setting: Setting<'_>) -> Vec<Vec<Bit>> {
    let mut lines = vec![vec![(Tone::Title, clean(&page.name))]];
    if let Some(totals) = totals(page) {
        lines.push(reception(totals, setting));
    }
    let mut last = Vec::new();
    match &page.signed {
        None => last.push((Tone::Warning, setting.tr("rollup-unsigned"))),
        Some(signed) => last.extend(signature(signed, setting)),
    }
    if page.signed.is_some() && is_new(page) {
        last.push((Tone::Warning, format!("  {}", setting.tr("rollup-changed"))));
    }
    lines.push(last);
    let (wrong, ours) = (page.trouble.iter(), page.draft.is_some());
    lines.extend(
        wrong.map(|wrong| vec![(Tone::Bad, format!("× {}", trouble(*wrong, ours, setting)))]),
    );
    lines
}

/// Who signed when, and how far that is verified.
pub(super) fn signature(signed: &Signed, setting: Setting<'_>) -> Vec<Bit> {
    let mut bits = vec![signed_words(signed, setting)];
    bits.extend(
        proof(&signed.proof, setting)
            .into_iter()
            .map(|(tone, text)| (tone, format!("  {text}"))),
    );
    bits
}

/// Who signed, when, and what it is called.
pub(super) fn signed_words(signed: &Signed, setting: Setting<'_>) -> Bit {
    let at = stamp(signed.at);
    let args = [
        ("by", messages::Arg::Str(&signed.by)),
        ("time", messages::Arg::Str(&at)),
        ("id", messages::Arg::Str(&signed.short_id)),
    ];
    (Tone::Plain, clean(&setting.tr_with("rollup-signed", &args)))
}

/// Each step of the verification with its outcome.
fn proof(proof: &Proof, setting: Setting<'_>) -> Vec<Bit> {
    let step = |id: &str, is: Option<bool>| {
        let (tone, sign) = match is {
            None => (Tone::Dim, "?"),
            Some(true) => (Tone::Good, "√"),
            Some(false) => (Tone::Bad, "×"),
        };
        (tone, format!("{sign} {}", setting.tr(id)))
    };
    let mut bits = vec![
        step("proof-signature", proof.signature),
        step("proof-chain", proof.chain),
        step("proof-arithmetic", proof.arithmetic),
    ];
    bits.push(match proof.source {
        None => step("proof-source", None),
        Some(source) => {
            let count = super::table::count;
            let args = [
                ("checked", count(source.checked)),
                ("wrong", count(source.wrong)),
                ("unavailable", count(source.unavailable)),
            ];
            let (tone, sign) = match (source.wrong, source.unavailable) {
                (0, 0) => (Tone::Good, "√"),
                (0, _) => (Tone::Warning, "?"),
                _ => (Tone::Bad, "×"),
            };
            let id = match source.unavailable {
                0 => "proof-source-done",
                _ => "proof-source-part",
            };
            (tone, format!("{sign} {}", setting.tr_with(id, &args)))
        }
    });
    bits
}

/// The same on one line, which is as good as its worst step.
pub(super) fn proof_line(proof: &Proof, setting: Setting<'_>) -> Bit {
    let steps = self::proof(proof, setting);
    let has = |tone: Tone| steps.iter().any(|(one, _)| *one == tone);
    let tone = match (has(Tone::Bad), has(Tone::Dim)) {
        (true, _) => Tone::Bad,
        (false, true) => Tone::Plain,
        (false, false) => Tone::Good,
    };
    let words: Vec<String> = steps.into_iter().map(|(_, text)| text).collect();
    (tone, words.join("  "))
}

/// Sums that are wrong; which ones a comparison with the reports says.
pub(super) fn faults(proof: &Proof, setting: Setting<'_>) -> Option<Bit> {
    let args = [("count", super::table::count(proof.faults))];
    let words = format!("× {}", setting.tr_with("proof-faults", &args));
    (proof.faults > 0).then_some((Tone::Bad, words))
}

pub(super) fn detail(page: &RollupPage, key: &str, setting: Setting<'_>) -> Vec<Bit> {
    let Some(totals) = totals(page) else {
        return Vec::new();
    };
    if let Some((unit, name)) = totals
        .missing
        .iter()
        .find(|(unit, _)| key == format!("missing/{unit}"))
    {
        return vec![
            (Tone::Title, clean(&format!("{name} ({unit})"))),
            (Tone::Bad, setting.tr("rollup-missing")),
        ];
    }
    if let Some((unit, name, kind)) = totals
        .flagged
        .iter()
        .find(|(unit, _, kind)| key == format!("flag/{unit}/{kind:?}"))
    {
        return vec![
            (Tone::Title, clean(&format!("{name} ({unit})"))),
            (Tone::Warning, flag(*kind, setting)),
        ];
    }
    let mut bits = vec![(
        Tone::Title,
        format!("{} {}", clean(key), label(&page.form, key, setting)),
    )];
    let signed = page.signed.as_ref().map(|signed| &signed.totals.aggregates);
    for (id, all) in [
        ("col-now", Some(&totals.aggregates)),
        ("col-signed", signed),
        ("col-last-period", page.last_period.as_ref()),
    ] {
        if let Some(value) = all.and_then(|all| all.get(key)) {
            bits.push(said(
                setting,
                id,
                &aggregate(&page.form, key, value, setting).0,
            ));
        }
    }
    if let Some(Aggregate::List { list }) = totals.aggregates.get(key) {
        for item in list {
            bits.push((
                Tone::Comment,
                clean(&format!("» {}: {}", item.unit, item.text)),
            ));
        }
    }
    if let Some(signed) = &page.signed {
        bits.push(signed_words(signed, setting));
        bits.push(proof_line(&signed.proof, setting));
        bits.extend(faults(&signed.proof, setting));
    }
    bits
}
