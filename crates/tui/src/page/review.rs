//! One report for its reviewer: each field beside what the last quarter and the
//! submission before said, with what looks wrong marked.

use std::collections::BTreeMap;

use model::overview::{Outlier, Review, changed_much};
use model::{Computed, Scalar, Snapshot, compute};

use super::table::{facet, narrow, number, row, wide};
use super::words::{aggregate, report_state, said, timeliness};
use super::{Bit, Cell, Laid, Setting, Tone};
use crate::parts::display::clean;
use crate::parts::words::stamp;

mod bit {
    pub(super) const SUSPECT: u32 = 1;
    pub(super) const CHANGED: u32 = 1 << 1;
    pub(super) const REMARK: u32 = 1 << 2;
}

/// Characters of a long text that a cell shows.
const TEXT_CHARS: usize = 200;

/// The keys of a snapshot in the order of the form: fields with what stands beside
/// them, rows of tables column by column, then the indicators.
fn keys(review: &Review) -> Vec<String> {
    let mut keys = Vec::new();
    for field in review
        .form
        .sections
        .iter()
        .flat_map(|section| &section.fields)
    {
        keys.push(field.code.clone());
        for suffix in ["date", "reason", "empty"] {
            let key = format!("{}.{suffix}", field.code);
            if !review.now.get(&key).is_null() {
                keys.push(key);
            }
        }
        for row in review.now.rows(&field.code) {
            let cells = field.columns.iter();
            keys.extend(
                cells
                    .map(|column| format!("{}/{row}/{}", field.code, column.id))
                    .filter(|key| !review.now.get(key).is_null()),
            );
        }
    }
    keys.extend(review.form.indicators.iter().map(|one| one.code.clone()));
    keys
}

/// What stands at a key, in words.
fn value(review: &Review, snapshot: &Snapshot, key: &str, setting: Setting<'_>) -> String {
    if let Some(text) = snapshot.texts.get(key) {
        return text.chars().take(TEXT_CHARS).collect();
    }
    let is_table = review
        .form
        .field(key)
        .is_some_and(|field| field.kind == model::form::FieldType::Table);
    if is_table {
        let args = [("count", super::table::count(snapshot.rows(key).count()))];
        return setting.tr_with("table-rows", &args);
    }
    if review.form.indicators.iter().any(|one| one.code == key) {
        let values = compute(&review.form, snapshot, review.period);
        return values
            .get(key)
            .map_or_else(String::new, |value| computed(review, key, value, setting));
    }
    review.form.display(key, snapshot.get(key), setting.lang)
}

fn computed(review: &Review, key: &str, value: &Computed, setting: Setting<'_>) -> String {
    let as_aggregate = match value.clone() {
        Computed::Value(sum) => model::Aggregate::Sum { sum },
        Computed::Ratio { num, den } => model::Aggregate::Ratio { num, den },
        Computed::Counts(counts) => model::Aggregate::Counts { counts },
    };
    aggregate(&review.form, key, &as_aggregate, setting).0
}

pub(super) fn lay_out(
    review: &Review,
    remarks: &BTreeMap<String, String>,
    setting: Setting<'_>,
) -> Laid {
    let outliers = match &review.last_period {
        Some(last) => changed_much(&review.form, last, &review.now),
        None => Vec::new(),
    };
    let rows = keys(review)
        .into_iter()
        .map(|key| line(review, remarks, &outliers, &key, setting))
        .collect();
    Laid {
        summary: summary(review, remarks, &outliers, setting),
        columns: vec![
            narrow(setting, "col-mark", 3, 0),
            narrow(setting, "col-code", 14, 4),
            wide(setting, "col-field", 20),
            number(setting, "col-last-period", 16, 2),
            number(setting, "col-before", 16, 3),
            number(setting, "col-now", 16, 0),
        ],
        facets: vec![
            facet(setting, "facet-all", 0, Tone::Plain),
            facet(setting, "facet-suspect", bit::SUSPECT, Tone::Warning),
            facet(setting, "facet-changed", bit::CHANGED, Tone::Plain),
            facet(setting, "facet-remarks", bit::REMARK, Tone::Comment),
        ],
        rows,
        empty: setting.tr("review-empty"),
    }
}

fn line(
    review: &Review,
    remarks: &BTreeMap<String, String>,
    outliers: &[Outlier],
    key: &str,
    setting: Setting<'_>,
) -> super::Row {
    let at = |snapshot: &Option<Snapshot>| match snapshot {
        Some(snapshot) => value(review, snapshot, key, setting),
        None => String::new(),
    };
    let now = value(review, &review.now, key, setting);
    let (last, before) = (at(&review.last_period), at(&review.before));
    let changed = review.before.is_some() && before != now;
    let remarked = remarks.contains_key(key) || review.remarks.iter().any(|r| r.code == key);
    let (mark, tone, suspect) = mark(review, outliers, key);
    let mark = if remarked {
        format!("{mark}»")
    } else {
        mark.to_owned()
    };
    let mut facets = 0;
    for (is, bit) in [
        (suspect, bit::SUSPECT),
        (changed, bit::CHANGED),
        (remarked, bit::REMARK),
    ] {
        facets |= if is { bit } else { 0 };
    }
    let now_tone = match (suspect, changed) {
        (true, _) => tone,
        (false, true) => Tone::Title,
        (false, false) => Tone::Plain,
    };
    row(
        key,
        facets,
        vec![
            Cell::words(&mark).tone(tone),
            Cell::words(&code(key)).tone(Tone::Dim),
            Cell::words(&name(review, key, setting)),
            Cell::words(&last).tone(Tone::Dim),
            Cell::words(&before).tone(Tone::Dim),
            Cell::words(&now).tone(now_tone),
        ],
    )
}

/// What stands before the name: a cell's row says nothing to anybody.
fn code(key: &str) -> String {
    let mut parts = key.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(table), Some(_), Some(_)) => format!("  {table}"),
        _ => key.to_owned(),
    }
}

/// What a key is called: a cell by its row's first column and its own.
fn name(review: &Review, key: &str, setting: Setting<'_>) -> String {
    let label = super::words::label(&review.form, key, setting);
    let mut parts = key.split('/');
    if let (Some(table), Some(row), Some(_)) = (parts.next(), parts.next(), parts.next()) {
        let first = review
            .form
            .field(table)
            .and_then(|field| field.columns.first());
        let first = first.map(|column| format!("{table}/{row}/{}", column.id));
        let named = first.map(|key| value(review, &review.now, &key, setting));
        return format!("{} › {label}", clean(&named.unwrap_or_default()));
    }
    match key.split_once('.') {
        Some((field, suffix @ ("date" | "reason" | "empty")))
            if review.form.field(field).is_some() =>
        {
            format!("  {}", setting.tr(&format!("item-{suffix}")))
        }
        _ => label,
    }
}

/// The sign of a field: what the rules say of it, or that it changed much.
fn mark(review: &Review, outliers: &[Outlier], key: &str) -> (&'static str, Tone, bool) {
    let has = |findings: &[model::Finding]| findings.iter().any(|found| found.code == key);
    if review.conflicts.iter().any(|code| code == key) {
        ("≠", Tone::Bad, true)
    } else if has(&review.check.errors) {
        ("×", Tone::Bad, true)
    } else if has(&review.check.warnings) {
        ("!", Tone::Warning, true)
    } else if outliers.iter().any(|outlier| outlier.code == key) {
        ("↕", Tone::Warning, true)
    } else {
        (" ", Tone::Dim, false)
    }
}

fn summary(
    review: &Review,
    remarks: &BTreeMap<String, String>,
    outliers: &[Outlier],
    setting: Setting<'_>,
) -> Vec<Vec<Bit>> {
    let mut first = vec![
        (Tone::Title, clean(&review.name)),
        (Tone::Plain, "  ".to_owned()),
        report_state(review.state, setting),
    ];
    if let Some((by, at)) = &review.signed {
        let args = [
            ("by", messages::Arg::Str(by)),
            ("time", messages::Arg::Str(&stamp(*at))),
        ];
        first.push((
            Tone::Plain,
            clean(&format!("  {}", setting.tr_with("review-signed", &args))),
        ));
    }
    if let Some((at, time)) = review.received {
        let (tone, words) = timeliness(Some(time), setting);
        first.push((
            tone,
            format!("  {} {}, {words}", setting.tr("col-received"), stamp(at)),
        ));
    }
    let count = super::table::count;
    let args = [
        ("errors", count(review.check.errors.len())),
        ("warnings", count(review.check.warnings.len())),
        ("outliers", count(outliers.len())),
        ("remarks", count(remarks.len())),
    ];
    let mut second = vec![(Tone::Plain, setting.tr_with("review-counts", &args))];
    if review.changed_since > 0 {
        let args = [("count", count(review.changed_since))];
        second.push((
            Tone::Warning,
            format!("  {}", setting.tr_with("review-changed-since", &args)),
        ));
    }
    vec![first, second]
}

pub(super) fn detail(
    review: &Review,
    remarks: &BTreeMap<String, String>,
    key: &str,
    setting: Setting<'_>,
) -> Vec<Bit> {
    let mut bits = vec![(
        Tone::Title,
        format!(
            "{} {}",
            clean(key),
            super::words::label(&review.form, key, setting)
        ),
    )];
    if let Some(text) = remarks.get(key) {
        bits.push((
            Tone::Comment,
            format!("» {} {}", setting.tr("review-unsent"), clean(text)),
        ));
    }
    let found = review
        .check
        .errors
        .iter()
        .map(|found| (found, "×", Tone::Bad));
    let found = found.chain(
        review
            .check
            .warnings
            .iter()
            .map(|found| (found, "!", Tone::Warning)),
    );
    for (finding, sign, tone) in found.filter(|(finding, ..)| finding.code == key) {
        let text = format!("{sign} {}", finding.message(&review.form, setting.lang));
        bits.push((tone, clean(&text)));
    }
    let outliers = review
        .last_period
        .as_ref()
        .map(|last| changed_much(&review.form, last, &review.now));
    for outlier in outliers
        .iter()
        .flatten()
        .filter(|outlier| outlier.code == key)
    {
        let grouped = model::text::group_thousands;
        let (before, after) = (grouped(outlier.before), grouped(outlier.after));
        let args = [
            ("before", messages::Arg::Str(&before)),
            ("after", messages::Arg::Str(&after)),
        ];
        bits.push((
            Tone::Warning,
            format!("↕ {}", setting.tr_with("review-outlier", &args)),
        ));
    }
    for remark in review.remarks.iter().filter(|remark| remark.code == key) {
        let text = format!("» {} ({}, {})", remark.text, remark.by, stamp(remark.time));
        bits.push((Tone::Comment, clean(&text)));
    }
    let now = match review.now.texts.get(key) {
        Some(text) => text.clone(),
        None => value(review, &review.now, key, setting),
    };
    bits.push(said(setting, "col-now", &now));
    for (id, snapshot) in [
        ("col-before", &review.before),
        ("col-last-period", &review.last_period),
    ] {
        if let Some(snapshot) = snapshot
            && (*snapshot.get(key) != Scalar::Null || snapshot.texts.contains_key(key))
        {
            bits.push(said(setting, id, &value(review, snapshot, key, setting)));
        }
    }
    bits
}
