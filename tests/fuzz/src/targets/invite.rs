//! An invite: as a text, as the data under a right checksum, or as the CBOR in
//! it, by the first byte.

use data_encoding::BASE32_NOPAD;
use identity::Invite;
use wire::Digest;

use super::reader::Reader;

pub(super) fn run(input: &[u8]) {
    let mut reader = Reader(input);
    let text = match reader.byte() % 3 {
        0 => String::from_utf8_lossy(reader.0).into_owned(),
        1 => summed(reader.0),
        _ => summed(&stored(reader.0)),
    };
    let Ok(invite) = Invite::parse(&text) else {
        return;
    };
    let shown = invite.to_text().unwrap();
    let again = Invite::parse(&shown).unwrap();
    assert_eq!(again.credential, invite.credential);
    assert_eq!(again.ancestors, invite.ancestors);
    assert_eq!(again.anchor, invite.anchor);
    assert_eq!(again.above, invite.above);
    assert_eq!(again.secret.public(), invite.secret.public());
    assert_eq!(*again.to_text().unwrap(), *shown);
    assert_eq!(invite.unit(), &invite.credential.body().unit);
    invite.grant().unwrap();
    let held = invite.verify();
    assert_eq!(held.is_ok(), again.verify().is_ok());
    if let Ok(held) = held {
        assert_eq!(held.len(), invite.ancestors.len() + 1);
    }
}

/// The text of this data.
fn summed(data: &[u8]) -> String {
    let sum = Digest::of(&[b"quanho/invite/1", data]);
    let bytes = [&sum.0[..4], data].concat();
    format!("QUANHO1-{}", BASE32_NOPAD.encode(&bytes))
}

/// A zstd frame of one raw block (RFC 8878): nothing is compressed.
fn stored(plain: &[u8]) -> Vec<u8> {
    let plain = &plain[..plain.len().min(64 << 10)];
    let size = plain.len() as u32;
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd];
    // One segment, its size in four bytes.
    frame.push(0b1010_0000);
    frame.extend_from_slice(&size.to_le_bytes());
    // The last block, raw.
    frame.extend_from_slice(&(size << 3 | 1).to_le_bytes()[..3]);
    frame.extend_from_slice(plain);
    frame
}
