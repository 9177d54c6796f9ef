//! The same questions as in `sums`, as one peer sees them: without what it told
//! us it refused or parked. Else its fingerprint could never equal ours.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Accumulator, Fingerprint};
use model::Timestamp;
use wire::range::{Part, Range};
use wire::{EntryId, PublicKey};

use crate::sums::merge;
use crate::tx::Store;
use crate::{Result, columns};

impl Store {
    /// [`Store::fingerprint`] without what this peer refused.
    pub fn fingerprint_for(&self, peer: &PublicKey, ranges: &[Range]) -> Result<Fingerprint> {
        self.read(|store| {
            let mut sum = Accumulator::new();
            merge(&mut sum, &store.fingerprint(ranges)?)?;
            for (part, id) in store.withheld_from(peer)? {
                if part.is_in(ranges) {
                    sum.subtract(&id);
                }
            }
            Ok(sum.finish())
        })
    }

    /// [`Store::parts`] without what this peer refused, and without parts that
    /// are empty then.
    pub fn parts_for(
        &self,
        peer: &PublicKey,
        ranges: &[Range],
    ) -> Result<Vec<(Part, Fingerprint)>> {
        self.read(|store| {
            let mut without: BTreeMap<Part, Vec<EntryId>> = BTreeMap::new();
            for (part, id) in store.withheld_from(peer)? {
                without.entry(part).or_default().push(id);
            }
            let mut parts = Vec::new();
            for (part, held) in store.parts(ranges)? {
                let mut sum = Accumulator::new();
                merge(&mut sum, &held)?;
                for id in without.get(&part).into_iter().flatten() {
                    sum.subtract(id);
                }
                let sum = sum.finish();
                if sum.count > 0 {
                    parts.push((part, sum));
                }
            }
            Ok(parts)
        })
    }

    /// [`Store::items`] without what this peer refused.
    pub fn items_for(&self, peer: &PublicKey, part: &Part) -> Result<Vec<(Timestamp, EntryId)>> {
        self.read(|store| {
            let without: BTreeSet<EntryId> = store.refused_by(peer)?.into_iter().collect();
            let mut items = store.items(part)?;
            items.retain(|(_, id)| !without.contains(id));
            Ok(items)
        })
    }

    /// The held entries among those that the peer refused, each with its part.
    fn withheld_from(&self, peer: &PublicKey) -> Result<Vec<(Part, EntryId)>> {
        let sql = "SELECT p.unit, p.stream, p.period, e.id
                   FROM refused_by r CROSS JOIN entries e ON e.id = r.entry
                   CROSS JOIN parts p ON p.part = e.part WHERE r.peer = ?1";
        let mut select = self.conn.prepare_cached(sql)?;
        let mut rows = select.query((&peer.0[..],))?;
        let mut withheld = Vec::new();
        while let Some(row) = rows.next()? {
            let part = Part {
                unit: columns::unit(&row.get::<_, String>(0)?)?,
                stream: columns::stream(&row.get::<_, String>(1)?)?,
                period: columns::period(&row.get::<_, String>(2)?)?,
            };
            withheld.push((part, columns::id(row, 3)?));
        }
        Ok(withheld)
    }
}
