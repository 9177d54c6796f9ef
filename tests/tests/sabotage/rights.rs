//! Who may say what: what is forged, or beyond its author's rights, is not held.

use curve25519_dalek::scalar::{Scalar, clamp_integer};
use identity::SecretKey;
use model::UnitPath;
use sha2::{Digest as _, Sha512};
use testkit::Seeded;
use wire::{
    Content, CredentialContent, Digest, Entry, EntryId, Grant, Kind, PublicKey, Role,
    RootCommitment, Stream, Subject,
};

use crate::run::{Seen, ensure};
use crate::tree::{Machine, Tree, body, facility};

/// The neutral point: as a key, or as the first half of a signature.
const NEUTRAL: [u8; 32] = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

/// The Sở of a tree gets this from the first facility, and must not hold it.
fn not_taken(tree: &mut Tree, entries: Vec<Entry>) -> Seen {
    let last = entries.last().expect("an entry").id();
    let (so, facility) = tree.pair(0);
    let intake = so.receive(facility, entries);
    ensure!(
        !so.holds(&last) && !intake.new.contains(&last),
        "the Sở holds {}",
        last.short()
    );
    Ok(())
}

/// Everything that the Sở does not hold yet of a facility's report.
fn report_of(tree: &mut Tree, index: usize) -> Vec<Entry> {
    let (so, facility) = tree.pair(index);
    facility.report();
    let mut entries = facility.entries();
    entries.retain(|entry| !so.holds(&entry.id()));
    assert_eq!(entries.len(), 2, "the changes and the submission");
    entries
}

pub(crate) fn a_forged_signature() -> Seen {
    let mut tree = Tree::new(1);
    let honest = report_of(&mut tree, 0).pop().unwrap();
    let stranger = SecretKey::generate(&mut Seeded::new(99));
    let forged = Entry::assemble(honest.body().clone(), honest.author(), |bytes| {
        stranger.sign_bytes(bytes)
    });
    not_taken(&mut tree, vec![forged.unwrap()])
}

/// R is of small order and S fits: RFC 8032's equation holds, and other verifiers
/// refuse it. Two peers that disagree never hold the same.
pub(crate) fn a_signature_that_verifiers_disagree_on() -> Seen {
    let mut tree = Tree::new(1);
    let honest = report_of(&mut tree, 0).pop().unwrap();
    let head = tree.facilities[0].person.clone();
    let crafted = Entry::assemble(honest.body().clone(), honest.author(), |bytes| {
        let mut half = [0; 32];
        half.copy_from_slice(&Sha512::digest(*head.seed())[..32]);
        let secret = Scalar::from_bytes_mod_order(clamp_integer(half));
        let mut hasher = Sha512::new();
        hasher.update(NEUTRAL);
        hasher.update(head.public().0);
        hasher.update(bytes);
        let challenge = Scalar::from_bytes_mod_order_wide(&hasher.finalize().into());
        signature(NEUTRAL, (challenge * secret).to_bytes())
    });
    not_taken(&mut tree, vec![crafted.unwrap()])
}

/// A registrar gives a role to a key for which everybody can sign, to say later
/// that it was somebody else.
pub(crate) fn a_key_that_everybody_has() -> Seen {
    let mut tree = Tree::new(1);
    let honest = report_of(&mut tree, 0).pop().unwrap();
    let owner = &tree.facilities[0];
    let key = PublicKey(NEUTRAL);
    let credential = credential(owner, &owner.unit(), key, Role::Head);
    let by_nobody = Entry::assemble(honest.body().clone(), key, |_| signature(NEUTRAL, [0; 32]));
    not_taken(&mut tree, vec![credential, by_nobody.unwrap()])
}

fn signature(r: [u8; 32], s: [u8; 32]) -> [u8; 64] {
    let mut both = [0; 64];
    both[..32].copy_from_slice(&r);
    both[32..].copy_from_slice(&s);
    both
}

/// A credential for a person of a unit, signed by this machine's registrar.
fn credential(by: &Machine, of: &UnitPath, key: PublicKey, role: Role) -> Entry {
    let content = Content::Credential(CredentialContent {
        grants: vec![grant(key, Subject::Person, role)],
        root: None,
        reenrol: false,
    });
    by.person
        .sign(body(of, Stream::Org, None, content))
        .unwrap()
}

fn grant(key: PublicKey, subject: Subject, role: Role) -> Grant {
    Grant {
        key,
        subject,
        name: "Kẻ lạ".to_owned(),
        roles: [role].into(),
        until: None,
        seal: None,
    }
}

/// The neighbour's own words, signed with the own key.
pub(crate) fn a_neighbours_report() -> Seen {
    let mut tree = Tree::new(2);
    let theirs = report_of(&mut tree, 1).pop().unwrap();
    let replayed = tree.facilities[0].person.sign(theirs.body().clone());
    not_taken(&mut tree, vec![replayed.unwrap()])
}

pub(crate) fn an_editor_does_not_submit() -> Seen {
    let mut tree = Tree::new(1);
    let editor = tree.facilities[0].colleague(Role::Editor);
    let credentials = tree.facilities[0].of_kind(Kind::Credential);
    tree.facilities[0].report();
    let submission = tree.facilities[0].of_kind(Kind::Submission).pop().unwrap();
    let submitted = editor.sign(submission.body().clone()).unwrap();
    not_taken(&mut tree, [credentials, vec![submitted]].concat())
}

/// The Sở's registrar names a head of the facility, who then submits for it.
pub(crate) fn the_level_above_mints_no_head() -> Seen {
    let mut tree = Tree::new(1);
    let honest = report_of(&mut tree, 0).pop().unwrap();
    let minted = SecretKey::generate(&mut Seeded::new(99));
    let of = tree.facilities[0].unit();
    let grant = credential(&tree.so, &of, minted.public(), Role::Head);
    let in_its_name = minted.sign(honest.body().clone()).unwrap();
    let bad: Vec<EntryId> = vec![grant.id(), in_its_name.id()];
    let Tree { bo, so, facilities } = &mut tree;
    for victim in [bo, &mut facilities[0]] {
        victim.receive(so, vec![grant.clone(), in_its_name.clone()]);
        let held = bad.iter().find(|id| victim.holds(id));
        ensure!(held.is_none(), "{} holds {held:?}", victim.unit());
    }
    not_taken(&mut tree, vec![grant, in_its_name])
}

/// A ministry that somebody founded for himself.
pub(crate) fn another_root() -> Seen {
    let mut tree = Tree::new(1);
    let pretender = SecretKey::generate(&mut Seeded::new(99));
    let content = Content::Credential(CredentialContent {
        grants: vec![grant(pretender.public(), Subject::Root, Role::Registrar)],
        root: Some(RootCommitment {
            next: Digest([0; 32]),
            rehearsal: false,
        }),
        reenrol: false,
    });
    let root = body(&UnitPath::ministry(), Stream::Org, None, content);
    not_taken(&mut tree, vec![pretender.sign(root).unwrap()])
}

/// Whoever reads an invite on its way submits a report for the unit.
pub(crate) fn an_invite_does_nothing_but_enrol() -> Seen {
    let mut tree = Tree::new(1);
    let honest = report_of(&mut tree, 0).pop().unwrap();
    let text = tree.so.invite(&facility(5));
    let key = identity::Invite::parse(&text).unwrap().secret;
    let mut body = honest.body().clone();
    body.unit = facility(5);
    not_taken(&mut tree, vec![key.sign(body).unwrap()])
}

pub(crate) fn a_simulated_clock_in_earnest() -> Seen {
    let mut tree = Tree::new(1);
    let honest = report_of(&mut tree, 0).pop().unwrap();
    let mut body = honest.body().clone();
    body.simulated = true;
    let simulated = tree.facilities[0].person.sign(body).unwrap();
    not_taken(&mut tree, vec![simulated])
}
