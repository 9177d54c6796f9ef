//! Drafts: what was typed and is durable here, but not yet signed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use document::{Edit, SealError};
use identity::SecretKey;
use serde_bytes::ByteBuf;
use store::{Draft, DraftValue};
use wire::{ChangeHash, ChangesContent, Content, DocId, EntryId, PublicKey, Stream};

use crate::author::{Place, insert_own};
use crate::report::ReportKey;
use crate::{Env, Error, Replica};

/// Drafts of one person upon the same heads become one change. Groups come in
/// the order of their first draft.
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
    /// Makes a person's drafts of every report into signed changes, one entry a
    /// report, and says how many drafts that were.
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
        let mut sealed = 0;
        for doc in docs {
            let Some(key) = self.draft_report(&doc)? else {
                continue;
            };
            sealed += self.seal(&key, person, env)?.1;
        }
        Ok(sealed)
    }

    /// Makes a person's drafts of one report into one signed entry. The change
    /// is made at the heads that the person saw: what arrived meanwhile stays
    /// visible as a conflict.
    pub(crate) fn seal(
        &mut self,
        key: &ReportKey,
        person: &SecretKey,
        env: &mut Env<'_>,
    ) -> Result<(Option<EntryId>, usize), Error> {
        let mine: Vec<Draft> = self
            .store
            .drafts(&key.doc())?
            .into_iter()
            .filter(|draft| draft.person == person.public())
            .collect();
        if mine.is_empty() {
            return Ok((None, 0));
        }
        let loaded = self.load(key)?;
        let mut changes = Vec::new();
        for (author, group) in groups(&mine) {
            let heads = if model::sabotaged!(SealAtCurrentHeads) {
                loaded.report.heads()
            } else {
                loaded.report.still_seen(&group[0].heads)
            };
            match loaded
                .report
                .seal(&heads, &edits(&group), &author, env.clock.now, env.entropy)
            {
                Ok(raw) => changes.push(ByteBuf::from(raw)),
                // Typed again what was there: nothing to sign.
                Err(SealError::Nothing) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let rows: Vec<i64> = mine.iter().map(|draft| draft.row).collect();
        if changes.is_empty() {
            self.store
                .write(|tx| -> Result<(), Error> { Ok(tx.delete_drafts(&rows)?) })?;
            return Ok((None, rows.len()));
        }
        let place = Place {
            stream: Stream::Report,
            unit: key.unit.clone(),
            period: Some(key.period),
            doc: Some(key.doc()),
        };
        let content = Content::Changes(ChangesContent { changes });
        if model::sabotaged!(DropDraftsEarly) {
            self.store
                .write(|tx| -> Result<(), Error> { Ok(tx.delete_drafts(&rows)?) })?;
        }
        let entry = self.sign(person, place, content, env.clock)?;
        self.store.write(|tx| -> Result<(), Error> {
            insert_own(tx, &entry, env.clock)?;
            tx.delete_drafts(&rows)?;
            Ok(())
        })?;
        Ok((Some(entry.id()), rows.len()))
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
