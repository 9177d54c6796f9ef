//! `review …`.

use messages::Arg;
use replica::ReportKey;
use serde_json::json;
use wire::Role;

use crate::args::ReviewCommand;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Answer, Table};

/// `review …`.
pub(crate) fn run(context: &mut Context, command: ReviewCommand) -> Result<Answer, Failure> {
    match command {
        ReviewCommand::List { report } => {
            let replica = context.open()?;
            replica.form(&report.form, None)?;
            let lines = replica.review_list(&report.form, report.period)?;
            let mut table = Table::new([
                context.tr("cli-col-unit"),
                context.tr("cli-col-name"),
                context.tr("cli-col-state"),
                context.tr("cli-col-signed"),
                context.tr("cli-col-received"),
                context.tr("cli-col-note"),
            ]);
            for line in &lines {
                table.row([
                    line.unit.to_string(),
                    line.name.clone(),
                    context.tr(&format!("state-{}", line.state)),
                    line.signed_at.clone().unwrap_or_default(),
                    line.received_at.clone().unwrap_or_default(),
                    note(context, line),
                ]);
            }
            let text = if table.is_empty() {
                context.tr("cli-no-units")
            } else {
                table.render()
            };
            Answer::new(&lines, text)
        }
        ReviewCommand::Show { unit, report } => {
            let replica = context.open()?;
            let key = ReportKey::regular(&unit, &report.form, report.period);
            if replica.unit_name(&unit)?.is_none() {
                return Err(replica::Error::NoSuchUnit(unit).into());
            }
            let view = replica.show(&key)?;
            let text = super::report::report_text(context, &replica, &view)?;
            Answer::new(&view, text)
        }
        ReviewCommand::Accept { unit, report } => {
            let mut replica = context.open()?;
            let reviewer = context.unlock(&replica, Role::Reviewer)?;
            let key = ReportKey::regular(&unit, &report.form, report.period);
            let (review, new) = replica.accept(&key, &reviewer, context.now())?;
            let text = context.tr_with("cli-accept-done", &[("unit", Arg::from(unit.as_str()))]);
            Answer::new(&json!({ "unit": unit, "review": review, "new": new }), text)
        }
        ReviewCommand::Return {
            unit,
            report,
            comments,
        } => {
            let mut replica = context.open()?;
            let remarks = super::report::pairs(&comments)?;
            let reviewer = context.unlock(&replica, Role::Reviewer)?;
            let key = ReportKey::regular(&unit, &report.form, report.period);
            let review = replica.return_report(&key, &reviewer, &remarks, context.now())?;
            let text = context.tr_with("cli-return-done", &[("unit", Arg::from(unit.as_str()))]);
            Answer::new(&json!({ "unit": unit, "review": review }), text)
        }
    }
}

fn note(context: &Context, line: &replica::ReviewLine) -> String {
    let mut notes = Vec::new();
    notes.extend(line.timeliness.map(|t| context.timeliness(t)));
    if line.concurrent {
        notes.push(context.tr("cli-concurrent"));
    }
    if line.incomplete {
        notes.push(context.tr("cli-incomplete"));
    }
    notes.join(", ")
}
