//! `serve`, `sync`, `pull`, `drill`: the commands that use the network.

use std::io::Write as _;

use messages::Arg;
use model::Level;
use replica::ReportKey;
use serde_json::json;
use sync::Ask;

use crate::args::{DrillArgs, PullArgs, ServeArgs, SyncArgs};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::net;
use crate::output::Answer;

/// `sync`: dial the level above once.
pub(crate) fn sync(context: &mut Context, args: &SyncArgs) -> Result<Answer, Failure> {
    let mut replica = context.open()?;
    if replica.unit().parent().is_none() {
        return Err(replica::Error::WrongLevel(Level::Ministry.as_str()).into());
    }
    let pending = context.seal_what_can_be(&mut replica)?;
    let address = match (&args.address, replica.address_above()?) {
        (Some(address), _) => address.clone(),
        (None, Some(address)) => address,
        (None, None) => return Err(Failure::new("no-address", Exit::Usage)),
    };
    let runtime = crate::runtime()?;
    let dialled = runtime.block_on(net::dial_with(
        &mut replica,
        &context.home,
        &address,
        None,
        Vec::new(),
        &context.clock,
    ))?;
    if args.address.is_some() {
        replica.set_address_above(&address)?;
    }
    let outcome = dialled.outcome;
    let mut text = context.tr_with(
        if outcome.in_sync {
            "cli-sync-done"
        } else {
            "cli-sync-partial"
        },
        &[
            ("sent", Arg::from(&outcome.sent.to_string())),
            ("received", Arg::from(&outcome.received.to_string())),
        ],
    );
    if pending > 0 {
        let line = context.tr_with("cli-sync-pending", &[("count", Arg::from(pending))]);
        text.push_str(&format!("\n{line}"));
    }
    for (id, reason) in &outcome.refused {
        let id = id.short();
        let line = context.tr_with(
            "cli-sync-refused",
            &[("id", Arg::from(&id)), ("reason", Arg::from(reason))],
        );
        text.push_str(&format!("\n  × {line}"));
    }
    Answer::new(
        &json!({
            "sent": outcome.sent,
            "received": outcome.received,
            "round_trips": outcome.round_trips,
            "bytes_out": outcome.bytes_out,
            "bytes_in": outcome.bytes_in,
            "in_sync": outcome.in_sync,
            "pending": pending,
            "refused": outcome.refused.iter()
                .map(|(id, reason)| json!({ "id": id, "reason": reason })).collect::<Vec<_>>(),
            "unit": dialled.unit,
        }),
        text,
    )
}

/// `serve`: until SIGTERM or Ctrl-C.
pub(crate) fn serve(context: &mut Context, args: ServeArgs) -> Result<Answer, Failure> {
    let mut replica = context.open()?;
    context.seal_what_can_be(&mut replica)?;
    drop(replica);
    let runtime = crate::runtime()?;
    runtime.block_on(async {
        let listening =
            net::serve(&context.home, args.listen, args.advertise, context.clock).await?;
        let address = listening.address.map(|address| address.to_string());
        let line = match context.json {
            true => json!({ "listening": address }).to_string(),
            false => context.tr_with(
                "cli-serving",
                &[("address", Arg::from(address.as_deref().unwrap_or("—")))],
            ),
        };
        let mut out = std::io::stdout();
        let written = writeln!(out, "{line}").and_then(|()| out.flush());
        written.map_err(|error| Failure::new("stdout", Exit::Failed).because(error))?;
        stopped().await?;
        listening.stop().await;
        Ok::<(), Failure>(())
    })?;
    // The one JSON value has been printed already.
    Ok(Answer {
        json: serde_json::Value::Null,
        text: String::new(),
        exit: None,
        raw: Some(Vec::new()),
    })
}

#[cfg(unix)]
async fn stopped() -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |error| Failure::new("signal", Exit::Failed).because(error);
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        done = tokio::signal::ctrl_c() => done.map_err(failed),
    }
}

#[cfg(not(unix))]
async fn stopped() -> Result<(), Failure> {
    tokio::signal::ctrl_c()
        .await
        .map_err(|error| Failure::new("signal", Exit::Failed).because(error))
}

/// `pull`: the provinces' rollups.
pub(crate) fn pull(context: &mut Context, args: &PullArgs) -> Result<Answer, Failure> {
    context.open()?;
    let runtime = crate::runtime()?;
    let pulled = runtime.block_on(net::pull(
        &context.home,
        args.unit.as_ref(),
        &context.clock,
        &mut |_, _, _| true,
    ))?;
    let lost: Vec<&net::Pulled> = pulled
        .iter()
        .filter(|one| !one.reached && one.rollups == 0)
        .collect();
    if let (true, Some(first)) = (
        !pulled.is_empty() && lost.len() == pulled.len(),
        lost.first(),
    ) {
        return Err(Failure::new("unreachable", Exit::Unreachable)
            .with("address", &first.unit)
            .because(first.warning.clone().unwrap_or_default()));
    }
    let mut text = String::new();
    for one in &pulled {
        let message = if one.reached {
            "cli-pulled"
        } else {
            "cli-not-pulled"
        };
        let warning = one.warning.clone().unwrap_or_default();
        text.push_str(&context.tr_with(
            message,
            &[
                ("unit", Arg::from(one.unit.as_str())),
                ("received", Arg::from(&one.received.to_string())),
                ("rollups", Arg::from(one.rollups)),
                ("warning", Arg::from(&warning)),
            ],
        ));
        text.push('\n');
    }
    if pulled.is_empty() {
        text = context.tr("cli-no-provinces");
    }
    Answer::new(
        &json!({ "units": pulled, "complete": lost.is_empty() }),
        text,
    )
}

/// `drill UNIT`: a facility's report, from its province.
pub(crate) fn drill(context: &mut Context, args: &DrillArgs) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let unit = &args.unit;
    if replica.unit_name(unit)?.is_none() {
        return Err(replica::Error::NoSuchUnit(unit.clone()).into());
    }
    let province = unit
        .ancestors()
        .find(|above| above.level() == Level::Province);
    if let Some(province) = province {
        let asks = vec![Ask::Report {
            unit: unit.clone(),
            period: args.report.period,
        }];
        let runtime = crate::runtime()?;
        let reached = net::reach(&context.home, &replica, &province, asks, &context.clock);
        runtime.block_on(reached)?;
    }
    let key = ReportKey::regular(unit, &args.report.form, args.report.period);
    let view = replica.show(&key)?;
    let text = super::report::report_text(context, &replica, &view)?;
    Answer::new(&view, text)
}
