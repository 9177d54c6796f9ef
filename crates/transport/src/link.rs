//! One connection, one stream, whole frames.
//!
//! A frame on the stream is its length (four bytes, big-endian) and its bytes.
//! Sending never waits for the peer to read: a task of the link writes, so two
//! sides that both have much to say cannot block each other. But who does not read
//! is not read from either, once more waits than an honest session ever has.

use std::net::SocketAddr;

use quinn::{Connection, RecvStream, SendStream, VarInt};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use wire::PublicKey;
use wire::limits::FRAME_MAX_BYTES;

use crate::limits::{
    CLOSE_TIMEOUT, FRAME_TIMEOUT, FRAME_WAIT_TIMEOUT, QUEUE_ANSWERING_MAX_BYTES,
    QUEUE_DIALLING_MAX_BYTES,
};
use crate::places::Place;

/// Length of a frame's length.
const PREFIX_BYTES: usize = 4;

/// Bytes read at once.
const CHUNK_BYTES: usize = 64 << 10;

/// Close codes; the peer sees them in its log.
pub(crate) const DONE: VarInt = VarInt::from_u32(0);
pub(crate) const BROKEN: VarInt = VarInt::from_u32(1);
pub(crate) const DISPLACED: VarInt = VarInt::from_u32(2);

/// Why a link is of no use any more.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// A frame over `wire::limits::FRAME_MAX_BYTES`, to send or announced by the
    /// peer.
    #[error("a frame of {0} bytes is larger than a frame may be")]
    TooLarge(usize),
    /// The peer is silent or too slow.
    #[error("the peer took too long")]
    TooSlow,
    /// The stream ended within a frame.
    #[error("the peer stopped in the middle of a frame")]
    Truncated,
    /// The connection broke while reading.
    #[error("the connection broke")]
    Read(#[from] quinn::ReadError),
    /// The connection broke while writing.
    #[error("the connection broke")]
    Write(#[from] quinn::WriteError),
    /// Not everything sent is known to have arrived.
    #[error("the peer went away before everything had arrived")]
    NotDelivered,
}

/// A connection whose peer has proven its key. Dropping it without
/// [`Link::close`] aborts the connection; what was sent may then be lost.
pub struct Link {
    connection: Connection,
    peer: PublicKey,
    recv: RecvStream,
    partial: Vec<u8>,
    frame_ends: Option<Instant>,
    outbox: Option<mpsc::UnboundedSender<Vec<u8>>>,
    /// Bytes that the writer has not written yet.
    queued: watch::Sender<usize>,
    writer: Option<JoinHandle<Result<(), LinkError>>>,
    place: Option<Place>,
}

impl Link {
    pub(crate) fn new(
        connection: Connection,
        peer: PublicKey,
        (send, recv): (SendStream, RecvStream),
        place: Option<Place>,
    ) -> Self {
        let (outbox, frames) = mpsc::unbounded_channel();
        let queued = watch::Sender::new(0);
        Link {
            connection,
            peer,
            recv,
            partial: Vec::new(),
            frame_ends: None,
            outbox: Some(outbox),
            writer: Some(tokio::spawn(write_all(send, frames, queued.clone()))),
            queued,
            place,
        }
    }

    /// The key that the peer has proven to hold.
    pub fn peer(&self) -> PublicKey {
        self.peer
    }

    /// Where the peer is.
    pub fn remote(&self) -> SocketAddr {
        self.connection.remote_address()
    }

    /// Says that the peer has shown who it is, and to which unit it belongs. Until then
    /// it may have to give way to others that dial, and can send little ahead. No
    /// effect on a link that this side dialled.
    pub fn recognised(&self, unit: &str) {
        if let Some(place) = &self.place {
            place.recognised(self.peer, unit);
        }
    }

    /// Waits until the connection is closed, by whomever.
    pub async fn closed(&self) {
        self.connection.closed().await;
    }

    /// The round-trip time as the connection sees it, for the status page.
    pub fn rtt(&self) -> std::time::Duration {
        self.connection.rtt()
    }

    /// Queues a frame. Does not wait for the network.
    ///
    /// # Errors
    /// [`LinkError::TooLarge`], or why the connection broke.
    pub async fn send(&mut self, frame: &[u8]) -> Result<(), LinkError> {
        if frame.len() > FRAME_MAX_BYTES {
            return Err(LinkError::TooLarge(frame.len()));
        }
        let mut bytes = Vec::with_capacity(PREFIX_BYTES + frame.len());
        bytes.extend_from_slice(&(frame.len() as u32).to_be_bytes());
        bytes.extend_from_slice(frame);
        match self.queue(bytes) {
            true => Ok(()),
            false => Err(self.not_written().await),
        }
    }

    fn queue(&self, bytes: Vec<u8>) -> bool {
        self.queued.send_modify(|queued| *queued += bytes.len());
        let outbox = self.outbox.as_ref();
        outbox.is_some_and(|outbox| outbox.send(bytes).is_ok())
    }

    /// Waits until the peer has taken enough of what was sent.
    async fn queue_is_short(&mut self) -> Result<(), LinkError> {
        let most = match self.place {
            Some(_) => QUEUE_ANSWERING_MAX_BYTES,
            None => QUEUE_DIALLING_MAX_BYTES,
        };
        let mut queued = self.queued.subscribe();
        if let Some(outbox) = &self.outbox {
            tokio::select! {
                biased;
                _ = queued.wait_for(|queued| *queued <= most) => return Ok(()),
                () = outbox.closed() => {}
            }
        }
        Err(self.not_written().await)
    }

    /// Why the writer has stopped.
    async fn not_written(&mut self) -> LinkError {
        match self.stop_writing().await {
            Err(error) => error,
            Ok(()) => LinkError::NotDelivered,
        }
    }

    /// The next frame; `None` when the peer has closed its side. Comes only when the
    /// peer has taken most of what was sent. May be dropped while waiting and called
    /// again: nothing is lost.
    ///
    /// # Errors
    /// [`LinkError::TooSlow`] after [`FRAME_WAIT_TIMEOUT`] of silence or
    /// [`FRAME_TIMEOUT`] within a frame, [`LinkError::TooLarge`], or why the
    /// connection broke. All of them end the link.
    pub async fn recv(&mut self) -> Result<Option<Vec<u8>>, LinkError> {
        self.queue_is_short().await?;
        loop {
            if let Some(frame) = self.take_frame()? {
                return Ok(Some(frame));
            }
            if let Some(place) = &self.place {
                place.buffers(self.partial.len());
            }
            let ends = match self.partial.is_empty() {
                true => Instant::now() + FRAME_WAIT_TIMEOUT,
                false => *self
                    .frame_ends
                    .get_or_insert_with(|| Instant::now() + FRAME_TIMEOUT),
            };
            let read = timeout_at(ends, self.recv.read_chunk(CHUNK_BYTES, true));
            match read.await {
                Err(_) => return Err(self.broken(LinkError::TooSlow)),
                Ok(Err(error)) => return Err(error.into()),
                Ok(Ok(Some(chunk))) => self.partial.extend_from_slice(&chunk.bytes),
                Ok(Ok(None)) if self.partial.is_empty() => return Ok(None),
                Ok(Ok(None)) => return Err(LinkError::Truncated),
            }
        }
    }

    /// Cuts a whole frame off what has arrived.
    fn take_frame(&mut self) -> Result<Option<Vec<u8>>, LinkError> {
        let Some((prefix, rest)) = self.partial.split_first_chunk::<PREFIX_BYTES>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(*prefix) as usize;
        if length > FRAME_MAX_BYTES {
            return Err(self.broken(LinkError::TooLarge(length)));
        }
        if rest.len() < length {
            return Ok(None);
        }
        let frame = rest[..length].to_vec();
        self.partial.drain(..PREFIX_BYTES + length);
        self.frame_ends = None;
        Ok(Some(frame))
    }

    fn broken(&self, error: LinkError) -> LinkError {
        self.connection.close(BROKEN, b"");
        error
    }

    /// Ends the link so that nothing is lost: waits until the peer has received
    /// everything and closes, too (both within [`CLOSE_TIMEOUT`]). What the peer
    /// still sends is thrown away.
    ///
    /// # Errors
    /// [`LinkError::NotDelivered`], or why the connection broke before.
    pub async fn close(mut self) -> Result<(), LinkError> {
        let ends = Instant::now() + CLOSE_TIMEOUT;
        let written = timeout_at(ends, self.stop_writing()).await;
        let written = written.unwrap_or(Err(LinkError::NotDelivered));
        if written.is_ok() {
            // The other side closes as well; if it is slow, so be it.
            let drained =
                async { while let Ok(Some(_)) = self.recv.read_chunk(CHUNK_BYTES, true).await {} };
            let _ = timeout_at(ends, drained).await;
        }
        self.connection.close(DONE, b"");
        written
    }

    /// Bytes as they are: what a faulty peer would put on the stream.
    #[cfg(test)]
    pub(crate) fn send_raw(&mut self, bytes: Vec<u8>) {
        self.queue(bytes);
    }

    async fn stop_writing(&mut self) -> Result<(), LinkError> {
        self.outbox = None;
        match self.writer.as_mut() {
            None => Ok(()),
            Some(writer) => {
                let result = writer.await;
                self.writer = None;
                result.unwrap_or(Err(LinkError::NotDelivered))
            }
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            writer.abort();
        }
        // What was not read would lie here until QUIC has forgotten the connection.
        let _ = self.recv.stop(BROKEN);
        self.connection.close(BROKEN, b"");
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("peer", &self.peer)
            .field("remote", &self.remote())
            .finish_non_exhaustive()
    }
}

/// Writes until the link lets go of the queue, then waits for the peer to have
/// everything: `finish` alone only says that there is no more.
async fn write_all(
    mut send: SendStream,
    mut frames: mpsc::UnboundedReceiver<Vec<u8>>,
    queued: watch::Sender<usize>,
) -> Result<(), LinkError> {
    while let Some(bytes) = frames.recv().await {
        // A peer that takes nothing for so long has stopped reading.
        let written = timeout(FRAME_TIMEOUT, send.write_all(&bytes)).await;
        written.map_err(|_| LinkError::TooSlow)??;
        queued.send_modify(|queued| *queued -= bytes.len());
    }
    if send.finish().is_err() {
        return Err(LinkError::NotDelivered);
    }
    match send.stopped().await {
        Ok(None) => Ok(()),
        _ => Err(LinkError::NotDelivered),
    }
}
