//! Why a session ends early.

use model::UnitPath;
use wire::frame::{FrameError, RefuseCode};

/// Why a session ends early. After any of them the session takes no more frames;
/// what [`crate::Session::poll_transmit`] still yields may be sent.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The bytes are not a frame.
    #[error("the peer sent what is not a frame")]
    Frame(#[from] FrameError),
    /// A frame that may not come now, or that says what it may not.
    #[error("the peer broke the protocol: {0}")]
    Protocol(#[from] ProtocolError),
    /// The peer ended the session.
    #[error("the peer refused: {0}")]
    RefusedByPeer(RefuseCode),
    /// The peer speaks another version.
    #[error("the peer speaks version {0} of the protocol")]
    Version(u64),
    /// No node credential in effect is known for the peer's key, not even after
    /// it has shown its chain.
    #[error("no node credential in effect is known for the peer's key")]
    UnknownPeer,
    /// The peer's unit shares nothing with the own one.
    #[error("{0} shares nothing with this unit")]
    Unrelated(UnitPath),
    /// The peer is not who was dialled.
    #[error("the peer is {found}, not {expected}")]
    Unexpected {
        /// Who was dialled.
        expected: UnitPath,
        /// Whom the peer's credential names.
        found: UnitPath,
    },
    /// More parts or items in the shared ranges than a session handles.
    #[error("more than a session can handle: {0}")]
    TooMany(&'static str),
    /// The store failed; what was acknowledged is safe.
    #[error("the store failed")]
    Holdings(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Handling goes on after the end.
    #[error("the session is over")]
    Over,
}

/// How a peer broke the protocol.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// A frame that may not come now.
    #[error("a {0} frame out of place")]
    OutOfPlace(&'static str),
    /// A batch or an acknowledgement out of sequence.
    #[error("a {0} frame out of sequence")]
    Sequence(&'static str),
    /// A batch that does not unpack.
    #[error("a batch that does not unpack")]
    Packing,
    /// A list, an index or a bit field that does not fit what it is about.
    #[error("{0} of the wrong size")]
    Size(&'static str),
    /// A part outside the shared ranges, or named twice.
    #[error("a part that is not shared or named twice")]
    Part,
    /// An id that was not offered.
    #[error("an id that was not offered")]
    NotOffered,
    /// A reconciliation message that does not parse, or too many of them.
    #[error("the reconciliation broke off: {0}")]
    Reconcile(String),
    /// A fingerprint that is not one.
    #[error("a fingerprint that is not one")]
    Fingerprint,
}

impl SessionError {
    pub(crate) fn holdings(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        SessionError::Holdings(Box::new(error))
    }

    /// What to tell the peer.
    pub(crate) fn code(&self) -> Option<RefuseCode> {
        match self {
            SessionError::Frame(_) | SessionError::Protocol(_) | SessionError::TooMany(_) => {
                Some(RefuseCode::Protocol)
            }
            SessionError::Version(_) => Some(RefuseCode::Version),
            SessionError::UnknownPeer => Some(RefuseCode::Unknown),
            SessionError::Unrelated(_) => Some(RefuseCode::Unrelated),
            SessionError::Unexpected { .. } => Some(RefuseCode::Unexpected),
            SessionError::RefusedByPeer(_) | SessionError::Holdings(_) | SessionError::Over => None,
        }
    }
}
