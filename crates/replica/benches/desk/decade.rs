//! A facility's home after ten years: in each of forty quarters the regular report and
//! ten ad hoc ones, some 240 signed changes each; the current one is not submitted yet.
//! And the same home before the first.

use std::path::Path;

use replica::{Env, Founded, QUARTERLY_FORM, Replica, ReportKey};
use store::{EntryFilter, Store};
use testkit::Seeded;

use crate::homes::{
    Failed, Home, built, clock, current, facility, held, joined, keys, quarters, reporting, review,
    seed, written,
};

/// Quarters reported, the current one included.
const QUARTERS_COUNT: usize = 40;

/// Reports a quarter.
const REPORTS_COUNT: u32 = 11;

/// A report grows in so many sittings …
const SITTINGS_COUNT: usize = 24;

/// … of so many changes signed side by side, and a last one upon them all.
const HANDS_COUNT: usize = 10;

/// Which facility.
const ONE: usize = 0;

/// What is measured.
pub(crate) struct Decade {
    pub(crate) home: Home,
    pub(crate) empty: Home,
}

impl Decade {
    /// The homes of the last run, or new ones.
    pub(crate) fn get(folder: &Path) -> Result<Decade, Failed> {
        let folder = built(folder, "decade", build)?;
        let at = |name: &str| Home {
            path: folder.join(name),
            node: keys(seed(ONE)).node,
        };
        Ok(Decade {
            home: at("facility.sqlite"),
            empty: at("empty.sqlite"),
        })
    }
}

fn build(folder: &Path) -> Result<(), Failed> {
    let begin = reporting(quarters(QUARTERS_COUNT)[0]);
    let mut entropy = Seeded::new(4);
    let founded = Founded::generate(&mut entropy);
    let memory = Store::open_in_memory;
    let mut bo = Replica::found(memory()?, &founded, "Bộ Y tế", "Bộ", false, clock(begin))?;
    let mut invite = |from: &mut Replica, head: &identity::SecretKey, unit: &model::UnitPath| {
        let mut env = Env {
            clock: clock(begin),
            entropy: &mut entropy,
        };
        from.invite(head, unit, "Bệnh viện", None, &mut env)
    };
    let so = model::UnitPath::parse("byt.24")?;
    let text = invite(&mut bo, &founded.person, &so)?.text;
    let mut so = joined(memory()?, &text, 2, begin)?;
    let head = keys(2).person;
    let unit = facility(ONE)?;
    let text = invite(&mut so, &head, &unit)?.text;
    drop(joined(
        Store::open(folder.join("empty.sqlite"))?,
        &text,
        seed(ONE),
        begin,
    )?);
    let store = Store::open(folder.join("facility.sqlite"))?;
    let mut one = joined(store, &text, seed(ONE), begin)?;
    let all = EntryFilter::default();
    so.receive(&one.node_key(), held(&one, &all)?, clock(begin))?;

    let form = so.form(QUARTERLY_FORM, None)?;
    let mut sittings = vec![HANDS_COUNT; SITTINGS_COUNT];
    sittings.push(1);
    for period in quarters(QUARTERS_COUNT) {
        for ordinal in 0..REPORTS_COUNT {
            let key = ReportKey {
                ordinal,
                ..ReportKey::regular(&unit, QUARTERLY_FORM, period)
            };
            let submitted = period != current() || ordinal > 0;
            let entries = written(&key, &form, ONE, &sittings, submitted)?;
            let intake = so.receive(&one.node_key(), entries, clock(reporting(period)))?;
            if let Some((_, reason)) = intake.refused.first() {
                return Err(reason.clone().into());
            }
        }
        review(&mut so, &head, period)?;
    }
    let filter = EntryFilter {
        unit: Some(unit),
        ..EntryFilter::default()
    };
    let entries = held(&so, &filter)?;
    one.receive(&so.node_key(), entries, clock(reporting(current())))?;
    one.note_session(&so.node_key(), true, reporting(current()))?;
    Ok(())
}
