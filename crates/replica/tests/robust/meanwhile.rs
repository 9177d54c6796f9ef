//! Two processes at one home: what the one commits while the other is about to sign.

use model::{Entropy, Scalar};
use replica::{Env, Replica};
use testkit::Seeded;
use wire::Kind;

use crate::home::Home;
use crate::tree::{Machine, Tree, facility};

/// Randomness during whose first draw, in the middle of a seal, something happens.
struct Meanwhile<'a> {
    entropy: Seeded,
    happens: Option<Box<dyn FnOnce() + 'a>>,
}

impl<'a> Meanwhile<'a> {
    fn new(happens: impl FnOnce() + 'a) -> Self {
        Meanwhile {
            entropy: Seeded::new(77),
            happens: Some(Box::new(happens)),
        }
    }
}

impl Entropy for Meanwhile<'_> {
    fn fill(&mut self, buffer: &mut [u8]) {
        if let Some(happens) = self.happens.take() {
            happens();
        }
        self.entropy.fill(buffer);
    }
}

/// A facility in a file, opened by two processes.
fn twice(dir: &std::path::Path) -> (Machine, Machine) {
    let file = dir.join("one.sqlite");
    let mut tree = Tree::new(0);
    let one = tree
        .so
        .join_below(&facility(0), store::Store::open(&file).unwrap(), 10);
    let home = Home::close(one, &file);
    (home.open(1), home.open(2))
}

fn text_of(replica: &Replica, machine: &Machine) -> String {
    let view = replica.screen_view(&machine.key(), machine.now).unwrap();
    view.snapshot.texts.get("I1").cloned().unwrap_or_default()
}

#[test]
fn two_processes_that_sign_at_once_sign_once() {
    let dir = tempfile::tempdir().unwrap();
    let (mut screen, mut cron) = twice(dir.path());
    let (key, clock, person) = (screen.key(), screen.clock(), screen.person.clone());
    let replica = &mut screen.replica;
    replica
        .set_text(&key, &person.public(), "I1", "", "Thiếu người", clock)
        .unwrap();
    let mut both = 0;
    let mut entropy = Meanwhile::new(|| both += cron.seal());
    let mut env = Env {
        clock,
        entropy: &mut entropy,
    };
    let mine = screen.replica.seal_all(&person, &mut env).unwrap();
    drop(entropy);
    assert_eq!((both, mine), (1, 0), "each draft is signed by one of them");
    for machine in [&screen, &cron] {
        assert_eq!(text_of(&machine.replica, machine), "Thiếu người");
        assert_eq!(machine.of_kind(Kind::Changes).len(), 1);
        assert_eq!(machine.replica.unsealed().unwrap(), []);
    }
}

#[test]
fn what_is_typed_anew_meanwhile_is_what_is_signed() {
    let dir = tempfile::tempdir().unwrap();
    let (mut screen, mut other) = twice(dir.path());
    screen.set("B3", "120");
    screen.set("B4", "100");
    let (clock, person) = (screen.clock(), screen.person.clone());
    let mut entropy = Meanwhile::new(|| other.set("B3", "121"));
    let mut env = Env {
        clock,
        entropy: &mut entropy,
    };
    assert_eq!(screen.replica.seal_all(&person, &mut env).unwrap(), 2);
    assert_eq!(screen.values("B3"), [Scalar::Int(121)]);
    assert_eq!(screen.values("B4"), [Scalar::Int(100)]);
    assert_eq!(screen.of_kind(Kind::Changes).len(), 1);
}
