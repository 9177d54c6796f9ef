//! A change taken apart: what each operation does, with everything that no
//! report needs refused.
//!
//! Runs only after `chunk` has bounded the bytes. The change must be the one
//! encoding of its own content (decode, encode, compare): odd encodings are
//! where Automerge's panics come from. What an operation *refers to* is
//! `graph`'s question, since only the ancestors can answer it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{self, ElementId, Key, ObjectId, OpType};
use automerge::{Change, ExpandedChange, ScalarValue};
use model::Scalar;
use wire::{ChangeHash, PublicKey};

use crate::chunk::{self, Shape};
use crate::key::check_put;
use crate::names::{Actor, actor_belongs};
use crate::verdict::Reason;

/// An operation's id: its counter and its actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct OpRef {
    pub counter: u64,
    pub actor: Actor,
}

/// One operation of a report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Op {
    /// Sets a key of the flat map over the values in `pred`.
    Put {
        obj: OpRef,
        key: String,
        value: Scalar,
        pred: Vec<OpRef>,
    },
    /// One character after another one, or at the beginning.
    Insert { obj: OpRef, after: Option<OpRef> },
    /// Takes one character away.
    Delete { obj: OpRef, target: OpRef },
}

/// A change that passed every test that needs no context.
#[derive(Clone, Debug)]
pub(crate) struct Inspected {
    pub hash: ChangeHash,
    pub deps: Vec<ChangeHash>,
    pub actor: Actor,
    pub seq: u64,
    pub start_op: u64,
    pub ops: Vec<Op>,
    pub change: Change,
}

/// Bounds, ownership, then the operations.
pub(crate) fn inspect(raw: &[u8], shape: Shape, author: &PublicKey) -> Result<Inspected, Reason> {
    let Shape { header, actor, .. } = shape;
    if !actor_belongs(&actor, author) && !model::sabotaged!(AcceptForeignActor) {
        return Err(Reason::Actor);
    }
    if header.seq == 0 {
        return Err(Reason::Seq);
    }
    if header.deps.is_empty() {
        return Err(Reason::Rootless);
    }
    if header.deps.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(Reason::Malformed("dependencies out of order"));
    }
    let (change, expanded) = decode(raw)?;
    let ops = expanded
        .operations
        .into_iter()
        .map(operation)
        .collect::<Result<Vec<Op>, Reason>>()?;
    once_each(&ops)?;
    Ok(Inspected {
        hash: header.hash,
        deps: header.deps,
        actor,
        seq: header.seq,
        start_op: header.start_op,
        ops,
        change,
    })
}

/// The bounded first look, split off so that the caller can add up operations
/// before anything is decoded.
pub(crate) fn bound(raw: &[u8]) -> Result<Shape, Reason> {
    chunk::examine(raw)
}

fn decode(raw: &[u8]) -> Result<(Change, ExpandedChange), Reason> {
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        let change =
            Change::from_bytes(raw.to_vec()).map_err(|e| Reason::Refused(e.to_string()))?;
        let expanded = change.decode();
        let again = Change::from(expanded.clone());
        if again.raw_bytes() != raw && !model::sabotaged!(SkipChecksum) {
            return Err(Reason::Malformed("not the one encoding of its content"));
        }
        Ok((change, expanded))
    }));
    decoded.unwrap_or(Err(Reason::Panicked))
}

fn operation(op: legacy::Op) -> Result<Op, Reason> {
    let ObjectId::Id(obj) = &op.obj else {
        return Err(Reason::Operation("a write to the root"));
    };
    let obj = reference(obj)?;
    let pred = op
        .pred
        .iter()
        .map(reference)
        .collect::<Result<Vec<_>, _>>()?;
    match (op.key, op.action, op.insert) {
        (Key::Map(key), OpType::Put(value), false) => {
            let value = scalar(&value)?;
            check_put(&key, &value).map_err(Reason::Value)?;
            Ok(Op::Put {
                obj,
                key: key.to_string(),
                value,
                pred,
            })
        }
        (Key::Map(_), OpType::Delete, _) => Err(Reason::Operation("a deleted key")),
        (Key::Map(_), ..) => Err(Reason::Operation("not a plain value")),
        (Key::Seq(after), OpType::Put(ScalarValue::Str(text)), true) => {
            if text.chars().count() != 1 || !pred.is_empty() {
                return Err(Reason::Operation("not one character"));
            }
            let after = match after {
                ElementId::Head => None,
                ElementId::Id(id) => Some(reference(&id)?),
            };
            Ok(Op::Insert { obj, after })
        }
        (Key::Seq(ElementId::Id(id)), OpType::Delete, false) => {
            let target = reference(&id)?;
            if pred != [target] {
                return Err(Reason::Reference("a deletion of something else"));
            }
            Ok(Op::Delete { obj, target })
        }
        (Key::Seq(_), ..) => Err(Reason::Operation("neither a character nor its deletion")),
    }
}

/// Each key is set, and each character deleted, at most once in a change.
fn once_each(ops: &[Op]) -> Result<(), Reason> {
    let mut keys = std::collections::HashSet::new();
    let mut gone = std::collections::HashSet::new();
    for op in ops {
        let fresh = match op {
            Op::Put { key, .. } => keys.insert(key.as_str()),
            Op::Delete { target, .. } => gone.insert(target),
            Op::Insert { .. } => true,
        };
        if !fresh {
            return Err(Reason::Operation("the same thing twice"));
        }
    }
    Ok(())
}

pub(crate) fn reference(id: &legacy::OpId) -> Result<OpRef, Reason> {
    let actor = id.actor().to_bytes().try_into();
    let actor = actor.map_err(|_| Reason::Malformed("an actor of another length"))?;
    Ok(OpRef {
        counter: id.counter(),
        actor,
    })
}

fn scalar(value: &ScalarValue) -> Result<Scalar, Reason> {
    match value {
        ScalarValue::Null => Ok(Scalar::Null),
        ScalarValue::Boolean(yes) => Ok(Scalar::Bool(*yes)),
        ScalarValue::Int(number) => Ok(Scalar::Int(*number)),
        ScalarValue::Str(text) => Ok(Scalar::Str(text.to_string())),
        _ => Err(Reason::Value("a type that no field has")),
    }
}
