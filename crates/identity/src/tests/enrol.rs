//! Invites as texts.

use super::*;

/// Root, a registrar of the ministry with his node, and the invite of a province.
fn province() -> (World, Invite) {
    let mut world = World::new();
    world.give(
        &key(0),
        "byt",
        vec![
            Grant {
                name: "Nguyễn Văn An".into(),
                ..grant(
                    &key(1),
                    Subject::Person,
                    &[Role::Registrar, Role::Publisher],
                )
            },
            Grant {
                name: "máy chủ Bộ".into(),
                ..grant(&key(2), Subject::Node, &[Role::Node])
            },
        ],
    );
    let invite = invite(&mut world, 1, "byt.24", "Sở Y tế Bắc Ninh", 12);
    (world, invite)
}

/// The invite of a facility below.
fn facility() -> (World, Invite) {
    let (mut world, _) = province();
    world.give(
        &key(12),
        "byt.24",
        vec![
            Grant {
                name: "Trần Thị Bình".into(),
                ..grant(&key(10), Subject::Person, ALL_AT_FACILITY)
            },
            Grant {
                name: "máy chủ Sở".into(),
                seal: Some(Digest([9; 32])),
                ..grant(&key(11), Subject::Node, &[Role::Node])
            },
        ],
    );
    let invite = invite(&mut world, 10, "byt.24.07210", "Trạm Y tế xã Quan Họ", 22);
    (world, invite)
}

fn invite(world: &mut World, by: u8, at: &str, name: &str, secret: u8) -> Invite {
    let roles = [Role::Node, Role::Editor, Role::Head, Role::Registrar];
    let given = Grant {
        name: name.to_owned(),
        until: Some(Timestamp(1_800_000_000_000)),
        ..grant(&key(secret), Subject::Invite, &roles)
    };
    let id = world.give(&key(by), at, vec![given]);
    let mut entries: Vec<Entry> = chain(&key(secret).public(), &unit(at), world)
        .unwrap()
        .into_iter()
        .map(|id| world.get(id).entry().clone())
        .collect();
    let credential = entries.pop().unwrap();
    assert_eq!(credential.id(), id);
    Invite {
        credential,
        secret: key(secret),
        anchor: key(0).public(),
        above: Some("so.bacninh.gov.vn:7777".to_owned()),
        ancestors: entries,
    }
}

fn same(left: &Invite, right: &Invite) -> bool {
    left.credential == right.credential
        && left.secret.public() == right.secret.public()
        && left.anchor == right.anchor
        && left.above == right.above
        && left.ancestors == right.ancestors
}

#[test]
fn an_invite_survives_what_people_do_to_texts() {
    let (_, invite) = facility();
    let text = invite.to_text().unwrap();
    let lines: String = text
        .chars()
        .enumerate()
        .flat_map(|(at, c)| {
            (if at % 60 == 59 { "\r\n  " } else { "" })
                .chars()
                .chain([c])
        })
        .collect();
    let hyphens: String = text
        .chars()
        .enumerate()
        .flat_map(|(at, c)| {
            (at > 20 && at % 5 == 0)
                .then_some('-')
                .into_iter()
                .chain([c])
        })
        .collect();
    for changed in [
        text.to_string(),
        lines,
        hyphens,
        text.to_lowercase(),
        format!("\u{feff} {}\n", *text),
    ] {
        assert!(
            same(&Invite::parse(&changed).unwrap(), &invite),
            "{changed}"
        );
    }
    assert_eq!(invite.unit(), &unit("byt.24.07210"));
    assert_eq!(invite.grant().unwrap().name, "Trạm Y tế xã Quan Họ");
}

#[test]
fn an_invite_fits_one_qr_code() {
    let sizes = [province(), facility()].map(|(_, invite)| invite.to_text().unwrap().len());
    println!("characters: province {}, facility {}", sizes[0], sizes[1]);
    assert!(sizes[0] <= 1_000 && sizes[1] <= 1_600, "{sizes:?}");
}

/// The dictionary and the compressor may not change under version 1.
#[test]
fn a_text_of_version_1_is_read_for_ever() {
    let (_, invite) = province();
    let read = Invite::parse(include_str!("invite-1.txt")).unwrap();
    assert!(same(&read, &invite));
}

#[test]
fn an_invite_brings_all_that_joining_needs() {
    let (_, invite) = facility();
    let held = invite.verify().unwrap();
    assert_eq!(held.len(), 5);
    let mut joined = World::new();
    joined.held = held;
    assert_eq!(joined.standing(invite.credential.id()), Standing::InEffect);
    let used = joined.give(
        &invite.secret,
        "byt.24.07210",
        vec![
            grant(&key(30), Subject::Person, ALL_AT_FACILITY),
            grant(&key(31), Subject::Node, &[Role::Node]),
        ],
    );
    assert!(joined.stands(used));
    let mut judge = Judge::new(&joined);
    assert!(
        judge
            .counts_at(&key(30).public(), &unit("byt.24.07210"))
            .unwrap()
    );
}

#[test]
fn every_accident_is_found() {
    let (_, invite) = province();
    let text = invite.to_text().unwrap();
    for at in 8..text.len() {
        let mut damaged = text.to_string();
        let other = if &text[at..=at] == "A" { "B" } else { "A" };
        damaged.replace_range(at..=at, other);
        let verdict = Invite::parse(&damaged);
        assert!(
            matches!(verdict, Err(InviteError::Damaged)),
            "{at}: {verdict:?}"
        );
        let verdict = Invite::parse(&text[..at]);
        assert!(
            matches!(verdict, Err(InviteError::Damaged)),
            "{at}: {verdict:?}"
        );
    }
    for other in [
        "",
        "QUANHO",
        "QUANHO1",
        "QUANHOX-AAAA",
        "https://quanho.vn",
        &text[3..],
    ] {
        let verdict = Invite::parse(other);
        assert!(
            matches!(verdict, Err(InviteError::NotAnInvite)),
            "{other}: {verdict:?}"
        );
    }
    let newer = text.replacen('1', "12", 1);
    let verdict = Invite::parse(&newer);
    assert!(
        matches!(&verdict, Err(InviteError::Version(v)) if v == "12"),
        "{verdict:?}"
    );
}

#[test]
fn a_forged_invite_does_not_verify() {
    let (world, mut invite) = facility();
    invite.anchor = key(66).public();
    assert!(matches!(
        invite.verify(),
        Err(InviteError::Chain(Refusal::UnknownAuthor))
    ));
    invite.anchor = world.anchor.public();
    invite.ancestors.remove(1);
    assert!(matches!(
        invite.verify(),
        Err(InviteError::Chain(Refusal::UnknownAuthor))
    ));
    invite.secret = key(23);
    assert!(matches!(invite.to_text(), Err(InviteError::WrongSecret)));
}

/// The content that a text carries has one spelling, whatever its compression.
#[test]
fn the_secret_is_written_as_bytes_and_not_as_numbers() {
    use serde_bytes::{ByteArray, ByteBuf};

    let (_, invite) = facility();
    let entries = invite.ancestors.iter().chain([&invite.credential]);
    let entries: Vec<ByteBuf> = entries.map(|e| ByteBuf::from(e.bytes())).collect();
    let (anchor, above) = (invite.anchor, invite.above.clone());
    let seed = *invite.secret.seed();
    let text = |cbor: Vec<u8>| {
        let data = zstd::bulk::compress(&cbor, 3).unwrap();
        let sum = Digest::of(&[b"quanho/invite/1", &data]);
        let bytes = [&sum.0[..4], &data].concat();
        format!("QUANHO1-{}", data_encoding::BASE32_NOPAD.encode(&bytes))
    };
    let as_bytes = (ByteArray::new(seed), anchor, &above, &entries);
    let plain = text(cbor::to_vec(&as_bytes).unwrap());
    assert!(same(&Invite::parse(&plain).unwrap(), &invite));
    let as_numbers = (seed.to_vec(), anchor, &above, &entries);
    let verdict = Invite::parse(&text(cbor::to_vec(&as_numbers).unwrap()));
    assert!(matches!(verdict, Err(InviteError::Damaged)), "{verdict:?}");
}

/// Every other letter in every place; hyphens carry nothing.
#[test]
fn no_changed_letter_makes_another_invite() {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (_, invite) = facility();
    let text = invite.to_text().unwrap();
    let start = text.find('-').unwrap() + 1;
    for at in start..text.len() {
        for letter in LETTERS.chars().filter(|c| !text[at..].starts_with(*c)) {
            let changed = format!("{}{letter}{}", &text[..at], &text[at + 1..]);
            assert!(Invite::parse(&changed).is_err(), "{letter} at {at}");
        }
    }
}

proptest::proptest! {
    #[test]
    fn nothing_that_people_paste_panics(text in "(?i)(QUANHO1-)?[A-Z2-7 ]{0,200}") {
        proptest::prop_assert!(Invite::parse(&text).is_err());
    }
}
