//! What the replica knows, as the screens take it.

use messages::Arg;
use model::Timestamp;
use replica::{ReportKey, ScreenView};
use tui::SyncView;
use tui::form::{
    CommentView, ConflictValue, ConflictView, NewsView, ReceiptView, ReportView, Seen,
};

use crate::context::Context;

/// How the connection to the level above stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// Being made.
    Connecting,
    /// Everything was on both sides then.
    InSync(Timestamp),
    /// None.
    Offline,
    /// Refused, and why.
    Refused(String),
}

/// Who is at this machine.
pub(super) struct People<'a> {
    /// Whose key is open.
    pub(super) here: Option<&'a str>,
    /// The head, if there is one here.
    pub(super) signer: Option<String>,
}

/// The report as the screens show it.
pub(super) fn report(
    key: &ReportKey,
    view: &ScreenView,
    people: People<'_>,
    link: &Link,
    context: &Context,
) -> ReportView {
    ReportView {
        unit: key.unit.to_string(),
        unit_name: view.unit_name.clone(),
        person: people.here.map(str::to_owned),
        period: key.period,
        due: view.due,
        state: view.state,
        snapshot: view.snapshot.clone(),
        conflicts: view.conflicts.iter().map(conflict).collect(),
        comments: view
            .comments
            .iter()
            .map(|comment| CommentView {
                code: comment.code.clone(),
                text: comment.text.clone(),
                by: comment.by.clone(),
                time: stamp(&comment.time),
            })
            .collect(),
        check: view.check.clone(),
        previous: view.previous.clone(),
        sync: sync(link, view.pending, context),
        pending: view.pending,
        signer: people.signer,
        submitted_at: view.submitted_at,
        changed: view.changed,
        receipt: view.receipt.as_ref().map(|receipt| ReceiptView {
            received_at: receipt.time,
            timeliness: receipt.timeliness,
            by: receipt.by.clone(),
        }),
        news: view
            .news
            .iter()
            .map(|news| NewsView {
                key: news.code.clone(),
                author: news.author.clone(),
                at: news.time,
            })
            .collect(),
        seen: Seen(view.seen.iter().map(|head| head.0).collect()),
    }
}

fn conflict(conflict: &replica::ConflictView) -> ConflictView {
    let value = |value: &replica::ConflictValue| ConflictValue {
        value: value.value.clone(),
        author: value.author.clone(),
        time: stamp(&value.time),
    };
    ConflictView {
        key: conflict.code.clone(),
        values: conflict.values.iter().map(value).collect(),
    }
}

pub(super) fn sync(link: &Link, pending: usize, context: &Context) -> SyncView {
    match link {
        Link::Connecting => SyncView::Connecting,
        Link::Offline => SyncView::Offline { pending },
        Link::Refused(reason) => SyncView::Refused(reason.clone()),
        Link::InSync(at) => {
            let time = at.zoned().strftime("%H:%M").to_string();
            SyncView::InSync(context.tr_with("sync-at", &[("time", Arg::from(&time))]))
        }
    }
}

/// An RFC 3339 time as people here write it.
pub(super) fn stamp(time: &str) -> String {
    match Timestamp::parse_rfc3339(time) {
        Some(time) => time.zoned().strftime("%d/%m/%Y %H:%M").to_string(),
        None => time.to_owned(),
    }
}
