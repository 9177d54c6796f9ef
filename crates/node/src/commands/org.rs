//! `units`, `unit …`, `form …`, `campaign …`.

use messages::Arg;
use replica::{CampaignSpec, KeyView, UnitChange, UnitView};
use serde::Serialize;
use serde_json::json;
use wire::Role;

use crate::args::{CampaignCommand, FormCommand, UnitCommand};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Answer, Table};

/// `units`.
pub(crate) fn units(context: &Context) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let units = replica.units()?;
    let mut table = Table::new([
        context.tr("cli-col-unit"),
        context.tr("cli-col-name"),
        context.tr("cli-col-note"),
    ]);
    for unit in &units {
        let note = match (&unit.closed, unit.reenrolled, unit.enrolled) {
            (Some(_), _, _) => context.tr("cli-unit-closed"),
            (None, true, _) => context.tr("cli-unit-reenrolled"),
            (None, false, true) => context.tr("cli-unit-enrolled"),
            (None, false, false) => context.tr("cli-unit-invited"),
        };
        table.row([unit.unit.to_string(), unit.name.clone(), note]);
    }
    let views = units
        .iter()
        .map(|unit| {
            Ok(UnitWithKeys {
                keys: replica.keys_of(&unit.unit)?,
                unit,
            })
        })
        .collect::<Result<Vec<_>, replica::Error>>()?;
    Answer::new(&views, table.render())
}

/// A unit with every key that its credentials name, for whoever must revoke one.
#[derive(Serialize)]
struct UnitWithKeys<'a> {
    #[serde(flatten)]
    unit: &'a UnitView,
    keys: Vec<KeyView>,
}

/// `unit rename|close|reopen`.
pub(crate) fn unit(context: &mut Context, command: UnitCommand) -> Result<Answer, Failure> {
    let (unit, change) = match command {
        UnitCommand::Rename { unit, name } => (unit, UnitChange::Rename(name)),
        UnitCommand::Close { unit } => (unit, UnitChange::Close),
        UnitCommand::Reopen { unit } => (unit, UnitChange::Reopen),
    };
    let mut replica = context.open()?;
    let registrar = context.unlock(&replica, Role::Registrar)?;
    let entry = replica.change_unit(&registrar, &unit, change, context.now())?;
    let text = context.tr_with("cli-unit-changed", &[("unit", Arg::from(unit.as_str()))]);
    Answer::new(&json!({ "unit": unit, "entry": entry }), text)
}

/// `form list|publish`.
pub(crate) fn form(context: &mut Context, command: FormCommand) -> Result<Answer, Failure> {
    match command {
        FormCommand::List => {
            let forms = context.open()?.forms()?;
            let mut table = Table::new([
                context.tr("cli-col-form"),
                context.tr("cli-col-version"),
                context.tr("cli-col-title"),
                context.tr("cli-col-note"),
            ]);
            for form in &forms {
                table.row([
                    form.form.clone(),
                    form.version.to_string(),
                    form.title.clone(),
                    form.published
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                ]);
            }
            Answer::new(&forms, table.render())
        }
        FormCommand::Publish { file, builtin } => {
            let toml = match (&builtin, &file) {
                (Some(name), _) => model::form::builtin_toml(name)
                    .ok_or_else(|| replica::Error::NoSuchForm(name.clone()))?
                    .to_owned(),
                (None, Some(file)) => crate::files::read_text(file)?,
                (None, None) => return Err(replica::Error::NoSuchForm(String::new()).into()),
            };
            let mut replica = context.open()?;
            let publisher = context.unlock(&replica, Role::Publisher)?;
            let form = replica.publish_form(&publisher, &toml, context.now())?;
            let text = context.tr_with("cli-form-published", &[("form", Arg::from(&form.form))]);
            Answer::new(&form, text)
        }
    }
}

/// `campaign open|list`.
pub(crate) fn campaign(context: &mut Context, command: CampaignCommand) -> Result<Answer, Failure> {
    match command {
        CampaignCommand::List => {
            let campaigns = context.open()?.campaigns()?;
            let mut table = Table::new([
                context.tr("cli-col-period"),
                context.tr("cli-col-form"),
                context.tr("cli-col-unit"),
                context.tr("cli-col-audience"),
                context.tr("cli-col-due"),
            ]);
            for campaign in &campaigns {
                table.row([
                    campaign.period.to_string(),
                    campaign.form.clone(),
                    campaign.unit.to_string(),
                    campaign.audience.to_string(),
                    campaign.due.clone().unwrap_or_default(),
                ]);
            }
            let text = if table.is_empty() {
                context.tr("cli-no-campaigns")
            } else {
                table.render()
            };
            Answer::new(&campaigns, text)
        }
        CampaignCommand::Open {
            form,
            period,
            audience,
            due,
            basis,
        } => {
            let mut replica = context.open()?;
            let publisher = context.unlock(&replica, Role::Publisher)?;
            let spec = CampaignSpec {
                form,
                period,
                audience,
                due,
                basis,
            };
            let campaign = replica.open_campaign(&publisher, &spec, context.now())?;
            let text = context.tr_with(
                "cli-campaign-opened",
                &[
                    ("form", Arg::from(&campaign.form)),
                    ("period", Arg::from(&campaign.period.to_string())),
                    ("due", Arg::from(campaign.due.as_deref().unwrap_or("—"))),
                ],
            );
            Answer::new(&campaign, text)
        }
    }
}
