//! The Bộ's home at full size: 34 provinces with some 5,000 facilities that have all
//! joined, and of each province a signed rollup a quarter for two years, with the
//! inputs that a deep verification leaves here. And the same home before anybody was
//! invited.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use identity::SecretKey;
use model::{Form, Period, Scalar, Snapshot, UnitPath};
use replica::{Env, Founded, QUARTERLY_FORM, Replica};
use rollup::{Header, Received};
use store::{EntryFilter, Store};
use testkit::Seeded;
use wire::{Body, Content, Entry, EntryId, RollupInput, Stream, Timeliness};

use crate::homes::{
    Failed, Home, QUARTERS_COUNT, built, clock, current, held, joined, keys, quarters, reporting,
};

/// Provinces since July 2025.
const PROVINCES_COUNT: usize = 34;

/// Facilities of each, on average.
const FACILITIES_COUNT: usize = 147;

/// What is measured.
pub(crate) struct Country {
    pub(crate) home: Home,
    pub(crate) empty: Home,
}

fn founded() -> Founded {
    Founded::generate(&mut Seeded::new(3))
}

impl Country {
    /// The homes of the last run, or new ones.
    pub(crate) fn get(folder: &Path) -> Result<Country, Failed> {
        let folder = built(folder, "nation", build)?;
        let at = |name: &str| Home {
            path: folder.join(name),
            node: founded().node,
        };
        Ok(Country {
            home: at("bo.sqlite"),
            empty: at("empty.sqlite"),
        })
    }
}

/// What a province has to send: who it is, its register, and its rollups with their
/// inputs.
struct Province {
    node: wire::PublicKey,
    register: Vec<Entry>,
    rollups: Vec<(Entry, Vec<RollupInput>)>,
}

fn build(folder: &Path) -> Result<(), Failed> {
    let begin = reporting(quarters(QUARTERS_COUNT)[0]);
    let founded = founded();
    let found = |file: &str| -> Result<Replica, Failed> {
        let store = Store::open(folder.join(file))?;
        Ok(Replica::found(
            store,
            &founded,
            "Bộ Y tế",
            "Bộ",
            false,
            clock(begin),
        )?)
    };
    drop(found("empty.sqlite")?);
    let mut bo = found("bo.sqlite")?;
    let mut entropy = Seeded::new(5);
    let mut invites = Vec::new();
    for number in 1..=PROVINCES_COUNT {
        let unit = UnitPath::parse(&format!("byt.{number:02}"))?;
        invites.push(invite(&mut bo, &founded.person, &unit, &mut entropy)?);
    }
    let form = bo.form(QUARTERLY_FORM, None)?;
    let (sender, receiver) = mpsc::sync_channel(2);
    thread::scope(|scope| {
        for thread in 0..2 {
            let (sender, invites, form) = (sender.clone(), &invites, &form);
            scope.spawn(move || {
                for (number, invite) in invites.iter().enumerate().skip(thread).step_by(2) {
                    let made = province(number, invite, form).map_err(|error| error.to_string());
                    if sender.send(made).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for made in receiver {
            let Province {
                node,
                register,
                rollups,
            } = made?;
            receive(&mut bo, &node, register)?;
            for (entry, inputs) in rollups {
                let id = entry.id();
                receive(&mut bo, &node, vec![entry])?;
                bo.keep_inputs(&id, &wire::cbor::to_vec(&inputs)?)?;
            }
            bo.note_session(&node, true, reporting(current()))?;
        }
        Ok(())
    })
}

fn receive(bo: &mut Replica, from: &wire::PublicKey, entries: Vec<Entry>) -> Result<(), Failed> {
    let begin = reporting(quarters(QUARTERS_COUNT)[0]);
    let intake = bo.receive(from, entries, clock(begin))?;
    match intake.refused.first() {
        Some((_, reason)) => Err(reason.clone().into()),
        None => Ok(()),
    }
}

fn invite(
    from: &mut Replica,
    head: &SecretKey,
    unit: &UnitPath,
    entropy: &mut Seeded,
) -> Result<String, Failed> {
    let mut env = Env {
        clock: clock(reporting(quarters(QUARTERS_COUNT)[0])),
        entropy,
    };
    let name = format!("Đơn vị {}", unit.last());
    Ok(from.invite(head, unit, &name, None, &mut env)?.text)
}

/// Facilities join, are met, and report for two years.
fn province(number: usize, text: &str, form: &Form) -> Result<Province, Failed> {
    let begin = reporting(quarters(QUARTERS_COUNT)[0]);
    let seed = |index: usize| 100_000 + (number * 1_000 + index) as u64;
    let mut so = joined(Store::open_in_memory()?, text, seed(999), begin)?;
    let head = keys(seed(999)).person;
    let mut entropy = Seeded::new(seed(998));
    let mut facilities = Vec::new();
    for index in 0..FACILITIES_COUNT {
        let unit = UnitPath::parse(&format!("{}.{index:05}", so.unit()))?;
        let text = invite(&mut so, &head, &unit, &mut entropy)?;
        let one = joined(Store::open_in_memory()?, &text, seed(index), begin)?;
        so.receive(
            &one.node_key(),
            held(&one, &EntryFilter::default())?,
            clock(begin),
        )?;
        facilities.push(unit);
    }
    let quarters = quarters(QUARTERS_COUNT).into_iter();
    let rollups = quarters.map(|period| rolled_up(&so, &head, &facilities, form, period));
    Ok(Province {
        node: so.node_key(),
        register: held(&so, &EntryFilter::default())?,
        rollups: rollups.collect::<Result<_, _>>()?,
    })
}

/// A rollup as the head would sign it over reports that nobody has written.
fn rolled_up(
    so: &Replica,
    head: &SecretKey,
    facilities: &[UnitPath],
    form: &Form,
    period: Period,
) -> Result<(Entry, Vec<RollupInput>), Failed> {
    let mut received = BTreeMap::new();
    let mut inputs = Vec::new();
    for (index, unit) in facilities
        .iter()
        .enumerate()
        .filter(|(index, _)| index % 20 != 7)
    {
        let timeliness = match index % 9 {
            0 => Timeliness::Late,
            _ => Timeliness::OnTime,
        };
        received.insert(unit.clone(), Received { timeliness });
        let made = |what: u8| {
            let mut id = [what; 32];
            id[..8].copy_from_slice(&(index as u64).to_be_bytes());
            EntryId(id)
        };
        inputs.push(RollupInput {
            unit: unit.clone(),
            submission: made(1),
            receipt: Some(made(2)),
            timeliness: Some(timeliness),
            state: rollup::state_of(form, &report(index), unit, period),
        });
    }
    let inputs = rollup::sorted(inputs)?;
    let header = Header {
        due: period.due(),
        ..Header::default()
    };
    let flags = Vec::new();
    let content = rollup::consolidate(form, header, facilities, &received, inputs.clone(), flags)?;
    let body = Body {
        stream: Stream::Rollup,
        unit: so.unit().clone(),
        period: Some(period),
        doc: None,
        time: reporting(period),
        simulated: false,
        content: Content::Rollup(Box::new(content)),
    };
    Ok((head.sign(body)?, inputs))
}

fn report(index: usize) -> Snapshot {
    let n = |n: usize| Scalar::Int(i64::try_from(n).unwrap_or_default());
    let mut report = Snapshot::default();
    let numbers = [
        "B3", "B4", "B5", "B6", "D3", "D5", "D6", "E3", "E4", "F1", "F5", "G1", "G2",
    ];
    for (at, code) in numbers.into_iter().enumerate() {
        report.values.insert(code.to_owned(), n(100 * at + index));
    }
    for code in ["B1", "D1", "D2", "E1", "H1", "H3"] {
        let yes = Scalar::Bool(!index.is_multiple_of(3));
        report.values.insert(code.to_owned(), yes);
    }
    for system in 0..6 {
        let row = format!("C1/row{system:05}");
        report.values.insert(row.clone(), Scalar::Bool(true));
        for (column, value) in [
            ("kind", "his"),
            ("state", "running"),
            ("dossier", "approved"),
        ] {
            let value = Scalar::Str(value.to_owned());
            report.values.insert(format!("{row}/{column}"), value);
        }
        report
            .values
            .insert(format!("{row}/found_high"), n(system + 2));
        report.values.insert(format!("{row}/fixed_high"), n(2));
    }
    for code in ["I1", "I2"] {
        let text = "Thiếu cán bộ chuyên trách và kinh phí cho hệ thống giám sát. ".repeat(3);
        report.texts.insert(code.to_owned(), text);
    }
    report
}
