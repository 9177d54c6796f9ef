//! One broken rule each; everything else about the entry is right.

use model::{Period, Timestamp};
use wire::cbor::{self, Value};
use wire::limits::*;
use wire::*;

use super::{Case, case};
use crate::support::examples::{HEAD, facility, named};
use crate::support::{public, raw};

/// An example with its content changed.
macro_rules! edit {
    ($name:literal, $variant:ident, |$content:ident| $change:expr) => {{
        let mut body = named($name);
        let Content::$variant($content) = &mut body.content else {
            unreachable!("the example is of another kind")
        };
        $change;
        body
    }};
}

mod flows;

type Row = (&'static str, Body, &'static str);

pub(super) fn cases() -> Vec<Case> {
    [
        envelope(),
        texts(),
        org(),
        flows::report(),
        flows::receipts(),
        flows::rollups(),
    ]
    .into_iter()
    .flatten()
    .map(|(name, body, rule)| {
        let name = format!("rule-{name}");
        let bytes = raw::seal(&cbor::to_vec(&body).unwrap(), HEAD);
        let case = case(
            &name,
            &format!("{}: {rule}.", body.kind().as_str()),
            &bytes,
            "Body",
        );
        Case {
            rule: Some(rule.into()),
            ..case
        }
    })
    .collect()
}

fn envelope() -> Vec<Row> {
    let period = Some(Period::Quarter(2026, 2));
    let doc = Some(DocId([1; 32]));
    let wrong_stream = "the kind does not belong to this stream";
    let with = |name, change: fn(&mut Body)| {
        let mut body = named(name);
        change(&mut body);
        body
    };
    let kind_name = "a kind's name has 1 to 32 characters of a-z and _";
    let kind = |name: &str| Body {
        content: Content::Unknown(name.into(), Value::Null),
        ..named("unknown")
    };
    vec![
        (
            "unit-in-report",
            with("unit", |body| body.stream = Stream::Report),
            wrong_stream,
        ),
        (
            "changes-in-org",
            with("changes", |body| body.stream = Stream::Org),
            wrong_stream,
        ),
        (
            "changes-in-incident",
            with("changes", |body| body.stream = Stream::Incident),
            wrong_stream,
        ),
        (
            "rollup-in-report",
            with("rollup-province", |body| body.stream = Stream::Report),
            wrong_stream,
        ),
        (
            "campaign-no-period",
            with("campaign", |body| body.period = None),
            "the kind needs a period",
        ),
        (
            "changes-no-period",
            with("changes", |body| body.period = None),
            "the kind needs a period",
        ),
        (
            "rollup-no-period",
            with("rollup-nation", |body| body.period = None),
            "the kind needs a period",
        ),
        (
            "form-period",
            Body {
                period,
                ..named("form")
            },
            "the kind has no period",
        ),
        (
            "submission-no-doc",
            with("submission", |body| body.doc = None),
            "the kind needs a document",
        ),
        (
            "review-no-doc",
            with("review-accept", |body| body.doc = None),
            "the kind needs a document",
        ),
        (
            "campaign-doc",
            Body {
                doc,
                ..named("campaign")
            },
            "the kind has no document",
        ),
        (
            "receipt-doc",
            Body {
                doc,
                ..named("receipt")
            },
            "the kind has no document",
        ),
        ("kind-empty", kind(""), kind_name),
        ("kind-upper", kind("Unit"), kind_name),
        ("kind-long", kind(&"x".repeat(33)), kind_name),
    ]
}

fn texts() -> Vec<Row> {
    let control = "a text has a control character";
    let long = || "x".repeat(TEXT_MAX_BYTES + 1);
    vec![
        (
            "unit-name-empty",
            edit!("unit", Unit, |c| c.name.clear()),
            "a name is empty",
        ),
        (
            "unit-name-long",
            edit!("unit", Unit, |c| c.name = "ô".repeat(129)),
            "a name is too long",
        ),
        (
            "unit-name-line",
            edit!("unit", Unit, |c| c.name.push('\n')),
            control,
        ),
        (
            "unit-name-escape",
            edit!("unit", Unit, |c| c.name.push('\u{1b}')),
            control,
        ),
        (
            "unit-name-c1",
            edit!("unit", Unit, |c| c.name.push('\u{9b}')),
            control,
        ),
        (
            "reason-empty",
            edit!("revocation-key", Revocation, |c| c.reason.clear()),
            "a text is empty",
        ),
        (
            "reason-long",
            edit!("revocation-key", Revocation, |c| c.reason = long()),
            "a text is too long",
        ),
        (
            "reason-tab",
            edit!("revocation-key", Revocation, |c| c.reason.push('\t')),
            control,
        ),
        (
            "comment-return",
            edit!("review-return", Review, |c| c.comments[0].text.push('\r')),
            control,
        ),
        (
            "comment-code-line",
            edit!("review-return", Review, |c| c.comments[0].code.push('\n')),
            control,
        ),
        (
            "form-empty",
            edit!("form", Form, |c| c.toml.clear()),
            "a text is empty",
        ),
        (
            "form-bell",
            edit!("form", Form, |c| c.toml.push('\u{7}')),
            control,
        ),
        (
            "form-long",
            edit!("form", Form, |c| c.toml = "x".repeat(FORM_MAX_BYTES + 1)),
            "a form is too long",
        ),
        (
            "form-name-empty",
            edit!("submission", Submission, |c| c.form.clear()),
            "a name is empty",
        ),
        (
            "form-version",
            edit!("submission", Submission, |c| c.version = 0),
            "versions of a form count from 1",
        ),
        (
            "basis-empty",
            edit!("campaign", Campaign, |c| c.basis = Some(String::new())),
            "a text is empty",
        ),
    ]
}

fn org() -> Vec<Row> {
    let root = "a root grant and a root commitment go together";
    let exactly_one = "a revocation names exactly one of key and overrules";
    let cutoff = |from: &str, to: &str| {
        edit!("campaign", Campaign, |c| c.cutoff =
            Some((from.into(), to.into())))
    };
    let date = "a date is not written YYYY-MM-DD";
    vec![
        (
            "unit-closed-before",
            edit!("unit-closed", Unit, |c| c.closed = Some(Timestamp(-1))),
            "a unit closes before it opens",
        ),
        (
            "grants-none",
            edit!("credential-join", Credential, |c| c.grants.clear()),
            "a credential grants nothing",
        ),
        (
            "grants-many",
            edit!("credential-join", Credential, |c| c.grants =
                vec![c.grants[1].clone(); GRANTS_MAX_COUNT + 1]),
            "too many grants",
        ),
        (
            "grant-seal",
            edit!("credential-join", Credential, |c| c.grants[1].seal =
                Some(Digest([1; 32]))),
            "only a node has a key for bundles",
        ),
        (
            "root-no-commitment",
            edit!("credential-root", Credential, |c| c.root = None),
            root,
        ),
        (
            "root-no-grant",
            edit!("credential-root", Credential, |c| c.grants[0].subject =
                Subject::Person),
            root,
        ),
        (
            "root-elsewhere",
            Body {
                unit: facility(),
                ..named("credential-root")
            },
            "a root commitment lies in the ministry's stream",
        ),
        (
            "revocation-none",
            edit!("revocation-overrules", Revocation, |c| c.overrules = None),
            exactly_one,
        ),
        (
            "revocation-both",
            edit!("revocation-overrules", Revocation, |c| c.key =
                Some(public(HEAD))),
            exactly_one,
        ),
        (
            "overrules-stands",
            edit!("revocation-overrules", Revocation, |c| c.stands =
                vec![EntryId([1; 32])]),
            "only the revocation of a key has entries that stand",
        ),
        (
            "cutoff-order",
            cutoff("2026-06-14", "2026-06-13"),
            "a cut-off ends before it begins",
        ),
        ("cutoff-day", cutoff("2026-02-29", "2026-06-14"), date),
        ("cutoff-form", cutoff("20260315", "2026-06-14"), date),
    ]
}
