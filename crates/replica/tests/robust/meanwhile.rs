//! Two processes at one home: what the one commits while the other is about to sign.

use model::{Entropy, Scalar};
use replica::{Env, Error, Replica};
use testkit::Seeded;
use wire::{ChangeHash, EntryId, Kind, Role};

use crate::home::Home;
use crate::tree::{Machine, Tree, facility, sync};

/// Randomness during whose first draw, in the middle of a seal, something happens.
struct Meanwhile<'a> {
    entropy: Seeded,
    happens: Option<Box<dyn FnOnce() + 'a>>,
}

impl<'a> Meanwhile<'a> {
    fn new(seed: u64, happens: impl FnOnce() + 'a) -> Self {
        Meanwhile {
            entropy: Seeded::new(seed),
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
    let mut entropy = Meanwhile::new(70, || both += cron.seal());
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
    let mut entropy = Meanwhile::new(70, || other.set("B3", "121"));
    let mut env = Env {
        clock,
        entropy: &mut entropy,
    };
    assert_eq!(screen.replica.seal_all(&person, &mut env).unwrap(), 2);
    assert_eq!(screen.values("B3"), [Scalar::Int(121)]);
    assert_eq!(screen.values("B4"), [Scalar::Int(100)]);
    assert_eq!(screen.of_kind(Kind::Changes).len(), 1);
}

/// A complete report with a draft of the head's, and what a colleague signed on
/// another machine.
fn about_to_submit(dir: &std::path::Path) -> (Machine, Machine, Machine) {
    let (mut screen, other) = twice(dir);
    let key = screen.key();
    screen.fill(&key);
    let store = store::Store::open_in_memory().unwrap();
    let mut colleague = screen.join_below(&facility(0), store, 30);
    sync(&mut colleague, &mut screen);
    colleague.set("B4", "50");
    colleague.seal();
    screen.set("B3", "121");
    (screen, other, colleague)
}

fn submit_seen(
    machine: &mut Machine,
    seen: &[ChangeHash],
    happens: impl FnOnce(),
) -> Result<EntryId, Error> {
    let (key, head, clock) = (machine.key(), machine.person.clone(), machine.clock());
    let mut entropy = Meanwhile::new(machine.entropy.below(1 << 32), happens);
    let mut env = Env {
        clock,
        entropy: &mut entropy,
    };
    let signed = machine
        .replica
        .submit_seen(&key, seen, None, &head, &mut env);
    signed.map(|(id, _)| id)
}

fn seen(machine: &Machine) -> Vec<ChangeHash> {
    let view = machine.replica.screen_view(&machine.key(), machine.now);
    view.unwrap().seen
}

#[test]
fn what_comes_while_the_head_signs_is_not_signed_unseen() {
    let dir = tempfile::tempdir().unwrap();
    let (mut screen, mut other, colleague) = about_to_submit(dir.path());
    let before = seen(&screen);
    let refused = submit_seen(&mut screen, &before, || {
        other.receive(&colleague, colleague.entries());
    });
    assert!(matches!(refused, Err(Error::ChangedSince)), "{refused:?}");
    assert_eq!(screen.of_kind(Kind::Submission), []);
    assert_eq!(screen.values("B4"), [Scalar::Int(50)]);
    // What was typed is signed all the same, and nothing is left behind.
    assert_eq!(screen.values("B3"), [Scalar::Int(121)]);
    // It came before: refused at once, and the drafts stay as they are.
    screen.set("B3", "122");
    let refused = submit_seen(&mut screen, &before, || {});
    assert!(matches!(refused, Err(Error::ChangedSince)), "{refused:?}");
    assert_eq!(screen.replica.unsealed().unwrap().len(), 1);

    let now = seen(&screen);
    let id = submit_seen(&mut screen, &now, || {}).unwrap();
    let submissions = screen.of_kind(Kind::Submission);
    assert_eq!(submissions[0].id(), id);
    assert_eq!(screen.values("B3"), [Scalar::Int(122)]);
    screen.verify();
}

/// The editor at the screen has a key open: what the summary showed of theirs goes
/// along.
#[test]
fn the_drafts_of_who_is_seated_go_along() {
    let dir = tempfile::tempdir().unwrap();
    let (mut screen, _) = twice(dir.path());
    let key = screen.key();
    screen.fill(&key);
    let editor = screen.colleague("Người nhập", &[Role::Editor]);
    let (clock, head) = (screen.clock(), screen.person.clone());
    screen
        .replica
        .set(&key, &editor.public(), "B3", "121", clock)
        .unwrap();
    let seen = seen(&screen);
    let mut env = Env {
        clock,
        entropy: &mut screen.entropy,
    };
    let replica = &mut screen.replica;
    let left = replica.submit_seen(&key, &seen, None, &head, &mut env);
    assert!(matches!(left, Err(Error::DraftsLeft(_))), "{left:?}");
    let signed = replica.submit_seen(&key, &seen, Some(&editor), &head, &mut env);
    assert!(signed.unwrap().1);
    assert_eq!(screen.values("B3"), [Scalar::Int(121)]);
    assert_eq!(screen.replica.unsealed().unwrap(), []);
}
