//! The report in memory: an Automerge document and what we know of it.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change, ObjId, ROOT, ReadDoc};
use model::Form;
use wire::{ChangeHash, DocId};

use crate::genesis::{genesis_change, object, text_change, text_code};
use crate::inspect::OpRef;
use crate::names::{Actor, genesis_actor, text_actor};

/// One report's document. Cheap enough to build when needed (a quarter of a
/// millisecond), too dear to hold ten thousand of.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) doc: DocId,
    pub(crate) am: Automerge,
    pub(crate) base: Base,
    /// The saved bytes, if they are those of `am`.
    pub(crate) saved: Option<Vec<u8>>,
}

/// What was computed and not authored.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    pub genesis: Change,
    /// The computed changes.
    pub hashes: BTreeSet<ChangeHash>,
    /// The text objects by code.
    pub texts: BTreeMap<String, OpRef>,
}

/// Why saved bytes are not a report.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Automerge does not read them.
    #[error("the saved document does not load")]
    Automerge(#[from] automerge::AutomergeError),
    /// Automerge panicked.
    #[error("Automerge panicked on the saved document")]
    Panicked,
    /// It does not begin with this document's genesis.
    #[error("the saved document is not of this report")]
    Genesis,
}

impl Report {
    /// The untouched report: only its computed first change. `form` is version 1
    /// of the form, whatever versions came later: those are added by
    /// [`Report::extend`]. Byte-for-byte the same everywhere.
    pub fn genesis(form: &Form, doc: DocId) -> Report {
        let codes: Vec<String> = form.long_texts().map(str::to_owned).collect();
        Report::on(doc, Automerge::new(), genesis_change(doc, &codes), &codes)
    }

    fn on(doc: DocId, mut am: Automerge, genesis: Change, codes: &[String]) -> Report {
        let base = Base::new(doc, genesis, codes);
        if am.get_heads().is_empty() {
            // Our own bytes, made a moment ago.
            let _ = am.apply_changes([base.genesis.clone()]);
        }
        Report {
            doc,
            am,
            base,
            saved: None,
        }
    }

    /// Adds the texts of a later version of the form that this report does not
    /// have yet, by computed changes. Every reading call works without it; a
    /// change that writes to such a text waits until it was called.
    pub fn extend(&mut self, form: &Form) {
        let missing: Vec<String> = form
            .long_texts()
            .filter(|code| !self.base.texts.contains_key(*code))
            .map(str::to_owned)
            .collect();
        for code in missing {
            let change = text_change(self.doc, &self.base.genesis, &code);
            let hash = ChangeHash(change.hash().0);
            let made = OpRef {
                counter: change.start_op().get(),
                actor: text_actor(self.doc, &code),
            };
            if self.am.apply_changes([change]).is_ok() {
                self.base.hashes.insert(hash);
                self.base.texts.insert(code, made);
                self.saved = None;
            }
        }
    }

    /// Reads what [`Report::save`] wrote. `form` is any version of the form.
    ///
    /// # Errors
    /// If the bytes are no document, or another one's.
    pub fn load(form: &Form, doc: DocId, saved: &[u8]) -> Result<Report, LoadError> {
        catch_unwind(AssertUnwindSafe(|| {
            let am = Automerge::load(saved)?;
            let (genesis, codes) = find_genesis(&am, doc).ok_or(LoadError::Genesis)?;
            let mut report = Report::on(doc, am, genesis, &codes);
            report.find_later_texts()?;
            report.saved = Some(saved.to_vec());
            report.extend(form);
            Ok(report)
        }))
        .unwrap_or(Err(LoadError::Panicked))
    }

    /// The document as bytes, a cache of its entries.
    pub fn save(&self) -> Vec<u8> {
        match &self.saved {
            Some(saved) => saved.clone(),
            None => self.am.save(),
        }
    }

    /// Which document.
    pub fn doc(&self) -> DocId {
        self.doc
    }

    /// The changes that nothing rests on yet, ascending.
    pub fn heads(&self) -> Vec<ChangeHash> {
        let mut heads: Vec<_> = self.am.get_heads().into_iter().map(ours).collect();
        heads.sort_unstable();
        heads
    }

    /// Whether a change is in effect here.
    pub fn has(&self, change: &ChangeHash) -> bool {
        self.am.get_change_meta_by_hash(&theirs(change)).is_some()
    }

    /// Whether nobody has written anything: only computed changes.
    pub fn is_untouched(&self) -> bool {
        self.heads()
            .iter()
            .all(|head| self.base.hashes.contains(head))
    }

    /// Those of the given changes that are not in effect here, ascending.
    pub fn missing_ancestors(&self, of: &[ChangeHash]) -> Vec<ChangeHash> {
        let missing: BTreeSet<_> = of.iter().filter(|hash| !self.has(hash)).copied().collect();
        missing.into_iter().collect()
    }

    /// What somebody saw who saw these changes, as far as they still count: a
    /// revocation or a fork may have taken some away. None left: what was computed,
    /// so that nothing is overwritten unseen.
    pub fn still_seen(&self, seen: &[ChangeHash]) -> Vec<ChangeHash> {
        let left: Vec<_> = seen.iter().filter(|hash| self.has(hash)).copied().collect();
        if left.is_empty() {
            return self.base.hashes.iter().copied().collect();
        }
        left
    }

    /// The flat map's id.
    pub(crate) fn values(&self) -> ObjId {
        object(1, genesis_actor(self.doc))
    }

    /// A text's id.
    pub(crate) fn text(&self, code: &str) -> Option<ObjId> {
        let made = self.base.texts.get(code)?;
        Some(object(made.counter, made.actor))
    }

    /// The codes of all texts, ascending.
    pub(crate) fn text_codes(&self) -> impl Iterator<Item = &str> {
        self.base.texts.keys().map(String::as_str)
    }

    /// Finds the texts that later versions added: the keys are listed, the ids
    /// are computed, and a computed change must be there byte for byte.
    fn find_later_texts(&mut self) -> Result<(), LoadError> {
        let keys: Vec<String> = self.am.keys(ROOT).collect();
        for code in keys.iter().filter_map(|key| text_code(key)) {
            if self.base.texts.contains_key(code) {
                continue;
            }
            let change = text_change(self.doc, &self.base.genesis, code);
            if !self.has(&ours(change.hash())) {
                return Err(LoadError::Genesis);
            }
            self.base.hashes.insert(ours(change.hash()));
            let actor = text_actor(self.doc, code);
            let counter = change.start_op().get();
            self.base
                .texts
                .insert(code.to_owned(), OpRef { counter, actor });
        }
        Ok(())
    }
}

impl Base {
    fn new(doc: DocId, genesis: Change, codes: &[String]) -> Base {
        let actor: Actor = genesis_actor(doc);
        let sorted: BTreeSet<&String> = codes.iter().collect();
        // Operation 1 makes the map, the texts follow in order of their codes.
        let texts = sorted
            .into_iter()
            .zip(2..)
            .map(|(code, counter)| (code.clone(), OpRef { counter, actor }))
            .collect();
        Base {
            hashes: BTreeSet::from([ours(genesis.hash())]),
            genesis,
            texts,
        }
    }
}

/// The genesis in a loaded document, checked by computing it again.
fn find_genesis(am: &Automerge, doc: DocId) -> Option<(Change, Vec<String>)> {
    let actor = genesis_actor(doc);
    let found = am
        .get_changes_meta(&[])
        .into_iter()
        .find(|meta| meta.actor.to_bytes() == actor)?
        .hash;
    let change = am.get_change_by_hash(&found)?;
    let codes: Vec<String> = change
        .decode()
        .operations
        .iter()
        .filter_map(|op| match &op.key {
            automerge::legacy::Key::Map(key) => text_code(key).map(str::to_owned),
            automerge::legacy::Key::Seq(_) => None,
        })
        .collect();
    let computed = genesis_change(doc, &codes);
    (computed.hash() == found).then_some((computed, codes))
}

/// Automerge's hash as ours.
pub(crate) fn ours(hash: automerge::ChangeHash) -> ChangeHash {
    ChangeHash(hash.0)
}

/// Our hash as Automerge's.
pub(crate) fn theirs(hash: &ChangeHash) -> automerge::ChangeHash {
    automerge::ChangeHash(hash.0)
}
