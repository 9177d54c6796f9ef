//! What is asked for beyond the shared ranges: granted or denied, and blobs.

use model::Timestamp;
use serde_bytes::ByteBuf;
use wire::frame::{Ask, BLOB_CHUNK_MAX_BYTES, Blob, Frame};

use super::{Session, State};
use crate::error::{ProtocolError, SessionError};
use crate::holdings::{Holdings, PeerInfo};
use crate::limits::BLOB_MAX_BYTES;
use crate::scope;

impl Session {
    /// Adds what the peer asks for, and notes what it does not get.
    pub(super) fn grant<H: Holdings>(
        &mut self,
        peer: &PeerInfo,
        asks: &[Ask],
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        for (index, ask) in (0..).zip(asks) {
            let mut granted = scope::may_ask(&self.config.own_unit, &peer.unit, ask);
            if let (true, Ask::Report { unit, period }) = (granted, ask) {
                granted = holdings
                    .drill_allowed(peer, unit, *period)
                    .map_err(SessionError::holdings)?;
                if granted {
                    holdings
                        .note_drill(peer, unit, *period, now)
                        .map_err(SessionError::holdings)?;
                }
            }
            if granted {
                self.ranges.extend(scope::asked(ask));
            } else {
                self.denied.push(index);
            }
        }
        Ok(())
    }

    /// Takes back what the peer did not grant.
    pub(super) fn take_denied(&mut self, denied: &[u64]) -> Result<(), SessionError> {
        for index in denied {
            let ask = usize::try_from(*index).ok();
            let ask = ask.and_then(|index| self.config.asks.get(index));
            let ask = ask.ok_or(ProtocolError::Size("an index"))?;
            if let Ask::Inputs { rollup } = ask {
                self.blobs.remove(rollup);
            }
            self.outcome.denied.push(ask.clone());
            if let Some(range) = self.own_asks.remove(index)
                && let Some(at) = self.ranges.iter().rposition(|r| *r == range)
            {
                self.ranges.remove(at);
            }
        }
        Ok(())
    }

    /// The answers to the peer's asks for blobs.
    pub(super) fn send_blobs<H: Holdings>(
        &mut self,
        asks: &[Ask],
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        let mut asked = Vec::new();
        for (index, ask) in (0..).zip(asks) {
            let Ask::Inputs { rollup } = ask else {
                continue;
            };
            // Once each: the same ask over and over would fill the memory here.
            if self.denied.contains(&index) || asked.contains(rollup) {
                continue;
            }
            asked.push(*rollup);
            let blob = holdings.answer(ask).map_err(SessionError::holdings)?;
            let blob = blob.filter(|blob| blob.len() <= BLOB_MAX_BYTES);
            let Some(blob) = blob else {
                let (rollup, data, more) = (*rollup, None, false);
                self.send(&Frame::Blob(Blob { rollup, data, more }))?;
                continue;
            };
            let count = blob.len().div_ceil(BLOB_CHUNK_MAX_BYTES).max(1);
            for at in 0..count {
                let from = at * BLOB_CHUNK_MAX_BYTES;
                let piece = &blob[from..blob.len().min(from + BLOB_CHUNK_MAX_BYTES)];
                self.send(&Frame::Blob(Blob {
                    rollup: *rollup,
                    data: Some(ByteBuf::from(piece)),
                    more: at + 1 < count,
                }))?;
            }
        }
        Ok(())
    }

    pub(super) fn on_blob<H: Holdings>(
        &mut self,
        frame: Blob,
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        let Some(mut blob) = self.blobs.remove(&frame.rollup) else {
            return Err(ProtocolError::OutOfPlace("blob").into());
        };
        if self.peer.is_none() {
            return Err(ProtocolError::OutOfPlace("blob").into());
        }
        if let Some(data) = frame.data {
            if blob.len() + data.len() > BLOB_MAX_BYTES {
                return Err(ProtocolError::Size("a blob").into());
            }
            blob.extend_from_slice(&data);
            if frame.more {
                self.blobs.insert(frame.rollup, blob);
            } else {
                let rollup = frame.rollup;
                self.outcome.answers.push((Ask::Inputs { rollup }, blob));
            }
        }
        if self.state == State::Blobs && self.blobs.is_empty() {
            return self.say_bye(true, holdings);
        }
        Ok(())
    }
}
