//! What an open report asks for: loading, saving, unlocking, submitting.

use model::Scalar;
use replica::{Clock, Replica, ReportKey};
use tui::Passphrase;
use tui::form::{Compared, Effect, Msg, ReportView, Upon};
use wire::{ChangeHash, PublicKey, Role};

use super::desk::Desk;
use super::{past, shown};
use crate::failure::{Exit, Failure};

/// Stands for the id of a row that is yet to be made.
const COPY: &str = "new";

impl Desk<'_> {
    /// Carries out one effect, and gives the answers the form waits for.
    pub(super) fn form_effect(&mut self, effect: Effect) -> Vec<Msg> {
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
            Effect::Leave => return self.leave_report(),
            _ => return Vec::new(),
        };
        vec![answer.unwrap_or_else(|failure| Msg::Failed(self.words(&failure)))]
    }

    /// The report as it is now.
    pub(super) fn load(&mut self) -> Msg {
        match self.read() {
            Ok(view) => Msg::Loaded(Box::new(view)),
            Err(failure) => Msg::Failed(self.words(&failure)),
        }
    }

    fn read(&mut self) -> Result<ReportView, Failure> {
        let Some(report) = &mut self.report else {
            return Err(Failure::new("usage", Exit::Usage));
        };
        let before = report.seen.as_ref().map_or(&[][..], |view| &view.seen);
        let now = self.context.now().now;
        let view = self.replica.screen_view_since(&report.key, now, before)?;
        let person = self.open.as_ref();
        let person = person.filter(|open| open.edits());
        let person = person.map(|open| open.person.name.as_str());
        let head = self.context.acting(&self.replica, Role::Head);
        let people = shown::People {
            here: person,
            signer: head.ok().map(|person| person.name),
        };
        let shown = shown::report(&report.key, &view, people, &self.link, self.context);
        report.seen = Some(Box::new(view));
        Ok(shown)
    }

    /// What happened to the report, newest first. What is drafted belongs to it,
    /// and is signed if a key is open.
    fn history(&mut self) -> Msg {
        if let Err(failure) = self.seal() {
            tracing::warn!(code = failure.code, "not sealed for the history");
        }
        let read = match &self.report {
            Some(open) => self.replica.history(&open.key).map_err(Failure::from),
            None => Err(Failure::new("usage", Exit::Usage)),
        };
        let lines = read.map(|lines| lines.iter().rev().map(past::line).collect());
        Msg::History(lines.map_err(|failure| self.words(&failure)))
    }

    /// What differs between two states of it.
    fn diff(&self, of: Compared) -> Msg {
        let read = match &self.report {
            Some(open) => past::diff(&self.replica, &open.key, &of),
            None => Err(Failure::new("usage", Exit::Usage)),
        };
        let lines = read.map_err(|failure| match failure.code {
            "no-submission" => self.context.tr(past::missing(&of)),
            _ => self.words(&failure),
        });
        Msg::Diff { of, lines }
    }

    fn save(&mut self, effect: Effect) -> Result<Msg, Failure> {
        let person = self.author()?;
        let clock = self.context.now();
        let Some(open) = &self.report else {
            return Err(Failure::new("usage", Exit::Usage));
        };
        let (replica, report, view) = (&mut self.replica, &open.key, open.seen.as_deref());
        let answer = match effect {
            Effect::SetValue { key, value, upon }
            | Effect::ResolveConflict { key, value, upon } => {
                write(replica, report, &person, &key, value, &upon, clock)?;
                Msg::Saved
            }
            Effect::SetText { code, base, text } => {
                replica.set_text(report, &person, &code, &base, &text, clock)?;
                Msg::Saved
            }
            Effect::AddRow { table, cells } => {
                let lang = self.context.lang();
                // What can be shown can be typed.
                let typed = |(column, value): (String, Scalar)| {
                    let key = format!("{table}/{COPY}/{column}");
                    let text = view.map(|view| view.form.display(&key, &value, lang));
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
            // A row's marker is a value as any other: what a colleague wrote into
            // the row unseen stays beside its removal.
            Effect::RemoveRow { table, row, upon } => {
                let (marker, gone) = (format!("{table}/{row}"), Scalar::Bool(false));
                write(replica, report, &person, &marker, gone, &upon, clock)?;
                Msg::Saved
            }
            Effect::RestoreRow {
                table, row, upon, ..
            } => {
                let (marker, there) = (format!("{table}/{row}"), Scalar::Bool(true));
                write(replica, report, &person, &marker, there, &upon, clock)?;
                Msg::Saved
            }
            _ => return Err(Failure::new("usage", Exit::Usage)),
        };
        self.dirty = true;
        Ok(answer)
    }

    /// Whose edits these are.
    fn author(&self) -> Result<PublicKey, Failure> {
        match (self.editor(), self.author) {
            (Some(open), _) => Ok(open.person.key),
            (None, Some(author)) if self.open.is_none() => Ok(author),
            (None, _) => Ok(self.context.acting(&self.replica, Role::Editor)?.key),
        }
    }

    fn unlock(&mut self, passphrase: &Passphrase) -> Result<Msg, Failure> {
        let open = self.opened(passphrase, Role::Editor)?;
        let person = open.person.name.clone();
        self.seat(open)?;
        // Drafts of an earlier sitting are signed with this one's.
        self.dirty = true;
        Ok(Msg::Unlocked { person })
    }

    /// Signs what the summary showed, drafts included: what has come since is read
    /// first.
    fn submit(&mut self, passphrase: &Passphrase) -> Result<Msg, Failure> {
        let head = self.opened(passphrase, Role::Head)?;
        let Some(report) = &self.report else {
            return Err(Failure::new("usage", Exit::Usage));
        };
        let key = report.key.clone();
        let seen = report.seen.as_ref().map_or(&[][..], |view| &view.seen);
        let editor = self.open.as_ref().map(|open| &open.key);
        let env = &mut self.context.env();
        self.replica
            .submit_seen(&key, seen, editor, &head.key, env)?;
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

    /// The report is left: what was drafted is signed, if a key is open.
    fn leave_report(&mut self) -> Vec<Msg> {
        if let Err(failure) = self.seal() {
            tracing::warn!(code = failure.code, "not sealed on leaving a report");
        }
        self.report = None;
        Vec::new()
    }
}

/// Drafts one value upon what the person saw; concurrent values that were on
/// screen are settled by it.
fn write(
    replica: &mut Replica,
    report: &ReportKey,
    person: &PublicKey,
    key: &str,
    value: Scalar,
    upon: &Upon,
    clock: Clock,
) -> Result<(), replica::Error> {
    let seen: Vec<ChangeHash> = upon.seen.0.iter().copied().map(ChangeHash).collect();
    match upon.settles {
        true => replica.choose_seen(report, person, key, value, &seen, clock),
        false => replica.put_seen(report, person, key, value, &seen, clock),
    }
}
