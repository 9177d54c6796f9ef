//! Two hundred times `kill -9` at a random moment of a sync, at either side, with
//! new edits each time: no acknowledged entry is lost, nothing is there twice,
//! and in the end both hold the same.
//!
//! The edits are made in this process, on the home that the killed program works
//! on too, so that the key is unlocked once and not two hundred times.

#[cfg(test)]
mod kill {
    use std::collections::BTreeSet;
    use std::process::{Child, Command, Stdio};
    use std::time::Duration;

    use identity::SecretKey;
    use model::Period;
    use node::home::Home;
    use quanho_tests::{Node, PERIOD, Serving, World, complete_toml};
    use replica::{Clock, Env, QUARTERLY_FORM, Replica, ReportKey};
    use store::EntryFilter;
    use testkit::{Seeded, at};
    use wire::{Content, EntryId, Kind};

    const NOW: &str = "2026-06-10T08:00:00+07:00";
    const UNIT: &str = "byt.24.07210";

    const KILLS: usize = 200;

    /// A whole sync takes about half of this: some are cut before they begin, some
    /// anywhere, some are over.
    const LIFE_MAX: Duration = Duration::from_millis(160);

    /// A home that this process works on, beside the programs that are killed.
    struct Desk {
        replica: Replica,
        person: SecretKey,
    }

    impl Desk {
        fn open(node: &Node, passphrase: &str) -> Desk {
            let home = Home::new(node.home());
            let replica = home.open().unwrap();
            let person = home.unlock(&home.person_keys()[0], passphrase).unwrap();
            Desk { replica, person }
        }

        fn entries(&self, kind: Option<Kind>) -> Vec<identity::Verified> {
            let filter = EntryFilter {
                unit: Some(self.key().unit),
                kind,
                ..EntryFilter::default()
            };
            let stored = self.replica.store().entries(&filter).unwrap();
            stored.into_iter().map(|stored| stored.entry).collect()
        }

        fn ids(&self) -> Vec<EntryId> {
            let entries = self.entries(None);
            let mut ids: Vec<EntryId> = entries.iter().map(identity::Verified::id).collect();
            ids.sort_unstable();
            ids
        }

        fn key(&self) -> ReportKey {
            let period = Period::parse(PERIOD).unwrap();
            ReportKey::regular(&UNIT.parse().unwrap(), QUARTERLY_FORM, period)
        }

        /// One signed edit.
        fn edit(&mut self, number: usize, entropy: &mut Seeded) {
            let (key, person) = (self.key(), self.person.public());
            let typed = (1_000 + number).to_string();
            self.replica
                .set(&key, &person, "B6", &typed, clock())
                .unwrap();
            let mut env = Env {
                clock: clock(),
                entropy,
            };
            self.replica.seal_all(&self.person, &mut env).unwrap();
        }

        fn submit(&mut self, entropy: &mut Seeded) -> EntryId {
            let key = self.key();
            let mut env = Env {
                clock: clock(),
                entropy,
            };
            let submitted = self.replica.submit(&key, &self.person, &mut env);
            submitted.unwrap().0
        }

        /// Returns what was submitted, if anything stands here.
        fn send_back(&mut self, number: usize) -> bool {
            let remark = ("B6".to_owned(), format!("kiểm tra lại, lần {number}"));
            let key = self.key();
            let person = self.person.clone();
            let returned = self
                .replica
                .return_report(&key, &person, &[remark], clock());
            returned.is_ok()
        }
    }

    fn clock() -> Clock {
        Clock {
            now: at(NOW),
            simulated: true,
        }
    }

    /// A program that does not outlive the test.
    struct Guard(Child);

    impl Guard {
        fn start(mut command: Command) -> Guard {
            command.stdout(Stdio::null()).stderr(Stdio::null());
            Guard(command.spawn().unwrap())
        }
    }

    impl Drop for Guard {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    /// What the facility was told to be safe is there: everything that a receipt
    /// covers, and everything up to the mark that the Sở has acknowledged.
    fn nothing_acknowledged_is_lost(facility: &Desk, so: &Desk) {
        let node = so.replica.node_key();
        let peer = facility.replica.store().peer(&node).unwrap();
        let mark = peer.map_or(0, |peer| peer.acked_row);
        let filter = EntryFilter {
            unit: Some(UNIT.parse().unwrap()),
            ..EntryFilter::default()
        };
        for stored in facility.replica.store().entries(&filter).unwrap() {
            let held = |id: &EntryId| so.replica.store().has(id).unwrap();
            let id = stored.entry.id();
            assert!(stored.row > mark || held(&id), "{id:?} was acknowledged");
            if let Content::Receipt(receipt) = &stored.entry.body().content {
                let lost = receipt.covers.iter().find(|id| !held(id));
                assert_eq!(lost, None, "a receipt was given for it");
            }
        }
    }

    fn serve(so: &Node, address: &str) -> Serving {
        so.serve_with(&["--listen", address])
    }

    #[test]
    fn two_hundred_kills_lose_nothing() {
        let seed = match std::env::var("QUANHO_TEST_SEED") {
            Ok(seed) => seed.parse().unwrap(),
            Err(_) => u64::from(std::process::id()),
        };
        println!("QUANHO_TEST_SEED={seed}");
        let mut random = Seeded::new(seed);

        let world = World::new();
        let (_bo, so_node) = world.founded(NOW);
        let mut serving = Some(so_node.serve());
        let address = serving.as_ref().unwrap().address().to_owned();
        let first = serving.as_ref().unwrap();
        let node = world.facility(&so_node, first, UNIT, "Trạm y tế");
        node.fill(&complete_toml(100));
        let passphrase = std::fs::read_to_string(world.path().join("passphrase")).unwrap();
        let mut facility = Desk::open(&node, passphrase.trim_end());
        let mut so = Desk::open(&so_node, passphrase.trim_end());
        facility.edit(0, &mut random);
        let (before, mut edits) = (facility.entries(Some(Kind::Changes)).len(), 0);
        let (mut submissions, mut returns) = (BTreeSet::new(), 0);

        for round in 1..=KILLS {
            facility.edit(round, &mut random);
            edits += 1;
            if round % 10 == 0 {
                submissions.insert(facility.submit(&mut random));
            }
            if round % 10 == 5 && so.send_back(round) {
                returns += 1;
            }
            let life = Duration::from_micros(random.below(LIFE_MAX.as_micros() as u64));
            let mut command = node.command(true);
            command.args(["sync", "--address", &address]);
            let serving_now = serving.take().unwrap_or_else(|| serve(&so_node, &address));
            let syncing = Guard::start(command);
            std::thread::park_timeout(life);
            if random.below(2) == 0 {
                serving_now.kill();
            } else {
                serving = Some(serving_now);
            }
            // Either way this side goes too: it would wait for an answer.
            drop(syncing);
            nothing_acknowledged_is_lost(&facility, &so);
        }

        let serving = serving.unwrap_or_else(|| serve(&so_node, &address));
        node.ok(&["sync"]);
        node.ok(&["sync"]);
        let last = node.ok(&["sync"]);
        assert_eq!(last["in_sync"], true, "{last}");
        assert_eq!(last["round_trips"], 1, "{last}");
        serving.stop();

        assert_eq!(facility.ids(), so.ids());
        let changes = facility.entries(Some(Kind::Changes)).len();
        assert_eq!(changes, before + edits, "each edit is there once");
        assert_eq!(facility.entries(Some(Kind::Review)).len(), returns);
        let mut received = Vec::new();
        for entry in facility.entries(Some(Kind::Receipt)) {
            if let Content::Receipt(receipt) = &entry.body().content {
                received.extend(receipt.received.clone());
            }
        }
        received.sort_unstable();
        let expected: Vec<EntryId> = submissions.into_iter().collect();
        assert_eq!(received, expected, "each submission is received once");
        assert!(so.replica.status().unwrap().receipt_forks.is_empty());
        let view = so.replica.show(&so.key()).unwrap();
        assert_eq!(view.answers["B6"], 1_000 + KILLS);
        node.verified();
        so_node.verified();
        println!("{returns} returns, {} entries", facility.ids().len());
    }
}
