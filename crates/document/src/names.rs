//! Every id and hash that this room computes, each under its own domain.

use model::{Period, Snapshot, UnitPath};
use wire::{ChangeHash, ChangesContent, Digest, DocId, PublicKey, cbor};

/// Length of every actor id, in bytes.
pub(crate) const ACTOR_BYTES: usize = 16;

/// How many of them are the author's: enough that nobody grinds a key for
/// another's, few enough to leave 48 random bits a seal.
const ACTOR_AUTHOR_BYTES: usize = 10;

/// An Automerge actor of ours.
pub(crate) type Actor = [u8; ACTOR_BYTES];

/// Which document a report lives in. Issuer and form version are left out on
/// purpose: two machines must open the same one before either saw a campaign.
pub fn doc_id(unit: &UnitPath, form_name: &str, period: Period, ordinal: u32) -> DocId {
    // Strings and an integer always encode; an id of nothing would still differ
    // from every real one.
    let named = cbor::to_vec(&(unit, form_name, period, ordinal)).unwrap_or_default();
    DocId(Digest::of(&[b"quanho/doc/1\0", &named]).0)
}

/// The actor of a document's genesis.
pub(crate) fn genesis_actor(doc: DocId) -> Actor {
    first_16(Digest::of(&[b"quanho/genesis/1\0", &doc.0]))
}

/// The actor of the computed change that adds one text of a later form version.
pub(crate) fn text_actor(doc: DocId, code: &str) -> Actor {
    first_16(Digest::of(&[b"quanho/text/1\0", &doc.0, code.as_bytes()]))
}

/// The author's part of an actor id, followed by six random bytes.
pub(crate) fn seal_actor(author: &PublicKey, random: [u8; 6]) -> Actor {
    let mut actor = [0; ACTOR_BYTES];
    let (own, rest) = actor.split_at_mut(ACTOR_AUTHOR_BYTES);
    own.copy_from_slice(&author_tag(author));
    rest.copy_from_slice(&random);
    actor
}

/// Whether an actor id is one that this author's seals draw.
pub fn actor_belongs(actor: &[u8], author: &PublicKey) -> bool {
    actor.len() == ACTOR_BYTES && actor.starts_with(&author_tag(author))
}

fn author_tag(author: &PublicKey) -> [u8; ACTOR_AUTHOR_BYTES] {
    let mut tag = [0; ACTOR_AUTHOR_BYTES];
    tag.copy_from_slice(&Digest::of(&[&author.0]).0[..ACTOR_AUTHOR_BYTES]);
    tag
}

fn first_16(digest: Digest) -> Actor {
    let mut actor = [0; ACTOR_BYTES];
    actor.copy_from_slice(&digest.0[..ACTOR_BYTES]);
    actor
}

/// What a submission signs: SHA-256 of the snapshot's canonical CBOR.
pub fn snapshot_digest(snapshot: &Snapshot) -> Digest {
    // Maps of strings and scalars always encode.
    Digest::of(&[&cbor::to_vec(snapshot).unwrap_or_default()])
}

/// The hash of a raw change; `None` if it is no uncompressed change chunk with a
/// right checksum.
pub fn change_hash(raw: &[u8]) -> Option<ChangeHash> {
    crate::chunk::peek(raw).map(|header| header.hash)
}

/// The hashes of the changes of an entry, in its order; what is no change is
/// left out.
pub fn change_hashes_in(content: &ChangesContent) -> Vec<ChangeHash> {
    content
        .changes
        .iter()
        .filter_map(|raw| change_hash(raw))
        .collect()
}
