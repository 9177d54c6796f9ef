//! An invite as a text that people send, print or scan.
//!
//! It carries all that a new machine needs to join without a network: the invite
//! credential with the one-time secret, the anchor to pin, the credentials that
//! the invite chains through (so that the machine can hold its own entries), and
//! where the level above listens. Whoever has the text has the invite.
//!
//! `QUANHO1-` and base32 of a checksum and compressed CBOR. The letters suit a
//! QR code's alphanumeric mode; white space, hyphens and case do not matter, so
//! that a text survives e-mail and chat. The checksum finds accidents; forgery is
//! found by [`Invite::verify`], which follows the signatures to the anchor.

use data_encoding::BASE32_NOPAD;
use model::UnitPath;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};
use wire::cbor::CborError;
use wire::{Content, Digest, Entry, EntryError, Grant, PublicKey, Subject};
use zeroize::Zeroizing;

use crate::key::SecretKey;
use crate::ledger::{GrantRecord, grants_in};
use crate::verify::{Refusal, Signed, Verified};

/// What every invite starts with, before the version.
const NAME: &str = "QUANHO";
/// The version that this code writes and reads.
const VERSION: &str = "1";
/// Domain separation of the checksum.
const CHECKSUM_TAG: &[u8] = b"quanho/invite/1";
/// Finds 4,294,967,295 of 4,294,967,296 accidents.
const CHECKSUM_BYTES: usize = 4;
/// An invite has some 2 kB unpacked; a planted one must not fill the memory.
const UNPACKED_MAX_BYTES: usize = 64 << 10;
/// Text longer than this is not looked at.
const TEXT_MAX_BYTES: usize = 128 << 10;
/// Best ratio: it is made once and scanned by a camera.
const COMPRESSION_LEVEL: i32 = 19;

/// An invite, as given to the one who joins.
#[derive(Clone, Debug)]
pub struct Invite {
    /// The credential entry that grants the one-time key.
    pub credential: Entry,
    /// The one-time key. To be destroyed after its one use.
    pub secret: SecretKey,
    /// The ministry's root key, to be pinned.
    pub anchor: PublicKey,
    /// Where the level above listens, `host:port`.
    pub above: Option<String>,
    /// The credential entries that `credential` chains through, the root's first
    /// (see [`crate::chain()`]).
    pub ancestors: Vec<Entry>,
}

/// Why a text is no invite, or an invite no text.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// Some other text.
    #[error("not an invite: it would start with QUANHO1-")]
    NotAnInvite,
    /// An invite of another version of the program.
    #[error("an invite of version {0}, which this program does not know")]
    Version(String),
    /// Cut short or mistyped.
    #[error("the invite is damaged or not complete")]
    Damaged,
    /// The checksum fits, but an entry in it does not parse.
    #[error("the invite holds something that is no entry")]
    Entry(#[from] EntryError),
    /// The credential does not grant the secret's key as an invite.
    #[error("the invite's secret does not belong to its credential")]
    WrongSecret,
    /// Signature or chain are wrong.
    #[error("the invite does not chain to its anchor")]
    Chain(#[from] Refusal),
    /// It could not be written as CBOR.
    #[error("the invite cannot be encoded")]
    Encoding(#[from] CborError),
    /// Too long for a text.
    #[error("the invite is too large")]
    TooLarge,
}

/// What every credential entry has in its bytes, for the compressor: without it
/// the field names alone would make a text a quarter longer. Part of version 1.
const DICTIONARY: &[u8] = b"\
    \xa2\x64next\x58\x20\x69rehearsal\xf5\x67reenrol\xf5\xa2\x64root\xa1\x64next\x58\x20\
    \x67auditor\x68reviewer\x69publisher\x64seal\x58\x20\x67subject\x64root\x65until\x1b\x00\x00\x01\
    \x58\x20\x64name\x64seal\x58\x20\x65roles\x81\x64node\x67subject\x64node\
    \x58\x20\x64name\x65roles\x83\x64head\x66editor\x69registrar\x67subject\x66person\xa4\x63key\x58\x20\
    \x58\x40\x84\x58\x26\xa2\x01\x27\x04\x58\x20\xa0\x58\xa0\x59\x01\xa5\x64kind\x6acredential\
    \x64time\x1b\x00\x00\x01\x64unit\x66byt.24\x66stream\x63org\x67content\xa1\x66grants\x81\xa5\
    \x63key\x58\x20\x64name\x65roles\x84\x64head\x64node\x66editor\x69registrar\
    \x65until\x1b\x00\x00\x01\x67subject\x66invite\x58\x40";

/// Secret, anchor, address, entries (ancestors, then the credential).
#[derive(Serialize, Deserialize)]
struct Packed(ByteArray<32>, PublicKey, Option<String>, Vec<ByteBuf>);

impl Invite {
    /// The text. A secret.
    ///
    /// # Errors
    /// [`InviteError::WrongSecret`], or if it is too large.
    pub fn to_text(&self) -> Result<Zeroizing<String>, InviteError> {
        self.grant()?;
        let entries = self.ancestors.iter().chain([&self.credential]);
        let packed = Packed(
            ByteArray::new(*self.secret.seed()),
            self.anchor,
            self.above.clone(),
            entries.map(|entry| ByteBuf::from(entry.bytes())).collect(),
        );
        let cbor = Zeroizing::new(wire::cbor::to_vec(&packed)?);
        if cbor.len() > UNPACKED_MAX_BYTES {
            return Err(InviteError::TooLarge);
        }
        let data = zstd::bulk::Compressor::with_dictionary(COMPRESSION_LEVEL, DICTIONARY)
            .and_then(|mut compressor| compressor.compress(&cbor))
            .map_err(|_| InviteError::TooLarge)?;
        let data = Zeroizing::new(data);
        let mut bytes = Zeroizing::new(checksum(&data).to_vec());
        bytes.extend_from_slice(&data);
        Ok(Zeroizing::new(format!(
            "{NAME}{VERSION}-{}",
            BASE32_NOPAD.encode(&bytes)
        )))
    }

    /// Reads a text. Signatures are not looked at: see [`Invite::verify`].
    ///
    /// # Errors
    /// See [`InviteError`].
    pub fn parse(text: &str) -> Result<Self, InviteError> {
        if text.len() > TEXT_MAX_BYTES {
            return Err(InviteError::NotAnInvite);
        }
        let bytes = decode(text)?;
        let (sum, data) = bytes
            .split_at_checked(CHECKSUM_BYTES)
            .ok_or(InviteError::Damaged)?;
        if checksum(data) != sum {
            return Err(InviteError::Damaged);
        }
        let cbor = zstd::bulk::Decompressor::with_dictionary(DICTIONARY)
            .and_then(|mut decompressor| decompressor.decompress(data, UNPACKED_MAX_BYTES))
            .map_err(|_| InviteError::Damaged)?;
        let cbor = Zeroizing::new(cbor);
        let packed: Packed = wire::cbor::from_slice(&cbor).map_err(|_| InviteError::Damaged)?;
        if *Zeroizing::new(wire::cbor::to_vec(&packed)?) != *cbor {
            return Err(InviteError::Damaged);
        }
        let Packed(seed, anchor, above, entries) = packed;
        let mut ancestors = entries
            .iter()
            .map(|bytes| Entry::parse(bytes))
            .collect::<Result<Vec<_>, _>>()?;
        let credential = ancestors.pop().ok_or(InviteError::Damaged)?;
        let secret = SecretKey::from_seed(seed.into_array());
        let invite = Invite {
            credential,
            secret,
            anchor,
            above,
            ancestors,
        };
        invite.grant()?;
        Ok(invite)
    }

    /// Follows the chain from the anchor down and gives back the entries to
    /// hold, in order: the ancestors, then the invite's credential.
    ///
    /// # Errors
    /// [`InviteError::Chain`].
    pub fn verify(&self) -> Result<Vec<Verified>, InviteError> {
        let mut grants: Vec<GrantRecord> = Vec::new();
        let mut held = Vec::new();
        for entry in self.ancestors.iter().chain([&self.credential]) {
            let author = entry.author();
            let known: Vec<_> = grants.iter().filter(|g| g.key == author).cloned().collect();
            let verified = Signed::check(entry.clone())?.authorise(&self.anchor, &known)?;
            grants.extend(grants_in(&verified));
            held.push(verified);
        }
        Ok(held)
    }

    /// What the invite grants: the name of the unit, the roles that may be passed
    /// on, the end.
    ///
    /// # Errors
    /// [`InviteError::WrongSecret`] if the credential does not grant it.
    pub fn grant(&self) -> Result<&Grant, InviteError> {
        let Content::Credential(credential) = &self.credential.body().content else {
            return Err(InviteError::WrongSecret);
        };
        let key = self.secret.public();
        let mut grants = credential.grants.iter();
        grants
            .find(|grant| grant.key == key && grant.subject == Subject::Invite)
            .ok_or(InviteError::WrongSecret)
    }

    /// The unit to join.
    pub fn unit(&self) -> &UnitPath {
        &self.credential.body().unit
    }

    /// Whether the issuer meant it to enrol the unit anew, with new keys.
    pub fn is_reenrolment(&self) -> bool {
        matches!(&self.credential.body().content, Content::Credential(c) if c.reenrol)
    }
}

/// Takes off the prefix and the base32.
fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, InviteError> {
    let plain = text
        .chars()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c));
    let plain: String = plain.map(|c| c.to_ascii_uppercase()).collect();
    let plain = Zeroizing::new(plain);
    let rest = plain.strip_prefix(NAME).ok_or(InviteError::NotAnInvite)?;
    let (version, data) = rest.split_once('-').ok_or(InviteError::NotAnInvite)?;
    if version.is_empty() || !version.bytes().all(|b| b.is_ascii_digit()) {
        return Err(InviteError::NotAnInvite);
    }
    if version != VERSION {
        return Err(InviteError::Version(version.to_owned()));
    }
    let data = Zeroizing::new(data.replace('-', ""));
    let bytes = BASE32_NOPAD
        .decode(data.as_bytes())
        .map_err(|_| InviteError::Damaged)?;
    Ok(Zeroizing::new(bytes))
}

/// What mail programs and chats put into long words.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'
    )
}

fn checksum(data: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let Digest([a, b, c, d, ..]) = Digest::of(&[CHECKSUM_TAG, data]);
    [a, b, c, d]
}
