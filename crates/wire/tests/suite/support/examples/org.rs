//! Units, credentials, revocations, forms and campaigns.

use std::collections::BTreeSet;

use super::*;
use crate::support::public;

pub(super) fn examples() -> Vec<Example> {
    vec![
        example(
            "unit",
            "A facility exists; written into its own org stream by its parent's registrar.",
            REGISTRAR,
            org(
                facility(),
                Content::Unit(UnitContent {
                    name: "Bệnh viện Đa khoa Bắc Ninh số 1".into(),
                    opened: None,
                    closed: None,
                }),
            ),
        ),
        example(
            "unit-closed",
            "A unit with a first and a last day; a time before 1970 is negative.",
            REGISTRAR,
            Body {
                time: Timestamp(-1),
                ..org(
                    facility(),
                    Content::Unit(UnitContent {
                        name: "Trạm Y tế xã Đông Cứu".into(),
                        opened: Some(Timestamp(0)),
                        closed: Some(TIME),
                    }),
                )
            },
        ),
        example(
            "credential-root",
            "The anchor of a rehearsal tree: the root key grants itself and commits to its successor.",
            ROOT,
            Body {
                simulated: true,
                ..org(
                    ministry(),
                    Content::Credential(CredentialContent {
                        grants: vec![grant(ROOT, Subject::Root, "Bộ Y tế", &[Role::Registrar])],
                        root: Some(RootCommitment {
                            next: Digest::of(&[b"the next root key"]),
                            rehearsal: true,
                        }),
                        reenrol: false,
                    }),
                )
            },
        ),
        example(
            "credential-invite",
            "A Sở invites a facility that was enrolled before; the invite ends.",
            REGISTRAR,
            org(
                facility(),
                Content::Credential(CredentialContent {
                    grants: vec![Grant {
                        until: Some(Timestamp(TIME.0 + 86_400_000)),
                        ..grant(
                            INVITE,
                            Subject::Invite,
                            "Bệnh viện",
                            &[Role::Node, Role::Editor, Role::Head, Role::Registrar],
                        )
                    }],
                    root: None,
                    reenrol: true,
                }),
            ),
        ),
        example(
            "credential-join",
            "The one use of an invite: a machine, with its key for bundles, and a person with \
             every role; roles are in the order of the specification, not of the alphabet.",
            INVITE,
            org(facility(), Content::Credential(join())),
        ),
        example(
            "revocation-key",
            "A key is revoked; two of its entries stand.",
            REGISTRAR,
            org(
                facility(),
                Content::Revocation(RevocationContent {
                    key: Some(public(HEAD)),
                    overrules: None,
                    reason: "Mất máy tính xách tay".into(),
                    stands: vec![entry_id(1), entry_id(2)],
                }),
            ),
        ),
        example(
            "revocation-overrules",
            "One use of an invite is overruled.",
            REGISTRAR,
            org(
                facility(),
                Content::Revocation(RevocationContent {
                    key: None,
                    overrules: Some(entry_id(3)),
                    reason: "Không phải máy của đơn vị".into(),
                    stands: vec![],
                }),
            ),
        ),
        example(
            "form",
            "A form, byte for byte; the protocol does not look inside.",
            ROOT,
            org(
                ministry(),
                Content::Form(FormContent {
                    toml: "name = \"thu\"\r\nversion = 1\n".into(),
                }),
            ),
        ),
        example(
            "campaign",
            "A second ad hoc campaign of a Sở for one quarter, with everything given.",
            REGISTRAR,
            Body {
                period: quarter(),
                ..org(province(), Content::Campaign(campaign()))
            },
        ),
        example(
            "campaign-year",
            "The shortest campaign, for a year.",
            ROOT,
            Body {
                period: Some(Period::Year(2026)),
                ..org(
                    ministry(),
                    Content::Campaign(CampaignContent {
                        form: "cv2132-rasoat".into(),
                        version: 1,
                        ordinal: 0,
                        audience: ministry(),
                        due: None,
                        due_above: None,
                        cutoff: None,
                        basis: None,
                    }),
                )
            },
        ),
    ]
}

fn grant(seed: u8, subject: Subject, name: &str, roles: &[Role]) -> Grant {
    Grant {
        key: public(seed),
        subject,
        name: name.into(),
        roles: BTreeSet::from_iter(roles.iter().copied()),
        until: None,
        seal: None,
    }
}

fn join() -> CredentialContent {
    CredentialContent {
        grants: vec![
            Grant {
                seal: Some(Digest([0x25; 32])),
                ..grant(NODE, Subject::Node, "pc-kh-01", &[Role::Node])
            },
            grant(
                HEAD,
                Subject::Person,
                "Nguyễn Thị Hòa",
                &[
                    Role::Node,
                    Role::Editor,
                    Role::Head,
                    Role::Reviewer,
                    Role::Publisher,
                    Role::Registrar,
                    Role::Auditor,
                ],
            ),
        ],
        root: None,
        reenrol: false,
    }
}

fn campaign() -> CampaignContent {
    CampaignContent {
        form: "kh2273-quy".into(),
        version: 1,
        ordinal: 2,
        audience: province(),
        due: Some(Timestamp(1_781_888_400_000)),
        due_above: Some(Timestamp(1_782_234_000_000)),
        cutoff: Some(("2026-03-15".into(), "2026-06-14".into())),
        basis: Some("Kế hoạch 2273/KH-SYT".into()),
    }
}
