//! Frames to bytes and back, strictly.

// The number in front of a frame, looked at before its fields.
use serde::de::IgnoredAny as Number;
use serde_bytes::ByteBuf;

use super::{
    ADDRESS_MAX_BYTES, ASKS_MAX_COUNT, Ack, Answer, Ask, BLOB_CHUNK_MAX_BYTES, Batch, Blob, Bye,
    CHAIN_MAX_COUNT, Chain, Frame, FrameError, GROUPS_MAX_COUNT, Groups, Hello, Items,
    NEED_MAX_COUNT, PARTS_MAX_COUNT, Parts, RefuseCode, SHORT_BYTES, Total, WINDOW_MAX_BATCHES,
};
use crate::cbor::{self, CborError};
use crate::id::EntryId;
use crate::limits;

impl Frame {
    /// The bytes. Fails on a frame that no decoder would take back.
    pub fn encode(&self) -> Result<Vec<u8>, FrameError> {
        self.check()?;
        let bytes = self.to_cbor()?;
        if bytes.len() > limits::FRAME_MAX_BYTES {
            return Err(FrameError::TooLarge);
        }
        Ok(bytes)
    }

    /// Reads and checks bytes from anywhere.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        if bytes.len() > limits::FRAME_MAX_BYTES && !model::sabotaged!(IgnoreFrameLimit) {
            return Err(FrameError::TooLarge);
        }
        // A short array, then a number below 24: both heads are one byte.
        let number = match bytes {
            [0x81..=0x97, number @ 0x00..=0x17, ..] => *number,
            _ => return Err(FrameError::Kind),
        };
        let frame = Frame::from_numbered(number, bytes)?;
        frame.check()?;
        // Serde is lenient about what is left over in an array: comparing is not.
        if frame.to_cbor()? != bytes {
            return Err(FrameError::Cbor(CborError::NotCanonical));
        }
        Ok(frame)
    }

    /// The name, for logs and errors.
    pub fn name(&self) -> &'static str {
        match self {
            Frame::Hello(_) => "hello",
            Frame::Answer(_) => "answer",
            Frame::Chain(_) => "chain",
            Frame::Refuse(_) => "refuse",
            Frame::Batch(_) => "batch",
            Frame::Ack(_) => "ack",
            Frame::Groups(_) => "groups",
            Frame::Parts(_) => "parts",
            Frame::Items(_) => "items",
            Frame::Reconcile(_) => "reconcile",
            Frame::NeedListed(_) => "need-listed",
            Frame::NeedIds(_) => "need-ids",
            Frame::Sent(_) => "sent",
            Frame::Bye(_) => "bye",
            Frame::Blob(_) => "blob",
        }
    }

    pub(super) fn to_cbor(&self) -> Result<Vec<u8>, CborError> {
        match self {
            Frame::Hello(f) => cbor::to_vec(&(
                1u8, f.version, &f.address, &f.asks, f.total, f.receipts, f.clock, f.pushed,
            )),
            Frame::Answer(f) => cbor::to_vec(&(
                2u8, &f.address, &f.asks, &f.denied, f.total, f.receipts, f.clock, f.pushed,
            )),
            Frame::Chain(f) => cbor::to_vec(&(3u8, f.want, &f.entries)),
            Frame::Refuse(code) => cbor::to_vec(&(4u8, *code as u8)),
            Frame::Batch(f) => cbor::to_vec(&(5u8, f.seq, f.compressed, &f.data)),
            Frame::Ack(f) => cbor::to_vec(&(6u8, f.seq, &f.refused, &f.parked)),
            Frame::Groups(f) => cbor::to_vec(&(7u8, f.attempt, &f.denied, &f.groups)),
            Frame::Parts(f) => cbor::to_vec(&(8u8, &f.differing, &f.digests)),
            Frame::Items(f) => cbor::to_vec(&(9u8, &f.parts, &f.lacking, f.more)),
            Frame::Reconcile(message) => cbor::to_vec(&(10u8, message)),
            Frame::NeedListed(bits) => cbor::to_vec(&(11u8, bits)),
            Frame::NeedIds(ids) => cbor::to_vec(&(12u8, ids)),
            Frame::Sent(total) => cbor::to_vec(&(13u8, total)),
            Frame::Bye(f) => cbor::to_vec(&(14u8, f.in_sync, &f.denied)),
            Frame::Blob(f) => cbor::to_vec(&(15u8, f.rollup, &f.data, f.more)),
        }
    }

    fn from_numbered(number: u8, bytes: &[u8]) -> Result<Self, FrameError> {
        Ok(match number {
            1 => {
                let (Number, version, address, asks, total, receipts, clock, pushed) =
                    cbor::from_slice(bytes)?;
                Frame::Hello(Hello {
                    version,
                    address,
                    asks,
                    total,
                    receipts,
                    clock,
                    pushed,
                })
            }
            2 => {
                let (Number, address, asks, denied, total, receipts, clock, pushed) =
                    cbor::from_slice(bytes)?;
                Frame::Answer(Answer {
                    address,
                    asks,
                    denied,
                    total,
                    receipts,
                    clock,
                    pushed,
                })
            }
            3 => {
                let (Number, want, entries) = cbor::from_slice(bytes)?;
                Frame::Chain(Chain { want, entries })
            }
            4 => {
                let (Number, code) = cbor::from_slice::<(Number, u8)>(bytes)?;
                let code = RefuseCode::ALL.get(usize::from(code));
                Frame::Refuse(*code.ok_or(FrameError::Rule("an unknown reason"))?)
            }
            5 => {
                let (Number, seq, compressed, data) = cbor::from_slice(bytes)?;
                Frame::Batch(Batch {
                    seq,
                    compressed,
                    data,
                })
            }
            6 => {
                let (Number, seq, refused, parked) = cbor::from_slice(bytes)?;
                Frame::Ack(Ack {
                    seq,
                    refused,
                    parked,
                })
            }
            7 => {
                let (Number, attempt, denied, groups) = cbor::from_slice(bytes)?;
                Frame::Groups(Groups {
                    attempt,
                    denied,
                    groups,
                })
            }
            8 => {
                let (Number, differing, digests) = cbor::from_slice(bytes)?;
                Frame::Parts(Parts { differing, digests })
            }
            9 => {
                let (Number, parts, lacking, more) = cbor::from_slice(bytes)?;
                Frame::Items(Items {
                    parts,
                    lacking,
                    more,
                })
            }
            10 => Frame::Reconcile(cbor::from_slice::<(Number, ByteBuf)>(bytes)?.1),
            11 => Frame::NeedListed(cbor::from_slice::<(Number, ByteBuf)>(bytes)?.1),
            12 => Frame::NeedIds(cbor::from_slice::<(Number, Vec<EntryId>)>(bytes)?.1),
            13 => Frame::Sent(cbor::from_slice::<(Number, Option<Total>)>(bytes)?.1),
            14 => {
                let (Number, in_sync, denied) = cbor::from_slice(bytes)?;
                Frame::Bye(Bye { in_sync, denied })
            }
            15 => {
                let (Number, rollup, data, more) = cbor::from_slice(bytes)?;
                Frame::Blob(Blob { rollup, data, more })
            }
            _ => return Err(FrameError::Kind),
        })
    }

    fn check(&self) -> Result<(), FrameError> {
        let rule = |holds: bool, what: &'static str| {
            if holds {
                Ok(())
            } else {
                Err(FrameError::Rule(what))
            }
        };
        let short = |bytes: &ByteBuf| bytes.len().is_multiple_of(SHORT_BYTES);
        match self {
            Frame::Hello(f) => check_opening(f.address.as_deref(), &f.asks, f.pushed),
            Frame::Answer(f) => {
                check_opening(f.address.as_deref(), &f.asks, f.pushed)?;
                check_indexes(&f.denied, ASKS_MAX_COUNT)
            }
            Frame::Chain(f) => rule(f.entries.len() <= CHAIN_MAX_COUNT, "too long a chain"),
            Frame::Ack(f) => {
                let refused: Vec<u64> = f.refused.iter().map(|(index, _)| *index).collect();
                check_indexes(&refused, limits::BATCH_MAX_COUNT)?;
                check_indexes(&f.parked, limits::BATCH_MAX_COUNT)?;
                let fits = |reason: &String| reason.len() <= limits::NAME_MAX_BYTES;
                rule(
                    f.refused.iter().all(|(_, reason)| fits(reason)),
                    "too long a reason",
                )
            }
            Frame::Groups(f) => {
                check_indexes(&f.denied, ASKS_MAX_COUNT)?;
                let count = f.groups.len() / SHORT_BYTES;
                let fits = short(&f.groups) && count.is_power_of_two() && count <= GROUPS_MAX_COUNT;
                rule(fits, "the number of groups is a power of two up to 1024")
            }
            Frame::Parts(f) => {
                rule(
                    f.differing.len() <= GROUPS_MAX_COUNT.div_ceil(8),
                    "too many groups",
                )?;
                let fits = short(&f.digests) && f.digests.len() / SHORT_BYTES <= PARTS_MAX_COUNT;
                rule(fits, "too many parts")
            }
            Frame::Items(f) => {
                rule(
                    f.lacking.len() <= PARTS_MAX_COUNT.div_ceil(8),
                    "too many parts",
                )?;
                rule(
                    f.parts.iter().all(|p| p.1.as_ref().is_none_or(short)),
                    "short ids",
                )
            }
            Frame::Bye(f) => check_indexes(&f.denied, ASKS_MAX_COUNT),
            Frame::NeedIds(ids) => rule(ids.len() <= NEED_MAX_COUNT, "too many ids"),
            Frame::Blob(f) => {
                let length = f.data.as_ref().map_or(0, |data| data.len());
                rule(length <= BLOB_CHUNK_MAX_BYTES, "too large a piece")?;
                rule(f.data.is_some() || !f.more, "nothing cannot go on")
            }
            Frame::Refuse(_)
            | Frame::Batch(_)
            | Frame::Reconcile(_)
            | Frame::NeedListed(_)
            | Frame::Sent(_) => Ok(()),
        }
    }
}

fn check_opening(address: Option<&str>, asks: &[Ask], pushed: u64) -> Result<(), FrameError> {
    if address.is_some_and(|a| a.is_empty() || a.len() > ADDRESS_MAX_BYTES || !is_printable(a)) {
        return Err(FrameError::Rule(
            "an address is 1 to 260 printable characters",
        ));
    }
    if asks.len() > ASKS_MAX_COUNT {
        return Err(FrameError::Rule("too many asks"));
    }
    if pushed > WINDOW_MAX_BATCHES {
        return Err(FrameError::Rule("more batches than the window holds"));
    }
    Ok(())
}

fn is_printable(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic())
}

/// Ascending, unique and below the limit.
fn check_indexes(indexes: &[u64], limit: usize) -> Result<(), FrameError> {
    let ascending = indexes.windows(2).all(|pair| pair[0] < pair[1]);
    if !ascending || indexes.last().is_some_and(|last| *last >= limit as u64) {
        return Err(FrameError::Rule(
            "indexes ascend and stay below their limit",
        ));
    }
    Ok(())
}
