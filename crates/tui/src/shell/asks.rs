//! What a command has to be told first: remarks, invites, people, reasons.

use messages::Arg;
use model::overview::{KeyHolder, KeyLine};
use model::text::fold;
use model::{Level, Period, UnitPath};

use crate::page::{Data, home, keys};
use crate::parts::line::Line;
use crate::parts::passphrase::Passphrase;

use super::Shell;
use super::msg::{Command, Effect, ReportRef};
use super::over::{Ask, AskField, Input, Over, Then};

impl Shell {
    fn ask(&mut self, title: String, fields: Vec<AskField>, then: Then) -> Vec<Effect> {
        self.ask_warning(title, None, fields, then)
    }

    fn ask_warning(
        &mut self,
        title: String,
        warning: Option<String>,
        fields: Vec<AskField>,
        then: Then,
    ) -> Vec<Effect> {
        self.keep(Over::Ask(Ask {
            title,
            warning,
            fields,
            at: 0,
            error: None,
            then,
        }))
    }

    fn field(&self, label: &str, text: &str, required: bool) -> AskField {
        AskField {
            label: self.tr(label),
            input: Input::Line(Line::new(text)),
            required,
        }
    }

    fn secret_field(&self, label: &str) -> AskField {
        AskField {
            label: self.tr(label),
            input: Input::Secret(Passphrase::new()),
            required: true,
        }
    }

    pub(super) fn ask_person(&mut self) -> Vec<Effect> {
        let mut roles = vec!["editor", "head", "registrar", "auditor"];
        if self.identity.level() != Level::Facility {
            roles.extend(["reviewer", "publisher"]);
        }
        let named = roles.iter().map(|role| {
            let words = self.tr(&format!("role-{role}"));
            format!("{role} ({words})")
        });
        let roles = named.collect::<Vec<_>>().join(", ");
        let fields = vec![
            self.field("ask-person-name", "", true),
            AskField {
                label: self.tr_with("ask-person-roles", &[("roles", Arg::Str(&roles))]),
                ..self.field("ask-person-name", "", true)
            },
            self.secret_field("ask-person-secret"),
            self.secret_field("ask-person-again"),
        ];
        self.ask(self.tr("ask-person"), fields, Then::AddPerson)
    }

    /// A period that no row names: the one before or after that of the row in front.
    pub(super) fn ask_period(&mut self, forward: bool) -> Vec<Effect> {
        let report = self.page().and_then(|page| match &page.data {
            Some(Data::Home(home)) => {
                let there = page.current().and_then(|key| home::report_at(home, key));
                there.or(home.reports.first())
            }
            _ => None,
        });
        let Some(report) = report else {
            return Vec::new();
        };
        let to = match forward {
            true => report.period.next(),
            false => report.period.previous(),
        };
        let (title, form) = (report.title.clone(), report.form.clone());
        let title = self.tr_with("ask-period", &[("form", Arg::Str(&title))]);
        let fields = vec![self.field("ask-period-text", &to.to_string(), true)];
        self.ask(title, fields, Then::OpenPeriod { form })
    }

    pub(super) fn ask_remark(&mut self, code: &str) -> Vec<Effect> {
        let there = self.page().and_then(|page| page.remarks.get(code).cloned());
        let fields = vec![self.field("ask-remark-text", &there.unwrap_or_default(), false)];
        let title = self.tr_with("ask-remark", &[("code", Arg::Str(code))]);
        let code = code.to_owned();
        self.ask(title, fields, Then::Remark { code })
    }

    pub(super) fn ask_invite(&mut self, unit: Option<&str>) -> Vec<Effect> {
        let own = format!("{}.", self.identity.unit);
        let known = unit.and_then(|unit| self.unit_name(unit));
        let fields = vec![
            self.field("ask-invite-unit", unit.unwrap_or(&own), true),
            self.field("ask-invite-name", &known.unwrap_or_default(), true),
            self.field("ask-invite-address", "", false),
        ];
        self.ask(self.tr("ask-invite"), fields, Then::Invite)
    }

    fn unit_name(&self, unit: &str) -> Option<String> {
        match &self.page()?.data {
            Some(Data::Units(units)) => {
                let found = units.iter().find(|line| line.unit.as_str() == unit);
                found.map(|line| line.name.clone())
            }
            _ => None,
        }
    }

    pub(super) fn ask_rename(&mut self, unit: &str) -> Vec<Effect> {
        let Ok(path) = UnitPath::parse(unit) else {
            return Vec::new();
        };
        let name = self.unit_name(unit).unwrap_or_default();
        let fields = vec![self.field("ask-invite-name", &name, true)];
        let title = self.tr_with("ask-rename", &[("unit", Arg::Str(unit))]);
        self.ask(title, fields, Then::Rename { unit: path })
    }

    /// Closes a unit, or opens again one that is closed.
    pub(super) fn ask_close(&mut self, unit: &str) -> Vec<Effect> {
        let line = self.page().and_then(|page| match &page.data {
            Some(Data::Units(units)) => units.iter().find(|line| line.unit.as_str() == unit),
            _ => None,
        });
        let Some(line) = line.cloned() else {
            return Vec::new();
        };
        let name = [
            ("name", Arg::Str(&line.name)),
            ("unit", Arg::Str(line.unit.as_str())),
        ];
        let id = if line.closed {
            "ask-reopen"
        } else {
            "ask-close"
        };
        let text = self.tr_with(id, &name);
        let unit = line.unit;
        let command = match line.closed {
            true => Command::ReopenUnit { unit },
            false => Command::CloseUnit { unit },
        };
        self.over.push(Over::Confirm { text, command });
        Vec::new()
    }

    pub(super) fn ask_revoke(&mut self, key: &str) -> Vec<Effect> {
        let line = self.page().and_then(|page| match &page.data {
            Some(Data::Keys(all)) => keys::line_at(all, key).cloned(),
            _ => None,
        });
        let Some(line) = line else {
            return Vec::new();
        };
        if line.revoked || line.holder == KeyHolder::Root {
            self.warn(self.tr("notice-not-revocable"));
            return Vec::new();
        }
        let title = self.tr_with(
            "ask-revoke",
            &[
                ("name", Arg::Str(&line.name)),
                ("unit", Arg::Str(line.unit.as_str())),
            ],
        );
        let mut fields = vec![self.field("ask-revoke-reason", "", true)];
        let warning = line.here.then(|| self.own_key_warning(&line));
        if line.here {
            // Nobody types it by the way.
            let word = self.tr("ask-revoke-word");
            fields.push(AskField {
                label: self.tr_with("ask-revoke-type", &[("word", Arg::Str(&word))]),
                ..self.field("ask-revoke-reason", "", true)
            });
        }
        let then = Then::Revoke {
            key: line.key,
            unit: line.unit,
            here: line.here,
        };
        self.ask_warning(title, warning, fields, then)
    }

    /// What follows once a key of this very machine is revoked.
    fn own_key_warning(&self, line: &KeyLine) -> String {
        let name = [("name", Arg::Str(&line.name))];
        let mut warning = match line.holder {
            KeyHolder::Node => self.tr("ask-revoke-machine"),
            _ => self.tr_with("ask-revoke-person", &name),
        };
        let registrar = |other: &&KeyLine| {
            other.unit == line.unit
                && other.holder == KeyHolder::Person
                && !other.revoked
                && other.roles.contains(&"registrar")
        };
        let all = self.page().and_then(|page| match &page.data {
            Some(Data::Keys(all)) => Some(all),
            _ => None,
        });
        let mut registrars = all.into_iter().flatten().filter(registrar);
        if registrars.all(|other| other.key == line.key) {
            warning = format!("{warning} {}", self.tr("ask-revoke-last"));
        }
        warning
    }

    /// Takes the filled lines.
    pub(super) fn take_ask(&mut self, mut ask: Ask) -> Vec<Effect> {
        if ask.then == Then::AddPerson {
            return self.take_person(ask);
        }
        let mut text = |at: usize| match ask.fields.get_mut(at).map(|field| &mut field.input) {
            Some(Input::Line(line)) => line.normal().trim().to_owned(),
            _ => String::new(),
        };
        match &ask.then {
            Then::Remark { code } => {
                let remark = text(0);
                self.with_page(|page, setting| page.remark(code, &remark, setting));
                self.keep_remarks()
            }
            Then::Invite => self.carry_out(Command::Invite {
                unit: text(0),
                name: text(1),
                address: text(2),
            }),
            Then::Rename { unit } => self.carry_out(Command::Rename {
                unit: unit.clone(),
                name: text(0),
            }),
            Then::AddPerson => Vec::new(),
            Then::OpenPeriod { form } => match Period::parse(&text(0)) {
                Ok(period) => vec![Effect::Open(ReportRef {
                    form: form.clone(),
                    period,
                    ordinal: 0,
                })],
                Err(_) => {
                    ask.error = Some(self.tr("ask-period-wrong"));
                    self.keep(Over::Ask(ask))
                }
            },
            Then::Revoke { key, unit, here } => {
                let (key, unit, reason) = (key.clone(), unit.clone(), text(0));
                let word = self.tr("ask-revoke-word");
                if *here && fold(&text(1)) != fold(&word) {
                    ask.at = 1;
                    let args = [("word", Arg::Str(&word))];
                    ask.error = Some(self.tr_with("ask-revoke-differs", &args));
                    return self.keep(Over::Ask(ask));
                }
                self.carry_out(Command::Revoke { key, unit, reason })
            }
        }
    }

    /// The passphrase is typed twice: a slip would lock the person out for good.
    fn take_person(&mut self, mut ask: Ask) -> Vec<Effect> {
        let mut inputs = ask.fields.iter_mut().map(|field| &mut field.input);
        if let (
            Some(Input::Line(name)),
            Some(Input::Line(roles)),
            Some(Input::Secret(secret)),
            Some(Input::Secret(again)),
        ) = (inputs.next(), inputs.next(), inputs.next(), inputs.next())
        {
            if secret == again {
                let command = Command::AddPerson {
                    name: name.normal().trim().to_owned(),
                    roles: roles.normal(),
                    secret: secret.take(),
                };
                return self.carry_out(command);
            }
            secret.clear();
            again.clear();
        }
        ask.at = 2;
        ask.error = Some(self.tr("ask-person-differ"));
        self.over.push(Over::Ask(ask));
        Vec::new()
    }
}
