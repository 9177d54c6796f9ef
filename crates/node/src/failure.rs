//! What a command says when it could not do what it was asked: a stable code, a
//! message and a hint in the user's language, and the exit code.

use std::fmt;
use std::process::ExitCode;

use messages::{Arg, Catalogue};
use replica::Class;

/// Exit codes, as scripts rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 1: could not be done; also `report check` with errors.
    Failed,
    /// 2: asked for in the wrong way.
    Usage,
    /// 3: what was named does not exist.
    NotFound,
    /// 4: refused by authorisation or verification.
    Refused,
    /// 5: the peer cannot be reached.
    Unreachable,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::NotFound => 3,
            Exit::Refused => 4,
            Exit::Unreachable => 5,
        })
    }
}

impl From<Class> for Exit {
    fn from(class: Class) -> Self {
        match class {
            Class::Failed => Exit::Failed,
            Class::Usage => Exit::Usage,
            Class::NotFound => Exit::NotFound,
            Class::Refused => Exit::Refused,
        }
    }
}

/// A command that did nothing, and why.
#[derive(Debug)]
pub struct Failure {
    /// A stable name; the catalogue has `error-<code>` and, mostly, `hint-<code>`.
    pub code: &'static str,
    /// The exit code.
    pub exit: Exit,
    /// What the message names.
    pub args: Vec<(&'static str, String)>,
    /// The technical cause, for the log and in brackets.
    pub cause: Option<String>,
    /// The same in English, where the cause itself is in the user's language.
    pub cause_en: Option<String>,
    /// Message id of a reason for people, which screens give in place of the cause.
    pub why: Option<&'static str>,
}

impl Failure {
    /// A failure with nothing to name.
    pub fn new(code: &'static str, exit: Exit) -> Self {
        Failure {
            code,
            exit,
            args: Vec::new(),
            cause: None,
            cause_en: None,
            why: None,
        }
    }

    /// Names something.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// Says what lies underneath.
    pub fn because(mut self, cause: impl ToString) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// Gives the reason a name in the catalogue.
    pub fn why(mut self, id: &'static str) -> Self {
        self.why = Some(id);
        self
    }

    /// The message for people.
    pub fn message(&self, catalogue: &Catalogue) -> String {
        let args: Vec<(&str, Arg<'_>)> = self
            .args
            .iter()
            .map(|(name, value)| (*name, Arg::from(value)))
            .collect();
        let message = catalogue.tr_with(&format!("error-{}", self.code), &args);
        let english = catalogue.lang() == messages::Lang::En;
        let cause = self.cause_en.as_ref().filter(|_| english);
        match cause.or(self.cause.as_ref()) {
            Some(cause) => format!("{message} ({cause})"),
            None => message,
        }
    }

    /// What to do next.
    pub fn hint(&self, catalogue: &Catalogue) -> String {
        catalogue.tr(&format!("hint-{}", self.code))
    }
}

/// In short, for logs and for programs that use this library; people read
/// [`Failure::message`].
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)?;
        for (name, value) in &self.args {
            write!(f, " {name}={value}")?;
        }
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

impl From<replica::Error> for Failure {
    fn from(error: replica::Error) -> Self {
        use replica::Error as E;
        let failure = Failure::new(error.code(), error.class().into());
        match error {
            E::RoleMissing { role, unit } => failure.with("role", role).with("unit", unit),
            E::RoleAmbiguous { role, names } => failure.with("role", role).with("names", names),
            E::KeyInUnits { key, units } => failure.with("key", key).with("units", units),
            E::NoSuchPerson(name) | E::NoSuchForm(name) | E::NoSuchEntry(name) => {
                failure.with("name", name)
            }
            E::NoSuchUnit(unit)
            | E::AlreadySetUp(unit)
            | E::InviteElsewhere(unit)
            | E::NoInviteToExtend(unit) => failure.with("unit", unit),
            E::NoSuchField(code) | E::NoSuchConflict(code) => failure.with("field", code),
            E::NoSuchRow { table, row } => failure.with("table", table).with("row", row),
            E::NoSubmission { unit, period } | E::NoRollup { unit, period } => {
                failure.with("unit", unit).with("period", period)
            }
            E::Value { code, source } => {
                let mut failure = failure
                    .with("field", code)
                    .because(source.message(model::Lang::Vi));
                failure.cause_en = Some(source.message(model::Lang::En));
                failure
            }
            E::CheckFailed(check) => failure.with("count", check.errors.len()).because(
                check
                    .errors
                    .iter()
                    .map(|f| f.code.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            E::DraftsLeft(names) => failure.with("names", names),
            E::FormExists { name, version } => failure.with("name", name).with("version", version),
            E::FormOwned { name, unit } => failure.with("name", name).with("unit", unit),
            E::DueNeeded(period) => failure.with("period", period),
            E::TwoSubmissions | E::NotSetUp | E::NotRehearsal | E::InviteExpired => failure,
            other => failure.because(deepest(&other)),
        }
    }
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Self {
        replica::Error::from(error).into()
    }
}

/// An error with everything underneath it, in one line.
pub fn deepest(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        source = inner.source();
    }
    text
}
