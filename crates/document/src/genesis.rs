//! The computed changes: the genesis, and one more for each text that a later
//! version of the form adds.
//!
//! Every replica makes the same bytes, so they are never sent. Their actors are
//! hashes of the document id, their time is 0, and every object's id follows
//! from them: objects are addressed by computed ids, never looked up.
//!
//! A text of a later version is made by a change of its own, whose actor hashes
//! the document id and the text's *code*: it does not matter in which order, or
//! whether at all, a node has seen the versions between.

use std::num::NonZeroU64;

use automerge::legacy::{Key, ObjectId, Op, OpType, SortedVec};
use automerge::{ActorId, Change, ChangeHash, ExpandedChange, ObjId, ObjType};
use wire::DocId;

use crate::names::{Actor, genesis_actor, text_actor};

/// Key of the flat map in the root.
const VALUES: &str = "values";

/// Prefix of a text's key in the root, so that no code can be `values`.
const TEXT_PREFIX: &str = "text/";

/// The computed first change for these text codes.
pub(crate) fn genesis_change(doc: DocId, codes: &[String]) -> Change {
    let mut sorted: Vec<&String> = codes.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut operations = vec![make(VALUES, ObjType::Map)];
    operations.extend(
        sorted
            .into_iter()
            .map(|code| make(&text_key(code), ObjType::Text)),
    );
    computed(genesis_actor(doc), NonZeroU64::MIN, Vec::new(), operations)
}

/// The computed change that adds one text after the genesis.
pub(crate) fn text_change(doc: DocId, genesis: &Change, code: &str) -> Change {
    let start_op = NonZeroU64::MIN.saturating_add(genesis.max_op());
    let operations = vec![make(&text_key(code), ObjType::Text)];
    computed(
        text_actor(doc, code),
        start_op,
        vec![genesis.hash()],
        operations,
    )
}

fn make(key: &str, kind: ObjType) -> Op {
    Op {
        action: OpType::Make(kind),
        obj: ObjectId::Root,
        key: Key::Map(key.into()),
        pred: SortedVec::new(),
        insert: false,
    }
}

fn computed(
    actor: Actor,
    start_op: NonZeroU64,
    deps: Vec<ChangeHash>,
    operations: Vec<Op>,
) -> Change {
    Change::from(ExpandedChange {
        operations,
        actor_id: ActorId::from(actor),
        hash: None,
        seq: 1,
        start_op,
        time: 0,
        message: None,
        deps,
        extra_bytes: Vec::new(),
        author: None,
    })
}

/// The key of a text in the root.
pub(crate) fn text_key(code: &str) -> String {
    format!("{TEXT_PREFIX}{code}")
}

/// The code of a text by its key in the root.
pub(crate) fn text_code(key: &str) -> Option<&str> {
    key.strip_prefix(TEXT_PREFIX)
}

/// An object's id by the operation that made it. The last part is only a hint
/// that Automerge checks and corrects.
pub(crate) fn object(counter: u64, actor: Actor) -> ObjId {
    ObjId::Id(counter, ActorId::from(actor), 0)
}
