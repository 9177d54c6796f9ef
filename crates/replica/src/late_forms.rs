//! What could not be judged before its form came: a form or a campaign may arrive
//! after the changes and submissions that rest on it.

use std::collections::BTreeSet;

use model::form::builtin_toml;
use model::{Form, Period};
use store::{EntryFilter, GateDue, Stored};
use wire::{Content, Kind, Range, Stream};

use crate::gates::Touched;
use crate::report::ReportKey;
use crate::{Error, Replica};

/// A form's name, and the one period and ordinal if a campaign named it.
pub(crate) type NamedForm = (String, Option<(Period, u32)>);

/// The form that an entry brings, if it can change a verdict: one that is
/// compiled in changes none.
pub(crate) fn named_form(period: Option<Period>, content: &Content) -> Option<NamedForm> {
    match content {
        Content::Form(form) => {
            let name = Form::parse(&form.toml).ok()?.name;
            (builtin_toml(&name) != Some(&form.toml)).then_some((name, None))
        }
        Content::Campaign(campaign) => {
            let regular = period.map(|period| (period, campaign.ordinal));
            Some((campaign.form.clone(), Some(regular?)))
        }
        _ => None,
    }
}

impl Replica {
    /// The forms that came past a row.
    pub(crate) fn forms_after(&self, row: i64) -> Result<BTreeSet<NamedForm>, Error> {
        let mut named = BTreeSet::new();
        for kind in [Kind::Form, Kind::Campaign] {
            let filter = EntryFilter {
                kind: Some(kind),
                after_row: row,
                ..Default::default()
            };
            for stored in self.store.entries(&filter)? {
                let body = stored.entry.body();
                named.extend(named_form(body.period, &body.content));
            }
        }
        Ok(named)
    }

    /// The submissions on these forms below this unit; `None`: on any.
    pub(crate) fn submitted_on(
        &self,
        forms: Option<&BTreeSet<NamedForm>>,
    ) -> Result<Vec<Stored>, Error> {
        if forms.is_some_and(BTreeSet::is_empty) {
            return Ok(Vec::new());
        }
        let filter = EntryFilter {
            unit: Some(self.unit.clone()),
            subtree: true,
            kind: Some(Kind::Submission),
            ..Default::default()
        };
        let mut submissions = self.store.entries(&filter)?;
        submissions.retain(|stored| {
            let body = stored.entry.body();
            let (Content::Submission(content), Some(period)) = (&body.content, body.period) else {
                return false;
            };
            let named = |(form, only): &NamedForm| {
                *form == content.form && only.is_none_or(|only| only == (period, content.ordinal))
            };
            forms.is_none_or(|forms| forms.iter().any(named))
        });
        Ok(submissions)
    }

    /// The reports held on these forms.
    pub(crate) fn begun_on(&self, forms: &BTreeSet<NamedForm>) -> Result<Touched, Error> {
        let mut touched = Touched::new();
        if forms.is_empty() {
            return Ok(touched);
        }
        let campaigns = self.campaigns()?;
        let reports = Range::below(&self.unit, Stream::Report);
        for (part, _) in self.store.parts(&[reports])? {
            let Some(period) = part.period else { continue };
            for (form, only) in forms {
                let mut ordinals = BTreeSet::from([0]);
                let same = campaigns
                    .iter()
                    .filter(|c| c.period == period && c.form == *form);
                ordinals.extend(same.map(|campaign| campaign.ordinal));
                ordinals.retain(|ordinal| only.is_none_or(|only| only == (period, *ordinal)));
                for ordinal in ordinals {
                    let key = ReportKey {
                        unit: part.unit.clone(),
                        form: form.clone(),
                        period,
                        ordinal,
                    };
                    if self.is_begun(&key)? {
                        touched.insert(GateDue {
                            unit: key.unit.clone(),
                            period,
                            doc: key.doc(),
                        });
                    }
                }
            }
        }
        Ok(touched)
    }

    fn is_begun(&self, key: &ReportKey) -> Result<bool, Error> {
        let filter = EntryFilter {
            kind: Some(Kind::Changes),
            doc: Some(key.doc()),
            limit: Some(1),
            ..Default::default()
        };
        Ok(!self.store.entries(&filter)?.is_empty())
    }
}
