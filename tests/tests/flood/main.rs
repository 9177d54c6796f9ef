//! Floods of a Sở that serves: half-open connections, silent ones, slow ones,
//! greedy ones, and a facility's key in the wrong hands; from the address of the
//! honest peer, from another, from many. Meanwhile an honest facility syncs again
//! and again: each time within a bounded time, and the server's memory stays within
//! a bound that follows from the limits of `transport`.
//!
//! The bounds are bounds, not measures of speed. What was measured is printed.

#[cfg(test)]
#[cfg(target_os = "linux")]
mod attack;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod stranger;

#[cfg(test)]
#[cfg(target_os = "linux")]
mod flood {
    use std::net::SocketAddr;
    use std::time::{Duration, Instant};

    use identity::keyfile;
    use node::home::Home;
    use quanho_tests::{Node, World, complete_toml, until};
    use replica::Peering;
    use sync::{Config, Session};
    use testkit::at;
    use transport::limits::{
        CLOSING_HARD_MAX_COUNT, CONNECTIONS_MAX_COUNT, INCOMING_BUFFERS_MAX_BYTES,
        LINKS_PER_PEER_MAX_COUNT, RECEIVE_WINDOW_BYTES, STRANGER_WINDOW_BYTES,
        STRANGERS_BUFFERED_MAX_BYTES,
    };
    use wire::limits::FRAME_MAX_BYTES;

    use crate::attack::{Attack, From, Kind, Plan};

    const NOW: &str = "2026-06-10T08:00:00+07:00";

    /// The honest facility, and the one whose key was stolen.
    const HONEST: &str = "byt.24.07210";
    const ROBBED: &str = "byt.24.07211";

    /// Longest that an honest sync may take, attempts included.
    const SYNC_MAX: Duration = Duration::from_secs(20);

    /// Honest syncs under each flood.
    const SYNCS: u64 = 2;

    /// A flood has begun when it has made so many connections, or sent so many
    /// packets: more than there are places.
    const BEGUN: usize = CONNECTIONS_MAX_COUNT + 50;

    /// What one connection costs beside what it buffers: the state of TLS and QUIC,
    /// the tasks (measured: 90 KiB without optimisation).
    const CONNECTION_BYTES: usize = 96 << 10;

    /// The allocator of Linux keeps free pieces for each thread apart. Measured: it
    /// holds less than twice what it holds when told to keep them in one place.
    const ALLOCATOR_FACTOR: usize = 2;

    /// By how much a flood may make the server grow: connections that are open or
    /// being closed, frames of strangers, the links of one key.
    fn growth_max_bytes() -> usize {
        let connection = STRANGER_WINDOW_BYTES as usize + CONNECTION_BYTES;
        let places = CLOSING_HARD_MAX_COUNT * connection;
        let recognised = RECEIVE_WINDOW_BYTES as usize + 2 * FRAME_MAX_BYTES;
        let all = places
            + STRANGERS_BUFFERED_MAX_BYTES
            + INCOMING_BUFFERS_MAX_BYTES as usize
            + LINKS_PER_PEER_MAX_COUNT * recognised;
        ALLOCATOR_FACTOR * all
    }

    /// A line of `/proc/PID/status`, in bytes.
    fn memory(process: u32, name: &str) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|line| line.split_whitespace().next());
        kib.unwrap().parse::<usize>().unwrap() << 10
    }

    /// What a node would say first.
    fn first_flight(node: &Node, to: &Node) -> Vec<Vec<u8>> {
        let mut replica = Home::new(node.home()).open().unwrap();
        let config = Config {
            peer: Home::new(to.home()).node_key().unwrap().public(),
            own_unit: replica.unit().clone(),
            expect_unit: None,
            address: None,
            asks: Vec::new(),
        };
        let mut holdings = Peering {
            replica: &mut replica,
            simulated: true,
        };
        let mut session = Session::dial(config, &mut holdings, at(NOW)).unwrap();
        std::iter::from_fn(|| session.poll_transmit()).collect()
    }

    /// One edit and one sync that delivers it; how long, and in how many attempts.
    fn deliver(facility: &Node, number: u64) -> (Duration, u32) {
        facility.set("E3", &number.to_string());
        let start = Instant::now();
        for attempts in 1.. {
            let output = facility.run(&["sync"]);
            let took = start.elapsed();
            assert!(took < SYNC_MAX, "{attempts} attempts in {took:?}: {output}");
            if output.code == 0 {
                let answer = output.json();
                assert_eq!(answer["in_sync"], true, "{answer}");
                return (took, attempts);
            }
            // Nobody answered in time; anything else would be a fault.
            assert_eq!(output.code, 5, "{output}");
        }
        unreachable!()
    }

    #[test]
    fn an_honest_peer_is_served_and_memory_is_bounded() {
        let world = World::new();
        let (_bo, so) = world.founded(NOW);
        let serving = so.serve();
        let to: SocketAddr = serving.address().parse().unwrap();
        let facility = world.facility(&so, &serving, HONEST, "Trạm Y tế");
        let robbed = world.facility(&so, &serving, ROBBED, "Trạm Y tế khác");
        for node in [&facility, &robbed] {
            node.fill(&complete_toml(100));
            node.ok(&["sync"]);
        }
        let stolen = Home::new(robbed.home()).node_key().unwrap();
        let stolen = keyfile::to_der(&stolen).unwrap().to_vec();
        let own = identity::SecretKey::from_seed([9; 32]);
        let own = keyfile::to_der(&own).unwrap().to_vec();
        let flight = first_flight(&robbed, &so);

        let before = memory(serving.process(), "VmRSS:");
        let bound = before + growth_max_bytes();
        let mut number = 10;
        let floods = [
            (Kind::HalfOpen, From::ManyAddresses),
            (Kind::Slam, From::ManyAddresses),
            (Kind::Silent, From::OneAddress),
            (Kind::Silent, From::SameAddress),
            (Kind::Drip, From::ManyAddresses),
            (Kind::Greedy, From::SameAddress),
            (Kind::Credentials, From::SameAddress),
        ];
        for (kind, from) in floods {
            let key_der = match kind {
                Kind::Credentials => stolen.clone(),
                _ => own.clone(),
            };
            let attack = Attack::start(Plan {
                kind,
                from,
                to,
                key_der,
                flight: flight.clone(),
            });
            until("a flood", || (attack.count() >= BEGUN).then_some(()));
            let mut slowest = Duration::ZERO;
            let mut attempts = 0;
            for _ in 0..SYNCS {
                number += 1;
                let (took, tried) = deliver(&facility, number);
                slowest = slowest.max(took);
                attempts += tried;
            }
            let now = memory(serving.process(), "VmRSS:");
            println!(
                "{kind:?} from {from:?}: {} packets or connections, {SYNCS} syncs in {attempts} \
                 attempts, the slowest {slowest:?}, {} KiB",
                attack.count(),
                now >> 10,
            );
            assert!(now < bound, "{now} bytes after {kind:?}, not {bound}");
        }
        let peak = memory(serving.process(), "VmHWM:");
        let (mib, most) = (peak >> 20, bound >> 20);
        println!("{} MiB before, {mib} at most, {most} allowed", before >> 20);
        assert!(peak < bound);
        let log = serving.log();
        assert!(!log.contains("panicked"), "{log}");
        serving.stop();
        so.verified();
        facility.verified();
    }
}
