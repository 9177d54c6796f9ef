//! Bytes and meaning are one to one, and nothing is larger than its limit.

use std::collections::BTreeMap;

use model::Entropy as _;
use serde_bytes::ByteBuf;
use testkit::Seeded;
use wire::cbor::{self, Value};
use wire::cose::{Sign1, sig_structure};
use wire::frame::{Frame, FrameError};
use wire::{Entry, EntryError, limits};

use crate::run::{Seen, ensure};
use crate::tree::Tree;

/// "simulated: false" written out says what its absence says.
pub(crate) fn an_entry_has_one_spelling() -> Seen {
    let tree = Tree::new(0);
    let honest = tree.so.entries().pop().expect("an entry");
    let outer = Sign1::parse(honest.bytes()).unwrap();
    let mut fields: BTreeMap<Value, Value> = match cbor::from_slice(outer.payload).unwrap() {
        Value::Map(fields) => fields,
        other => return Err(format!("no map: {other:?}")),
    };
    fields.insert(Value::Text("simulated".to_owned()), Value::Bool(false));
    let payload = cbor::to_vec(&Value::Map(fields)).unwrap();
    let signed = sig_structure(outer.protected, wire::entry::ENTRY_AAD, &payload);
    let respelt = Sign1 {
        protected: outer.protected,
        payload: &payload,
        signature: &tree.so.person.sign_bytes(&signed),
    };
    match Entry::parse(&respelt.to_vec()) {
        Err(EntryError::Cbor(cbor::CborError::NotCanonical)) => Ok(()),
        Err(error) => Err(format!("refused for another reason: {error}")),
        Ok(entry) => Err(format!(
            "one statement has two ids: {} and {}",
            honest.id().short(),
            entry.id().short()
        )),
    }
}

pub(crate) fn a_frame_has_a_largest_size() -> Seen {
    let data = ByteBuf::from(vec![0; limits::FRAME_MAX_BYTES]);
    let bytes = cbor::to_vec(&(5, 0, false, data)).unwrap();
    match Frame::decode(&bytes) {
        Err(FrameError::TooLarge) => Ok(()),
        other => Err(format!(
            "{} bytes: {:?}",
            bytes.len(),
            other.map(|f| f.name().len())
        )),
    }
}

/// More than a frame, of which compression leaves a tenth.
pub(crate) fn a_small_batch_stays_small() -> Seen {
    let mut long = vec![0; limits::FRAME_MAX_BYTES + 1];
    let mut noise = Seeded::new(1);
    for block in long.chunks_mut(512) {
        let some = block.len().min(32);
        noise.fill(&mut block[..some]);
    }
    let (compressed, data) = sync::pack::pack(vec![long]).unwrap();
    assert!(compressed && data.len() < limits::FRAME_MAX_BYTES / 10);
    let unpacked = sync::pack::unpack(compressed, &data);
    let unpacked = unpacked.map(|entries| entries[0].len());
    ensure!(
        unpacked.is_err(),
        "{} bytes became {unpacked:?}",
        data.len()
    );
    Ok(())
}
