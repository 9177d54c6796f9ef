//! What two units share: a function of the two paths, symmetric, so that both
//! sides of a session compute the same ranges and none has to be negotiated.
//!
//! Deliberately not decided here: who may *write* what (`identity`'s table), and
//! drill-downs, which are asked for and granted one by one.

use model::{Level, UnitPath};
use wire::frame::Ask;
use wire::{Range, Stream};

/// All streams, in the order of their numbers.
const STREAMS: [Stream; 4] = [
    Stream::Org,
    Stream::Report,
    Stream::Incident,
    Stream::Rollup,
];

/// The ranges that nodes of these two units reconcile. Empty: nothing to say to
/// each other.
///
/// | upper – lower | shared |
/// | --- | --- |
/// | same unit | its whole subtree; its ancestors' `org` and `rollup` |
/// | ministry – province | the ministry's `org` and `rollup`; the subtree's `org` and `incident`; the province's own `report` and `rollup` |
/// | any – facility | everything of the facility; its ancestors' `org` and `rollup` |
/// | neither above the other | nothing |
pub fn shared(a: &UnitPath, b: &UnitPath) -> Vec<Range> {
    let (upper, lower) = if a.contains(b) { (a, b) } else { (b, a) };
    if !upper.contains(lower) {
        return Vec::new();
    }
    let mut ranges = Vec::new();
    if upper == lower {
        ranges.extend(STREAMS.map(|stream| Range::below(lower, stream)));
    } else if lower.level() == Level::Facility {
        ranges.extend(STREAMS.map(|stream| Range::of(lower, stream)));
    } else {
        ranges.push(Range::below(lower, Stream::Org));
        ranges.push(Range::of(lower, Stream::Report));
        ranges.push(Range::below(lower, Stream::Incident));
        ranges.push(Range::of(lower, Stream::Rollup));
    }
    for above in lower.ancestors() {
        ranges.push(Range::of(&above, Stream::Org));
        ranges.push(Range::of(&above, Stream::Rollup));
    }
    ranges
}

/// The range that an ask adds to the session; none for one that is answered with
/// a blob.
pub fn asked(ask: &Ask) -> Option<Range> {
    match ask {
        Ask::Report { unit, period } => Some(Range {
            period: Some(*period),
            ..Range::of(unit, Stream::Report)
        }),
        Ask::Inputs { .. } => None,
    }
}

/// Whether a node of `own` may grant this ask to a node of `peer` at all: only
/// upwards, and only what lies in the own subtree. The holdings may still refuse.
pub fn may_ask(own: &UnitPath, peer: &UnitPath, ask: &Ask) -> bool {
    match ask {
        Ask::Report { unit, .. } => {
            (peer.is_above(own) || model::sabotaged!(GrantAnyAsk)) && own.contains(unit)
        }
        Ask::Inputs { .. } => peer.contains(own),
    }
}
