//! Reports and inputs in few words.

use std::collections::BTreeMap;

use model::{Aggregates, Form, Period, Scalar, Snapshot, UnitPath};
use wire::{EntryId, RollupInput, Timeliness};

use crate::{Received, state_of};

pub(super) const Q2: Period = Period::Quarter(2026, 2);

pub(super) fn form() -> &'static Form {
    model::form::builtin("kh2273-quy").expect("the quarterly form is built in")
}

pub(super) fn unit(path: &str) -> UnitPath {
    UnitPath::parse(path).expect("a unit path")
}

pub(super) fn units(paths: &[&str]) -> Vec<UnitPath> {
    paths.iter().map(|path| unit(path)).collect()
}

pub(super) fn id(n: u8) -> EntryId {
    EntryId([n; 32])
}

/// One line a value, `KEY = value`: `true`, `false` and numbers as such,
/// anything else as a text; `KEY ~ text` for a co-edited text.
pub(super) fn report(lines: &str) -> Snapshot {
    let mut snapshot = Snapshot::default();
    for line in lines.lines().map(str::trim).filter(|l| !l.is_empty()) {
        if let Some((key, text)) = line.split_once(" ~ ") {
            snapshot.texts.insert(key.into(), text.into());
            continue;
        }
        let (key, value) = line.split_once(" = ").expect("KEY = value");
        let value = match (value, value.parse::<i64>()) {
            (_, Ok(n)) => Scalar::Int(n),
            ("true", _) => Scalar::Bool(true),
            ("false", _) => Scalar::Bool(false),
            (text, _) => Scalar::Str(text.into()),
        };
        snapshot.values.insert(key.into(), value);
    }
    snapshot
}

/// A report of some unit with so many staff and a remark, received on time.
pub(super) fn staffed(path: &str, staff: i64) -> RollupInput {
    let unit = unit(path);
    let report = report(&format!("B3 = {staff}\nB1 = true\nI1 ~ of {path}"));
    let state = state_of(form(), &report, &unit, Q2);
    input(path, Timeliness::OnTime, state)
}

pub(super) fn input(path: &str, timeliness: Timeliness, state: Aggregates) -> RollupInput {
    RollupInput {
        unit: unit(path),
        submission: EntryId(wire::Digest::of(&[path.as_bytes()]).0),
        receipt: Some(id(7)),
        timeliness: Some(timeliness),
        state,
    }
}

/// What the inputs say of themselves.
pub(super) fn received(inputs: &[RollupInput]) -> BTreeMap<UnitPath, Received> {
    let timely = inputs.iter().map(|input| {
        let timeliness = input.timeliness.expect("an input of a facility");
        (input.unit.clone(), Received { timeliness })
    });
    timely.collect()
}
