//! `report …`.

use messages::Arg;
use model::{Scalar, UnitPath};
use replica::{CheckView, ConflictView, ReportKey, ReportView, Since};
use serde_json::json;
use wire::Role;

use crate::args::{ReportArgs, ReportCommand, RowCommand};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::{Answer, Table, plain};

/// `report …`.
pub(crate) fn run(context: &mut Context, command: ReportCommand) -> Result<Answer, Failure> {
    match command {
        ReportCommand::List => list(context),
        ReportCommand::Show { report } => show(context, &report),
        ReportCommand::Check { report } => check(context, &report),
        ReportCommand::History { report } => history(context, &report),
        ReportCommand::Diff { report, since } => diff(context, &report, &since),
        ReportCommand::Set {
            code,
            value,
            report,
        } => set(context, &report, &code, &value),
        ReportCommand::Row(command) => row(context, command),
        ReportCommand::Fill { file, report } => fill(context, &report, &file),
        ReportCommand::Conflicts { report } => conflicts(context, &report),
        ReportCommand::Resolve { code, take, report } => resolve(context, &report, &code, take),
        ReportCommand::Submit { report } => submit(context, &report),
    }
}

fn key(unit: &UnitPath, report: &ReportArgs) -> ReportKey {
    ReportKey::regular(unit, &report.form, report.period)
}

fn list(context: &Context) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let lines = replica.reports(context.now().now)?;
    let mut table = Table::new([
        context.tr("cli-col-period"),
        context.tr("cli-col-form"),
        context.tr("cli-col-state"),
        context.tr("cli-col-due"),
    ]);
    for line in &lines {
        table.row([
            line.period.to_string(),
            line.form.clone(),
            context.tr(&format!("state-{}", line.state)),
            line.due.clone().unwrap_or_default(),
        ]);
    }
    Answer::new(&lines, table.render())
}

fn show(context: &Context, report: &ReportArgs) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let key = key(replica.unit(), report);
    replica.form(&report.form, None)?;
    let view = replica.show(&key)?;
    let text = report_text(context, &replica, &view)?;
    Answer::new(&view, text)
}

/// A report in words: head lines, then every answer and row.
pub(super) fn report_text(
    context: &Context,
    replica: &replica::Replica,
    view: &ReportView,
) -> Result<String, Failure> {
    let form = replica.form(&view.form, Some(view.version))?;
    let lang = context.lang();
    let mut text = context.tr_with(
        "cli-report-head",
        &[
            ("name", Arg::from(&plain(&view.name))),
            ("unit", Arg::from(view.unit.as_str())),
            ("period", Arg::from(&view.period.to_string())),
            (
                "state",
                Arg::from(&context.tr(&format!("state-{}", view.state))),
            ),
            ("due", Arg::from(view.due.as_deref().unwrap_or("—"))),
        ],
    );
    text.push('\n');
    for comment in &view.comments {
        text.push_str(&context.tr_with(
            "comment-line",
            &[
                ("code", Arg::from(&comment.code)),
                ("text", Arg::from(&plain(&comment.text))),
                ("by", Arg::from(&plain(&comment.by))),
                ("time", Arg::from(&comment.time)),
            ],
        ));
        text.push('\n');
    }
    if let Some(received) = &view.received_at {
        let note = view.timeliness.map(|t| context.timeliness(t));
        let note = note.unwrap_or_default();
        let args = [("time", Arg::from(received)), ("note", Arg::from(&note))];
        text.push_str(&context.tr_with("cli-report-received", &args));
        text.push('\n');
    }
    if let Some(proof) = view.inclusion.as_ref().filter(|proof| proof.verified) {
        let rollup = proof.rollup.short();
        text.push_str(&context.tr_with("cli-report-included", &[("id", Arg::from(&rollup))]));
        text.push('\n');
    }
    for section in &form.sections {
        text.push_str(&format!(
            "\n{}. {}\n",
            section.code,
            section.title.get(lang)
        ));
        for field in &section.fields {
            let code = &field.code;
            let mut shown = Vec::new();
            for key in [
                code.clone(),
                format!("{code}.date"),
                format!("{code}.reason"),
            ] {
                if let Some(value) = view.answers.get(&key) {
                    shown.push(shown_value(&form, &key, value, lang));
                }
            }
            if let Some(computed) = view.computed.get(code) {
                shown.push(serde_json::to_string(computed).unwrap_or_default());
            }
            let label = field.label.get(lang);
            text.push_str(&format!(
                "  {code:<4} {label}: {}\n",
                plain(&shown.join(", "))
            ));
            for row in view.tables.get(code).into_iter().flatten() {
                let cells: Vec<String> = row
                    .iter()
                    .filter(|(column, _)| *column != "row")
                    .map(|(column, value)| {
                        let cell = format!("{code}/x/{column}");
                        format!("{column}={}", form.display(&cell, value, lang))
                    })
                    .collect();
                let id = row.get("row").and_then(Scalar::as_str).unwrap_or_default();
                text.push_str(&format!("       [{id}] {}\n", plain(&cells.join("; "))));
            }
        }
    }
    Ok(text)
}

fn shown_value(
    form: &model::Form,
    key: &str,
    value: &serde_json::Value,
    lang: model::Lang,
) -> String {
    let scalar = match value {
        serde_json::Value::Bool(yes) => Scalar::Bool(*yes),
        serde_json::Value::Number(number) => Scalar::Int(number.as_i64().unwrap_or_default()),
        serde_json::Value::String(text) => Scalar::Str(text.clone()),
        serde_json::Value::Array(items) => Scalar::Str(
            items
                .iter()
                .filter_map(|item| item.as_str())
                .collect::<Vec<_>>()
                .join(","),
        ),
        _ => Scalar::Null,
    };
    match (form.slot(key), &scalar) {
        (None, Scalar::Str(text)) => text.clone(),
        _ => form.display(key, &scalar, lang),
    }
}

fn check(context: &Context, report: &ReportArgs) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let key = key(replica.unit(), report);
    let view = replica.check_report(&key, context.now().now, context.lang())?;
    let text = check_text(context, &view);
    let exit = (!view.ok).then_some(Exit::Failed);
    Ok(Answer::new(&view, text)?.exiting(exit))
}

fn check_text(context: &Context, view: &CheckView) -> String {
    let mut text = String::new();
    for (mark, findings) in [("×", &view.errors), ("!", &view.warnings)] {
        for finding in findings {
            text.push_str(&format!(
                "{mark} {}: {}\n",
                finding.code,
                plain(&finding.message)
            ));
        }
    }
    text.push_str(&context.tr_with(
        "status-findings",
        &[
            ("errors", Arg::from(view.errors.len())),
            ("warnings", Arg::from(view.warnings.len())),
        ],
    ));
    text
}

fn history(context: &Context, report: &ReportArgs) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let key = key(replica.unit(), report);
    let lines = replica.history(&key)?;
    let form = replica.form(&report.form, None)?;
    let mut table = Table::new([
        context.tr("cli-col-time"),
        context.tr("cli-col-name"),
        context.tr("cli-col-event"),
        context.tr("cli-col-code"),
        context.tr("cli-col-value"),
    ]);
    for line in &lines {
        let code = line.code.clone().unwrap_or_default();
        let value = line
            .value
            .as_ref()
            .map(|v| form.display(&code, v, context.lang()));
        table.row([
            line.time.clone(),
            line.author.clone(),
            context.tr(&format!("cli-event-{}", line.event)),
            code,
            value.unwrap_or_default(),
        ]);
    }
    Answer::new(&lines, table.render())
}

fn diff(context: &Context, report: &ReportArgs, since: &str) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let key = key(replica.unit(), report);
    let since = match since {
        "accepted" => Since::Accepted,
        "begun" => Since::Begun,
        _ => Since::Submitted,
    };
    let form = replica.form(&report.form, None)?;
    let lines = replica.diff(&key, since)?;
    let mut table = Table::new([
        context.tr("cli-col-code"),
        context.tr("cli-col-before"),
        context.tr("cli-col-after"),
    ]);
    for line in &lines {
        table.row([
            line.code.clone(),
            form.display(&line.code, &line.before, context.lang()),
            form.display(&line.code, &line.after, context.lang()),
        ]);
    }
    let text = if table.is_empty() {
        context.tr("cli-no-changes")
    } else {
        table.render()
    };
    Answer::new(&lines, text)
}

fn set(
    context: &mut Context,
    report: &ReportArgs,
    code: &str,
    value: &str,
) -> Result<Answer, Failure> {
    let mut replica = context.open()?;
    let person = context.acting(&replica, Role::Editor)?;
    let key = key(replica.unit(), report);
    replica.set(&key, &person.key, code, value, context.now())?;
    let text = context.tr_with("cli-set-done", &[("code", Arg::from(code))]);
    Answer::new(&json!({ "code": code, "period": report.period }), text)
}

fn row(context: &mut Context, command: RowCommand) -> Result<Answer, Failure> {
    let mut replica = context.open()?;
    let person = context.acting(&replica, Role::Editor)?.key;
    let unit = replica.unit().clone();
    let (changed, message) = match command {
        RowCommand::Add {
            table,
            cells,
            report,
        } => {
            let key = key(&unit, &report);
            let cells = pairs(&cells)?;
            let added = replica.row_add(&key, &person, &table, &cells, &mut context.env())?;
            (added, "cli-row-added")
        }
        RowCommand::Set {
            table,
            row,
            cells,
            report,
        } => {
            let key = key(&unit, &report);
            let cells = pairs(&cells)?;
            let set = replica.row_set(&key, &person, &table, &row, &cells, context.now())?;
            (set, "cli-row-set")
        }
        RowCommand::Remove { table, row, report } => {
            let key = key(&unit, &report);
            let removed = replica.row_remove(&key, &person, &table, &row, context.now())?;
            (removed, "cli-row-removed")
        }
    };
    let text = context.tr_with(
        message,
        &[
            ("table", Arg::from(&changed.table)),
            ("row", Arg::from(&changed.row)),
        ],
    );
    Answer::new(&changed, text)
}

/// `COLUMN=VALUE` arguments.
pub(super) fn pairs(cells: &[String]) -> Result<Vec<(String, String)>, Failure> {
    cells
        .iter()
        .map(|cell| {
            cell.split_once('=')
                .map(|(column, value)| (column.trim().to_owned(), value.to_owned()))
                .ok_or_else(|| Failure::new("not-a-pair", Exit::Usage).with("text", cell))
        })
        .collect()
}

fn fill(
    context: &mut Context,
    report: &ReportArgs,
    file: &std::path::Path,
) -> Result<Answer, Failure> {
    let mut replica = context.open()?;
    let person = context.acting(&replica, Role::Editor)?;
    let key = key(replica.unit(), report);
    let toml = crate::files::read_text(file)?;
    let filled = replica.fill(&key, &person.key, &toml, &mut context.env())?;
    let text = context.tr_with(
        "cli-fill-done",
        &[
            ("values", Arg::from(filled.values)),
            ("added", Arg::from(filled.rows_added)),
            ("changed", Arg::from(filled.rows_changed)),
        ],
    );
    Answer::new(&filled, text)
}

fn conflicts(context: &Context, report: &ReportArgs) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let key = key(replica.unit(), report);
    let conflicts = replica.conflicts(&key)?;
    let form = replica.form(&report.form, None)?;
    let text = if conflicts.is_empty() {
        context.tr("cli-no-conflicts")
    } else {
        conflicts
            .iter()
            .map(|conflict| conflict_text(context, &form, conflict))
            .collect()
    };
    Answer::new(&conflicts, text)
}

fn conflict_text(context: &Context, form: &model::Form, conflict: &ConflictView) -> String {
    let mut text = format!("{}\n", conflict.code);
    for value in &conflict.values {
        let shown = form.display(&conflict.code, &value.value, context.lang());
        let line = context.tr_with(
            "conflict-value",
            &[
                ("value", Arg::from(&plain(&shown))),
                ("author", Arg::from(&plain(&value.author))),
                ("time", Arg::from(&value.time)),
            ],
        );
        text.push_str(&format!("  {}. {line}\n", value.n));
    }
    text
}

fn resolve(
    context: &mut Context,
    report: &ReportArgs,
    code: &str,
    take: usize,
) -> Result<Answer, Failure> {
    let mut replica = context.open()?;
    let person = context.acting(&replica, Role::Editor)?;
    let key = key(replica.unit(), report);
    let value = replica.resolve(&key, &person.key, code, take, context.now())?;
    let text = context.tr_with("cli-set-done", &[("code", Arg::from(code))]);
    Answer::new(&json!({ "code": code, "value": value }), text)
}

fn submit(context: &mut Context, report: &ReportArgs) -> Result<Answer, Failure> {
    let mut replica = context.open()?;
    let key = key(replica.unit(), report);
    let head = context.unlock(&replica, Role::Head)?;
    replica.refuse_errors(&key, context.now())?;
    // Colleagues' drafts on this machine, where the same passphrase opens their
    // keys (a script, or a one-person office with two keys).
    context.seal_what_can_be(&mut replica)?;
    let (submission, new) = replica.submit(&key, &head, &mut context.env())?;
    let text = context.tr(if new {
        "cli-submit-done"
    } else {
        "cli-submit-nothing-new"
    });
    Answer::new(
        &json!({ "submission": submission, "new": new, "unit": key.unit, "period": key.period }),
        text,
    )
}
