//! Forms and campaigns, as the held and standing entries have them.

use std::collections::BTreeMap;
use std::sync::Arc;

use identity::{SecretKey, Standing, Verified, standing};
use model::form::{builtin, builtin_toml};
use model::{Form, Period, Timestamp, UnitPath};
use store::EntryFilter;
use wire::{CampaignContent, Content, FormContent, Kind, Stream};

use crate::author::Place;
use crate::report::ReportKey;
use crate::statements::Judge;
use crate::views::{CampaignView, FormView};
use crate::{Clock, Error, QUARTERLY_FORM, Replica};

/// What a campaign is opened with.
#[derive(Clone, Debug)]
pub struct CampaignSpec {
    /// Form name.
    pub form: String,
    /// The period.
    pub period: Period,
    /// Units at and below this one; the issuer's own by default.
    pub audience: Option<UnitPath>,
    /// Strictly before; the standing rule by default.
    pub due: Option<Timestamp>,
    /// The document that asks for it.
    pub basis: Option<String>,
}

impl Replica {
    /// Whether an entry is in effect now.
    pub(crate) fn in_effect(&self, entry: &Verified) -> Result<bool, Error> {
        Ok(standing(entry, &self.store)? == Standing::InEffect)
    }

    /// A form by name, as this unit has it: the version given, else the newest.
    pub fn form(&self, name: &str, version: Option<u32>) -> Result<Arc<Form>, Error> {
        self.form_at(&self.unit, name, version)
    }

    fn form_at(
        &self,
        unit: &UnitPath,
        name: &str,
        version: Option<u32>,
    ) -> Result<Arc<Form>, Error> {
        let mut versions = self.versions_at(unit, name)?;
        let found = match version {
            Some(version) => versions.remove(&version),
            None => versions.pop_last().map(|(_, form)| form),
        };
        found.ok_or_else(|| Error::NoSuchForm(name.to_owned()))
    }

    /// The first version of a form and all later ones, ascending: a document is
    /// begun with the first.
    pub(crate) fn form_versions(
        &self,
        key: &ReportKey,
    ) -> Result<(Arc<Form>, Vec<Arc<Form>>), Error> {
        let mut versions = self.versions_at(&key.unit, &key.form)?.into_values();
        let first = versions
            .next()
            .ok_or_else(|| Error::NoSuchForm(key.form.clone()))?;
        Ok((first, versions.collect()))
    }

    /// Every version of a form, as a unit has it: those of the name's owner alone,
    /// else a Sở could change the nation's form, and two nodes that hold different
    /// provinces' forms would read one report differently. A compiled-in version
    /// stands before a published one: its genesis was made before anything was
    /// published.
    fn versions_at(&self, unit: &UnitPath, name: &str) -> Result<BTreeMap<u32, Arc<Form>>, Error> {
        let mut versions: BTreeMap<u32, Arc<Form>> = BTreeMap::new();
        if let Some(form) = builtin(name) {
            versions.insert(form.version, Arc::new(form.clone()));
        }
        let owner = self.owner_of(unit, name)?;
        let mut published = self.published_forms()?;
        published.sort_by_key(|(entry, _)| entry.id());
        for (entry, form) in published {
            if form.name == name && Some(&entry.body().unit) == owner.as_ref() {
                versions.entry(form.version).or_insert(form);
            }
        }
        Ok(versions)
    }

    /// Whose a form's name is for a unit: the ministry's if it is compiled in,
    /// else the highest unit's, at it or above it, that published one. Where only
    /// units elsewhere did, the first of them: somebody looks at their reports.
    fn owner_of(&self, unit: &UnitPath, name: &str) -> Result<Option<UnitPath>, Error> {
        if builtin(name).is_some() {
            return Ok(Some(UnitPath::ministry()));
        }
        let published = self.published_forms()?.into_iter();
        let owners = published
            .filter(|(_, form)| form.name == name)
            .map(|(entry, _)| entry.body().unit.clone());
        Ok(owners.min_by_key(|owner| (!owner.contains(unit), owner.clone())))
    }

    /// The published forms in effect. A form is parsed once: reading twenty
    /// kilobytes of TOML for every report of a province would take seconds.
    fn published_forms(&self) -> Result<Vec<(Verified, Arc<Form>)>, Error> {
        let mut forms = Vec::new();
        for stored in self.store.forms()? {
            let Content::Form(content) = &stored.entry.body().content else {
                continue;
            };
            let mut parsed = self.parsed_forms.borrow_mut();
            let form = parsed
                .entry(stored.entry.id())
                .or_insert_with(|| Form::parse(&content.toml).ok().map(Arc::new));
            if let Some(form) = form.clone()
                && self.in_effect(&stored.entry)?
            {
                forms.push((stored.entry, form));
            }
        }
        Ok(forms)
    }

    /// All forms that can be used here.
    pub fn forms(&self) -> Result<Vec<FormView>, Error> {
        let mut forms: BTreeMap<(String, u32), FormView> = BTreeMap::new();
        for form in model::form::builtins() {
            forms.insert(
                (form.name.clone(), form.version),
                FormView::new(form, true, None),
            );
        }
        for (entry, form) in self.published_forms()? {
            let key = (form.name.clone(), form.version);
            let builtin = forms.get(&key).is_some_and(|view| view.builtin);
            let view = forms
                .entry(key)
                .or_insert_with(|| FormView::new(&form, builtin, None));
            let unit = entry.body().unit.clone();
            let highest = view.published.take().map_or(unit.clone(), |u| u.min(unit));
            view.published = Some(highest);
        }
        Ok(forms.into_values().collect())
    }

    /// Publishes a form to this unit and all below. One that a unit below has under
    /// that name is not pushed aside: only the very same may be published above it.
    pub fn publish_form(
        &mut self,
        publisher: &SecretKey,
        toml: &str,
        clock: Clock,
    ) -> Result<FormView, Error> {
        let form = Form::parse(toml).map_err(|error| Error::Malformed {
            what: "form",
            detail: error.to_string(),
        })?;
        let clash = Error::FormExists {
            name: form.name.clone(),
            version: form.version,
        };
        let same_builtin = builtin(&form.name).is_some_and(|b| b.version == form.version);
        if same_builtin && builtin_toml(&form.name) != Some(toml) {
            return Err(clash);
        }
        let mut has_effect = builtin(&form.name).is_some();
        let mut others_below = None;
        for (entry, other) in self.published_forms()? {
            if other.name != form.name {
                continue;
            }
            let body = entry.body();
            let same_text = matches!(&body.content, Content::Form(content) if content.toml == toml);
            if !body.unit.contains(&self.unit) {
                if self.unit.is_above(&body.unit) && !same_text {
                    others_below.get_or_insert(body.unit.clone());
                }
                continue;
            }
            has_effect = true;
            if other.version == form.version {
                let view = FormView::new(&form, same_builtin, Some(body.unit.clone()));
                return if same_text { Ok(view) } else { Err(clash) };
            }
        }
        // The name would be this unit's, and their reports would begin with this form.
        if let (false, Some(unit)) = (has_effect, others_below) {
            let name = form.name;
            return Err(Error::FormOwned { name, unit });
        }
        let above = |owner: UnitPath| owner.is_above(&self.unit);
        let place = Place::org(&self.unit);
        let content = Content::Form(FormContent {
            toml: toml.to_owned(),
        });
        if !same_builtin && self.owner_of(&self.unit, &form.name)?.is_some_and(above) {
            return Err(clash);
        }
        self.append(publisher, place, content, clock)?;
        Ok(FormView::new(&form, same_builtin, Some(self.unit.clone())))
    }

    /// Opens a campaign. A second one of the same issuer for the same form and
    /// period, with another due time or audience, takes the next ordinal: it is a
    /// second report and leaves the first one's due time as it is.
    pub fn open_campaign(
        &mut self,
        publisher: &SecretKey,
        spec: &CampaignSpec,
        clock: Clock,
    ) -> Result<CampaignView, Error> {
        let form = self.form(&spec.form, None)?;
        if spec.due.is_none() && spec.period.due().is_none() {
            return Err(Error::DueNeeded(spec.period));
        }
        let audience = spec.audience.clone().unwrap_or_else(|| self.unit.clone());
        if !self.unit.contains(&audience) {
            return Err(Error::NoSuchUnit(audience));
        }
        let own: Vec<CampaignView> = self
            .campaigns()?
            .into_iter()
            .filter(|c| c.unit == self.unit && c.form == form.name && c.period == spec.period)
            .collect();
        let same = |c: &&CampaignView| {
            c.audience == audience && c.due_at == spec.due.or(spec.period.due())
        };
        if let Some(existing) = own.iter().find(same) {
            return Ok(existing.clone());
        }
        let ordinals = own.iter().map(|c| c.ordinal.saturating_add(1));
        let ordinal = ordinals.max().unwrap_or(0);
        let content = CampaignContent {
            form: form.name.clone(),
            version: form.version,
            ordinal,
            audience,
            due: spec.due,
            due_above: None,
            cutoff: None,
            basis: spec.basis.clone(),
        };
        let place = Place {
            period: Some(spec.period),
            ..Place::org(&self.unit)
        };
        let entry = self.append(publisher, place, Content::Campaign(content.clone()), clock)?;
        Ok(CampaignView::new(
            &self.unit,
            spec.period,
            &content,
            entry.id(),
        ))
    }

    /// All campaigns known here, newest period first.
    pub fn campaigns(&self) -> Result<Vec<CampaignView>, Error> {
        let filter = EntryFilter {
            stream: Some(Stream::Org),
            kind: Some(Kind::Campaign),
            ..Default::default()
        };
        let mut campaigns = Vec::new();
        self.for_standing(&filter, &mut Judge::new(&self.store), |entry| {
            let body = entry.body();
            if let (Content::Campaign(content), Some(period)) = (&body.content, body.period) {
                let view = CampaignView::new(&body.unit, period, content, entry.id());
                campaigns.push(view);
            }
        })?;
        campaigns.sort_by(|a, b| {
            (b.period, &a.form, a.ordinal, &a.unit, a.id)
                .cmp(&(a.period, &b.form, b.ordinal, &b.unit, b.id))
        });
        Ok(campaigns)
    }

    /// The campaign that holds for a report: the highest issuer's.
    pub(crate) fn campaign_for(&self, key: &ReportKey) -> Result<Option<CampaignView>, Error> {
        Ok(campaign_among(&self.campaigns()?, key).cloned())
    }

    /// Strictly before this time a report is on time.
    pub fn due(&self, key: &ReportKey) -> Result<Option<Timestamp>, Error> {
        Ok(due_among(&self.campaigns()?, key))
    }

    /// The version of the form that a report is filled with.
    pub(crate) fn form_for(&self, key: &ReportKey) -> Result<Arc<Form>, Error> {
        let version = self.campaign_for(key)?.map(|campaign| campaign.version);
        self.form_at(&key.unit, &key.form, version)
            .or_else(|_| self.form_at(&key.unit, &key.form, None))
    }
}

/// Of all campaigns the one that holds for a report: the highest issuer's.
fn campaign_among<'c>(campaigns: &'c [CampaignView], key: &ReportKey) -> Option<&'c CampaignView> {
    let holds = |c: &&CampaignView| {
        c.form == key.form
            && c.period == key.period
            && c.ordinal == key.ordinal
            && c.audience.contains(&key.unit)
    };
    let found = campaigns.iter().filter(holds);
    found.min_by_key(|c| (c.unit.as_str().len(), c.id))
}

/// [`Replica::due`] where the campaigns are known. Of a unit of which only some
/// below it are asked, the latest time that one of these has.
pub(crate) fn due_among(campaigns: &[CampaignView], key: &ReportKey) -> Option<Timestamp> {
    let of_all = campaign_among(campaigns, key).and_then(|c| c.due_at);
    let of_some = || {
        asks_of_some(campaigns, key)
            .iter()
            .filter_map(|c| c.due_at)
            .max()
    };
    of_all.or_else(of_some).or_else(|| key.period.due())
}

/// The campaigns by which only some units below this one are asked for a report.
/// Empty: it is asked of all, or of nobody.
fn asks_of_some<'c>(campaigns: &'c [CampaignView], key: &ReportKey) -> Vec<&'c CampaignView> {
    // The quarterly report is due from everybody, asked or not.
    if key.form == QUARTERLY_FORM || campaign_among(campaigns, key).is_some() {
        return Vec::new();
    }
    let below = |c: &&CampaignView| {
        c.form == key.form
            && c.period == key.period
            && c.ordinal == key.ordinal
            && key.unit.contains(&c.audience)
    };
    campaigns.iter().filter(below).collect()
}

/// Which units below the one of `key` are asked for its report.
pub(crate) fn is_asked<'c>(
    campaigns: &'c [CampaignView],
    key: &ReportKey,
) -> impl Fn(&UnitPath) -> bool + use<'c> {
    let some = asks_of_some(campaigns, key);
    move |unit| some.is_empty() || some.iter().any(|c| c.audience.contains(unit))
}
