//! Power cuts: a Sở and a facility live on disks of their own whose power goes
//! while the real programs edit, submit, review and sync, at random moments and
//! right after a command has ended. What such a disk may hold then is mounted (so
//! the filesystem replays its journal) and opened by the real programs: everything
//! is there that a command had answered, or a receipt had promised, before the
//! cut, and `verify` finds nothing wrong.
//!
//! Which states a cut may leave is said in `disk`. That the disk forgets what
//! nobody has made durable is shown by a control: a file that is written and not
//! synced is lost in some of the cuts, one that is synced in none.
//!
//! Needs Linux, root, FUSE, loop devices and mkfs.ext4; without them it says so in
//! one line and passes. `QUANHO_CUTS` is how many, `QUANHO_TEST_SEED` repeats a run
//! as far as the machine's own timing allows.

#[cfg(test)]
#[cfg(target_os = "linux")]
mod disk;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod fuse;

#[cfg(test)]
#[cfg(target_os = "linux")]
mod power {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;
    use std::sync::mpsc;

    use quanho_tests::{Node, Output, PERIOD, World, complete_toml};
    use serde_json::Value;
    use testkit::Seeded;

    use crate::disk::{Cut, Disk, Mount};

    const NOW: &str = "2026-06-10T08:00:00+07:00";
    const UNIT: &str = "byt.24.07210";

    const CUTS: usize = 30;

    /// A cut in the midst of a command comes before one of so many writes to the
    /// disk: about as many as a command makes.
    const WRITES_MAX: u64 = 6;

    /// The field that is typed again and again.
    const TYPED: &str = "E3";

    const CONTROL: &[u8] = b"written and not synced";

    type Ids = BTreeSet<String>;

    /// One machine: a node, its disk, and what its people and peers were told.
    struct Machine {
        node: Node,
        disk: Disk,
        /// The same program on what a cut has left.
        after: Node,
        told: Ids,
        cuts: usize,
        controls_lost: usize,
        sectors_lost: usize,
    }

    fn ids_of(node: &Node, kind: Option<&str>) -> Ids {
        let mut args = vec!["entries"];
        args.extend(kind.iter().flat_map(|kind| ["--kind", kind]));
        let list = node.ok(&args);
        let entries = list.as_array().unwrap();
        let id = |entry: &Value| entry["id"].as_str().unwrap().to_owned();
        let ids: Ids = entries.iter().map(id).collect();
        assert_eq!(ids.len(), entries.len(), "an entry is there twice");
        ids
    }

    impl Machine {
        fn new(node: Node, after: Node) -> Result<Machine, String> {
            Ok(Machine {
                disk: Disk::new(node.home())?,
                node,
                after,
                told: Ids::new(),
                cuts: 0,
                controls_lost: 0,
                sectors_lost: 0,
            })
        }

        /// What a command lists was answered.
        fn listed(&mut self) {
            self.told.extend(ids_of(&self.node, None));
        }

        /// Before a cut comes: the control, which nobody syncs. (Nor must anything
        /// here: it would sync what the programs have forgotten to.)
        fn expect_cut(&mut self) {
            self.cuts += 1;
            fs::write(self.node.home().join(self.control()), CONTROL).unwrap();
        }

        fn start_again(&mut self, cut: &Cut) -> Mount {
            self.sectors_lost += cut.lost;
            cut.mount(self.after.home())
        }

        fn control(&self) -> String {
            format!("control-{}", self.cuts)
        }

        /// What must hold after every cut.
        fn check(&mut self) {
            let control = fs::read(self.after.home().join(self.control()));
            if control.ok().as_deref() != Some(CONTROL) {
                self.controls_lost += 1;
            }
            self.after.verified();
            self.after.ok(&["status"]);
            let listed = ids_of(&self.after, None);
            let lost: Vec<&String> = self.told.difference(&listed).collect();
            assert!(lost.is_empty(), "answered and lost: {lost:?}");
        }
    }

    struct Test {
        world: World,
        facility: Machine,
        so: Machine,
        /// The number that `report set` may have left, and the last answered.
        typed: u64,
        answered: u64,
        receipts: Ids,
        /// Cuts while a command ran.
        in_midst: usize,
        random: Seeded,
    }

    /// What a command was, for what its answer promises.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Deed {
        Set,
        Submit,
        Sync,
        Review,
    }

    impl Test {
        fn command(&mut self, deed: Deed) -> (Node, Vec<String>) {
            let facility = &self.facility.node;
            let (node, words) = match deed {
                Deed::Set => {
                    self.typed += 1;
                    (facility, format!("report set {TYPED} {}", self.typed))
                }
                Deed::Submit => (facility, "report submit".to_owned()),
                Deed::Sync => (facility, "sync".to_owned()),
                Deed::Review => {
                    let remark = format!("{TYPED}=lần-{}", self.typed);
                    (
                        &self.so.node,
                        format!("review return {UNIT} --comment {remark}"),
                    )
                }
            };
            let mut args: Vec<String> = words.split(' ').map(str::to_owned).collect();
            if deed != Deed::Sync {
                args.extend(["--period".to_owned(), PERIOD.to_owned()]);
            }
            (node.clone(), args)
        }

        /// What the answer says is durable.
        fn note(&mut self, deed: Deed, before: Ids, output: &Output) {
            match deed {
                // Nothing stands there to be returned: also an answer.
                Deed::Review if output.code != 0 => return,
                _ => assert_eq!(output.code, 0, "{output}"),
            }
            let answer = output.json();
            match deed {
                Deed::Set => self.answered = self.typed,
                Deed::Submit => {
                    let id = answer["submission"].as_str().unwrap();
                    self.facility.told.insert(id.to_owned());
                }
                Deed::Sync if answer["in_sync"] == true => self.so.told.extend(before),
                Deed::Sync | Deed::Review => {}
            }
        }

        /// One command and one cut: in its midst, or right after its answer.
        fn round(&mut self) {
            let deed = [
                Deed::Set,
                Deed::Submit,
                Deed::Sync,
                Deed::Sync,
                Deed::Review,
            ][self.random.below(5) as usize];
            let (node, args) = self.command(deed);
            let before = ids_of(&self.facility.node, None);
            self.facility.told.extend(before.iter().cloned());
            for machine in [&mut self.facility, &mut self.so] {
                machine.expect_cut();
            }
            let run = || {
                let args: Vec<&str> = args.iter().map(String::as_str).collect();
                node.run(&args)
            };
            if self.random.below(3) == 0 {
                let output = run();
                self.note(deed, before, &output);
                let cuts = self.cuts()();
                self.check(&cuts);
            } else {
                let (send, cuts) = mpsc::channel();
                let cut = self.cuts();
                let at_so = match deed {
                    Deed::Set | Deed::Submit => false,
                    Deed::Sync => self.random.below(2) == 0,
                    Deed::Review => true,
                };
                let victim = if at_so { &self.so } else { &self.facility };
                let victim = victim.disk.supply().clone();
                let writes = self.random.below(WRITES_MAX) as usize;
                victim.before(writes, move || send.send(cut()).unwrap());
                let output = run();
                victim.disarm();
                // It wrote less than that: the cut is after its end.
                let cuts = match cuts.try_recv() {
                    Ok(cuts) => {
                        self.in_midst += 1;
                        cuts
                    }
                    Err(_) => self.cuts()(),
                };
                self.check(&cuts);
                self.note(deed, before, &output);
            }
        }

        /// Cuts both: the facility first, for what it was promised by then is on
        /// the other disk.
        fn cuts(&mut self) -> impl FnOnce() -> (Cut, Cut) + Send + 'static {
            let mut random = Seeded::new(self.random.below(u64::MAX));
            let facility = self.facility.disk.supply().clone();
            let so = self.so.disk.supply().clone();
            move || {
                let facility = facility.cut(&mut random);
                (facility, so.cut(&mut random))
            }
        }

        fn check(&mut self, (facility, so): &(Cut, Cut)) {
            let mounts = (self.facility.start_again(facility), self.so.start_again(so));
            self.promises();
            self.facility.check();
            self.so.check();
            let view = self.facility.after.show();
            let typed = view["answers"][TYPED].as_u64().unwrap();
            assert!(typed >= self.answered, "{} was answered", self.answered);
            assert!(typed <= self.typed);
            drop(mounts);
        }

        /// What the receipts say that the facility has kept.
        fn promises(&mut self) {
            for receipt in ids_of(&self.facility.after, Some("receipt")) {
                if self.receipts.insert(receipt.clone()) {
                    let entry = self.facility.after.ok(&["entry", &receipt]);
                    let covers = entry["body"]["content"]["covers"].as_array();
                    let ids = covers.into_iter().flatten();
                    let ids = ids.map(|id| id.as_str().unwrap().to_owned());
                    self.so.told.extend(ids);
                }
            }
        }

        /// Keys are files beside the store: they last from the answer on, too.
        fn keys_last(&mut self) {
            let new = self.world.file("new-passphrase", "mật khẩu mới");
            let new = new.as_path();
            let path = |file: &Path| file.to_str().unwrap().to_owned();
            let device = ["invite", "--device", "PC 2"];
            let passwd = ["person", "passwd", "--new-passphrase-file", &path(new)];
            self.facility.expect_cut();
            let cut = self.facility.disk.supply().cut(&mut self.random);
            let mount = self.facility.start_again(&cut);
            self.facility.after.ok(&device);
            self.facility.check();
            drop(mount);
            self.facility.node.ok(&passwd);
            let cut = self.facility.disk.supply().cut(&mut self.random);
            let mount = self.facility.start_again(&cut);
            self.facility.after.with_passphrase(Some(new)).ok(&device);
            drop(mount);
            let old = self.world.path().join("passphrase");
            let passwd = ["person", "passwd", "--new-passphrase-file", &path(&old)];
            self.facility.node.with_passphrase(Some(new)).ok(&passwd);
        }
    }

    fn number(name: &str) -> Option<u64> {
        let text = std::env::var(name).ok()?;
        Some(text.parse().unwrap())
    }

    #[test]
    fn what_was_answered_outlasts_the_power() {
        let seed = number("QUANHO_TEST_SEED").unwrap_or(u64::from(std::process::id()));
        let cuts = number("QUANHO_CUTS").map_or(CUTS, |cuts| cuts as usize);
        println!("QUANHO_TEST_SEED={seed} QUANHO_CUTS={cuts}");

        let world = World::new();
        let (facility, so) = (world.hospital("hospital-07210"), world.so("so-24"));
        let machines = Mount::memory(&world.path().join("cuts")).and_then(|memory| {
            let facility = Machine::new(facility.at(NOW), world.hospital("cuts/hospital").at(NOW))?;
            let so = Machine::new(so.at(NOW), world.so("cuts/so").at(NOW))?;
            Ok((facility, so, memory))
        });
        let (facility, so, _memory) = match machines {
            Ok(machines) => machines,
            Err(missing) => {
                println!("skipped: {missing}");
                return;
            }
        };
        let mut test = Test {
            world,
            facility,
            so,
            typed: 1,
            answered: 1,
            receipts: Ids::new(),
            in_midst: 0,
            random: Seeded::new(seed),
        };
        let _ = test.world.founded(NOW);
        let serving = test.so.node.serve();
        let invite = test.so.node.invite(UNIT, "Trạm Y tế", Some(&serving));
        test.facility.node.join(&invite, "Trưởng trạm");
        test.keys_last();
        test.facility.node.ok(&["sync"]);
        test.facility.node.fill(&complete_toml(100));
        test.facility.listed();
        test.so.listed();
        for _ in 0..cuts {
            test.round();
            test.so.listed();
        }
        serving.stop();
        println!("{} of {cuts} cuts in the midst of a command", test.in_midst);
        assert!(test.in_midst > 0);
        for machine in [&test.facility, &test.so] {
            println!(
                "{} cuts, {} flushes, {} sectors lost, {} controls lost, {} entries told",
                machine.cuts,
                machine.disk.supply().flushes(),
                machine.sectors_lost,
                machine.controls_lost,
                machine.told.len(),
            );
            assert!(machine.controls_lost > 0, "the disk forgets nothing");
        }
        let lost = test.facility.sectors_lost + test.so.sectors_lost;
        assert!(lost > 0, "the disk has no cache");
    }
}
