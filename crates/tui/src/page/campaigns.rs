//! What may be looked at in place of a campaign: the forms asked for in a period.

use model::overview::{Campaign, CampaignLine};

use super::table::{facet, narrow, number, row, wide};
use super::words::said;
use super::{Bit, Cell, Laid, Place, Setting, Tone};
use crate::parts::display::clean;
use crate::parts::words::{due_date, due_words, period_words};

/// What a row is found by.
pub(super) fn key_of(campaign: &Campaign) -> String {
    format!("{}/{}", campaign.form, campaign.period)
}

/// The line that a row's key names.
pub(crate) fn line_at<'l>(lines: &'l [CampaignLine], key: &str) -> Option<&'l CampaignLine> {
    lines.iter().find(|line| key_of(&line.campaign) == key)
}

pub(super) fn lay_out(lines: &[CampaignLine], place: &Place, setting: Setting<'_>) -> Laid {
    let here = place.campaign();
    let rows = lines.iter().map(|line| {
        let (sign, tone) = match here.as_ref() == Some(&line.campaign) {
            true => ("► ", Tone::Title),
            false => ("  ", Tone::Plain),
        };
        let title = format!("{sign}{}", line.title.get(setting.lang));
        let due = line.due.map_or_else(|| "–".to_owned(), due_date);
        row(
            &key_of(&line.campaign),
            0,
            vec![
                Cell::words(&title).tone(tone),
                Cell::words(&line.campaign.form).tone(Tone::Dim),
                Cell::words(&period_words(setting.words, line.campaign.period)),
                Cell::words(&asker(line, setting)).tone(Tone::Dim),
                Cell::number(due, line.due.map(|due| due.as_millis())),
                Cell::number(
                    line.submitted.to_string(),
                    i64::try_from(line.submitted).ok(),
                ),
            ],
        )
    });
    Laid {
        summary: vec![vec![(Tone::Dim, setting.tr("campaigns-hint"))]],
        columns: vec![
            wide(setting, "col-form", 24),
            narrow(setting, "col-code", 14, 2),
            narrow(setting, "col-period", 11, 0),
            narrow(setting, "col-asker", 18, 3),
            number(setting, "col-due", 16, 1),
            number(setting, "col-submitted", 6, 0),
        ],
        facets: vec![facet(setting, "facet-all", 0, Tone::Plain)],
        rows: rows.collect(),
        empty: String::new(),
    }
}

/// Who asks for it.
fn asker(line: &CampaignLine, setting: Setting<'_>) -> String {
    match &line.by {
        Some((unit, name)) if name.is_empty() => unit.to_string(),
        Some((_, name)) => name.clone(),
        None if line.campaign.is_usual() => setting.tr("campaign-standing"),
        None => setting.tr("campaign-unasked"),
    }
}

pub(super) fn detail(lines: &[CampaignLine], key: &str, setting: Setting<'_>) -> Vec<Bit> {
    let Some(line) = line_at(lines, key) else {
        return Vec::new();
    };
    let title = line.title.get(setting.lang);
    let mut bits = vec![
        (
            Tone::Title,
            clean(&format!("{title} ({})", line.campaign.form)),
        ),
        said(setting, "col-asker", &asker(line, setting)),
    ];
    if let Some(due) = line.due {
        let left = due_words(setting.words, due, setting.now);
        let text = format!("{} ({left})", due_date(due));
        bits.push(said(setting, "col-due", &text));
    }
    if let Some(basis) = &line.basis {
        bits.push(said(setting, "detail-basis", basis));
    }
    bits
}
