//! The homes that are opened: a Sở's with 400 facilities and two years of their
//! reports, one of these facilities' own, and an empty one of each level.
//!
//! Every entry is signed by whoever it would be signed by and goes the way of any
//! foreign one: signature, table, receipts, gate. Only the typing is left out:
//! changes are sealed upon each other without a home of their own. Building takes
//! a minute or two and is done once: the files stay below `target`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use document::{Edit, Incoming, Report};
use identity::SecretKey;
use model::{Form, Period, Scalar, Timestamp, UnitPath};
use replica::{Clock, Env, Founded, JoinKeys, QUARTERLY_FORM, Replica, ReportKey};
use store::{EntryFilter, Store};
use testkit::Seeded;
use wire::{
    Body, ChangesContent, Content, Entry, EntryId, ReviewContent, Stream, SubmissionContent,
    Verdict,
};

/// Facilities of the Sở: as many as the largest has.
pub(crate) const FACILITIES_COUNT: usize = 400;

/// Quarters reported, the current one included.
pub(crate) const QUARTERS_COUNT: usize = 8;

/// A report grows in so many sittings …
const SITTINGS_COUNT: usize = 3;

/// … in each of which so many people sign one change, side by side.
const HANDS_COUNT: usize = 10;

/// Names the files; another number whenever what is in them changes.
const VERSION: u32 = 2;

/// The facility that is looked at: it has reported, and was accepted.
pub(crate) const ONE: usize = 5;

pub(crate) type Failed = Box<dyn std::error::Error>;

/// How the files are built.
type Build = fn(&Path) -> Result<(), Failed>;

/// The folder of these files: of the last run, or built now.
pub(crate) fn built(folder: &Path, name: &str, build: Build) -> Result<PathBuf, Failed> {
    let folder = folder.join(format!("{name}-{VERSION}"));
    if !folder.exists() {
        let unfinished = folder.with_extension("unfinished");
        let _ = fs::remove_dir_all(&unfinished);
        fs::create_dir_all(&unfinished)?;
        build(&unfinished)?;
        fs::rename(&unfinished, &folder)?;
    }
    Ok(folder)
}

/// What is measured.
pub(crate) struct Homes {
    pub(crate) so: Home,
    pub(crate) empty_so: Home,
    pub(crate) facility: Home,
    pub(crate) empty_facility: Home,
}

/// A file and the key of the machine that it belongs to.
pub(crate) struct Home {
    pub(crate) path: PathBuf,
    pub(crate) node: SecretKey,
}

impl Home {
    pub(crate) fn open(&self) -> Result<Replica, Failed> {
        Ok(Replica::open(Store::open(&self.path)?, self.node.clone())?)
    }
}

pub(crate) fn current() -> Period {
    Period::Quarter(2026, 2)
}

pub(crate) fn facility(index: usize) -> Result<UnitPath, Failed> {
    Ok(UnitPath::parse(&format!("byt.24.{:05}", 7_000 + index))?)
}

/// Five days before a period's reports are due.
pub(crate) fn reporting(period: Period) -> Timestamp {
    let due = period.due().unwrap_or_default();
    Timestamp(due.0 - 5 * 24 * 3_600_000)
}

pub(crate) fn clock(now: Timestamp) -> Clock {
    Clock {
        now,
        simulated: false,
    }
}

/// Oldest first.
pub(crate) fn quarters(count: usize) -> Vec<Period> {
    let back = std::iter::successors(Some(current()), |period| Some(period.previous()));
    let mut quarters: Vec<Period> = back.take(count).collect();
    quarters.reverse();
    quarters
}

/// How far the `index`-th facility has come in the current quarter.
enum Come {
    Nowhere,
    Working,
    Submitted,
    Returned,
    Accepted,
}

fn come(index: usize) -> Come {
    match index % 8 {
        0 => Come::Nowhere,
        1 => Come::Working,
        2 | 3 => Come::Submitted,
        4 => Come::Returned,
        _ => Come::Accepted,
    }
}

impl Homes {
    /// The homes of the last run, or new ones.
    pub(crate) fn get(folder: &Path) -> Result<Homes, Failed> {
        let folder = built(folder, "desk", build)?;
        let at = |name: &str, node: &SecretKey| Home {
            path: folder.join(name),
            node: node.clone(),
        };
        let (so, one) = (keys(2), keys(seed(ONE)));
        Ok(Homes {
            so: at("so.sqlite", &so.node),
            empty_so: at("empty-so.sqlite", &so.node),
            facility: at("facility.sqlite", &one.node),
            empty_facility: at("empty-facility.sqlite", &one.node),
        })
    }
}

pub(crate) fn seed(index: usize) -> u64 {
    10 + index as u64
}

pub(crate) fn keys(seed: u64) -> JoinKeys {
    JoinKeys::generate(&mut Seeded::new(seed))
}

fn build(folder: &Path) -> Result<(), Failed> {
    let begin = reporting(quarters(QUARTERS_COUNT)[0]);
    let mut entropy = Seeded::new(1);
    let founded = Founded::generate(&mut entropy);
    let store = Store::open_in_memory()?;
    let mut bo = Replica::found(store, &founded, "Bộ Y tế", "Bộ", false, clock(begin))?;
    let mut invite = |from: &mut Replica, head: &SecretKey, unit: &UnitPath| {
        let mut env = Env {
            clock: clock(begin),
            entropy: &mut entropy,
        };
        let name = format!("Đơn vị {}", unit.last());
        from.invite(head, unit, &name, None, &mut env)
    };
    let text = invite(&mut bo, &founded.person, &UnitPath::parse("byt.24")?)?.text;
    drop(join(folder, "empty-so.sqlite", &text, 2)?);
    let mut so = join(folder, "so.sqlite", &text, 2)?;
    let head = keys(2).person;

    let mut invites = Vec::new();
    for index in 0..FACILITIES_COUNT {
        invites.push(invite(&mut so, &head, &facility(index)?)?.text);
    }
    let empty = "empty-facility.sqlite";
    drop(join(folder, empty, &invites[ONE], seed(ONE))?);
    enrol(&mut so, &invites)?;
    take_reports(&mut so)?;
    for period in quarters(QUARTERS_COUNT) {
        review(&mut so, &head, period)?;
    }
    for period in [current().previous(), current()] {
        so.sign_rollup(QUARTERLY_FORM, period, &head, clock(reporting(period)))?;
    }
    // The facility fetches what the Sở has of it.
    let mut one = join(folder, "facility.sqlite", &invites[ONE], seed(ONE))?;
    let filter = EntryFilter {
        unit: Some(one.unit().clone()),
        ..EntryFilter::default()
    };
    let entries = held(&so, &filter)?;
    one.receive(&so.node_key(), entries, clock(reporting(current())))?;
    one.note_session(&so.node_key(), true, reporting(current()))?;
    Ok(())
}

fn join(folder: &Path, file: &str, invite: &str, seed: u64) -> Result<Replica, Failed> {
    let begin = reporting(quarters(QUARTERS_COUNT)[0]);
    joined(Store::open(folder.join(file))?, invite, seed, begin)
}

pub(crate) fn joined(
    store: Store,
    invite: &str,
    seed: u64,
    begin: Timestamp,
) -> Result<Replica, Failed> {
    let invite = identity::Invite::parse(invite)?;
    let name = format!("Người {}", invite.unit().last());
    let now = clock(begin);
    Ok(Replica::join(
        store,
        &invite,
        &keys(seed),
        &name,
        "PC",
        now,
    )?)
}

/// What a home holds of something.
pub(crate) fn held(at: &Replica, filter: &EntryFilter) -> Result<Vec<Entry>, Failed> {
    let held = at.store().entries(filter)?.into_iter();
    Ok(held.map(|stored| stored.entry.entry().clone()).collect())
}

/// The Sở meets every facility while the invites are good.
fn enrol(so: &mut Replica, invites: &[String]) -> Result<(), Failed> {
    let begin = reporting(quarters(QUARTERS_COUNT)[0]);
    for (index, invite) in invites.iter().enumerate() {
        let home = joined(Store::open_in_memory()?, invite, seed(index), begin)?;
        let entries = held(&home, &EntryFilter::default())?;
        so.receive(&home.node_key(), entries, clock(begin))?;
    }
    Ok(())
}

/// Facilities write on two threads, quarter by quarter, and the Sở takes what they
/// bring.
fn take_reports(so: &mut Replica) -> Result<(), Failed> {
    let form = so.form(QUARTERLY_FORM, None)?;
    let quarters = quarters(QUARTERS_COUNT).into_iter();
    let reports: Vec<(Period, usize)> = quarters
        .flat_map(|period| (0..FACILITIES_COUNT).map(move |index| (period, index)))
        .collect();
    let (sender, receiver) = mpsc::sync_channel(8);
    thread::scope(|scope| {
        for thread in 0..2 {
            let (sender, reports, form) = (sender.clone(), &reports, &form);
            scope.spawn(move || {
                for (period, index) in reports.iter().skip(thread).step_by(2) {
                    let entries = write_report(*period, form, *index).map_err(|e| e.to_string());
                    if sender.send((*period, *index, entries)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (period, index, entries) in receiver {
            let (node, now) = (keys(seed(index)).node.public(), reporting(period));
            let intake = so.receive(&node, entries?, clock(now))?;
            if let Some((_, reason)) = intake.refused.first() {
                return Err(reason.clone().into());
            }
            if period == current() {
                so.note_session(&node, true, now)?;
            }
        }
        Ok(())
    })
}

/// One report, change by change, as far as the facility has come.
fn write_report(period: Period, form: &Form, index: usize) -> Result<Vec<Entry>, Failed> {
    let submitted = match come(index) {
        _ if period != current() => true,
        Come::Nowhere => return Ok(Vec::new()),
        Come::Working => false,
        _ => true,
    };
    let sittings = [HANDS_COUNT; SITTINGS_COUNT];
    let key = ReportKey::regular(&facility(index)?, QUARTERLY_FORM, period);
    written(&key, form, index, &sittings, submitted)
}

/// A report of the `index`-th facility after these sittings, in each of which so many
/// changes are signed side by side.
pub(crate) fn written(
    key: &ReportKey,
    form: &Form,
    index: usize,
    sittings: &[usize],
    submitted: bool,
) -> Result<Vec<Entry>, Failed> {
    let mut entries = Vec::new();
    let person = keys(seed(index)).person;
    let now = reporting(key.period);
    let mut entropy = Seeded::new(now.0.unsigned_abs() ^ seed(index));
    let mut report = Report::genesis(form, key.doc());
    let body = |content| body(&key.unit, key, now, content);
    let mut number = 0;
    for hands in sittings {
        let heads = report.heads();
        let mut sealed = Vec::new();
        for _ in 0..*hands {
            let edits = edits(number, index);
            number += 1;
            let raw = report.seal(&heads, &edits, &person.public(), now, &mut entropy)?;
            let changes = vec![raw.clone().into()];
            let content = Content::Changes(ChangesContent { changes });
            let entry = person.sign(body(content))?;
            sealed.push(Incoming {
                entry: entry.id(),
                author: person.public(),
                changes: vec![raw],
            });
            entries.push(entry);
        }
        report.admit(form, &sealed);
    }
    if submitted {
        let content = Content::Submission(SubmissionContent {
            form: form.name.clone(),
            version: form.version,
            ordinal: key.ordinal,
            heads: report.heads(),
            snapshot: document::snapshot_digest(&report.snapshot()),
            replaces: Vec::new(),
        });
        entries.push(person.sign(body(content))?);
    }
    Ok(entries)
}

fn body(unit: &UnitPath, key: &ReportKey, time: Timestamp, content: Content) -> Body {
    Body {
        stream: Stream::Report,
        unit: unit.clone(),
        period: Some(key.period),
        doc: Some(key.doc()),
        time,
        simulated: false,
        content,
    }
}

/// What is typed before one signature: numbers, and now and then a system of C1.
fn edits(number: usize, index: usize) -> Vec<Edit> {
    let put = |key: &str, value: Scalar| Edit::Put {
        key: key.to_owned(),
        value,
    };
    let row = format!("C1/row{number:05}");
    let text = |text: &str| Scalar::Str(text.to_owned());
    let n = |n: usize| Scalar::Int(i64::try_from(n).unwrap_or_default());
    match number {
        0 => vec![
            put("A1", text("Nguyễn Văn A")),
            put("A2", text("Trần Thị B")),
            put("B1", Scalar::Bool(true)),
        ],
        1 => vec![put("B3", n(100 + index)), put("B4", n(90 + index / 2))],
        2 => vec![Edit::SetText {
            code: "I1".to_owned(),
            text: format!("Thiếu {index} cán bộ chuyên trách"),
        }],
        3 => vec![put("G1", n(1_000_000_000)), put("G2", n(90_000_000))],
        4..12 => vec![
            put(&row, Scalar::Bool(true)),
            put(&format!("{row}/name"), text(&format!("Hệ thống {number}"))),
            put(&format!("{row}/kind"), text("his")),
            put(&format!("{row}/state"), text("running")),
            put(&format!("{row}/dossier"), text("drafting")),
        ],
        12..16 => vec![
            put(&format!("H2/row{number:05}"), Scalar::Bool(true)),
            put(&format!("H2/row{number:05}/task"), text("Rà soát")),
            put(&format!("H2/row{number:05}/state"), text("doing")),
        ],
        _ => {
            let codes = ["B5", "B6", "D5", "D6", "D7", "E3", "E4", "F1", "F5", "D3"];
            vec![put(codes[number % codes.len()], n(number + index))]
        }
    }
}

/// The Sở's reviewer goes through a quarter.
pub(crate) fn review(so: &mut Replica, head: &SecretKey, period: Period) -> Result<(), Failed> {
    let mut entries = Vec::new();
    for (index, line) in so
        .review_list(QUARTERLY_FORM, period)?
        .into_iter()
        .enumerate()
    {
        let verdict = match come(index) {
            _ if period != current() => Verdict::Accept,
            Come::Returned => Verdict::Return,
            Come::Accepted => Verdict::Accept,
            _ => continue,
        };
        let submission: EntryId = line.submission.ok_or("nothing was submitted")?;
        line.received_at.ok_or("no receipt")?;
        let key = ReportKey::regular(&line.unit, QUARTERLY_FORM, period);
        let comments = match verdict {
            Verdict::Accept => Vec::new(),
            Verdict::Return => vec![wire::Comment {
                code: "B3".to_owned(),
                text: "Xem lại".to_owned(),
            }],
        };
        let content = Content::Review(ReviewContent {
            submission,
            verdict,
            comments,
        });
        let time = Timestamp(reporting(period).0 + 1);
        entries.push(head.sign(body(&line.unit, &key, time, content))?);
    }
    let colleague = SecretKey::from_seed([7; 32]).public();
    let intake = so.receive(&colleague, entries, clock(reporting(current())))?;
    match intake.refused.first() {
        Some((_, reason)) => Err(reason.clone().into()),
        None => Ok(()),
    }
}
