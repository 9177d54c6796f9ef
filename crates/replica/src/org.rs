//! Units, forms and campaigns, as the held and standing entries have them.

use std::collections::BTreeMap;
use std::sync::Arc;

use identity::{Ledger, SecretKey, Standing, Verified, standing};
use model::form::{builtin, builtin_toml};
use model::{Form, Level, Period, Timestamp, UnitPath};
use store::EntryFilter;
use wire::{CampaignContent, Content, EntryId, FormContent, Kind, Stream, Subject, UnitContent};

use crate::author::Place;
use crate::report::ReportKey;
use crate::views::{CampaignView, FormView, UnitView};
use crate::{Clock, Error, Replica};

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

/// A change to a unit's record.
#[derive(Clone, Debug)]
pub enum UnitChange {
    /// A new name.
    Rename(String),
    /// It no longer reports from now on.
    Close,
}

impl Replica {
    /// Whether an entry is in effect now.
    pub(crate) fn in_effect(&self, entry: &Verified) -> Result<bool, Error> {
        Ok(standing(entry, &self.store)? == Standing::InEffect)
    }

    /// The name of a unit, from its newest `unit` entry.
    pub fn unit_name(&self, unit: &UnitPath) -> Result<Option<String>, Error> {
        Ok(self.unit_record(unit)?.map(|record| record.name))
    }

    pub(crate) fn unit_record(&self, unit: &UnitPath) -> Result<Option<UnitContent>, Error> {
        Ok(self.newest_unit(unit)?.map(|(_, content)| content))
    }

    /// The newest `unit` entry in effect, with its time.
    pub(crate) fn newest_unit(
        &self,
        unit: &UnitPath,
    ) -> Result<Option<(Timestamp, UnitContent)>, Error> {
        let filter = EntryFilter {
            unit: Some(unit.clone()),
            stream: Some(Stream::Org),
            kind: Some(Kind::Unit),
            ..Default::default()
        };
        let mut newest: Option<((Timestamp, EntryId), UnitContent)> = None;
        for stored in self.store.entries(&filter)? {
            let Content::Unit(content) = &stored.entry.body().content else {
                continue;
            };
            let rank = (stored.entry.body().time, stored.entry.id());
            let newer = newest.as_ref().is_none_or(|(best, _)| rank > *best);
            if newer && self.in_effect(&stored.entry)? {
                newest = Some((rank, content.clone()));
            }
        }
        Ok(newest.map(|((time, _), content)| (time, content)))
    }

    /// Whether any machine or person ever joined for this unit.
    pub(crate) fn is_enrolled(&self, unit: &UnitPath) -> Result<bool, Error> {
        let grants = self.store.grants_at(unit)?;
        Ok(grants.iter().any(|grant| grant.subject != Subject::Invite))
    }

    /// Whether the unit has an invite or a credential that is not revoked.
    pub(crate) fn has_standing_credential(&self, unit: &UnitPath) -> Result<bool, Error> {
        for grant in self.store.grants_at(unit)? {
            if !self.is_revoked(&grant.key, unit)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// This unit and all that are known below it.
    pub fn units(&self) -> Result<Vec<UnitView>, Error> {
        let filter = EntryFilter {
            unit: Some(self.unit.clone()),
            subtree: true,
            stream: Some(Stream::Org),
            kind: Some(Kind::Unit),
            ..Default::default()
        };
        let mut paths: Vec<UnitPath> = self
            .store
            .entries(&filter)?
            .into_iter()
            .map(|stored| stored.entry.body().unit.clone())
            .collect();
        paths.sort();
        paths.dedup();
        let mut units = Vec::new();
        for path in paths {
            let Some(record) = self.unit_record(&path)? else {
                continue;
            };
            units.push(UnitView {
                name: record.name,
                level: path.level().as_str(),
                enrolled: self.is_enrolled(&path)?,
                reenrolled: self.is_reenrolled(&path)?,
                closed: record.closed.map(|time| time.to_rfc3339()),
                unit: path,
            });
        }
        Ok(units)
    }

    /// Whether the unit joined more than once: its keys are not the first ones.
    pub(crate) fn is_reenrolled(&self, unit: &UnitPath) -> Result<bool, Error> {
        Ok(identity::enrolments(unit, &self.store)?.len() > 1)
    }

    /// Renames or closes a unit directly below.
    pub fn change_unit(
        &mut self,
        registrar: &SecretKey,
        unit: &UnitPath,
        change: UnitChange,
        clock: Clock,
    ) -> Result<EntryId, Error> {
        let (newest, mut record) = self
            .newest_unit(unit)?
            .ok_or_else(|| Error::NoSuchUnit(unit.clone()))?;
        match change {
            UnitChange::Rename(name) => record.name = name,
            UnitChange::Close => record.closed = Some(clock.now),
        }
        let (place, content) = (Place::org(unit), Content::Unit(record));
        Ok(self
            .append_after(registrar, place, content, Some(newest), clock)?
            .id())
    }

    /// The facilities that had to report: in the audience, open at the due
    /// time, with an invite or a credential that stands.
    pub(crate) fn expected(
        &self,
        audience: &UnitPath,
        due: Option<Timestamp>,
    ) -> Result<Vec<UnitPath>, Error> {
        let mut expected = Vec::new();
        for view in self.units()? {
            let unit = view.unit;
            if unit.level() != Level::Facility || !audience.contains(&unit) {
                continue;
            }
            let Some(record) = self.unit_record(&unit)? else {
                continue;
            };
            let open = match due {
                None => record.closed.is_none(),
                Some(due) => {
                    record.opened.is_none_or(|from| from < due)
                        && record.closed.is_none_or(|until| until >= due)
                }
            };
            if open && self.has_standing_credential(&unit)? {
                expected.push(unit);
            }
        }
        Ok(expected)
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
            forms
                .entry(key)
                .or_insert_with(|| FormView::new(&form, builtin, None))
                .published = Some(entry.body().unit.clone());
        }
        Ok(forms.into_values().collect())
    }

    /// Publishes a form to this unit and all below.
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
        for (entry, other) in self.published_forms()? {
            if (&other.name, other.version) != (&form.name, form.version) {
                continue;
            }
            let Content::Form(content) = &entry.body().content else {
                continue;
            };
            if content.toml != toml {
                return Err(clash);
            }
            return Ok(FormView::new(
                &form,
                same_builtin,
                Some(entry.body().unit.clone()),
            ));
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
    /// period replaces the first one's due time only by taking a new ordinal.
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
        for stored in self.store.entries(&filter)? {
            let body = stored.entry.body();
            let (Content::Campaign(content), Some(period)) = (&body.content, body.period) else {
                continue;
            };
            if self.in_effect(&stored.entry)? {
                campaigns.push(CampaignView::new(
                    &body.unit,
                    period,
                    content,
                    stored.entry.id(),
                ));
            }
        }
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

/// [`Replica::due`] where the campaigns are known.
pub(crate) fn due_among(campaigns: &[CampaignView], key: &ReportKey) -> Option<Timestamp> {
    let campaign = campaign_among(campaigns, key);
    campaign.and_then(|c| c.due_at).or_else(|| key.period.due())
}
