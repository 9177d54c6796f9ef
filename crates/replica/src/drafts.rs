//! Drafts: what was typed and is durable here, but not yet signed.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use document::{Edit, SealError};
use identity::SecretKey;
use serde_bytes::ByteBuf;
use store::{Draft, DraftValue};
use wire::{ChangeHash, ChangesContent, Content, DocId, PublicKey};

use crate::author::{Place, insert_own};
use crate::report::ReportKey;
use crate::{Env, Error, Replica};

/// What a seal did.
#[derive(Debug, Default)]
pub(crate) struct Sealed {
    /// How many drafts are done with.
    pub(crate) drafts: usize,
    /// The changes that they became.
    pub(crate) changes: BTreeSet<ChangeHash>,
    /// Why the others stay drafts.
    pub(crate) left: Vec<SealError>,
}

/// Drafts of one person upon the same heads become one change, or one after the
/// other. Groups come in the order of their first draft.
pub(crate) fn groups(drafts: &[Draft]) -> Vec<(PublicKey, Vec<&Draft>)> {
    let mut groups: Vec<(PublicKey, Vec<&Draft>)> = Vec::new();
    for draft in drafts {
        let same = |(person, group): &&mut (PublicKey, Vec<&Draft>)| {
            *person == draft.person && same_heads(&group[0].heads, &draft.heads)
        };
        match groups.iter_mut().find(same) {
            Some((_, group)) => group.push(draft),
            None => groups.push((draft.person, vec![draft])),
        }
    }
    groups
}

fn same_heads(a: &[ChangeHash], b: &[ChangeHash]) -> bool {
    a == b
}

/// The edits of a group of drafts.
pub(crate) fn edits(group: &[&Draft]) -> Vec<Edit> {
    group
        .iter()
        .map(|draft| match &draft.value {
            DraftValue::Scalar(value) => Edit::Put {
                key: draft.key.clone(),
                value: value.clone(),
            },
            DraftValue::Text(text) => Edit::SetText {
                code: draft.key.clone(),
                text: text.clone(),
            },
        })
        .collect()
}

impl Replica {
    /// Makes a person's drafts of every report into signed changes and says how many
    /// drafts that were. What no change can hold stays a draft, and no report keeps
    /// another one waiting.
    ///
    /// # Errors
    /// The first one, once all reports were tried.
    pub fn seal_all(&mut self, person: &SecretKey, env: &mut Env<'_>) -> Result<usize, Error> {
        let mut docs: Vec<_> = self
            .store
            .drafts_all()?
            .into_iter()
            .filter(|draft| draft.person == person.public())
            .map(|draft| draft.doc)
            .collect();
        docs.sort_unstable();
        docs.dedup();
        let (mut sealed, mut failed) = (0, None);
        for doc in docs {
            let Some(key) = self.draft_report(&doc)? else {
                continue;
            };
            match self.seal(&key, person, env) {
                Ok(done) => sealed += done.drafts,
                Err(error) => drop(failed.get_or_insert(error)),
            }
        }
        failed.map_or(Ok(sealed), Err)
    }

    /// Makes a person's drafts of one report into signed entries: one, if it holds
    /// them. The changes are made at the heads that the person saw: what arrived
    /// meanwhile stays visible as a conflict.
    pub(crate) fn seal(
        &mut self,
        key: &ReportKey,
        person: &SecretKey,
        env: &mut Env<'_>,
    ) -> Result<Sealed, Error> {
        // Another process may sign the same drafts, or take new words into them:
        // whoever comes second looks anew at what is left.
        loop {
            if let Some(sealed) = self.try_seal(key, person, env)? {
                return Ok(sealed);
            }
        }
    }

    /// `None`: not all of the drafts that were read are there any more.
    fn try_seal(
        &mut self,
        key: &ReportKey,
        person: &SecretKey,
        env: &mut Env<'_>,
    ) -> Result<Option<Sealed>, Error> {
        let mine: Vec<Draft> = self
            .store
            .drafts(&key.doc())?
            .into_iter()
            .filter(|draft| draft.person == person.public())
            .collect();
        if mine.is_empty() {
            return Ok(Some(Sealed::default()));
        }
        let mut loaded = self.load(key)?;
        let (mut changes, mut rows) = (Vec::new(), Vec::new());
        let mut sealed = Sealed::default();
        for (author, group) in groups(&mine) {
            let heads = if model::sabotaged!(SealAtCurrentHeads) {
                loaded.report.heads()
            } else {
                loaded.report.still_seen(&group[0].heads)
            };
            let edits = edits(&group);
            let now = env.clock.now;
            let report = &mut loaded.report;
            let pieces =
                report.seal_pieces(&loaded.form, &heads, &edits, &author, now, env.entropy)?;
            changes.extend(pieces.changes);
            let left: BTreeSet<usize> = pieces.left.iter().map(|(place, _)| *place).collect();
            let done = group.iter().enumerate();
            let done = done.filter(|(place, _)| !left.contains(place));
            rows.extend(done.map(|(_, draft)| draft.row));
            sealed
                .left
                .extend(pieces.left.into_iter().map(|(_, why)| why));
        }
        sealed.drafts = rows.len();
        sealed.changes = changes
            .iter()
            .filter_map(|raw| document::change_hash(raw))
            .collect();
        let place = Place::report(key);
        if model::sabotaged!(DropDraftsEarly) {
            self.store
                .write(|tx| -> Result<(), Error> { Ok(tx.delete_drafts(&rows)?) })?;
        }
        let mut entries = Vec::new();
        for changes in document::in_entries(changes) {
            let changes = changes.into_iter().map(ByteBuf::from).collect();
            let content = Content::Changes(ChangesContent { changes });
            entries.push(self.sign(person, place.clone(), content, env.clock)?);
        }
        self.store.write(|tx| -> Result<Option<Sealed>, Error> {
            if !tx.has_drafts(&rows)? && !model::sabotaged!(DropDraftsEarly) {
                return Ok(None);
            }
            for entry in &entries {
                insert_own(tx, entry, env.clock)?;
            }
            tx.delete_drafts(&rows)?;
            Ok(Some(sealed))
        })
    }

    /// The drafts of a report that can become changes.
    pub(crate) fn live_drafts(&self, doc: &DocId) -> Result<Vec<Draft>, Error> {
        Ok(self.split_drafts(self.store.drafts(doc)?)?.0)
    }

    /// All drafts that can become changes, and those that nobody can sign any
    /// more: their author's key no longer counts here. These stay stored, and
    /// stand in nobody's way.
    pub(crate) fn split_drafts(
        &self,
        drafts: Vec<Draft>,
    ) -> Result<(Vec<Draft>, Vec<Draft>), Error> {
        let mut able: BTreeMap<PublicKey, bool> = BTreeMap::new();
        let mut judge = identity::Judge::new(&self.store);
        for draft in &drafts {
            if let Entry::Vacant(person) = able.entry(draft.person) {
                person.insert(judge.counts_at(&draft.person, &self.unit)?);
            }
        }
        let live = |draft: &Draft| able.get(&draft.person).copied().unwrap_or(false);
        Ok(drafts.into_iter().partition(live))
    }

    /// People of this machine with unsigned drafts, and how many.
    pub fn unsealed(&self) -> Result<Vec<(PublicKey, usize)>, Error> {
        let mut people: Vec<(PublicKey, usize)> = Vec::new();
        for draft in self.split_drafts(self.store.drafts_all()?)?.0 {
            match people
                .iter_mut()
                .find(|(person, _)| *person == draft.person)
            {
                Some((_, count)) => *count += 1,
                None => people.push((draft.person, 1)),
            }
        }
        Ok(people)
    }
}
