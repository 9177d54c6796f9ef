//! Sealing: edits become one change, made at the heads the person saw.
//!
//! Every seal draws a fresh actor, so that neither a restored backup nor a
//! copied machine can use one twice (a reused actor ends in "duplicate seq",
//! after which a document never syncs again). The change is only made, not
//! applied: it enters like any other, through the gate, once its entry is
//! signed and stored.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::transaction::{Transactable, Transaction};
use automerge::{
    ActorId, Automerge, AutomergeError, Change, ExpandedChange, ObjId, ReadDoc, ScalarValue, Value,
};
use model::{Entropy, Scalar, Timestamp};
use wire::{ChangeHash, PublicKey, limits::CHANGE_MAX_BYTES};

use crate::key::{check_put, is_marker};
use crate::limits::{ENTRY_OPS_MAX_COUNT, LONG_TEXT_MAX_BYTES, TEXT_DIFF_MAX_CELLS, TIME_MAX_SECS};
use crate::names::seal_actor;
use crate::report::{Report, theirs};

/// One thing a person changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Sets a key of the flat map; clearing is `Null`, removing a row is `false`
    /// at its marker.
    Put {
        /// The key, such as `C1/k3f9/name`.
        key: String,
        /// The new value.
        value: Scalar,
    },
    /// Gives a co-edited text a new wording. Only the difference to the text at
    /// the heads edited upon is written, so others' words stay.
    SetText {
        /// The field's code.
        code: String,
        /// The whole new text.
        text: String,
    },
}

/// Why edits do not become a change.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Edited upon changes that are not here.
    #[error("the edits were made upon changes that are not in effect here")]
    UnknownHeads(Vec<ChangeHash>),
    /// Everything is as the edits want it already.
    #[error("the edits change nothing")]
    Nothing,
    /// The gate would refuse the value.
    #[error("`{key}` cannot be written: {what}")]
    Value {
        /// Which key.
        key: String,
        /// What is wrong.
        what: &'static str,
    },
    /// No such text in the form.
    #[error("there is no text `{0}`")]
    UnknownText(String),
    /// A text, or all edits together, are over a limit.
    #[error("too much in one change")]
    TooLarge,
    /// The document has no room for it.
    #[error("the report cannot hold more changes")]
    NoRoom,
    /// The gate would set the change aside.
    #[error("the change would not be taken in")]
    Refused,
    /// Automerge failed.
    #[error("Automerge refused the edits")]
    Automerge(#[from] AutomergeError),
    /// Automerge panicked.
    #[error("Automerge panicked on the edits")]
    Panicked,
}

impl Report {
    /// Makes one raw change of all edits, upon exactly the heads `at`; of two
    /// edits of one key the later counts. Values that others wrote concurrently
    /// to `at` stay visible as conflicts; conflicts visible at `at` are resolved
    /// for the keys edited. An edit that sets what is already there, without a
    /// conflict, is left out; removing a removed row again is not, since it settles
    /// the edits that met the removal. `self` stays as it is.
    ///
    /// # Errors
    /// If `at` is empty or not here, an edit breaks a rule of the gate, or
    /// nothing would change.
    pub fn seal(
        &self,
        at: &[ChangeHash],
        edits: &[Edit],
        author: &PublicKey,
        time: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        let missing = self.missing_ancestors(at);
        if at.is_empty() || !missing.is_empty() {
            return Err(SealError::UnknownHeads(missing));
        }
        let (puts, texts) = self.checked(edits)?;
        let mut random = [0; 6];
        if !model::sabotaged!(ReuseActor) {
            entropy.fill(&mut random);
        }
        let actor = ActorId::from(seal_actor(author, random));
        catch_unwind(AssertUnwindSafe(|| {
            let heads: Vec<_> = at.iter().map(theirs).collect();
            let am = self.am.fork_at(&heads)?.with_actor(actor);
            self.write(am, &puts, &texts, time.as_millis().div_euclid(1000))
        }))
        .unwrap_or(Err(SealError::Panicked))
    }

    /// The edits by key and by code, each within the rules.
    fn checked<'e>(&self, edits: &'e [Edit]) -> Result<(Puts<'e>, Texts<'e>), SealError> {
        let mut puts = Puts::new();
        let mut texts = Texts::new();
        for edit in edits {
            match edit {
                Edit::Put { key, value } => {
                    let wrong = |what| SealError::Value {
                        key: key.clone(),
                        what,
                    };
                    check_put(key, value).map_err(wrong)?;
                    puts.insert(key, value);
                }
                Edit::SetText { code, text } => {
                    if self.text(code).is_none() {
                        return Err(SealError::UnknownText(code.clone()));
                    }
                    if text.len() > LONG_TEXT_MAX_BYTES {
                        return Err(SealError::TooLarge);
                    }
                    texts.insert(code, text);
                }
            }
        }
        Ok((puts, texts))
    }

    /// The change, on a document that holds exactly the ancestors. Texts go
    /// through Automerge's own difference; values are written by hand, since a
    /// transaction leaves out what seems to change nothing and deletes the
    /// losers of a conflict instead of writing the winner anew.
    fn write(
        &self,
        mut am: Automerge,
        puts: &Puts<'_>,
        texts: &Texts<'_>,
        secs: i64,
    ) -> Result<Vec<u8>, SealError> {
        let deps = am.get_heads();
        let above = am
            .get_changes_meta(&[])
            .iter()
            .map(|meta| meta.max_op)
            .max();
        let start_op = NonZeroU64::MIN.saturating_add(above.unwrap_or(0));
        let actor_id = am.get_actor().clone();
        let mut operations = self.text_operations(&mut am, texts)?;
        for (key, value) in puts {
            operations.extend(self.put_operation(&am, key, value)?);
        }
        if operations.is_empty() {
            return Err(SealError::Nothing);
        }
        if operations.len() > ENTRY_OPS_MAX_COUNT {
            return Err(SealError::TooLarge);
        }
        let change = Change::from(ExpandedChange {
            operations,
            actor_id,
            hash: None,
            seq: 1 + u64::from(model::sabotaged!(SeqStartsAtTwo)),
            start_op,
            time: secs.clamp(-TIME_MAX_SECS, TIME_MAX_SECS),
            message: None,
            deps,
            extra_bytes: Vec::new(),
            author: None,
        });
        let raw = change.raw_bytes().to_vec();
        if raw.len() > CHANGE_MAX_BYTES {
            return Err(SealError::TooLarge);
        }
        Ok(raw)
    }

    fn text_operations(&self, am: &mut Automerge, texts: &Texts<'_>) -> Result<Vec<Op>, SealError> {
        let mut tx = am.transaction();
        for (code, text) in texts {
            let object = self
                .text(code)
                .ok_or_else(|| SealError::UnknownText((*code).to_owned()))?;
            reword(&mut tx, &object, text)?;
        }
        if tx.pending_ops() > ENTRY_OPS_MAX_COUNT {
            return Err(SealError::TooLarge);
        }
        if tx.commit().0.is_none() {
            return Ok(Vec::new());
        }
        let change = am.get_last_local_change();
        Ok(change
            .map(|change| change.decode().operations)
            .unwrap_or_default())
    }

    /// Writes over every value visible here. `None` if the one value is that one
    /// already; but removing a removed row is written, since it answers an edit
    /// that met the removal.
    fn put_operation(
        &self,
        am: &Automerge,
        key: &str,
        value: &Scalar,
    ) -> Result<Option<Op>, SealError> {
        let visible = am.get_all(self.values(), key)?;
        let wanted = automerge_value(value);
        let confirms = is_marker(key) && *value == Scalar::Bool(false);
        if let [(Value::Scalar(only), _)] = visible.as_slice()
            && **only == wanted
            && !confirms
        {
            return Ok(None);
        }
        let pred = visible.iter().filter_map(|(_, id)| op_id(id)).collect();
        let values = self.values();
        Ok(Some(Op {
            action: OpType::Put(wanted),
            obj: op_id(&values).map_or(ObjectId::Root, ObjectId::Id),
            key: Key::Map(key.into()),
            pred,
            insert: false,
        }))
    }
}

/// Gives a text its new wording. Automerge's difference finds the words that
/// stay, but takes quadratic time (24 s for two unlike texts of 60 kB): what is
/// too large for it is replaced between the common beginning and end.
pub(crate) fn reword(
    tx: &mut Transaction<'_>,
    object: &ObjId,
    new: &str,
) -> Result<(), AutomergeError> {
    let old: Vec<char> = tx.text(object)?.chars().collect();
    let fresh: Vec<char> = new.chars().collect();
    let pairs = old.iter().zip(&fresh);
    let start = pairs.take_while(|(was, is)| was == is).count();
    let pairs = old[start..].iter().rev().zip(fresh[start..].iter().rev());
    let end = pairs.take_while(|(was, is)| was == is).count();
    let (gone, come) = (old.len() - start - end, fresh.len() - start - end);
    if gone.saturating_mul(come) <= TEXT_DIFF_MAX_CELLS {
        return tx.update_text(object, new);
    }
    let words: String = fresh[start..start + come].iter().collect();
    // Both are at most a few times `LONG_TEXT_MAX_BYTES`.
    let gone = isize::try_from(gone).unwrap_or(isize::MAX);
    tx.splice_text(object, start, gone, &words)
}

fn op_id(id: &ObjId) -> Option<OpId> {
    match id {
        ObjId::Root => None,
        ObjId::Id(counter, actor, _) => Some(OpId::new(*counter, actor)),
    }
}

type Puts<'e> = BTreeMap<&'e str, &'e Scalar>;
type Texts<'e> = BTreeMap<&'e str, &'e str>;

fn automerge_value(value: &Scalar) -> ScalarValue {
    match value {
        Scalar::Null => ScalarValue::Null,
        Scalar::Bool(yes) => ScalarValue::Boolean(*yes),
        Scalar::Int(number) => ScalarValue::Int(*number),
        Scalar::Str(text) => ScalarValue::Str(text.as_str().into()),
    }
}
