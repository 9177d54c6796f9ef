//! `rollup …`.

use messages::Arg;
use model::{Aggregate, Level, UnitPath};
use replica::{Replica, RollupView};
use wire::{EntryId, Role};

use crate::args::{ReportArgs, RollupCommand};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::net;
use crate::output::{Answer, Table, plain};

/// `rollup …`.
pub(crate) fn run(context: &mut Context, command: RollupCommand) -> Result<Answer, Failure> {
    match command {
        RollupCommand::Sign { report } => {
            let mut replica = context.open()?;
            let head = context.unlock(&replica, Role::Head)?;
            let (view, new) =
                replica.sign_rollup(&report.form, report.period, &head, context.now())?;
            let heading = context.tr(if new {
                "cli-rollup-signed"
            } else {
                "cli-rollup-same"
            });
            let text = format!("{heading}\n\n{}", rollup_text(context, &replica, &view)?);
            Answer::new(&view, text)
        }
        RollupCommand::Show { report, unit } => {
            let replica = context.open()?;
            let unit = unit.unwrap_or_else(|| replica.unit().clone());
            let view = replica.show_rollup(&unit, &report.form, report.period)?;
            let text = rollup_text(context, &replica, &view)?;
            Answer::new(&view, text)
        }
        RollupCommand::Verify { report, unit, deep } => verify(context, &report, &unit, deep),
    }
}

fn verify(
    context: &mut Context,
    report: &ReportArgs,
    unit: &UnitPath,
    deep: bool,
) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let (form, period) = (&report.form, report.period);
    let check = match deep && replica.level() == Level::Ministry {
        true => {
            let rollup = replica.show_rollup(unit, form, period)?;
            let inputs = drill(context, &rollup)?;
            // The session may have brought one that replaces it.
            replica.check_fetched(&rollup.id, &inputs)?
        }
        false => replica.verify_rollup(unit, form, period, &net::Inputs::new(), deep)?,
    };
    let word = |good: bool| context.tr(if good { "cli-good" } else { "cli-bad" });
    let mut text = context.tr_with(
        "cli-verify-rollup",
        &[
            ("signature", Arg::from(&word(check.signature))),
            ("chain", Arg::from(&word(check.chain))),
            ("arithmetic", Arg::from(&word(check.arithmetic))),
        ],
    );
    for fault in &check.faults {
        text.push_str(&format!("\n  × {fault}"));
    }
    if let Some(found) = &check.deep {
        text.push('\n');
        text.push_str(&context.tr_with(
            "cli-verify-deep",
            &[
                ("checked", Arg::from(found.checked)),
                ("mismatches", Arg::from(found.mismatches.len())),
            ],
        ));
        for mismatch in &found.mismatches {
            text.push_str(&format!("\n  × {} {}", mismatch.unit, mismatch.code));
        }
        for unit in &found.unavailable {
            let line = context.tr_with("cli-unavailable", &[("unit", Arg::from(unit.as_str()))]);
            text.push_str(&format!("\n  ? {line}"));
        }
    }
    let exit = (!check.ok).then_some(Exit::Refused);
    Ok(Answer::new(&check, text)?.exiting(exit))
}

/// What the provinces behind a rollup give for its verification.
fn drill(context: &Context, rollup: &RollupView) -> Result<net::Inputs, Failure> {
    let mut next = |done: usize, all: usize, province: &UnitPath| {
        context.progress(done + 1, all, province.as_str());
        true
    };
    let (home, clock) = (&context.home, &context.clock);
    let mut each = |_: &EntryId, _: &[u8]| {};
    let drilled = net::drill(home, rollup, clock, &mut next, &mut each);
    crate::runtime()?.block_on(drilled)
}

/// A rollup in words: completeness, then every indicator.
fn rollup_text(context: &Context, replica: &Replica, view: &RollupView) -> Result<String, Failure> {
    let mut text = context.tr_with(
        "cli-rollup-head",
        &[
            ("name", Arg::from(&plain(&view.name))),
            ("period", Arg::from(&view.period.to_string())),
            ("expected", Arg::from(&view.expected.to_string())),
            ("received", Arg::from(&view.received.to_string())),
            ("ontime", Arg::from(&view.on_time.to_string())),
            ("late", Arg::from(&view.late.to_string())),
            ("inputs", Arg::from(&view.inputs.to_string())),
            ("by", Arg::from(&plain(&view.signed_by))),
            ("time", Arg::from(&view.signed_at)),
        ],
    );
    text.push('\n');
    if !view.missing.is_empty() {
        let names: Vec<String> = view.missing.iter().map(ToString::to_string).collect();
        text.push_str(&context.tr_with(
            "cli-rollup-missing",
            &[("units", Arg::from(&names.join(", ")))],
        ));
        text.push('\n');
    }
    for province in &view.left_out {
        text.push_str(&context.tr_with(
            "cli-rollup-left-out",
            &[
                ("unit", Arg::from(province.unit.as_str())),
                ("reason", Arg::from(&plain(&province.reason))),
            ],
        ));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&aggregates_table(context, replica, view)?);
    Ok(text)
}

/// Every indicator with its label and total.
fn aggregates_table(
    context: &Context,
    replica: &Replica,
    view: &RollupView,
) -> Result<String, Failure> {
    let form = replica.form(&view.form, None)?;
    let mut table = Table::new([
        context.tr("cli-col-code"),
        context.tr("cli-col-indicator"),
        context.tr("cli-col-value"),
    ]);
    for (code, aggregate) in &view.aggregates {
        let label = form
            .label(code, context.lang())
            .unwrap_or_default()
            .to_owned();
        table.row([code.clone(), label, shown(aggregate)]);
    }
    Ok(table.render())
}

fn shown(aggregate: &Aggregate) -> String {
    let percent = |part: i64, whole: i64| match whole {
        0 => "—".to_owned(),
        _ => format!("{:.1} %", part as f64 * 100.0 / whole as f64),
    };
    match aggregate {
        Aggregate::Sum { sum } => model::text::group_thousands(*sum),
        Aggregate::Share { yes, of } => format!("{yes}/{of} ({})", percent(*yes, *of)),
        Aggregate::Ratio { num, den } => format!(
            "{}/{} ({})",
            model::text::group_thousands(*num),
            model::text::group_thousands(*den),
            percent(*num, *den)
        ),
        Aggregate::Counts { counts } => counts
            .iter()
            .map(|(id, n)| format!("{id}: {n}"))
            .collect::<Vec<_>>()
            .join(", "),
        Aggregate::List { list } => list
            .iter()
            .map(|item| format!("[{}] {}", item.unit, item.text))
            .collect::<Vec<_>>()
            .join(" | "),
    }
}
