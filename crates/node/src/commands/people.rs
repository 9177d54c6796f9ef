//! `person …`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use identity::SecretKey;
use messages::Arg;
use model::UnitPath;
use replica::{Person, role_name};
use serde_json::json;
use wire::Role;

use crate::args::{PersonCommand, RoleArg};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Answer, Table, listed};
use crate::secret::Passphrases;

/// `person …`.
pub(crate) fn run(context: &mut Context, command: PersonCommand) -> Result<Answer, Failure> {
    match command {
        PersonCommand::Add {
            name,
            roles,
            new_passphrase_file,
        } => add(context, &name, &roles, new_passphrase_file),
        PersonCommand::List => list(context),
        PersonCommand::Revoke {
            person,
            reason,
            unit,
            everywhere,
        } => revoke(context, &person, &reason, unit, everywhere),
        PersonCommand::Passwd {
            person,
            new_passphrase_file,
        } => passwd(context, person.as_deref(), new_passphrase_file),
    }
}

fn add(
    context: &mut Context,
    name: &str,
    roles: &[RoleArg],
    new_passphrase_file: Option<PathBuf>,
) -> Result<Answer, Failure> {
    let mut replica = context.open()?;
    let registrar = context.unlock(&replica, Role::Registrar)?;
    let roles: BTreeSet<Role> = roles.iter().map(|role| Role::from(*role)).collect();
    let source = match new_passphrase_file {
        Some(file) => Passphrases::new(Some(file)),
        None => context.passphrases.clone(),
    };
    let passphrase = source.choose(
        &context.tr("cli-passphrase-new"),
        &context.tr("cli-passphrase-again"),
    )?;
    let key = SecretKey::generate(&mut context.entropy);
    // The credential first: it may be refused, and a key without one is litter.
    let entry = replica.add_person(&registrar, key.public(), name, roles.clone(), context.now())?;
    let home = context.home.clone();
    home.keep_person_key(&key, &passphrase, &mut context.entropy)?;
    let text = context.tr_with("cli-person-added", &[("name", Arg::from(name))]);
    Answer::new(
        &json!({ "name": name, "key": key.public(), "roles": roles, "entry": entry }),
        text,
    )
}

fn list(context: &Context) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let people = replica.people(&context.home.person_keys())?;
    let mut table = Table::new([
        context.tr("cli-col-name"),
        context.tr("cli-col-roles"),
        context.tr("cli-col-key"),
        context.tr("cli-col-note"),
    ]);
    for person in &people {
        let note = match (person.revoked, person.here) {
            (true, _) => context.tr("cli-person-revoked"),
            (false, true) => context.tr("cli-person-here"),
            (false, false) => String::new(),
        };
        let roles: Vec<&str> = person.roles.iter().map(|role| role_name(*role)).collect();
        table.row([
            person.name.clone(),
            roles.join(", "),
            person.key.short(),
            note,
        ]);
    }
    Answer::new(&people, table.render())
}

fn revoke(
    context: &mut Context,
    person: &str,
    reason: &str,
    unit: Option<UnitPath>,
    everywhere: bool,
) -> Result<Answer, Failure> {
    let mut replica = context.open()?;
    let (key, name) = replica.key_named(person)?;
    let named = replica.units_to_revoke_at(&key)?;
    if named.len() > 1 && unit.is_none() && !everywhere {
        return Err(replica::Error::KeyInUnits {
            key: key.short(),
            units: listed(&named),
        }
        .into());
    }
    let registrar = context.unlock(&replica, Role::Registrar)?;
    let reason = match reason.trim() {
        "" => context.tr("cli-no-reason"),
        given => given.to_owned(),
    };
    let now = context.now();
    let entries = match &unit {
        Some(unit) => replica.revoke_at(unit, &registrar, &key, &reason, now)?,
        None => replica.revoke(&registrar, &key, &reason, now)?,
    };
    let units = listed(entries.keys());
    let told = [("name", Arg::from(&name)), ("units", Arg::from(&units))];
    let text = context.tr_with("cli-person-revoke-done", &told);
    Answer::new(
        &json!({ "name": name, "key": key, "entries": entries }),
        text,
    )
}

fn passwd(
    context: &mut Context,
    person: Option<&str>,
    new_passphrase_file: Option<PathBuf>,
) -> Result<Answer, Failure> {
    let replica = context.open()?;
    let here = context.home.person_keys();
    let people: Vec<Person> = replica
        .people(&here)?
        .into_iter()
        .filter(|person| person.here)
        .collect();
    let chosen = match (person, people.as_slice()) {
        (Some(name), _) => replica.person_named(name)?,
        (None, [one]) => one.clone(),
        (None, many) => {
            let names: Vec<&str> = many.iter().map(|person| person.name.as_str()).collect();
            let names = names.join(", ");
            return Err(replica::Error::RoleAmbiguous {
                role: "passwd",
                names,
            }
            .into());
        }
    };
    let key = context.unlock_person(&chosen)?;
    let passphrase = Passphrases::new(new_passphrase_file).choose(
        &context.tr("cli-passphrase-new"),
        &context.tr("cli-passphrase-again"),
    )?;
    let home = context.home.clone();
    home.keep_person_key(&key, &passphrase, &mut context.entropy)?;
    let text = context.tr_with("cli-passwd-done", &[("name", Arg::from(&chosen.name))]);
    Answer::new(&json!({ "name": chosen.name, "key": chosen.key }), text)
}
