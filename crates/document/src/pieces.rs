//! Many edits: sealed into as many changes as they need, each upon the one before,
//! and these into as many entries.

use model::{Entropy, Form, Timestamp};
use wire::limits::{CHANGES_MAX_COUNT, ENTRY_MAX_BYTES};
use wire::{ChangeHash, EntryId, PublicKey};

use crate::chunk::examine;
use crate::graph::Graph;
use crate::limits::{DOCUMENT_OPS_MAX_COUNT, ENTRY_OPS_MAX_COUNT};
use crate::names::change_hash;
use crate::report::Report;
use crate::seal::{Edit, SealError};
use crate::verdict::Incoming;

/// Of an entry, kept for everything around the changes: header, signature, the
/// body's other fields.
const ENTRY_FRAME_BYTES: usize = 4 << 10;

/// Of an entry, for each change: CBOR's length before it.
const CHANGE_FRAME_BYTES: usize = 5;

/// What became of edits.
#[derive(Debug, Default)]
pub struct Pieces {
    /// Raw changes, dependencies first.
    pub changes: Vec<Vec<u8>>,
    /// The edits that no change can hold, by their place, ascending.
    pub left: Vec<(usize, SealError)>,
}

/// Where a row of changes is being made.
struct Row<'a, 'e> {
    form: &'a Form,
    author: &'a PublicKey,
    time: Timestamp,
    entropy: &'e mut dyn Entropy,
    /// What the next change is made upon.
    heads: Vec<ChangeHash>,
    pieces: Pieces,
}

impl Report {
    /// Seals edits as [`Report::seal`] does, into several changes if they do not fit
    /// one, and takes the changes in. What cannot be sealed even alone is left, and
    /// the rest goes on without it. Nothing to change makes no change.
    ///
    /// # Errors
    /// If `at` is empty or not here.
    pub fn seal_pieces(
        &mut self,
        form: &Form,
        at: &[ChangeHash],
        edits: &[Edit],
        author: &PublicKey,
        time: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Pieces, SealError> {
        let missing = self.missing_ancestors(at);
        if at.is_empty() || !missing.is_empty() {
            return Err(SealError::UnknownHeads(missing));
        }
        let mut row = Row {
            form,
            author,
            time,
            entropy,
            heads: at.to_vec(),
            pieces: Pieces::default(),
        };
        self.seal_from(0, edits, &mut row);
        Ok(row.pieces)
    }

    /// The same of some of the edits, the first of which is at this place.
    fn seal_from(&mut self, place: usize, edits: &[Edit], row: &mut Row<'_, '_>) {
        let sealed = self.seal(&row.heads, edits, row.author, row.time, row.entropy);
        let error = match sealed.and_then(|raw| self.take_in(raw, row)) {
            Ok(()) | Err(SealError::Nothing) => return,
            Err(error) => error,
        };
        if edits.len() == 1 {
            row.pieces.left.push((place, error));
            return;
        }
        let mut first = edits.len() / 2;
        if matches!(error, SealError::NoRoom) {
            // Every edit takes room for one operation at least.
            first = match self.room() {
                0 => {
                    let all = place..place + edits.len();
                    let left = all.map(|place| (place, SealError::NoRoom));
                    return row.pieces.left.extend(left);
                }
                room if room < edits.len() => room,
                _ => first,
            };
        }
        let (first, rest) = edits.split_at(first);
        self.seal_from(place, first, row);
        self.seal_from(place + first.len(), rest, row);
    }

    /// A change of one's own goes through the gate as any other, before it is signed.
    fn take_in(&mut self, raw: Vec<u8>, row: &mut Row<'_, '_>) -> Result<(), SealError> {
        let hash = change_hash(&raw).ok_or(SealError::Refused)?;
        let own = Incoming {
            entry: EntryId(hash.0),
            author: *row.author,
            changes: vec![raw.clone()],
        };
        let verdicts = self.admit(row.form, &[own]);
        if !verdicts.applied.is_empty() {
            row.pieces.changes.push(raw);
            row.heads = vec![hash];
            return Ok(());
        }
        Err(match verdicts.rebuild {
            true => SealError::NoRoom,
            false => SealError::Refused,
        })
    }

    /// For how many operations there is room.
    fn room(&self) -> usize {
        DOCUMENT_OPS_MAX_COUNT.saturating_sub(Graph::of(self).operations())
    }
}

/// Changes in as few entries as their order and the limits of an entry allow.
pub fn in_entries(changes: Vec<Vec<u8>>) -> Vec<Vec<Vec<u8>>> {
    let mut entries: Vec<Vec<Vec<u8>>> = Vec::new();
    let (mut bytes, mut ops) = (0, 0);
    for raw in changes {
        let more_bytes = raw.len() + CHANGE_FRAME_BYTES;
        let more_ops = examine(&raw).map_or(0, |shape| shape.ops);
        match entries.last_mut() {
            Some(last)
                if last.len() < CHANGES_MAX_COUNT
                    && bytes + more_bytes <= ENTRY_MAX_BYTES - ENTRY_FRAME_BYTES
                    && ops + more_ops <= ENTRY_OPS_MAX_COUNT =>
            {
                last.push(raw);
                (bytes, ops) = (bytes + more_bytes, ops + more_ops);
            }
            _ => {
                entries.push(vec![raw]);
                (bytes, ops) = (more_bytes, more_ops);
            }
        }
    }
    entries
}
