//! Two nodes in a session, and somebody on the line between them.
//!
//! The first byte says who dials, what is asked for, and whether the two know
//! each other. Then each byte is one deed: to let the next frame pass, to alter,
//! cut, drop, double or hold it back, or to deliver a frame of the input's own.
//! Whatever comes, neither side may panic, send what is no frame, send without
//! bound, or lose or spoil what it holds.

use std::cell::RefCell;
use std::collections::VecDeque;

use identity::SecretKey;
use sync::{Ask, Session};
use wire::frame::Frame;

use super::reader::Reader;
use super::world::{Node, QUARTER, Traces, early, now, rollup};

thread_local! {
    static PAIR: RefCell<[Option<Node>; 2]> = const { RefCell::new([None, None]) };
}

const DEEDS_MAX_COUNT: usize = 200;
/// What both sides may send in one session, in bytes: many times what they hold.
const SENT_MAX_BYTES: usize = 4 << 20;

/// One session in so many that changed a node, the node is verified afterwards:
/// that takes as long as the session.
const VERIFIED_ONE_IN: usize = 8;

pub(super) fn run(input: &[u8]) {
    let mut reader = Reader(input);
    let [facility, so] = PAIR.take();
    let mut pair = [
        facility.unwrap_or_else(|| early(0)),
        so.unwrap_or_else(|| early(1)),
    ];
    let how = reader.byte();
    let before = traces(&pair);
    if how & 1 == 1 {
        pair.reverse();
    }
    Line::open(&mut pair, how).play(&mut reader);
    if how & 1 == 1 {
        pair.reverse();
    }
    let after = traces(&pair);
    let mut kept = [None, None];
    for (side, node) in pair.into_iter().enumerate() {
        if before[side] == after[side] {
            kept[side] = Some(node);
        } else if input.len().is_multiple_of(VERIFIED_ONE_IN) {
            let found = node.replica.verify().unwrap();
            assert!(found.ok, "{:?}", found.problems);
        }
    }
    PAIR.set(kept);
}

fn traces(pair: &[Node; 2]) -> [Traces; 2] {
    let [one, other] = pair;
    [
        one.traces(&other.key.public()),
        other.traces(&one.key.public()),
    ]
}

/// The line: the dialling side is 0.
struct Line<'n> {
    nodes: &'n mut [Node; 2],
    sessions: [Session; 2],
    /// On the way to each side.
    queues: [VecDeque<Vec<u8>>; 2],
    held: [u64; 2],
    sent: usize,
    received: usize,
}

impl<'n> Line<'n> {
    fn open(nodes: &'n mut [Node; 2], how: u8) -> Line<'n> {
        let mut keys = [nodes[0].key.public(), nodes[1].key.public()];
        if how & 2 == 2 {
            keys[0] = SecretKey::from_seed([3; 32]).public();
        }
        let mut config = nodes[0].config(&keys[1]);
        if how & 4 == 4 {
            let unit = nodes[1].replica.unit().clone();
            config.asks.push(Ask::Report {
                unit,
                period: QUARTER,
            });
            config.asks.push(Ask::Inputs { rollup: rollup() });
        }
        let held = [0, 1].map(|side: usize| nodes[side].replica.store().count().unwrap());
        let dialling = Session::dial(config, &mut nodes[0].peering(), now()).unwrap();
        let answering = Session::accept(nodes[1].config(&keys[0]));
        let mut line = Line {
            nodes,
            sessions: [dialling, answering],
            queues: Default::default(),
            held,
            sent: 0,
            received: 0,
        };
        line.collect(0);
        line
    }

    fn play(mut self, reader: &mut Reader<'_>) {
        for _ in 0..DEEDS_MAX_COUNT {
            if reader.is_empty() {
                break;
            }
            let deed = reader.byte();
            if deed & 15 == 7 {
                let frame = reader.piece().to_vec();
                self.deliver(usize::from(deed >> 4 & 1), &frame);
                continue;
            }
            let Some((to, frame)) = self.next(deed >> 4 & 1) else {
                continue;
            };
            match deed & 15 {
                0 => {
                    let place = usize::from(reader.short());
                    self.deliver(to, &altered(frame, place, reader.byte()));
                }
                1 => {
                    let length = usize::from(reader.short()) % frame.len().max(1);
                    self.deliver(to, &frame[..length]);
                }
                2 => {}
                3 => {
                    self.deliver(to, &frame);
                    self.deliver(to, &frame);
                }
                4 => self.queues[to].push_back(frame),
                5 => self.deliver(1 - to, &frame),
                _ => self.deliver(to, &frame),
            }
        }
        for (side, node) in self.nodes.iter().enumerate() {
            assert!(node.replica.store().count().unwrap() >= self.held[side]);
        }
    }

    /// The next frame on the line, to this side rather than to the other.
    fn next(&mut self, rather: u8) -> Option<(usize, Vec<u8>)> {
        let first = usize::from(rather);
        for to in [first, 1 - first] {
            if let Some(frame) = self.queues[to].pop_front() {
                return Some((to, frame));
            }
        }
        None
    }

    fn deliver(&mut self, to: usize, frame: &[u8]) {
        self.received += frame.len();
        let was_finished = self.sessions[to].is_finished();
        let mut holdings = self.nodes[to].peering();
        let result = self.sessions[to].handle(frame, &mut holdings, now());
        assert!(result.is_err() || !was_finished);
        assert!(result.is_ok() || self.sessions[to].is_finished());
        self.collect(to);
    }

    /// Takes what a side has to send.
    fn collect(&mut self, from: usize) {
        while let Some(frame) = self.sessions[from].poll_transmit() {
            Frame::decode(&frame).unwrap();
            self.sent += frame.len();
            assert!(self.sent <= SENT_MAX_BYTES + 64 * self.received);
            self.queues[1 - from].push_back(frame);
        }
    }
}

fn altered(mut frame: Vec<u8>, place: usize, bits: u8) -> Vec<u8> {
    let length = frame.len().max(1);
    if let Some(byte) = frame.get_mut(place % length) {
        *byte ^= bits;
    }
    frame
}
