//! What every command has at hand.

use identity::SecretKey;
use messages::{Arg, Catalogue};
use model::{Lang, Level};
use replica::{Clock, Env, Person, Replica};
use wire::Role;

use crate::args::Global;
use crate::failure::Failure;
use crate::home::Home;
use crate::secret::Passphrases;
use crate::world::{OsEntropy, WallClock};

/// The world of one command.
pub(crate) struct Context {
    /// The level of the binary.
    pub(crate) level: Level,
    /// Where the node lives.
    pub(crate) home: Home,
    /// The texts.
    pub(crate) catalogue: Catalogue,
    /// The clock.
    pub(crate) clock: WallClock,
    /// The randomness.
    pub(crate) entropy: OsEntropy,
    /// The passphrases.
    pub(crate) passphrases: Passphrases,
    /// Whether to print JSON.
    pub(crate) json: bool,
    person: Option<String>,
}

impl Context {
    /// From the command line.
    pub(crate) fn new(level: Level, global: &Global) -> Result<Self, Failure> {
        let lang = if global.lang == "en" {
            messages::Lang::En
        } else {
            messages::Lang::Vi
        };
        let home = match &global.home {
            Some(dir) => Home::new(dir),
            None => Home::default_for(level)?,
        };
        Ok(Context {
            level,
            home,
            catalogue: Catalogue::new(lang),
            clock: WallClock::new(global.at),
            entropy: OsEntropy,
            passphrases: Passphrases::new(global.passphrase_file.clone()),
            json: global.json,
            person: global.person.clone(),
        })
    }

    /// The language for what `model` puts in words.
    pub(crate) fn lang(&self) -> Lang {
        match self.catalogue.lang() {
            messages::Lang::Vi => Lang::Vi,
            messages::Lang::En => Lang::En,
        }
    }

    /// A text.
    pub(crate) fn tr(&self, id: &str) -> String {
        self.catalogue.tr(id)
    }

    /// A text with arguments.
    pub(crate) fn tr_with(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.catalogue.tr_with(id, args)
    }

    /// In time or not, in words.
    pub(crate) fn timeliness(&self, timeliness: wire::Timeliness) -> String {
        self.tr(match timeliness {
            wire::Timeliness::OnTime => "cli-on-time",
            wire::Timeliness::SignedOnTime => "cli-signed-on-time",
            wire::Timeliness::Late => "cli-late",
        })
    }

    /// The node of this home; a stopped clock is refused outside a rehearsal.
    pub(crate) fn open(&self) -> Result<Replica, Failure> {
        let replica = self.home.open()?;
        if replica.level() != self.level {
            return Err(replica::Error::AlreadySetUp(replica.unit().clone()).into());
        }
        replica.check_clock(self.now())?;
        Ok(replica)
    }

    /// The time now.
    pub(crate) fn now(&self) -> Clock {
        self.clock.read()
    }

    /// Time and randomness for a command.
    pub(crate) fn env(&mut self) -> Env<'_> {
        Env {
            clock: self.clock.read(),
            entropy: &mut self.entropy,
        }
    }

    /// The person who acts with this role.
    pub(crate) fn acting(&self, replica: &Replica, role: Role) -> Result<Person, Failure> {
        Ok(replica.acting(&self.home.person_keys(), self.person.as_deref(), role)?)
    }

    /// The key of the person who acts with this role.
    pub(crate) fn unlock(&self, replica: &Replica, role: Role) -> Result<SecretKey, Failure> {
        let person = self.acting(replica, role)?;
        self.unlock_person(&person)
    }

    /// A person's key.
    pub(crate) fn unlock_person(&self, person: &Person) -> Result<SecretKey, Failure> {
        let prompt = self.tr_with("cli-passphrase-of", &[("name", Arg::from(&person.name))]);
        let passphrase = self.passphrases.get(&prompt)?;
        self.home.unlock(&person.key, &passphrase)
    }

    /// Signs the drafts of everybody here whose passphrase is at hand, before
    /// something is sent. Says how many drafts stay unsigned.
    pub(crate) fn seal_what_can_be(&mut self, replica: &mut Replica) -> Result<usize, Failure> {
        for (person, _) in replica.unsealed()? {
            let key = match self.passphrases.is_at_hand() {
                true => self
                    .passphrases
                    .get("")
                    .and_then(|p| self.home.unlock(&person, &p))
                    .ok(),
                false => None,
            };
            if let Some(key) = key {
                replica.seal_all(&key, &mut self.env())?;
            }
        }
        let left = replica.unsealed()?.into_iter();
        Ok(left.map(|(_, count)| count).sum())
    }
}

impl Context {
    /// Progress of long work, on stderr so that answers stay clean.
    pub(crate) fn progress(&self, done: usize, of: usize, what: &str) {
        tracing::info!(done, of, what, "progress");
        if !self.json {
            let mut err = std::io::stderr().lock();
            let _ = std::io::Write::write_fmt(&mut err, format_args!("[{done}/{of}] {what}\n"));
        }
    }
}
