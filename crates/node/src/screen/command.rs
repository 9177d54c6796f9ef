//! Commands of the pages that somebody's key signs.

use std::collections::BTreeSet;

use model::UnitPath;
use qrcode::{EcLevel, QrCode};
use replica::{INVITE_VALID_DAYS, ReportKey, UnitChange, role_name, roles_of_level};
use tui::{Command, Msg, Outcome, Paper, Passphrase};
use wire::{EntryId, PublicKey, Role};

use identity::SecretKey;
use messages::Arg;

use super::desk::Desk;
use crate::failure::{Exit, Failure};
use crate::output::listed;

/// The role that a command takes.
fn role_of(command: &Command) -> Role {
    match command {
        Command::Accept { .. } | Command::Return { .. } => Role::Reviewer,
        Command::SignRollup { .. } => Role::Head,
        _ => Role::Registrar,
    }
}

impl Desk<'_> {
    /// Carries out a signed command: with the passphrase given, else with the key
    /// that is open, if it may. What speaks for the whole unit takes the passphrase
    /// each time.
    pub(super) fn do_command(
        &mut self,
        command: Command,
        passphrase: Option<Passphrase>,
    ) -> Vec<Msg> {
        let role = role_of(&command);
        let mut answers = Vec::new();
        let key = match passphrase {
            Some(passphrase) => self.take_key(&command, &passphrase, role, &mut answers),
            None => match &self.open {
                Some(open) if open.person.roles.contains(&role) && !command.is_solemn() => {
                    Ok(open.key.clone())
                }
                // Whoever cannot do it at all is told so before they type.
                _ => match self.may_act(role) {
                    Ok(()) => return vec![Msg::NeedPassphrase(command)],
                    Err(failure) => Err(failure),
                },
            },
        };
        let done = key.and_then(|key| self.execute(&command, &key));
        answers.push(match done {
            Ok(outcome) => Msg::Done(outcome),
            Err(failure) => Msg::Failed(self.words(&failure)),
        });
        answers
    }

    /// The key that a passphrase opens. Whoever typed it goes on working, but for
    /// what is solemn.
    fn take_key(
        &mut self,
        command: &Command,
        passphrase: &Passphrase,
        role: Role,
        answers: &mut Vec<Msg>,
    ) -> Result<SecretKey, Failure> {
        let open = self.opened(passphrase, role)?;
        let key = open.key.clone();
        if !command.is_solemn() {
            let person = open.person.name.clone();
            self.seat(open)?;
            answers.push(Msg::Unlocked { person });
        }
        Ok(key)
    }

    /// Whether anybody here has the role.
    fn may_act(&self, role: Role) -> Result<(), Failure> {
        match self.context.acting(&self.replica, role) {
            Err(failure) if failure.code != "role-ambiguous" => Err(failure),
            _ => Ok(()),
        }
    }

    fn execute(&mut self, command: &Command, key: &SecretKey) -> Result<Outcome, Failure> {
        let clock = self.context.now();
        let replica = &mut self.replica;
        let verdict = match command {
            Command::Accept { unit, campaign, .. } | Command::Return { unit, campaign, .. } => {
                Some((unit.clone(), campaign.clone()))
            }
            _ => None,
        };
        let told = match command {
            Command::Accept {
                unit,
                campaign,
                submission,
            } => {
                let report = ReportKey::regular(unit, &campaign.form, campaign.period);
                replica.accept_seen(&report, &entry_id(submission)?, key, clock)?;
                self.told("notice-accepted", unit)
            }
            Command::Return {
                unit,
                campaign,
                submission,
                remarks,
            } => {
                let report = ReportKey::regular(unit, &campaign.form, campaign.period);
                let seen = entry_id(submission)?;
                replica.return_seen(&report, &seen, key, remarks, clock)?;
                let args = [
                    ("unit", Arg::from(unit.as_str())),
                    ("count", Arg::from(remarks.len())),
                ];
                self.tr_with("notice-returned", &args)
            }
            Command::SignRollup { campaign, facts } => {
                let (form, period) = (&campaign.form, campaign.period);
                let (view, new) = replica.sign_rollup_seen(form, period, facts, key, clock)?;
                let id = if new {
                    "notice-rollup-signed"
                } else {
                    "notice-rollup-same"
                };
                self.tr_with(id, &[("id", Arg::from(&view.id.short()))])
            }
            Command::Rename { unit, name } => {
                let change = UnitChange::Rename(name.clone());
                replica.change_unit(key, unit, change, clock)?;
                self.told("notice-renamed", unit)
            }
            Command::CloseUnit { unit } => {
                replica.change_unit(key, unit, UnitChange::Close, clock)?;
                self.told("notice-closed", unit)
            }
            Command::ReopenUnit { unit } => {
                replica.change_unit(key, unit, UnitChange::Reopen, clock)?;
                self.told("notice-reopened", unit)
            }
            Command::AddPerson {
                name,
                roles,
                secret,
            } => return self.add_person(name, roles, secret, key),
            Command::Revoke {
                key: whose,
                unit,
                reason,
            } => {
                let whose =
                    PublicKey::from_hex(whose).ok_or_else(|| Failure::new("usage", Exit::Usage))?;
                let entries = replica.revoke_at(unit, key, &whose, reason, clock)?;
                let (key, units) = (whose.short(), listed(entries.keys()));
                let told = [("key", Arg::from(&key)), ("units", Arg::from(&units))];
                self.tr_with("notice-revoked", &told)
            }
            Command::Invite {
                unit,
                name,
                address,
            } => return self.invite(unit, name, address, key),
            Command::Pull | Command::VerifyDeep { .. } | Command::Drill { .. } => {
                return Err(Failure::new("usage", Exit::Usage));
            }
        };
        Ok(Outcome {
            notice: told,
            verdict,
            ..Outcome::default()
        })
    }

    fn told(&self, id: &str, unit: &UnitPath) -> String {
        self.tr_with(id, &[("unit", Arg::from(unit.as_str()))])
    }

    fn add_person(
        &mut self,
        name: &str,
        roles: &str,
        secret: &Passphrase,
        registrar: &SecretKey,
    ) -> Result<Outcome, Failure> {
        let named = roles.split([',', ' ']).filter(|role| !role.is_empty());
        let roles: BTreeSet<Role> = named
            .map(|text| {
                let mut known = roles_of_level(self.replica.level()).into_iter();
                let unknown = || Failure::new("no-such-role", Exit::Usage).with("role", text);
                known
                    .find(|role| role_name(*role) == text)
                    .ok_or_else(unknown)
            })
            .collect::<Result<_, _>>()?;
        let person = SecretKey::generate(&mut self.context.entropy);
        let clock = self.context.now();
        // The credential first: it may be refused, and a key without one is litter.
        self.replica
            .add_person(registrar, person.public(), name, roles, clock)?;
        let home = self.context.home.clone();
        home.keep_person_key(&person, secret.as_str(), &mut self.context.entropy)?;
        Ok(Outcome {
            notice: self.tr_with("notice-person-added", &[("name", Arg::from(name))]),
            ..Outcome::default()
        })
    }

    fn invite(
        &mut self,
        unit: &str,
        name: &str,
        address: &str,
        key: &SecretKey,
    ) -> Result<Outcome, Failure> {
        let unit = UnitPath::parse(unit)
            .map_err(|error| Failure::new("unit-path", Exit::Usage).because(error))?;
        let address = (!address.is_empty()).then_some(address);
        let issued = self
            .replica
            .invite(key, &unit, name, address, &mut self.context.env())?;
        let days = [("days", Arg::Int(INVITE_VALID_DAYS))];
        // Nobody copies eight hundred letters out of a box.
        let kept = self.home().keep_invite(unit.as_str(), &issued.text)?;
        let kept = kept.display().to_string();
        Ok(Outcome {
            notice: self.told("notice-invited", &unit),
            paper: Some(Paper {
                title: self.told("paper-invite", &unit),
                lines: vec![
                    issued.text.clone(),
                    String::new(),
                    self.tr_with("paper-invite-once", &days),
                    self.tr_with("paper-invite-file", &[("path", Arg::from(&kept))]),
                ],
                picture: picture(&issued.text),
            }),
            ..Outcome::default()
        })
    }
}

fn entry_id(hex: &str) -> Result<EntryId, Failure> {
    EntryId::from_hex(hex).ok_or_else(|| Failure::new("usage", Exit::Usage))
}

/// The text as a QR code; nothing if it is too long for one.
fn picture(text: &str) -> Vec<Vec<bool>> {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::L) else {
        return Vec::new();
    };
    let dark = |colour: &qrcode::Color| *colour == qrcode::Color::Dark;
    let colours = code.to_colors();
    let rows = colours.chunks(code.width().max(1));
    rows.map(|row| row.iter().map(dark).collect()).collect()
}
