//! Reading what stands: the canonical snapshot and the conflicts.
//!
//! A carried value (`~key`) is read only where `key` was never written. A row is
//! there if its marker is true; the marker is the plain one, else the carried
//! one, and of carried ones that disagree `false` holds, so a removal wins over
//! everything carried. The cells of a row that is not there do not count.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Automerge, ReadDoc, ScalarValue, ScalarValueRef, Value, ValueRef};
use model::{Scalar, Snapshot};
use wire::ChangeHash;

use crate::graph::Graph;
use crate::key::{CARRIED, KeyShape, is_marker, key_shape};
use crate::report::{Report, ours, theirs};

/// A key that concurrent changes gave different values. Choosing one is a
/// [`crate::Edit::Put`] of it at the current heads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The plain key, such as `B3`. For a removal that met edits of the row's
    /// cells it is the row's marker: `false` stands for the removal, `true` for
    /// each edit, and putting either settles it.
    pub key: String,
    /// The values, the one in the snapshot first.
    pub values: Vec<Conflicting>,
}

/// One of the values in conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflicting {
    /// The value.
    pub value: Scalar,
    /// The change that wrote it, and with its entry the author.
    pub change: ChangeHash,
}

/// The flat map as it stands: for each key all concurrent values, the winner
/// first.
type Raw = BTreeMap<String, Vec<Conflicting>>;

impl Report {
    /// The content now.
    pub fn snapshot(&self) -> Snapshot {
        self.content(&self.am, None)
    }

    /// The content at these heads; nothing at none. `None` if one is not here.
    pub fn snapshot_at(&self, heads: &[ChangeHash]) -> Option<Snapshot> {
        if heads.is_empty() {
            return Some(Snapshot::default());
        }
        if !heads.iter().all(|head| self.has(head)) {
            return None;
        }
        let heads: Vec<_> = heads.iter().map(theirs).collect();
        Some(self.content(&self.am, Some(&heads)))
    }

    /// The keys with at least two different concurrent values, ascending. Equal
    /// concurrent values are no conflict, texts never conflict, and the cells of
    /// a removed row count only against its removal.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let raw = self.raw_map();
        let lost = Rows::of(&raw);
        let mut found = BTreeMap::new();
        for (key, values) in &raw {
            let Some((shape, carried)) = key_shape(key) else {
                continue;
            };
            let plain = key.trim_start_matches(CARRIED);
            let hidden = match shape {
                KeyShape::Cell(table, row, _) => !lost.is_there(table, row),
                // Of carried markers `false` holds, without a question.
                KeyShape::Row(..) => carried,
                KeyShape::Field(_) | KeyShape::Part(..) => false,
            };
            let covered = carried && raw.contains_key(plain);
            if !hidden && !covered && differ(values) && !model::sabotaged!(HideConflicts) {
                found.insert(plain.to_owned(), values.clone());
            }
        }
        for (key, values) in self.removals_met(&raw) {
            let known = found.entry(key).or_default();
            let fresh: Vec<_> = values
                .into_iter()
                .filter(|one| !known.contains(one))
                .collect();
            known.extend(fresh);
        }
        let conflicts = found.into_iter();
        conflicts
            .map(|(key, values)| Conflict { key, values })
            .collect()
    }

    /// The content of a document that descends from this report's genesis.
    pub(crate) fn content(
        &self,
        am: &Automerge,
        heads: Option<&[automerge::ChangeHash]>,
    ) -> Snapshot {
        let map = match heads {
            Some(heads) => am.map_range_at(self.values(), .., heads),
            None => am.map_range(self.values(), ..),
        };
        let mut plain = BTreeMap::new();
        let mut carried = BTreeMap::new();
        for item in map {
            let mut value = scalar_ref(&item.value);
            match item.key.strip_prefix(CARRIED) {
                None => plain.insert(item.key.into_owned(), value),
                Some(key) => {
                    if item.conflict && is_marker(key) {
                        value = Scalar::Bool(!self.any_false(am, &item.key, heads));
                    }
                    carried.insert(key.to_owned(), value)
                }
            };
        }
        // A key that was ever written covers what was carried, even if it is
        // empty now.
        for (key, value) in carried {
            plain.entry(key).or_insert(value);
        }
        Snapshot {
            values: canonical(plain),
            texts: self.read_texts(am, heads),
        }
    }

    fn any_false(
        &self,
        am: &Automerge,
        key: &str,
        heads: Option<&[automerge::ChangeHash]>,
    ) -> bool {
        let all = match heads {
            Some(heads) => am.get_all_at(self.values(), key, heads),
            None => am.get_all(self.values(), key),
        };
        let all = all.unwrap_or_default();
        all.iter()
            .any(|(value, _)| scalar(value) == Scalar::Bool(false))
    }

    fn read_texts(
        &self,
        am: &Automerge,
        heads: Option<&[automerge::ChangeHash]>,
    ) -> BTreeMap<String, String> {
        let codes = self.text_codes();
        codes
            .filter_map(|code| {
                let object = self.text(code)?;
                let text = match heads {
                    Some(heads) => am.text_at(object, heads),
                    None => am.text(object),
                };
                let text = text.ok().filter(|text| !text.is_empty())?;
                Some((code.to_owned(), text))
            })
            .collect()
    }

    /// The flat map with all concurrent values.
    fn raw_map(&self) -> Raw {
        let values = self.values();
        let mut raw = Raw::new();
        for item in self.am.map_range(&values, ..) {
            let mut all = self
                .am
                .get_all(&values, item.key.as_ref())
                .unwrap_or_default();
            // Automerge lists the winner last.
            all.reverse();
            let all = all.into_iter().filter_map(|(value, id)| {
                let change = ours(self.am.hash_for_opid(&id)?);
                Some(Conflicting {
                    value: scalar(&value),
                    change,
                })
            });
            raw.insert(item.key.into_owned(), all.collect());
        }
        raw
    }

    /// The rows that are gone although somebody edited a cell of theirs without
    /// knowing it.
    fn removals_met(&self, raw: &Raw) -> Raw {
        let mut met = Raw::new();
        let mut graph = None;
        for (key, cells) in raw {
            let Some((KeyShape::Cell(table, row, _), false)) = key_shape(key) else {
                continue;
            };
            let marker = format!("{table}/{row}");
            let removals = removals(raw, &marker);
            if removals.is_empty() {
                continue;
            }
            let graph = graph.get_or_insert_with(|| Graph::of(self));
            for cell in cells {
                let meets = |removal: &Conflicting| {
                    !graph.is_below(&removal.change, &cell.change)
                        && !graph.is_below(&cell.change, &removal.change)
                };
                if !removals.iter().any(meets) {
                    continue;
                }
                let edit = Conflicting {
                    value: Scalar::Bool(true),
                    change: cell.change,
                };
                let values = met
                    .entry(marker.clone())
                    .or_insert_with(|| removals.clone());
                if !values.contains(&edit) {
                    values.push(edit);
                }
            }
        }
        met
    }
}

/// The changes that removed a row, if it is gone.
fn removals(raw: &Raw, marker: &str) -> Vec<Conflicting> {
    let carried = format!("{CARRIED}{marker}");
    let Some(values) = raw.get(marker).or_else(|| raw.get(&carried)) else {
        return Vec::new();
    };
    let gone = |one: &&Conflicting| one.value == Scalar::Bool(false);
    let plain_wins = raw.contains_key(marker) && !values.first().is_some_and(|one| gone(&one));
    match plain_wins {
        true => Vec::new(),
        false => values.iter().filter(gone).cloned().collect(),
    }
}

/// Which rows are there.
struct Rows<'r>(&'r Raw);

impl<'r> Rows<'r> {
    fn of(raw: &'r Raw) -> Self {
        Rows(raw)
    }

    fn is_there(&self, table: &str, row: &str) -> bool {
        let marker = format!("{table}/{row}");
        let yes = |one: &Conflicting| one.value == Scalar::Bool(true);
        match self.0.get(&marker) {
            Some(values) => values.first().is_some_and(yes),
            None => match self.0.get(&format!("{CARRIED}{marker}")) {
                Some(values) => values.iter().all(yes),
                None => false,
            },
        }
    }
}

fn differ(values: &[Conflicting]) -> bool {
    values.windows(2).any(|pair| pair[0].value != pair[1].value)
}

/// Leaves out what does not count: nulls, markers of rows that are gone, and
/// their cells.
fn canonical(values: BTreeMap<String, Scalar>) -> BTreeMap<String, Scalar> {
    let rows: BTreeSet<String> = values
        .iter()
        .filter(|(key, value)| is_marker(key) && **value == Scalar::Bool(true))
        .map(|(key, _)| key.clone())
        .collect();
    let counts = |key: &String| match key_shape(key) {
        Some((KeyShape::Row(..), _)) => rows.contains(key),
        Some((KeyShape::Cell(table, row, _), _)) => rows.contains(&format!("{table}/{row}")),
        Some(_) => true,
        None => false,
    };
    let kept = values
        .into_iter()
        .filter(|(key, value)| !value.is_null() && counts(key));
    kept.collect()
}

fn scalar(value: &Value<'_>) -> Scalar {
    match value {
        Value::Scalar(value) => plain_scalar(value),
        Value::Object(_) => Scalar::Null,
    }
}

/// What the gate lets in; anything else reads as nothing.
pub(crate) fn plain_scalar(value: &ScalarValue) -> Scalar {
    match value {
        ScalarValue::Boolean(yes) => Scalar::Bool(*yes),
        ScalarValue::Int(number) => Scalar::Int(*number),
        ScalarValue::Str(text) => Scalar::Str(text.to_string()),
        _ => Scalar::Null,
    }
}

fn scalar_ref(value: &ValueRef<'_>) -> Scalar {
    match value {
        ValueRef::Scalar(ScalarValueRef::Boolean(yes)) => Scalar::Bool(*yes),
        ValueRef::Scalar(ScalarValueRef::Int(number)) => Scalar::Int(*number),
        ValueRef::Scalar(ScalarValueRef::Str(text)) => Scalar::Str(text.to_string()),
        _ => Scalar::Null,
    }
}
