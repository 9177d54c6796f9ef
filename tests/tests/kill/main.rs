//! Two hundred times `kill -9`, at a random moment, at any of the programs of a
//! small tree under load: the Bộ and the Sở that serve, the Bộ that pulls, the Sở
//! and three facilities that sync, a facility that is being edited. Several run at
//! once, and several may go at once.
//!
//! After each kill nothing is lost that one node told another to be durable, by a
//! receipt or by acknowledging a mark, in either direction at every level, and no
//! edit is lost that a command has answered. In the end all hold the same, nothing
//! is there twice and no chain of receipts is forked.
//!
//! What needs a person's key (signed edits, submissions, reviews, rollups) is done
//! in this process, on the homes that the killed programs work on too.
//!
//! `QUANHO_KILLS` is how many, `QUANHO_TEST_SEED` repeats a run as far as the
//! machine's own timing allows.

#[cfg(test)]
mod desk;
#[cfg(test)]
mod fleet;

#[cfg(test)]
mod kill {
    use std::collections::BTreeSet;
    use std::time::{Duration, Instant};

    use quanho_tests::{Node, Serving, World, complete_toml};
    use testkit::Seeded;
    use wire::{Content, EntryId, Kind};

    use crate::desk::{Desk, NOW};
    use crate::fleet::{End, Fleet, Server};

    const KILLS: usize = 200;

    /// A whole sync takes about half of the longer one, an edit half of the shorter:
    /// some are cut before they begin, some anywhere, some are over.
    const LIVES_MAX: [Duration; 2] = [Duration::from_millis(160), Duration::from_millis(25)];

    /// Sở and Bộ are the first two of the desks; the facilities follow.
    const BO: usize = 0;
    const SO: usize = 1;
    const FACILITIES: [&str; 3] = ["byt.24.07210", "byt.24.07211", "byt.bachmai"];

    /// Who is directly above whom, as places among the desks.
    const LINKS: [(usize, usize); 4] = [(SO, BO), (2, SO), (3, SO), (4, BO)];

    /// The field that the killed program edits; the signed edits are of another.
    const TYPED: &str = "E3";

    /// What was done to the report of one facility.
    #[derive(Default)]
    struct Deeds {
        changes: usize,
        submissions: BTreeSet<EntryId>,
        reviews: usize,
        /// The number that a killed or ended `report set` may have left, and the
        /// last that was answered.
        typed: u64,
        answered: u64,
    }

    struct Tree {
        /// Keeps the homes until the end.
        _world: World,
        nodes: Vec<Node>,
        desks: Vec<Desk>,
        deeds: Vec<Deeds>,
    }

    fn number(name: &str) -> Option<u64> {
        let text = std::env::var(name).ok()?;
        Some(text.parse().unwrap())
    }

    impl Tree {
        fn new() -> (Tree, Serving, Serving) {
            let world = World::new();
            let (bo, so) = world.founded(NOW);
            let bo_serves = bo.serve();
            so.ok(&["sync", "--address", bo_serves.address()]);
            let so_serves = so.serve();
            let mut nodes = vec![bo, so];
            for unit in FACILITIES {
                let (above, serving) = match unit {
                    "byt.bachmai" => (&nodes[BO], &bo_serves),
                    _ => (&nodes[SO], &so_serves),
                };
                let facility = world.facility(above, serving, unit, unit);
                facility.fill(&complete_toml(100));
                nodes.push(facility);
            }
            let passphrase = std::fs::read_to_string(world.path().join("passphrase")).unwrap();
            let open = |node| Desk::open(node, passphrase.trim_end());
            let tree = Tree {
                desks: nodes.iter().map(open).collect(),
                nodes,
                deeds: FACILITIES.map(|_| Deeds::default()).into(),
                _world: world,
            };
            (tree, bo_serves, so_serves)
        }

        /// What people do at this moment.
        fn work(&mut self, round: usize, random: &mut Seeded) {
            let facility = random.below(FACILITIES.len() as u64) as usize;
            let unit = FACILITIES[facility];
            let deeds = &mut self.deeds[facility];
            self.desks[2 + facility].edit(round, random);
            deeds.changes += 1;
            if random.below(4) == 0 {
                let submission = self.desks[2 + facility].submit(random);
                deeds.submissions.insert(submission);
            }
            let above = match unit {
                "byt.bachmai" => BO,
                _ => SO,
            };
            let reviewed = match random.below(6) {
                0 => self.desks[above].send_back(unit, round),
                1 => self.desks[above].accept(unit),
                _ => false,
            };
            deeds.reviews += usize::from(reviewed);
            if random.below(8) == 0 {
                self.desks[SO].consolidate();
            }
        }

        /// Starts some programs that are not served: syncs, pulls, edits.
        fn start(&mut self, fleet: &mut Fleet, random: &mut Seeded) {
            for (place, node) in self.nodes.iter().enumerate() {
                // Without a passphrase a sync takes what is signed, and no more.
                let mut command = node.with_passphrase(None).command(true);
                let unit = self.desks[place].replica.unit().to_string();
                match place {
                    BO if random.below(4) == 0 => {
                        fleet.run("bo pull".to_owned(), {
                            command.arg("pull");
                            command
                        });
                    }
                    SO if random.below(3) == 0 => {
                        command.arg("sync");
                        fleet.run("so sync".to_owned(), command);
                    }
                    2.. if random.below(2) == 0 => {
                        command.arg("sync");
                        fleet.run(format!("hospital {unit} sync"), command);
                    }
                    2.. if random.below(4) == 0 => {
                        let name = format!("hospital {unit} edit");
                        let deeds = &mut self.deeds[place - 2];
                        if !fleet.commands().contains(&name) {
                            deeds.typed += 1;
                            let value = deeds.typed.to_string();
                            command.args(["report", "set", TYPED, &value]);
                            command.args(["--period", quanho_tests::PERIOD]);
                            fleet.run(name, command);
                        }
                    }
                    _ => {}
                }
            }
        }

        /// Takes note of the edits that were answered.
        fn note(&mut self, name: &str, end: &End) {
            let unit = name.strip_prefix("hospital ");
            let unit = unit.and_then(|name| name.strip_suffix(" edit"));
            let facility = FACILITIES.iter().position(|known| Some(*known) == unit);
            if let (Some(facility), End::Exited(0)) = (facility, end) {
                self.deeds[facility].answered = self.deeds[facility].typed;
            }
        }

        /// Gives how many entries were acknowledged, over all.
        fn nothing_acknowledged_is_lost(&mut self) -> usize {
            for desk in &mut self.desks {
                desk.read_receipts();
            }
            let both = LINKS.into_iter().flat_map(|(lower, upper)| {
                // Who was told, and by whom.
                [(lower, upper), (upper, lower)]
            });
            let desks = &self.desks;
            let told = both.map(|(who, by)| (who, by, desks[who].told_by(&desks[by])));
            let told: Vec<_> = told.collect();
            // Afterwards: others go on, and what they add may only be held by then.
            let held: Vec<_> = desks.iter().map(Desk::held).collect();
            let acknowledged = told.iter().map(|(_, _, told)| told.len()).sum();
            for (who, by, told) in told {
                let lost = told.iter().find(|id| !held[by].contains(*id));
                assert_eq!(lost, None, "desk {by} acknowledged it to {who}");
            }
            for (facility, deeds) in self.deeds.iter().enumerate() {
                let desk = &self.desks[2 + facility];
                let view = desk.replica.show(&desk.key()).unwrap();
                let typed = view.answers[TYPED].as_u64().unwrap();
                assert!(typed >= deeds.answered, "{typed}: {}", deeds.answered);
                assert!(typed <= deeds.typed.max(1));
            }
            acknowledged
        }

        /// What was typed and not signed yet goes into one more edit of each.
        fn seal_the_rest(&mut self, round: usize, random: &mut Seeded) {
            for (desk, deeds) in self.desks[2..].iter_mut().zip(&mut self.deeds) {
                desk.edit(round, random);
                deeds.changes += 1;
            }
        }

        /// In sync at every level, within a few rounds: what the Bộ says needs one
        /// round to the Sở and one to its facilities, and the other way round.
        fn settle(&self) {
            for _ in 0..3 {
                for node in self.nodes[SO..].iter().rev() {
                    node.ok(&["sync"]);
                }
            }
            for node in &self.nodes[SO..] {
                let last = node.ok(&["sync"]);
                assert_eq!(last["in_sync"], true, "{last}");
                assert_eq!(last["round_trips"], 1, "{last}");
            }
        }

        fn all_is_well(&self, before: &[usize]) {
            for (lower, upper) in LINKS {
                let lower = &self.desks[lower];
                let upper = &self.desks[upper];
                assert_eq!(lower.shared_with(upper), upper.shared_with(lower));
            }
            for (facility, deeds) in self.deeds.iter().enumerate() {
                let desk = &self.desks[2 + facility];
                let entries = |kind| desk.entries(FACILITIES[facility], kind);
                let changes = entries(Kind::Changes).len();
                assert_eq!(changes, before[facility] + deeds.changes, "once each");
                assert_eq!(entries(Kind::Review).len(), deeds.reviews, "once each");
                let mut received = Vec::new();
                for entry in entries(Kind::Receipt) {
                    if let Content::Receipt(receipt) = &entry.body().content {
                        received.extend(receipt.received.clone());
                    }
                }
                received.sort_unstable();
                let expected: Vec<EntryId> = deeds.submissions.iter().copied().collect();
                assert_eq!(received, expected, "each is received once");
            }
            for (place, node) in self.nodes.iter().enumerate() {
                node.verified();
                let chain = self.desks[place].chain_length();
                assert_eq!(chain > 0, place < 2, "only Bộ and Sở give receipts");
            }
        }

        fn changes(&self) -> Vec<usize> {
            let all = self.desks[2..].iter().zip(FACILITIES);
            let count = |(desk, unit): (&Desk, &str)| desk.entries(unit, Kind::Changes).len();
            all.map(count).collect()
        }
    }

    #[test]
    fn kills_lose_nothing() {
        let seed = number("QUANHO_TEST_SEED").unwrap_or(u64::from(std::process::id()));
        let kills = number("QUANHO_KILLS").map_or(KILLS, |kills| kills as usize);
        println!("QUANHO_TEST_SEED={seed} QUANHO_KILLS={kills}");
        let mut random = Seeded::new(seed);

        let (mut tree, bo_serves, so_serves) = Tree::new();
        let server = |name, node: &Node, serving: &Serving| {
            let address = serving.address().to_owned();
            (name, node.clone(), address)
        };
        let places = [
            server("bo serve", &tree.nodes[BO], &bo_serves),
            server("so serve", &tree.nodes[SO], &so_serves),
        ];
        let servers = places.each_ref().map(|(name, node, address)| Server {
            name,
            node,
            address: address.clone(),
        });
        let mut fleet = Fleet::default();
        fleet.adopt("bo serve", bo_serves);
        fleet.adopt("so serve", so_serves);
        let before = tree.changes();
        let start = Instant::now();
        let (mut round, mut acknowledged) = (0, 0);
        while fleet.killed() < kills {
            round += 1;
            tree.work(round, &mut random);
            fleet.revive(&servers);
            tree.start(&mut fleet, &mut random);
            let most = LIVES_MAX[random.below(2) as usize];
            let life = random.below(most.as_micros() as u64);
            std::thread::park_timeout(Duration::from_micros(life));
            for (name, end) in fleet.ended() {
                tree.note(&name, &end);
            }
            for name in fleet.servers() {
                if random.below(3) == 0 {
                    fleet.kill_server(name);
                }
            }
            // Who waits for a server that is gone would wait for long.
            let alone = fleet.servers().len() < servers.len();
            for name in fleet.commands() {
                if (alone || random.below(2) == 0)
                    && let Some(end) = fleet.kill_command(&name)
                {
                    tree.note(&name, &end);
                }
            }
            acknowledged = tree.nothing_acknowledged_is_lost();
        }
        let took = start.elapsed();
        for name in fleet.commands() {
            fleet.kill_command(&name);
        }
        fleet.revive(&servers);
        tree.seal_the_rest(round + 1, &mut random);
        tree.settle();
        let (kills_by_deed, exits) = (fleet.kills.clone(), fleet.exits.clone());
        fleet.stop();
        tree.all_is_well(&before);
        let entries: Vec<usize> = tree.desks.iter().map(|desk| desk.held().len()).collect();
        println!(
            "{} kills in {round} rounds and {took:?}: {:?}",
            kills_by_deed.values().sum::<usize>(),
            kills_by_deed,
        );
        println!("{acknowledged} entries acknowledged by then");
        assert!(acknowledged > kills, "the checks had something to look for");
        println!("commands that ended by themselves, by exit code: {exits:?}");
        println!("entries at Bộ, Sở, {FACILITIES:?}: {entries:?}");
    }
}
