//! A frame of the session.

use wire::frame::Frame;

pub(super) fn run(input: &[u8]) {
    let Ok(frame) = Frame::decode(input) else {
        return;
    };
    assert_eq!(frame.encode().unwrap(), input);
    if let Frame::Batch(batch) = frame {
        let _ = sync::pack::unpack(batch.compressed, &batch.data);
    }
}
