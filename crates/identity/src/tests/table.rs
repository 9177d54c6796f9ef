//! The table against a plain restatement of it, over every combination.

use std::collections::BTreeSet;

use super::*;

const UNITS: [&str; 7] = [
    "byt",
    "byt.24",
    "byt.24.a",
    "byt.24.b",
    "byt.30",
    "byt.30.c",
    "byt.bachmai",
];
const SUBJECTS: [Subject; 4] = [
    Subject::Root,
    Subject::Node,
    Subject::Person,
    Subject::Invite,
];
const ROLES: [Role; 7] = [
    Role::Node,
    Role::Editor,
    Role::Head,
    Role::Reviewer,
    Role::Publisher,
    Role::Registrar,
    Role::Auditor,
];
const STREAMS: [Stream; 4] = [
    Stream::Org,
    Stream::Report,
    Stream::Incident,
    Stream::Rollup,
];

fn role_sets() -> Vec<BTreeSet<Role>> {
    let mut sets: Vec<BTreeSet<Role>> = ROLES.iter().map(|role| [*role].into()).collect();
    sets.push(BTreeSet::new());
    sets.push([Role::Editor, Role::Head, Role::Registrar].into());
    sets.push([Role::Node, Role::Head].into());
    sets
}

fn writers() -> Vec<GrantRecord> {
    let mut writers = Vec::new();
    for at in UNITS {
        for subject in SUBJECTS {
            for roles in role_sets() {
                writers.push(GrantRecord {
                    key: key(9).public(),
                    unit: unit(at),
                    subject,
                    roles,
                    name: String::new(),
                    until: None,
                    credential: EntryId([0; 32]),
                    issuer: key(0).public(),
                });
            }
        }
    }
    writers
}

/// One content of each kind but credentials; two campaigns.
fn contents(at: &str) -> Vec<Content> {
    let campaign = |audience: &str| {
        Content::Campaign(CampaignContent {
            form: "f".into(),
            version: 1,
            ordinal: 0,
            audience: unit(audience),
            due: None,
            due_above: None,
            cutoff: None,
            basis: None,
        })
    };
    vec![
        Content::Unit(UnitContent {
            name: "x".into(),
            opened: None,
            closed: None,
        }),
        Content::Revocation(RevocationContent {
            key: Some(key(1).public()),
            overrules: None,
            reason: String::new(),
            stands: vec![],
        }),
        Content::Form(FormContent {
            toml: String::new(),
        }),
        campaign(at),
        campaign("byt.24"),
        Content::Changes(ChangesContent { changes: vec![] }),
        Content::Submission(SubmissionContent {
            form: "f".into(),
            version: 1,
            ordinal: 0,
            heads: vec![],
            snapshot: Digest([0; 32]),
            replaces: vec![],
        }),
        Content::Review(ReviewContent {
            submission: EntryId([0; 32]),
            verdict: Verdict::Accept,
            comments: vec![],
        }),
        Content::Receipt(ReceiptContent {
            seq: 0,
            prev: None,
            covers: vec![],
            received: vec![],
            incomplete: vec![],
            inclusions: vec![],
        }),
        Content::Rollup(Box::new(RollupContent {
            form: "f".into(),
            version: 1,
            ordinal: 0,
            due: None,
            expected: 0,
            on_time: 0,
            late: 0,
            missing: vec![],
            flagged: vec![],
            inputs: 0,
            merkle_root: Digest([0; 32]),
            aggregates: Default::default(),
            receipts_head: None,
            replaces: vec![],
            provinces: Default::default(),
        })),
        Content::Unknown("later".into(), cbor::Value::Null),
    ]
}

/// The rules once more, in words of their own: paths as text, one `if` a kind.
fn restated(writer: &GrantRecord, body: &Body) -> bool {
    let (at, of) = (writer.unit.as_str(), body.unit.as_str());
    let is = |role: Role| match writer.subject {
        Subject::Invite => false,
        Subject::Root => role == Role::Registrar || writer.roles.contains(&role),
        Subject::Node | Subject::Person => writer.roles.contains(&role),
    };
    let here = at == of;
    let parent = of.rsplit_once('.').map(|(parent, _)| parent);
    let directly_above = parent == Some(at);
    let above = of
        .strip_prefix(at)
        .is_some_and(|rest| rest.starts_with('.'));
    let facility = of != "byt" && !["byt.24", "byt.30"].contains(&of);
    let in_stream = |stream| body.stream == stream;
    match &body.content {
        Content::Unit(_) => {
            in_stream(Stream::Org)
                && is(Role::Registrar)
                && (directly_above || (of == "byt" && at == "byt"))
        }
        Content::Revocation(_) => in_stream(Stream::Org) && is(Role::Registrar) && (here || above),
        Content::Form(_) => in_stream(Stream::Org) && is(Role::Publisher) && here && !facility,
        Content::Campaign(campaign) => {
            let audience = campaign.audience.as_str();
            let inside = audience == of || audience.starts_with(&format!("{of}."));
            in_stream(Stream::Org) && is(Role::Publisher) && here && !facility && inside
        }
        Content::Changes(_) => {
            in_stream(Stream::Report) && here && (is(Role::Editor) || is(Role::Head))
        }
        Content::Submission(_) => in_stream(Stream::Report) && here && is(Role::Head),
        Content::Review(_) => in_stream(Stream::Report) && directly_above && is(Role::Reviewer),
        Content::Receipt(_) => above && is(Role::Node),
        Content::Rollup(_) => in_stream(Stream::Rollup) && here && is(Role::Head) && !facility,
        Content::Unknown(..) => (here || above) && ROLES.iter().any(|role| is(*role)),
        Content::Credential(content) => {
            in_stream(Stream::Org)
                && content.root.is_some() as usize
                    == content
                        .grants
                        .iter()
                        .filter(|g| g.subject == Subject::Root)
                        .count()
                && (!content.reenrol || directly_above)
                && content.grants.iter().all(|given| {
                    restated_grant(writer, given, here, directly_above, of == "byt", facility)
                })
        }
    }
}

fn restated_grant(
    writer: &GrantRecord,
    given: &Grant,
    here: bool,
    directly_above: bool,
    ministry: bool,
    facility: bool,
) -> bool {
    let has = |role| given.roles.contains(&role);
    if facility && (has(Role::Reviewer) || has(Role::Publisher)) {
        return false;
    }
    let sensible = match given.subject {
        Subject::Root => ministry && !has(Role::Node),
        Subject::Node => given.roles == [Role::Node].into(),
        Subject::Person => !has(Role::Node) && !given.roles.is_empty(),
        Subject::Invite => !given.roles.is_empty(),
    };
    let registrar = writer.subject == Subject::Root
        || (writer.subject != Subject::Invite && writer.roles.contains(&Role::Registrar));
    let may = match given.subject {
        Subject::Root => writer.subject == Subject::Root && here && given.key == writer.key,
        Subject::Invite => registrar && (here || directly_above),
        Subject::Node | Subject::Person if writer.subject == Subject::Invite => {
            here && given.key != writer.key && given.roles.iter().all(|r| writer.roles.contains(r))
        }
        Subject::Node | Subject::Person => registrar && here,
    };
    sensible && may
}

#[test]
fn nothing_is_allowed_that_the_rules_do_not_say() {
    let mut allowed = 0;
    let writers = writers();
    for of in UNITS {
        for content in contents(of) {
            for stream in STREAMS {
                let body = Body {
                    stream,
                    ..org(of, 0, content.clone())
                };
                for writer in &writers {
                    let is = crate::table::permits(writer, &body).is_ok();
                    assert_eq!(is, restated(writer, &body), "{writer:?} {body:?}");
                    allowed += usize::from(is);
                }
            }
        }
    }
    assert!(allowed > 500, "the sample is empty: {allowed}");
}

#[test]
fn nobody_gives_what_the_rules_do_not_let_him() {
    let mut allowed = 0;
    let writers = writers();
    let own = |who: &SecretKey, subject, roles: &BTreeSet<Role>| Grant {
        roles: roles.clone(),
        ..grant(who, subject, &[])
    };
    for of in UNITS {
        for subject in SUBJECTS {
            for roles in role_sets() {
                for (who, root, reenrol) in [
                    (&key(1), false, false),
                    (&key(9), false, false),
                    (&key(9), true, false),
                    (&key(1), false, true),
                ] {
                    let content = CredentialContent {
                        grants: vec![own(who, subject, &roles)],
                        root: root.then_some(RootCommitment {
                            next: Digest([0; 32]),
                            rehearsal: false,
                        }),
                        reenrol,
                    };
                    let body = org(of, 0, Content::Credential(content));
                    for writer in &writers {
                        let is = crate::table::permits(writer, &body).is_ok();
                        assert_eq!(is, restated(writer, &body), "{writer:?} {body:?}");
                        allowed += usize::from(is);
                    }
                }
            }
        }
    }
    assert!(allowed > 500, "the sample is empty: {allowed}");
}

#[test]
fn one_bad_grant_spoils_the_entry() {
    let mut world = World::new();
    world.person(&key(0), "byt", 1, &[Role::Registrar]);
    let invite = grant(&key(2), Subject::Invite, &[Role::Head]);
    let head = grant(&key(3), Subject::Person, &[Role::Head]);
    let body = org("byt.24", 0, credential(vec![invite, head]));
    let refusal = world.try_hold(&key(1), body).unwrap_err();
    assert_eq!(
        refusal,
        Refusal::NotAllowed {
            kind: Kind::Credential,
            unit: unit("byt.24"),
            reason: Denied::Grant
        }
    );
}

#[test]
fn an_empty_credential_is_nobodys() {
    let writer = &writers()[5];
    let body = org("byt", 0, credential(vec![]));
    assert_eq!(crate::table::permits(writer, &body), Err(Denied::Grant));
}

#[test]
fn every_known_kind_has_its_sample() {
    let sampled: BTreeSet<Kind> = contents("byt").iter().map(Content::kind).collect();
    for kind in Kind::KNOWN {
        assert!(
            sampled.contains(&kind) || kind == Kind::Credential,
            "{kind:?}"
        );
    }
}
