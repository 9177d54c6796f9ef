//! The desk that the screens stand on: one report, one open key, and the
//! effects carried out against the replica.

use std::sync::Arc;

use identity::SecretKey;
use messages::Arg;
use model::{Form, Scalar};
use replica::{Person, Replica, ReportKey, ScreenView};
use tui::{Compared, Effect, Msg, Passphrase, ReportView};
use wire::{PublicKey, Role};

use super::uplink::News;
use super::{past, shown};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::home::Home;
use crate::world::WallClock;

/// Stands for the id of a row that is yet to be made.
const COPY: &str = "new";

/// Whose key is open. The key is wiped when this is dropped.
struct Open {
    person: Person,
    key: SecretKey,
}

/// One report and who works on it.
pub(super) struct Desk<'c> {
    context: &'c mut Context,
    replica: Replica,
    report: ReportKey,
    open: Option<Open>,
    /// Who worked here last: a field left after the key was closed is still
    /// theirs.
    author: Option<PublicKey>,
    /// What the screen shows.
    seen: Option<Box<ScreenView>>,
    link: shown::Link,
    /// The file's version when it was last read.
    version: Option<i64>,
    /// Something was drafted since the last sealing.
    dirty: bool,
}

impl<'c> Desk<'c> {
    pub(super) fn new(
        context: &'c mut Context,
        replica: Replica,
        report: ReportKey,
    ) -> Result<Self, Failure> {
        let link = match replica.address_above()? {
            Some(_) => shown::Link::Connecting,
            None => shown::Link::Offline,
        };
        Ok(Desk {
            context,
            replica,
            report,
            open: None,
            author: None,
            seen: None,
            link,
            version: None,
            dirty: false,
        })
    }

    pub(super) fn home(&self) -> &Home {
        &self.context.home
    }

    pub(super) fn clock(&self) -> &WallClock {
        &self.context.clock
    }

    pub(super) fn tr_with(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.context.tr_with(id, args)
    }

    /// The form of the report.
    pub(super) fn form(&self) -> Result<Arc<Form>, Failure> {
        Ok(self
            .replica
            .screen_view(&self.report, self.context.now().now)?
            .form)
    }

    /// A failure as the user reads it, with what to do about it.
    pub(super) fn words(&self, failure: &Failure) -> String {
        let message = failure.message(&self.context.catalogue);
        let hint = format!("hint-{}", failure.code);
        match self.context.catalogue.has(&hint) {
            true => format!("{message} {}", self.context.tr(&hint)),
            false => message,
        }
    }

    /// Whether somebody's key is open.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether something drafted here can be sealed now.
    pub(super) fn is_dirty(&self) -> bool {
        self.dirty && self.open.is_some()
    }

    /// Whether the level above answered the last time.
    pub(super) fn is_linked(&self) -> bool {
        matches!(self.link, shown::Link::InSync(_))
    }

    /// Closes the key.
    pub(super) fn lock(&mut self) {
        self.open = None;
    }

    /// Whether another connection has written since the last load.
    pub(super) fn has_changed(&self) -> bool {
        // A failed look is repeated by the load, which can say so.
        self.replica.store().data_version().ok() != self.version
    }

    /// The report as it is now.
    pub(super) fn load(&mut self) -> Msg {
        match self.read() {
            Ok(view) => Msg::Loaded(Box::new(view)),
            Err(failure) => Msg::Failed(self.words(&failure)),
        }
    }

    fn read(&mut self) -> Result<ReportView, Failure> {
        // The version first: what is committed in between is read again.
        self.version = self.replica.store().data_version().ok();
        let before = self.seen.as_ref().map_or(&[][..], |view| &view.seen);
        let now = self.context.now().now;
        let view = self.replica.screen_view_since(&self.report, now, before)?;
        let person = self.open.as_ref().map(|open| open.person.name.as_str());
        let head = self.context.acting(&self.replica, Role::Head);
        let signer = head.ok().map(|person| person.name);
        let shown = shown::report(
            &self.report,
            &view,
            person,
            signer,
            &self.link,
            self.context,
        );
        self.seen = Some(Box::new(view));
        Ok(shown)
    }

    /// Carries out one effect, and gives the answers the screen waits for.
    pub(super) fn carry_out(&mut self, effect: Effect) -> Vec<Msg> {
        if effect.is_save() {
            let answer = self.save(effect);
            return vec![answer.unwrap_or_else(|failure| Msg::NotSaved(self.words(&failure)))];
        }
        let answer = match effect {
            Effect::Load => return vec![self.load()],
            Effect::Unlock { passphrase } => self.unlock(&passphrase),
            Effect::Submit { passphrase } => self.submit(&passphrase),
            Effect::SyncNow => return self.before_sync(),
            Effect::LoadHistory => return vec![self.history()],
            Effect::LoadDiff { of } => return vec![self.diff(of)],
            _ => return Vec::new(),
        };
        vec![answer.unwrap_or_else(|failure| Msg::Failed(self.words(&failure)))]
    }

    /// What happened to the report, newest first.
    fn history(&self) -> Msg {
        let read = self.replica.history(&self.report);
        let lines = read.map(|lines| lines.iter().rev().map(past::line).collect());
        Msg::History(lines.map_err(|error| self.words(&error.into())))
    }

    /// What differs between two states of it.
    fn diff(&self, of: Compared) -> Msg {
        let read = past::diff(&self.replica, &self.report, &of);
        let lines = read.map_err(|failure| self.words(&failure));
        Msg::Diff { of, lines }
    }

    fn save(&mut self, effect: Effect) -> Result<Msg, Failure> {
        let person = self.author()?;
        let clock = self.context.now();
        let (replica, report) = (&mut self.replica, &self.report);
        let seen = self.seen.as_ref().map_or(&[][..], |view| &view.seen);
        let answer = match effect {
            Effect::SetValue { key, value } => {
                // Over a conflict that is on screen, a typed value settles it.
                match conflict(self.seen.as_deref(), &key).is_some() {
                    true => replica.choose_seen(report, &person, &key, value, seen, clock)?,
                    false => replica.put_seen(report, &person, &key, value, seen, clock)?,
                }
                Msg::Saved
            }
            Effect::SetText { code, base, text } => {
                replica.set_text(report, &person, &code, &base, &text, clock)?;
                Msg::Saved
            }
            Effect::AddRow { table, cells } => {
                let form = self.seen.as_ref().map(|view| &view.form);
                let lang = self.context.lang();
                // What can be shown can be typed.
                let typed = |(column, value): (String, Scalar)| {
                    let key = format!("{table}/{COPY}/{column}");
                    let text = form.map(|form| form.display(&key, &value, lang));
                    (column, text.unwrap_or_default())
                };
                let cells: Vec<_> = cells.into_iter().map(typed).collect();
                let env = &mut self.context.env();
                let row = replica.row_add(report, &person, &table, &cells, env)?;
                Msg::RowAdded {
                    table: row.table,
                    row: row.row,
                }
            }
            Effect::RemoveRow { table, row } => {
                replica.row_remove(report, &person, &table, &row, clock)?;
                Msg::Saved
            }
            Effect::RestoreRow { table, row, .. } => {
                let marker = format!("{table}/{row}");
                let there = Scalar::Bool(true);
                replica.put_seen(report, &person, &marker, there, seen, clock)?;
                Msg::Saved
            }
            Effect::ResolveConflict { key, index } => {
                let value: Option<Scalar> = conflict(self.seen.as_deref(), &key)
                    .and_then(|conflict| conflict.values.get(index))
                    .map(|value| value.value.clone());
                let value = value.ok_or_else(|| replica::Error::NoSuchConflict(key.clone()))?;
                replica.choose_seen(report, &person, &key, value, seen, clock)?;
                Msg::Saved
            }
            _ => return Err(Failure::new("usage", Exit::Usage)),
        };
        self.dirty = true;
        Ok(answer)
    }

    /// Whose edits these are.
    fn author(&self) -> Result<PublicKey, Failure> {
        match (&self.open, self.author) {
            (Some(open), _) => Ok(open.person.key),
            (None, Some(author)) => Ok(author),
            (None, None) => Ok(self.context.acting(&self.replica, Role::Editor)?.key),
        }
    }

    fn unlock(&mut self, passphrase: &Passphrase) -> Result<Msg, Failure> {
        let open = self.opened(passphrase, Role::Editor)?;
        let person = open.person.name.clone();
        self.author = Some(open.person.key);
        self.open = Some(open);
        // Drafts of an earlier sitting are signed with this one's.
        self.dirty = true;
        Ok(Msg::Unlocked { person })
    }

    /// The person with this role whose key the passphrase opens. Where several
    /// could be meant, the passphrase says who it is.
    fn opened(&self, passphrase: &Passphrase, role: Role) -> Result<Open, Failure> {
        let unlock = |person: Person| {
            let key = self.context.home.unlock(&person.key, passphrase.as_str())?;
            Ok::<_, Failure>(Open { person, key })
        };
        let ambiguous = match self.context.acting(&self.replica, role) {
            Ok(person) => return unlock(person),
            Err(failure) if failure.code == "role-ambiguous" => failure,
            Err(failure) => return Err(failure),
        };
        let people = self.replica.people(&self.context.home.person_keys())?;
        let able = |person: &Person| person.here && !person.revoked && person.roles.contains(&role);
        let mut opened = Vec::new();
        let mut wrong = None;
        for person in people.into_iter().filter(able) {
            match unlock(person) {
                Ok(open) => opened.push(open),
                Err(failure) => wrong = Some(failure),
            }
        }
        // Of two people with one passphrase the one at work is meant.
        if opened.len() > 1 {
            opened.retain(|open| Some(open.person.key) == self.author);
        }
        match (opened.pop(), wrong) {
            (Some(open), _) => Ok(open),
            (None, Some(failure)) => Err(failure),
            (None, None) => Err(ambiguous),
        }
    }

    fn submit(&mut self, passphrase: &Passphrase) -> Result<Msg, Failure> {
        let head = self.opened(passphrase, Role::Head)?;
        self.seal()?;
        self.replica
            .submit(&self.report, &head.key, &mut self.context.env())?;
        Ok(Msg::Submitted)
    }

    /// What is drafted goes along.
    fn before_sync(&mut self) -> Vec<Msg> {
        match self.seal() {
            Ok(0) => Vec::new(),
            Ok(_) => vec![self.load()],
            Err(failure) => vec![Msg::Failed(self.words(&failure))],
        }
    }

    /// Signs the drafts of the person whose key is open; none without one.
    pub(super) fn seal(&mut self) -> Result<usize, Failure> {
        // Not again after every failure: the next edit tries.
        self.dirty = false;
        match &self.open {
            Some(open) => Ok(self.replica.seal_all(&open.key, &mut self.context.env())?),
            None => Ok(0),
        }
    }

    /// Drafts on this machine that nobody has signed.
    pub(super) fn unsealed(&self) -> Result<usize, Failure> {
        Ok(self
            .replica
            .unsealed()?
            .into_iter()
            .map(|(_, count)| count)
            .sum())
    }

    /// Takes news of the uplink; a failure that the user waits for comes back in
    /// words.
    pub(super) fn heard(&mut self, news: News) -> Option<String> {
        match news {
            News::Connecting => self.link = shown::Link::Connecting,
            News::InSync(at) => self.link = shown::Link::InSync(at),
            News::Refused(reason) => self.link = shown::Link::Refused(reason),
            News::Failed { asked, failure } => {
                let message = self.words(&failure);
                self.link = match failure.exit {
                    Exit::Refused => {
                        shown::Link::Refused(failure.cause.unwrap_or_else(|| message.clone()))
                    }
                    _ => shown::Link::Offline,
                };
                return asked.then_some(message);
            }
            News::Terminate => {}
        }
        None
    }
}

/// The conflict at a key of what is on screen.
fn conflict<'v>(seen: Option<&'v ScreenView>, key: &str) -> Option<&'v replica::ConflictView> {
    seen?.conflicts.iter().find(|conflict| conflict.code == key)
}
