//! The desk that the screens stand on: who works here, which report is open, and
//! how the connection stands. It is the only writer of this process on the home,
//! apart from uplink and errands, which have replicas of their own.

use identity::SecretKey;
use messages::Arg;
use model::Level;
use replica::{Person, Replica, ReportKey, ScreenView};
use tui::{Effect, Identity, Msg, Passphrase, ReportRef, SyncView};
use wire::{PublicKey, Role};

use super::uplink::News;
use super::{said, shown};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::home::Home;
use crate::world::WallClock;

/// Whose key is open. The key is wiped when this is dropped.
pub(super) struct Open {
    pub(super) person: Person,
    pub(super) key: SecretKey,
}

impl Open {
    /// Whether changes of a report may rest on this key.
    pub(super) fn edits(&self) -> bool {
        let roles = &self.person.roles;
        roles.contains(&Role::Editor) || roles.contains(&Role::Head)
    }
}

/// The report in front.
pub(super) struct OpenReport {
    pub(super) key: ReportKey,
    /// What the screen shows of it.
    pub(super) seen: Option<Box<ScreenView>>,
}

/// Who works here on what.
pub(super) struct Desk<'c> {
    pub(super) context: &'c mut Context,
    pub(super) replica: Replica,
    pub(super) report: Option<OpenReport>,
    pub(super) open: Option<Open>,
    /// Who worked here last: a field left after the key was closed is still
    /// theirs.
    pub(super) author: Option<PublicKey>,
    pub(super) link: shown::Link,
    /// By how much the clock here is ahead of the level above's, as the last
    /// session showed.
    pub(super) clock_ahead_ms: Option<i64>,
    /// The file's version when it was last read.
    version: Option<i64>,
    /// Something was drafted since the last sealing.
    pub(super) dirty: bool,
}

impl<'c> Desk<'c> {
    pub(super) fn new(context: &'c mut Context, replica: Replica) -> Result<Self, Failure> {
        let link = match replica.address_above()? {
            Some(_) => shown::Link::Connecting,
            None => shown::Link::Offline,
        };
        let version = replica.store().data_version().ok();
        Ok(Desk {
            context,
            replica,
            report: None,
            open: None,
            author: None,
            link,
            clock_ahead_ms: None,
            version,
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

    /// Who is here.
    pub(super) fn identity(&self) -> Result<Identity, Failure> {
        Ok(Identity {
            unit: self.replica.unit().clone(),
            name: self.replica.known_name(self.replica.unit())?,
            rehearsal: self.replica.is_rehearsal(),
        })
    }

    /// How the connection stands, for the header of the pages.
    pub(super) fn link(&self) -> Result<Msg, Failure> {
        let sync = match self.replica.level() {
            Level::Ministry => SyncView::Top,
            _ => {
                // Counted for an open report; a page does not say how much waits.
                let seen = self.report.as_ref().and_then(|report| report.seen.as_ref());
                let pending = match seen {
                    Some(view) => view.pending,
                    None => self.unsealed()?,
                };
                shown::sync(&self.link, pending, self.context)
            }
        };
        Ok(Msg::Link {
            sync,
            clock_ahead_ms: self.clock_ahead_ms,
        })
    }

    /// A failure as the user reads it, with what to do about it.
    pub(super) fn words(&self, failure: &Failure) -> String {
        said::words(&self.context.catalogue, failure)
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

    /// Whether another connection has written since the last look.
    pub(super) fn has_changed(&mut self) -> bool {
        let version = self.replica.store().data_version().ok();
        let changed = version != self.version;
        self.version = version;
        changed
    }

    /// Carries out one effect, and gives the answers the screen waits for.
    pub(super) fn carry_out(&mut self, effect: Effect) -> Vec<Msg> {
        let answer = match effect {
            Effect::Form(effect) => {
                let answers = self.form_effect(effect).into_iter();
                return answers.map(Msg::Form).collect();
            }
            Effect::Open(report) => self.open_report(&report),
            Effect::Do {
                command,
                passphrase,
            } => return self.do_command(command, passphrase),
            Effect::KeepRemarks {
                unit,
                campaign,
                remarks,
            } => {
                let key = ReportKey::regular(&unit, &campaign.form, campaign.period);
                let kept = self.replica.keep_remarks(&key, &remarks);
                kept.map(|()| Vec::new()).map_err(Failure::from)
            }
            Effect::SyncNow => self.seal().map(|_| Vec::new()),
            Effect::Read(_) | Effect::Cancel | Effect::Quit => Ok(Vec::new()),
        };
        answer.unwrap_or_else(|failure| vec![Msg::Failed(self.words(&failure))])
    }

    fn open_report(&mut self, report: &ReportRef) -> Result<Vec<Msg>, Failure> {
        let key = ReportKey {
            unit: self.replica.unit().clone(),
            form: report.form.clone(),
            period: report.period,
            ordinal: report.ordinal,
        };
        let view = self.replica.screen_view(&key, self.context.now().now)?;
        let form = view.form.clone();
        self.report = Some(OpenReport {
            key,
            seen: Some(Box::new(view)),
        });
        let mut answers = vec![Msg::Opened { form }];
        // Whoever has opened their key goes on working, if they may edit.
        answers.extend(self.editor().map(|open| {
            let person = open.person.name.clone();
            Msg::Form(tui::form::Msg::Unlocked { person })
        }));
        Ok(answers)
    }

    /// The person with this role whose key the passphrase opens. Where several
    /// could be meant, the passphrase says who it is.
    pub(super) fn opened(&self, passphrase: &Passphrase, role: Role) -> Result<Open, Failure> {
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

    /// Who edits: a key that was opened for another role signs no changes.
    pub(super) fn editor(&self) -> Option<&Open> {
        self.open.as_ref().filter(|open| open.edits())
    }

    /// Somebody else works here from now on: what the one before drafted is signed
    /// while their key is still open.
    pub(super) fn seat(&mut self, open: Open) -> Result<&Open, Failure> {
        self.seal()?;
        self.author = Some(open.person.key);
        Ok(self.open.insert(open))
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
            News::InSync { at, ahead_ms } => {
                self.link = shown::Link::InSync(at);
                self.clock_ahead_ms = Some(ahead_ms);
            }
            News::Refused(count) => {
                let count = [("count", Arg::from(count))];
                let words = self.tr_with("screen-refused-entries", &count);
                self.link = shown::Link::Refused(words);
            }
            News::Failed { asked, failure } => {
                let message = self.words(&failure);
                self.link = match failure.exit {
                    Exit::Refused => {
                        let words = said::message(&self.context.catalogue, &failure);
                        shown::Link::Refused(words)
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
