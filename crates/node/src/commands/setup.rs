//! `init`, `invite`, `join`.

use std::io::Read as _;

use messages::Arg;
use model::{Level, UnitPath};
use replica::{Founded, IssuedInvite, JoinKeys, Replica};
use serde_json::json;
use wire::Role;

use crate::args::{DeviceArgs, InitArgs, InviteArgs, JoinArgs};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::home::KeyFile;
use crate::output::{Answer, Table, plain};

/// `init`: founds a tree.
pub(crate) fn init(context: &mut Context, args: &InitArgs) -> Result<Answer, Failure> {
    let store = context.home.create_store()?;
    Replica::refuse_if_set_up(&store)?;
    if context.now().simulated && !args.rehearsal {
        return Err(replica::Error::NotRehearsal.into());
    }
    let passphrase = context.passphrases.choose(
        &context.tr("cli-passphrase-new"),
        &context.tr("cli-passphrase-again"),
    )?;
    let keys = Founded::generate(&mut context.entropy);
    let home = context.home.clone();
    let entropy = &mut context.entropy;
    let files = [
        home.node_key_file(&keys.node)?,
        home.person_key_file(&keys.person, &passphrase, entropy)?,
        home.root_key_file("root", &keys.root, &passphrase, entropy)?,
        home.root_key_file("next", &keys.next_root, &passphrase, entropy)?,
    ];
    let person = args
        .person
        .clone()
        .unwrap_or_else(|| context.tr("cli-first-person"));
    let replica = Replica::found_keeping(
        store,
        &keys,
        &args.name,
        &person,
        args.rehearsal,
        context.now(),
        || files.iter().try_for_each(KeyFile::keep),
    )?;
    let text = context.tr_with(
        "cli-init-done",
        &[
            ("name", Arg::from(&args.name)),
            ("anchor", Arg::from(&replica.anchor().to_string())),
            ("person", Arg::from(&person)),
            ("home", Arg::from(&home.dir().display().to_string())),
        ],
    );
    Answer::new(
        &json!({
            "unit": replica.unit(),
            "anchor": replica.anchor(),
            "person": person,
            "rehearsal": args.rehearsal,
        }),
        text,
    )
}

/// `invite --unit … --name …`, `--from CSV` or `--extend UNIT`.
pub(crate) fn invite(context: &mut Context, args: &InviteArgs) -> Result<Answer, Failure> {
    let mut replica = context.open()?;
    if let Some(unit) = &args.extend {
        return extend(context, replica, unit, args.its_own);
    }
    let wanted: Vec<(UnitPath, String)> = match (&args.from, &args.unit, &args.name) {
        (Some(file), _, _) => read_csv(file)?,
        (None, Some(unit), Some(name)) => vec![(unit.clone(), name.clone())],
        _ => return Err(Failure::new("usage", Exit::Usage)),
    };
    for (unit, _) in &wanted {
        if unit.parent().as_ref() != Some(replica.unit()) {
            return Err(replica::Error::NoSuchUnit(unit.clone()).into());
        }
    }
    let registrar = context.unlock(&replica, Role::Registrar)?;
    let mut issued = Vec::new();
    for (unit, name) in &wanted {
        let address = args.address.as_deref();
        issued.push(replica.invite(&registrar, unit, name, address, &mut context.env())?);
    }
    match issued.as_slice() {
        [one] if args.from.is_none() => Answer::new(&invite_json(one), invite_text(context, one)),
        many => {
            let json: Vec<_> = many.iter().map(invite_json).collect();
            let mut table = Table::new([context.tr("cli-col-unit"), context.tr("cli-col-invite")]);
            for one in many {
                table.row([one.unit.to_string(), one.text.clone()]);
            }
            Answer::new(&json, table.render())
        }
    }
}

/// `invite --device NAME`: a second machine of this unit; or `invite --extend`.
pub(crate) fn invite_device(context: &mut Context, args: &DeviceArgs) -> Result<Answer, Failure> {
    let mut replica = context.open()?;
    let unit = replica.unit().clone();
    let Some(device) = &args.device else {
        return extend(context, replica, &unit, false);
    };
    let registrar = context.unlock(&replica, Role::Registrar)?;
    let issued = replica.invite(&registrar, &unit, device, None, &mut context.env())?;
    Answer::new(&invite_json(&issued), invite_text(context, &issued))
}

/// More time for a unit's invites. Whoever used one is named: a thief may have.
/// `its_own`: those too that the unit below gave, once those from here are extended.
fn extend(
    context: &mut Context,
    mut replica: Replica,
    unit: &UnitPath,
    its_own: bool,
) -> Result<Answer, Failure> {
    let registrar = context.unlock(&replica, Role::Registrar)?;
    let mut extended = match replica.extend_invite(&registrar, unit, context.now()) {
        Err(replica::Error::NoInviteToExtend(_)) if its_own => Vec::new(),
        ours => ours?,
    };
    if its_own {
        match replica.extend_its_own(&registrar, unit, context.now()) {
            Err(replica::Error::NoInviteToExtend(_)) if !extended.is_empty() => {}
            theirs => extended.extend(theirs?),
        }
    }
    let mut lines = Vec::new();
    for invite in &extended {
        lines.push(context.tr_with(
            "cli-invite-extended",
            &[
                ("name", Arg::from(&plain(&invite.name))),
                ("unit", Arg::from(invite.unit.as_str())),
                ("expires", Arg::from(&invite.expires)),
            ],
        ));
        let users = invite.used_by.iter();
        let users: Vec<String> = users
            .map(|user| format!("{} ({})", plain(&user.name), user.key.short()))
            .collect();
        if !users.is_empty() {
            let names = users.join(", ");
            let line = context.tr_with("cli-invite-used-by", &[("names", Arg::from(&names))]);
            lines.push(format!("  {line}"));
        }
    }
    if extended.iter().any(|invite| invite.reenrol) {
        lines.push(context.tr("cli-invite-reenrol"));
    }
    Answer::new(&json!({ "extended": extended }), lines.join("\n"))
}

fn invite_json(issued: &IssuedInvite) -> serde_json::Value {
    json!({
        "invite": issued.text,
        "unit": issued.unit,
        "name": issued.name,
        "expires": issued.expires.to_rfc3339(),
        "reenrol": issued.reenrol,
    })
}

fn invite_text(context: &Context, issued: &IssuedInvite) -> String {
    let mut text = context.tr_with(
        "cli-invite-done",
        &[
            ("name", Arg::from(&plain(&issued.name))),
            ("unit", Arg::from(issued.unit.as_str())),
            ("expires", Arg::from(&issued.expires.to_rfc3339())),
        ],
    );
    if issued.reenrol {
        text.push('\n');
        text.push_str(&context.tr("cli-invite-reenrol"));
    }
    format!("{text}\n\n{}\n", issued.text)
}

/// A CSV of units: `unit,name`, with or without that heading.
fn read_csv(file: &std::path::Path) -> Result<Vec<(UnitPath, String)>, Failure> {
    let bad = |line: usize, why: String| {
        Failure::new("csv", Exit::Failed)
            .with("line", line)
            .because(why)
    };
    let text = crate::files::read_text(file)?;
    let mut units = Vec::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if line.trim().is_empty() || (number == 0 && line.starts_with("unit,")) {
            continue;
        }
        let Some((unit, name)) = line.split_once(',') else {
            return Err(bad(number + 1, line.to_owned()));
        };
        let unit =
            UnitPath::parse(unit.trim()).map_err(|error| bad(number + 1, error.to_string()))?;
        let name = name.trim().trim_matches('"').to_owned();
        if name.is_empty() {
            return Err(bad(number + 1, line.to_owned()));
        }
        units.push((unit, name));
    }
    Ok(units)
}

/// `join INVITE`.
pub(crate) fn join(context: &mut Context, args: &JoinArgs) -> Result<Answer, Failure> {
    let text = match args.invite.as_str() {
        "-" => {
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .map_err(|error| {
                    Failure::new("file", Exit::Failed)
                        .with("path", "-")
                        .because(error)
                })?;
            text
        }
        text => text.to_owned(),
    };
    let invite = Replica::read_invite(&text, context.level)?;
    let store = context.home.create_store()?;
    Replica::refuse_if_set_up(&store)?;
    let passphrase = context.passphrases.choose(
        &context.tr("cli-passphrase-new"),
        &context.tr("cli-passphrase-again"),
    )?;
    let keys = JoinKeys::generate(&mut context.entropy);
    let home = context.home.clone();
    let files = [
        home.node_key_file(&keys.node)?,
        home.person_key_file(&keys.person, &passphrase, &mut context.entropy)?,
    ];
    let invited = invite.grant().map_err(replica::Error::from)?.name.clone();
    let device = args.device.clone().unwrap_or_else(|| invited.clone());
    let person = args.person.clone().unwrap_or_else(|| device.clone());
    let now = context.now();
    let replica = Replica::join_keeping(store, &invite, &keys, &person, &device, now, || {
        files.iter().try_for_each(KeyFile::keep)
    })?;
    let above = replica.address_above()?;
    let mut text = context.tr_with(
        "cli-join-done",
        &[
            ("name", Arg::from(&plain(&invited))),
            ("unit", Arg::from(replica.unit().as_str())),
            ("person", Arg::from(&plain(&person))),
            ("home", Arg::from(&home.dir().display().to_string())),
        ],
    );
    text.push('\n');
    text.push_str(&match context.level {
        Level::Facility => context.tr("cli-join-next-facility"),
        _ => context.tr("cli-join-next-so"),
    });
    Answer::new(
        &json!({
            "unit": replica.unit(),
            "name": invited,
            "person": person,
            "device": device,
            "above": above,
            "anchor": replica.anchor(),
        }),
        text,
    )
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
