//! Carries frames between two sessions, a flight at a time.

use super::memory::{Memory, NOW};
use crate::{Config, Outcome, Session, SessionError};

/// How a conversation went.
pub(super) struct Talk {
    pub(super) dialler: Session,
    pub(super) answerer: Session,
    pub(super) frames: usize,
    pub(super) largest: usize,
    pub(super) error: Option<SessionError>,
}

impl Talk {
    pub(super) fn outcome(&self) -> &Outcome {
        self.dialler.outcome().expect("the session ended")
    }

    pub(super) fn bytes(&self) -> u64 {
        let outcome = self.dialler.so_far();
        outcome.bytes_out + outcome.bytes_in
    }
}

/// Two nodes that know each other's credential.
pub(super) fn pair(a: &str, b: &str) -> (Memory, Memory) {
    let (mut a, mut b) = (Memory::new(1, a), Memory::new(2, b));
    a.nodes.insert(b.key, b.unit.clone());
    b.nodes.insert(a.key, a.unit.clone());
    (a, b)
}

pub(super) fn talk(a: &mut Memory, b: &mut Memory) -> Talk {
    let (of_a, of_b) = (a.config(b), b.config(a));
    talk_with(of_a, a, of_b, b, usize::MAX)
}

/// At most so many frames are delivered: then the line is cut.
pub(super) fn talk_with(
    of_a: Config,
    a: &mut Memory,
    of_b: Config,
    b: &mut Memory,
    cut: usize,
) -> Talk {
    let mut talk = Talk {
        dialler: Session::dial(of_a, a, NOW).unwrap(),
        answerer: Session::accept(of_b),
        frames: 0,
        largest: 0,
        error: None,
    };
    loop {
        let before = talk.frames;
        for to_answerer in [true, false] {
            let (from, to, holdings) = match to_answerer {
                true => (&mut talk.dialler, &mut talk.answerer, &mut *b),
                false => (&mut talk.answerer, &mut talk.dialler, &mut *a),
            };
            while let Some(frame) = from.poll_transmit() {
                if talk.frames == cut || to.is_finished() {
                    return talk;
                }
                talk.frames += 1;
                talk.largest = talk.largest.max(frame.len());
                if let Err(error) = to.handle(&frame, holdings, NOW) {
                    talk.error.get_or_insert(error);
                }
            }
        }
        if talk.frames == before {
            return talk;
        }
    }
}
