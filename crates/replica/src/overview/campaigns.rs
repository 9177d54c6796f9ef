//! What the units are asked for in a period.

use std::collections::{BTreeMap, BTreeSet};

use model::form::Label;
use model::overview::{Campaign, CampaignLine};
use model::{Period, UnitPath};
use store::EntryFilter;
use wire::{Content, Kind, Stream};

use crate::report::ReportKey;
use crate::statements::Judge;
use crate::views::CampaignView;
use crate::{Error, Replica};

impl Replica {
    /// The forms that are asked for here in a period, or in the year around it, and
    /// those that units directly below have submitted unasked. The quarterly report
    /// comes first, the others by due time. A second campaign of one form and period
    /// is not among them: it has no board.
    pub fn campaign_lines(&self, period: Period) -> Result<Vec<CampaignLine>, Error> {
        self.store.read(|_| self.read_campaign_lines(period))
    }

    fn read_campaign_lines(&self, period: Period) -> Result<Vec<CampaignLine>, Error> {
        let campaigns = self.campaigns()?;
        let mut asked = asked(&campaigns, &self.unit, period);
        let mut submitted = self.submitted(period)?;
        for campaign in submitted.keys() {
            asked.entry(campaign.clone()).or_insert(None);
        }
        let mut lines = Vec::with_capacity(asked.len());
        for (campaign, view) in asked {
            let key = ReportKey::regular(&self.unit, &campaign.form, campaign.period);
            let title = match self.form_for(&key) {
                Ok(form) => form.title.clone(),
                Err(Error::NoSuchForm(name)) => Label {
                    vi: name.clone(),
                    en: name,
                },
                Err(error) => return Err(error),
            };
            let by = match view {
                Some(view) => Some((view.unit.clone(), self.known_name(&view.unit)?)),
                None => None,
            };
            let due = view.and_then(|view| view.due_at);
            lines.push(CampaignLine {
                submitted: submitted.remove(&campaign).map_or(0, |units| units.len()),
                due: due.or_else(|| campaign.period.due()),
                basis: view.and_then(|view| view.basis.clone()),
                campaign,
                title,
                by,
            });
        }
        lines.sort_by_key(|line| {
            let usual = line.campaign.is_usual();
            (!usual, line.due.is_none(), line.due, line.campaign.clone())
        });
        Ok(lines)
    }

    /// The units directly below that have submitted, by what they have submitted for.
    fn submitted(&self, period: Period) -> Result<BTreeMap<Campaign, BTreeSet<UnitPath>>, Error> {
        let mut submitted: BTreeMap<Campaign, BTreeSet<UnitPath>> = BTreeMap::new();
        let known = self.store.keys()?;
        let mut judge = Judge::new(&known);
        for period in around(period) {
            let filter = EntryFilter {
                unit: Some(self.unit.clone()),
                subtree: true,
                stream: Some(Stream::Report),
                kind: Some(Kind::Submission),
                period: Some(Some(period)),
                ..EntryFilter::default()
            };
            self.for_standing(&filter, &mut judge, |entry| {
                let unit = &entry.body().unit;
                if let Content::Submission(content) = &entry.body().content
                    && content.ordinal == 0
                    && unit.parent().as_ref() == Some(&self.unit)
                {
                    let form = content.form.clone();
                    let units = submitted.entry(Campaign { form, period }).or_default();
                    units.insert(unit.clone());
                }
            })?;
        }
        Ok(submitted)
    }
}

/// The periods that lie in this one or around it, itself included.
fn around(period: Period) -> Vec<Period> {
    match period {
        Period::Quarter(year, _) => vec![period, Period::Year(year)],
        Period::Year(year) => {
            let quarters = (1..=4).map(|quarter| Period::Quarter(year, quarter));
            std::iter::once(period).chain(quarters).collect()
        }
    }
}

/// What a unit or some below it are asked for, each with the campaign that holds for
/// the most of them: the highest issuer's. The quarterly report is among them.
pub(super) fn asked<'c>(
    campaigns: &'c [CampaignView],
    unit: &UnitPath,
    period: Period,
) -> BTreeMap<Campaign, Option<&'c CampaignView>> {
    let periods = around(period);
    let quarters = periods
        .iter()
        .filter(|period| matches!(period, Period::Quarter(..)));
    let mut asked: BTreeMap<Campaign, Option<&CampaignView>> = quarters
        .map(|period| (Campaign::usual(*period), None))
        .collect();
    let concerns = |view: &&CampaignView| {
        view.ordinal == 0
            && periods.contains(&view.period)
            && (view.audience.contains(unit) || unit.contains(&view.audience))
    };
    // Who asks this unit comes before who asks only some below it.
    let rank = |view: &CampaignView| {
        let some = !view.audience.contains(unit);
        (some, view.unit.as_str().len(), view.id)
    };
    for view in campaigns.iter().filter(concerns) {
        let campaign = Campaign {
            form: view.form.clone(),
            period: view.period,
        };
        let known = asked.entry(campaign).or_insert(None);
        if known.is_none_or(|known| rank(view) < rank(known)) {
            *known = Some(view);
        }
    }
    asked
}
