//! Who may be connected at once, and who gives way.
//!
//! Everybody who dials gets a place, also when all are taken: then another gives
//! way. A *stranger* is who has not been recognised yet, be it in the handshake,
//! silent or slow; a flood is made of them. Of the strangers the one gives way
//! that has stood longest, of the address from which most came. So who floods from
//! one address displaces itself, who floods from many must renew all places before
//! an honest peer has introduced itself, and who was recognised stays. One key has
//! few recognised links, and so has one unit with all its keys, and the newest count:
//! the others are usually broken ones that nobody has noticed yet.
//!
//! Deliberately not decided here: who is recognised. The session knows that.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quinn::{Connection, VarInt};
use tokio::sync::Notify;
use tokio::time::Instant;
use wire::PublicKey;

use crate::limits::{
    CLOSING_TIME, CONNECTIONS_MAX_COUNT, CROWD_MIN_COUNT, LATELY_MAX_COUNT,
    LINKS_PER_PEER_MAX_COUNT, LINKS_PER_UNIT_MAX_COUNT, RECEIVE_WINDOW_BYTES,
    STRANGERS_BUFFERED_MAX_BYTES,
};
use crate::link::DISPLACED;

/// The places of one endpoint.
#[derive(Default)]
pub(crate) struct Places(Mutex<Taken>);

#[derive(Default)]
struct Taken {
    /// Higher numbers came later.
    next: u64,
    seats: BTreeMap<u64, Seat>,
    /// Who came lately and was not recognised since, the oldest first: QUIC
    /// remembers a connection for a while after it is closed.
    lately: VecDeque<(Instant, IpAddr)>,
}

struct Seat {
    network: IpAddr,
    connection: Option<Connection>,
    /// Ends a handshake that is under way.
    leave: Arc<Notify>,
    /// The key and its unit, once they were recognised.
    peer: Option<(PublicKey, String)>,
    /// Bytes of a frame that is not whole yet.
    buffered: usize,
}

impl Seat {
    fn is_stranger(&self) -> bool {
        self.peer.is_none()
    }
}

/// What one party can have many addresses of: in IPv6 a whole network.
fn network(address: SocketAddr) -> IpAddr {
    const NETWORK_BITS: u128 = 64;
    match address.ip().to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4(ip),
        IpAddr::V6(ip) => {
            let bits = u128::from(ip) >> NETWORK_BITS << NETWORK_BITS;
            IpAddr::V6(Ipv6Addr::from(bits))
        }
    }
}

impl Taken {
    fn strangers(&self) -> impl Iterator<Item = (u64, &Seat)> {
        let strangers = self.seats.iter().filter(|(_, seat)| seat.is_stranger());
        strangers.map(|(number, seat)| (*number, seat))
    }

    /// The stranger to give way for a newcomer.
    fn least_missed(&self) -> Option<u64> {
        let mut from: HashMap<IpAddr, usize> = HashMap::new();
        for (_, seat) in self.strangers() {
            *from.entry(seat.network).or_default() += 1;
        }
        let most = from.values().copied().max()?;
        let mut strangers = self.strangers();
        let found = strangers.find(|(_, seat)| from.get(&seat.network) == Some(&most));
        found.map(|(number, _)| number)
    }

    fn forget_old(&mut self, now: Instant) {
        let old = |(came, _): &(Instant, IpAddr)| now.duration_since(*came) > CLOSING_TIME;
        while self.lately.len() >= LATELY_MAX_COUNT || self.lately.front().is_some_and(old) {
            self.lately.pop_front();
        }
    }

    /// Of the recognised peers that are meant, only so many stay.
    fn keep_newest(&mut self, most: usize, meant: impl Fn(&(PublicKey, String)) -> bool) {
        let seats = self.seats.iter();
        let same = seats.filter(|(_, seat)| seat.peer.as_ref().is_some_and(&meant));
        let numbers: Vec<u64> = same.map(|(number, _)| *number).collect();
        let surplus = numbers.len().saturating_sub(most);
        for number in &numbers[..surplus] {
            self.displace(*number);
        }
    }

    fn displace(&mut self, number: u64) {
        let Some(seat) = self.seats.remove(&number) else {
            return;
        };
        tracing::debug!(network = %seat.network, stranger = seat.is_stranger(), "displaced");
        seat.leave.notify_one();
        if let Some(connection) = seat.connection {
            connection.close(DISPLACED, b"");
        }
    }
}

impl Places {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    fn count(&self) -> usize {
        self.taken().seats.len()
    }

    /// Whether a crowd of strangers came lately from this address's network.
    pub(crate) fn is_crowded(&self, address: SocketAddr) -> bool {
        let network = network(address);
        let mut taken = self.taken();
        taken.forget_old(Instant::now());
        let same = taken.lately.iter().filter(|(_, from)| *from == network);
        same.count() >= CROWD_MIN_COUNT
    }

    /// A place for a newcomer; none only if all are taken by recognised peers.
    pub(crate) fn take(self: &Arc<Self>, address: SocketAddr) -> Option<Place> {
        let mut taken = self.taken();
        if taken.seats.len() >= CONNECTIONS_MAX_COUNT {
            let number = taken.least_missed()?;
            taken.displace(number);
        }
        let number = taken.next;
        taken.next += 1;
        let leave = Arc::new(Notify::new());
        let seat = Seat {
            network: network(address),
            connection: None,
            leave: leave.clone(),
            peer: None,
            buffered: 0,
        };
        let now = Instant::now();
        taken.forget_old(now);
        taken.lately.push_back((now, seat.network));
        taken.seats.insert(number, seat);
        Some(Place {
            places: self.clone(),
            number,
            leave,
        })
    }
}

/// One place; free again when this is dropped.
pub(crate) struct Place {
    places: Arc<Places>,
    number: u64,
    leave: Arc<Notify>,
}

impl Place {
    /// Waits until this place is given to another, before there is a connection.
    pub(crate) async fn displaced(&self) {
        self.leave.notified().await;
    }

    /// The handshake is over: from here on giving way closes the connection.
    pub(crate) fn connected(&self, connection: &Connection) {
        match self.places.taken().seats.get_mut(&self.number) {
            Some(seat) => seat.connection = Some(connection.clone()),
            None => connection.close(DISPLACED, b""),
        }
    }

    /// The peer is no stranger any more: it keeps its place and may send ahead.
    pub(crate) fn recognised(&self, peer: PublicKey, unit: &str) {
        let mut taken = self.places.taken();
        let Some(seat) = taken.seats.get_mut(&self.number) else {
            return;
        };
        if let Some(connection) = &seat.connection {
            connection.set_receive_window(VarInt::from_u32(RECEIVE_WINDOW_BYTES));
        }
        seat.peer = Some((peer, unit.to_owned()));
        seat.buffered = 0;
        let network = seat.network;
        let came = taken.lately.iter().position(|(_, from)| *from == network);
        if let Some(came) = came {
            taken.lately.remove(came);
        }
        taken.keep_newest(LINKS_PER_PEER_MAX_COUNT, |(key, _)| *key == peer);
        taken.keep_newest(LINKS_PER_UNIT_MAX_COUNT, |(_, of)| of == unit);
    }

    /// So much of a frame is here and not all of it. If the strangers' pieces
    /// together are too much, the largest gives way.
    pub(crate) fn buffers(&self, bytes: usize) {
        let mut taken = self.places.taken();
        match taken.seats.get_mut(&self.number) {
            Some(seat) if seat.is_stranger() => seat.buffered = bytes,
            _ => return,
        }
        let buffered: usize = taken.strangers().map(|(_, seat)| seat.buffered).sum();
        if buffered <= STRANGERS_BUFFERED_MAX_BYTES {
            return;
        }
        let largest = taken.strangers().max_by_key(|(_, seat)| seat.buffered);
        if let Some(number) = largest.map(|(number, _)| number) {
            taken.displace(number);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken().seats.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    /// As many as there are places, each from its own address, the oldest first.
    fn full(places: &Arc<Places>) -> Vec<Place> {
        let take = |number: usize| {
            let address = format!("10.0.{}.{}:1", number / 256, number % 256);
            places.take(from(&address)).unwrap()
        };
        (0..CONNECTIONS_MAX_COUNT).map(take).collect()
    }

    fn stands(place: &Place) -> bool {
        place.places.taken().seats.contains_key(&place.number)
    }

    #[test]
    fn a_place_is_free_when_its_holder_goes() {
        let places = Arc::new(Places::default());
        let held = full(&places);
        assert_eq!(places.count(), CONNECTIONS_MAX_COUNT);
        drop(held);
        assert_eq!(places.count(), 0);
    }

    #[test]
    fn a_newcomer_displaces_the_oldest_of_the_address_with_most() {
        let places = Arc::new(Places::default());
        let mut held = full(&places);
        held.truncate(CONNECTIONS_MAX_COUNT - 2);
        let first = places.take(from("192.0.2.1:1")).unwrap();
        let second = places.take(from("192.0.2.1:2")).unwrap();
        let newcomer = places.take(from("192.0.2.9:1")).unwrap();
        assert!(!stands(&first) && stands(&second) && stands(&newcomer));
        assert!(held.iter().all(stands));
        assert_eq!(places.count(), CONNECTIONS_MAX_COUNT);
        // Now all addresses have one each.
        let next = places.take(from("192.0.2.8:1")).unwrap();
        assert!(!stands(&held[0]) && held[1..].iter().all(stands));
        assert!(stands(&second) && stands(&newcomer) && stands(&next));
    }

    #[test]
    fn a_crowd_comes_from_one_network() {
        let places = Arc::new(Places::default());
        for number in 1..CROWD_MIN_COUNT {
            let address = format!("192.0.2.1:{number}");
            // It goes at once, and QUIC remembers it.
            drop(places.take(from(&address)).unwrap());
            assert!(!places.is_crowded(from("192.0.2.1:1")));
        }
        let last = places.take(from("192.0.2.1:1")).unwrap();
        assert!(places.is_crowded(from("192.0.2.1:1")));
        assert!(!places.is_crowded(from("192.0.2.2:1")));
        last.recognised(PublicKey([7; 32]), "byt.24.7");
        assert!(!places.is_crowded(from("192.0.2.1:1")));
    }

    #[tokio::test(start_paused = true)]
    async fn a_crowd_is_forgotten() {
        let places = Arc::new(Places::default());
        for _ in 0..CROWD_MIN_COUNT {
            drop(places.take(from("192.0.2.1:1")).unwrap());
        }
        assert!(places.is_crowded(from("192.0.2.1:1")));
        tokio::time::advance(CLOSING_TIME * 2).await;
        assert!(!places.is_crowded(from("192.0.2.1:1")));
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let one = network(from("[2001:db8:1:2:3:4:5:6]:1"));
        assert_eq!(one, network(from("[2001:db8:1:2::9]:2")));
        assert_ne!(one, network(from("[2001:db8:1:3::9]:2")));
        let mapped = network(from("[::ffff:192.0.2.1]:1"));
        assert_eq!(mapped, network(from("192.0.2.1:2")));
    }

    #[test]
    fn who_is_recognised_stays() {
        let places = Arc::new(Places::default());
        let held = full(&places);
        for (number, place) in held.iter().enumerate() {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&number.to_le_bytes());
            place.recognised(PublicKey(key), &format!("byt.24.{number}"));
        }
        assert!(places.take(from("192.0.2.9:1")).is_none());
        assert!(held.iter().all(stands));
        drop(held);
        assert!(places.take(from("192.0.2.9:1")).is_some());
    }

    #[test]
    fn one_key_has_few_links_and_the_newest_count() {
        let places = Arc::new(Places::default());
        let mut held = full(&places);
        held.truncate(LINKS_PER_PEER_MAX_COUNT + 1);
        for place in &held {
            place.recognised(PublicKey([7; 32]), "byt.24.7");
        }
        assert!(!stands(&held[0]) && held[1..].iter().all(stands));
        // What is displaced is not counted any more, and harmless.
        held[0].recognised(PublicKey([7; 32]), "byt.24.7");
        held[0].buffers(1);
        assert_eq!(places.count(), LINKS_PER_PEER_MAX_COUNT);
    }

    #[test]
    fn one_unit_has_few_links_under_however_many_keys() {
        let places = Arc::new(Places::default());
        let mut held = full(&places);
        let honest = held.split_off(CONNECTIONS_MAX_COUNT - 2);
        for (number, place) in honest.iter().enumerate() {
            place.recognised(PublicKey([200; 32]), &format!("byt.24.{number}"));
        }
        for (number, place) in held.iter().enumerate() {
            let number = u8::try_from(number % 100).unwrap();
            place.recognised(PublicKey([number; 32]), "byt.24.7");
        }
        let (gone, newest) = held.split_at(held.len() - LINKS_PER_UNIT_MAX_COUNT);
        assert!(!gone.iter().any(stands));
        assert!(newest.iter().chain(&honest).all(stands));
    }

    #[test]
    fn the_largest_of_too_many_pieces_gives_way() {
        let places = Arc::new(Places::default());
        let held = full(&places);
        held[0].recognised(PublicKey([7; 32]), "byt.24.7");
        held[0].buffers(STRANGERS_BUFFERED_MAX_BYTES + 1);
        assert!(stands(&held[0]), "is no stranger");
        held[1].buffers(STRANGERS_BUFFERED_MAX_BYTES / 2 + 1);
        held[2].buffers(STRANGERS_BUFFERED_MAX_BYTES / 2 - 1);
        assert!(held.iter().all(stands));
        held[2].buffers(STRANGERS_BUFFERED_MAX_BYTES / 2);
        assert!(!stands(&held[1]) && stands(&held[2]));
    }

    #[tokio::test]
    async fn a_handshake_hears_that_its_place_is_gone() {
        let places = Arc::new(Places::default());
        let held = full(&places);
        let _newcomer = places.take(from("192.0.2.9:1")).unwrap();
        held[0].displaced().await;
        let waits = std::time::Duration::from_millis(1);
        let other = tokio::time::timeout(waits, held[1].displaced()).await;
        assert!(other.is_err());
    }
}
