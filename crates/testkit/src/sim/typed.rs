//! What people typed, from their keys to a signature: no command may lose a draft,
//! and one that is gone has become a signed change which says the same.

use std::cell::OnceCell;

use automerge::legacy::{Key, OpType};
use automerge::{Change, ScalarValue};
use model::Scalar;
use store::{Draft, DraftValue};
use wire::{Content, Entry, Kind, PublicKey};

use super::failure::{Broken, Promise};
use super::world::World;

/// What a command may do to drafts. It touches nobody else's in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Touches {
    /// Not a single one.
    Nothing,
    /// Its person types: into this field, or into any.
    Types(Option<&'static str>),
    /// Its person signs: what goes away is in a change.
    Signs,
}

impl World<'_> {
    /// After a command of this person, done or refused: holds its drafts against
    /// those before. A failing disk is asked again after the next one.
    pub(crate) fn check_drafts(
        &mut self,
        who: usize,
        person: &PublicKey,
        touches: Touches,
    ) -> Result<(), Broken> {
        let machine = &self.machines[who];
        let Some(drafts) = machine.drafts() else {
            return Ok(());
        };
        let free = |draft: &Draft| {
            draft.person == *person
                && match touches {
                    Touches::Nothing | Touches::Signs => false,
                    Touches::Types(key) => key.is_none_or(|key| draft.key == key),
                }
        };
        let before = machine.safe.drafts.iter();
        let mut gone = before.filter(|draft| !free(draft) && !drafts.contains(draft));
        let held = OnceCell::new();
        let lost = gone.find(|draft| {
            let signs = touches == Touches::Signs && draft.person == *person;
            !(signs && became_a_change(held.get_or_init(|| self.readable(who)), draft))
        });
        if let Some(Draft { key, value, .. }) = lost {
            let words = format!("{} has lost {key}, {value:?}, {touches:?}", self.name(who));
            return Err(Broken::new(Promise::NothingLost, words));
        }
        let known = |draft: &&Draft| !machine.safe.drafts.contains(draft) && !free(draft);
        if let Some(strange) = drafts.iter().find(known) {
            let words = format!("{}: nobody typed {}", self.name(who), strange.key);
            return Err(Broken::new(Promise::NothingForged, words));
        }
        self.machines[who].safe.drafts = drafts;
        Ok(())
    }

    /// Right after somebody typed this number: it waits, or it is there already.
    pub(crate) fn check_typed(
        &self,
        who: usize,
        person: &PublicKey,
        code: &str,
        number: i64,
    ) -> Result<(), Broken> {
        let machine = &self.machines[who];
        let value = DraftValue::Scalar(Scalar::Int(number));
        let waits = machine
            .safe
            .drafts
            .iter()
            .any(|draft| draft.person == *person && draft.key == code && draft.value == value);
        let said = || says(&self.readable(who), code, &Scalar::Int(number));
        if waits || machine.ailing.any() || said() {
            return Ok(());
        }
        let words = format!("{} has lost {code} = {number}", self.name(who));
        Err(Broken::new(Promise::NothingLost, words))
    }

    /// What a machine holds, without changes that were made to break a reader.
    fn readable(&self, who: usize) -> Vec<Entry> {
        let mut entries = self.machines[who].entries();
        entries.retain(|entry| !self.known.hostile.contains(&entry.id()));
        entries
    }
}

/// Whether a draft that is gone is in a change that is held: a new one, or an earlier
/// one, as typing again what is there signs nothing. Texts are changed piece by piece:
/// of them there is only to be seen that this report has changes.
fn became_a_change(entries: &[Entry], draft: &Draft) -> bool {
    let of_doc = |entry: &&Entry| entry.body().doc == Some(draft.doc);
    let mut entries = entries.iter().filter(of_doc);
    match &draft.value {
        DraftValue::Scalar(value) => says(entries, &draft.key, value),
        DraftValue::Text(_) => entries.any(|entry| entry.body().kind() == Kind::Changes),
    }
}

/// Whether one of these puts this value there.
fn says<'a>(entries: impl IntoIterator<Item = &'a Entry>, key: &str, value: &Scalar) -> bool {
    let changes = entries
        .into_iter()
        .filter_map(|entry| match &entry.body().content {
            Content::Changes(content) => Some(&content.changes),
            _ => None,
        });
    let mut changes = changes
        .flatten()
        .filter_map(|raw| Change::from_bytes(raw.to_vec()).ok());
    changes.any(|change| {
        let mut operations = change.decode().operations.into_iter();
        operations.any(|operation| {
            let there = matches!(&operation.key, Key::Map(name) if name.as_str() == key);
            there && matches!(&operation.action, OpType::Put(put) if same(put, value))
        })
    })
}

fn same(put: &ScalarValue, value: &Scalar) -> bool {
    match (put, value) {
        (ScalarValue::Null, Scalar::Null) => true,
        (ScalarValue::Boolean(put), Scalar::Bool(value)) => put == value,
        (ScalarValue::Int(put), Scalar::Int(value)) => put == value,
        (ScalarValue::Str(put), Scalar::Str(value)) => put.as_str() == value.as_str(),
        _ => false,
    }
}
