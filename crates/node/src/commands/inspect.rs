//! `status`, `verify [--repair]`, `entries`, `entry`.

use messages::Arg;
use serde_json::json;
use store::EntryFilter;
use wire::{EntryId, Kind};

use crate::args::{EntriesArgs, EntryArgs, VerifyArgs};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::{Answer, Table, plain};

/// Fewest digits by which an entry may be named.
const ID_PREFIX_MIN_CHARS: usize = 8;

/// `status`.
pub(crate) fn status(context: &Context) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let status = replica.status()?;
    let mut text = context.tr_with(
        "cli-status",
        &[
            ("name", Arg::from(&plain(&status.name))),
            ("unit", Arg::from(status.unit.as_str())),
            ("entries", Arg::from(&status.entries.to_string())),
            ("pending", Arg::from(status.pending)),
            ("parked", Arg::from(status.parked)),
            ("above", Arg::from(status.above.as_deref().unwrap_or("—"))),
        ],
    );
    if status.rehearsal {
        text.push_str(&format!("\n  {}", context.tr("cli-rehearsal")));
    }
    if status.stranded > 0 {
        let args = [("count", Arg::from(status.stranded))];
        text.push_str(&format!("\n  ! {}", context.tr_with("cli-stranded", &args)));
    }
    for (message, list) in [
        ("cli-quarantined", &status.quarantined),
        ("cli-without-effect", &status.without_effect),
    ] {
        for item in list {
            let id = item.id.short();
            let args = [("id", Arg::from(&id)), ("reason", Arg::from(&item.reason))];
            text.push_str(&format!("\n  ! {}", context.tr_with(message, &args)));
        }
    }
    for refused in &status.refused {
        let id = refused
            .id
            .map(|id| id.short())
            .unwrap_or_else(|| "?".to_owned());
        let args = [
            ("id", Arg::from(&id)),
            ("reason", Arg::from(&refused.reason)),
        ];
        text.push_str(&format!("\n  × {}", context.tr_with("cli-refused", &args)));
    }
    text.push_str(&damaged(context, &status.damaged));
    for fork in &status.receipt_forks {
        text.push_str(&format!("\n  ! {fork}"));
    }
    for peer in &status.peers {
        let state = context.tr(if peer.in_sync {
            "cli-in-sync"
        } else {
            "cli-not-in-sync"
        });
        let last = peer.last_sync.as_deref().unwrap_or("—");
        text.push_str(&format!("\n  ↔ {} {last} {state}", peer.unit));
    }
    for drill in &status.drills {
        let period = drill.period.map(|p| p.to_string()).unwrap_or_default();
        let args = [
            ("unit", Arg::from(drill.unit.as_str())),
            ("period", Arg::from(&period)),
            ("time", Arg::from(&drill.time)),
        ];
        text.push_str(&format!("\n  · {}", context.tr_with("cli-drilled", &args)));
    }
    Answer::new(&status, text)
}

/// Rows that were taken out, a line each.
fn damaged(context: &Context, rows: &[replica::DamagedView]) -> String {
    let line = |row: &replica::DamagedView| {
        let (number, kind) = (row.row.to_string(), plain(&row.kind));
        let id = row.id.map_or_else(|| "?".to_owned(), |id| id.short());
        let args = [
            ("row", Arg::from(&number)),
            ("kind", Arg::from(&kind)),
            ("id", Arg::from(&id)),
            ("reason", Arg::from(&row.reason)),
        ];
        format!("\n  × {}", context.tr_with("cli-damaged", &args))
    };
    rows.iter().map(line).collect()
}

/// `verify --repair`.
fn repair(context: &Context) -> Result<Answer, Failure> {
    let mut replica = context.open()?;
    let view = replica.repair()?;
    let message = match (view.ok, view.rebuilt) {
        (true, false) => "cli-verify-good",
        (true, true) => "cli-repair-good",
        (false, _) => "cli-repair-bad",
    };
    let args = [
        ("entries", Arg::from(view.entries)),
        ("taken", Arg::from(view.taken_out.len())),
        ("back", Arg::from(view.put_back)),
        ("problems", Arg::from(view.problems.len())),
    ];
    let mut text = context.tr_with(message, &args);
    text.push_str(&damaged(context, &view.taken_out));
    text.push_str(&problems(&view.problems));
    let exit = (!view.ok).then_some(Exit::Refused);
    Ok(Answer::new(&view, text)?.exiting(exit))
}

fn problems(found: &[replica::Problem]) -> String {
    let line = |problem: &replica::Problem| {
        format!("\n  × {} {}: {}", problem.kind, problem.at, problem.message)
    };
    found.iter().map(line).collect()
}

/// `verify`.
pub(crate) fn verify(context: &Context, args: &VerifyArgs) -> Result<Answer, Failure> {
    if args.repair {
        return repair(context);
    }
    let replica = context.open()?;
    let found = replica.verify()?;
    let mut text = context.tr_with(
        if found.ok {
            "cli-verify-good"
        } else {
            "cli-verify-bad"
        },
        &[
            ("entries", Arg::from(found.entries)),
            ("problems", Arg::from(found.problems.len())),
        ],
    );
    text.push_str(&problems(&found.problems));
    let exit = (!found.ok).then_some(Exit::Refused);
    Ok(Answer::new(&found, text)?.exiting(exit))
}

/// `entries`.
pub(crate) fn entries(context: &Context, args: &EntriesArgs) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let filter = EntryFilter {
        unit: args.unit.clone(),
        subtree: true,
        kind: args.kind.as_deref().map(Kind::from_name),
        ..EntryFilter::default()
    };
    let mut lines = Vec::new();
    let mut table = Table::new([
        context.tr("cli-col-entry"),
        context.tr("cli-col-kind"),
        context.tr("cli-col-unit"),
        context.tr("cli-col-period"),
        context.tr("cli-col-time"),
        context.tr("cli-col-name"),
    ]);
    for stored in replica.store().entries(&filter)? {
        let body = stored.entry.body();
        let author = replica.name_of(&stored.entry.author(), &body.unit)?;
        table.row([
            stored.entry.id().short(),
            body.kind().as_str().to_owned(),
            body.unit.to_string(),
            body.period
                .map(|period| period.to_string())
                .unwrap_or_default(),
            body.time.to_rfc3339(),
            author.clone(),
        ]);
        lines.push(json!({
            "id": stored.entry.id(),
            "kind": body.kind().as_str(),
            "stream": body.stream,
            "unit": body.unit,
            "period": body.period,
            "time": body.time.to_rfc3339(),
            "author": stored.entry.author(),
            "name": author,
            "simulated": body.simulated,
            "bytes": stored.entry.bytes().len(),
        }));
    }
    let text = if table.is_empty() {
        context.tr("cli-no-entries")
    } else {
        table.render()
    };
    Answer::new(&lines, text)
}

/// `entry ID [--raw]`.
pub(crate) fn entry(context: &Context, args: &EntryArgs) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let missing = || replica::Error::NoSuchEntry(args.id.clone());
    let id = match EntryId::from_hex(&args.id) {
        Some(id) => id,
        None if args.id.len() >= ID_PREFIX_MIN_CHARS => {
            let mut found = Vec::new();
            replica
                .store()
                .for_each(&EntryFilter::default(), |stored| {
                    if stored.entry.id().to_string().starts_with(&args.id) {
                        found.push(stored.entry.id());
                    }
                })?;
            match found.as_slice() {
                [one] => *one,
                _ => return Err(missing().into()),
            }
        }
        None => return Err(missing().into()),
    };
    let entry = replica.store().get(&id)?.ok_or_else(missing)?;
    let body = serde_json::to_value(entry.body())
        .map_err(|error| Failure::new("json", Exit::Failed).because(error))?;
    let json = json!({
        "id": entry.id(),
        "author": entry.author(),
        "name": replica.name_of(&entry.author(), &entry.body().unit)?,
        "bytes": entry.bytes().len(),
        "body": body,
    });
    let text = plain(&serde_json::to_string_pretty(&json).unwrap_or_default());
    let mut answer = Answer::new(&json, text)?;
    answer.raw = args.raw.then(|| entry.bytes().to_vec());
    Ok(answer)
}
