//! One node of the story: a home on disk, the replica in it, and the person who
//! works there with their key unlocked.
//!
//! This is all that a program needs of the library to take part: `Home` keeps
//! keys, `Replica` is what a node does, `net` brings two nodes together.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use identity::SecretKey;
use model::{Period, UnitPath};
use node::home::{Home, KeyFile};
use node::net::{self, Listening};
use node::world::{OsEntropy, WallClock};
use replica::{Clock, Env, Founded, JoinKeys, QUARTERLY_FORM, Replica, ReportKey, ReportView};
use wire::EntryId;

use crate::cast::PASSPHRASE;

/// The quarter that the story is about.
pub(crate) const PERIOD: Period = Period::Quarter(2026, 2);

/// Sessions until two nodes hold the same; more would mean that they never will.
const SESSIONS_MAX_COUNT: usize = 5;

/// A node and who works there.
pub(crate) struct Node {
    /// Its folder.
    pub(crate) home: Home,
    /// What it holds and does.
    pub(crate) replica: Replica,
    /// Its unit's name.
    pub(crate) name: String,
    /// The person, who has every role here.
    pub(crate) person: SecretKey,
    clock: WallClock,
}

impl Node {
    /// The ministry: the first node of a tree, and its anchor.
    pub(crate) fn found(dir: &Path, name: &str, person: &str, clock: WallClock) -> Result<Self> {
        let home = Home::new(dir);
        let store = home.create_store()?;
        let keys = Founded::generate(&mut OsEntropy);
        let files = [
            home.node_key_file(&keys.node)?,
            home.person_key_file(&keys.person, PASSPHRASE, &mut OsEntropy)?,
            home.root_key_file("root", &keys.root, PASSPHRASE, &mut OsEntropy)?,
            home.root_key_file("next", &keys.next_root, PASSPHRASE, &mut OsEntropy)?,
        ];
        let keep = || files.iter().try_for_each(KeyFile::keep);
        let (rehearsal, now) = (true, clock.read());
        let replica = Replica::found_keeping(store, &keys, name, person, rehearsal, now, keep)?;
        Ok(Node {
            home,
            replica,
            name: name.to_owned(),
            person: keys.person,
            clock,
        })
    }

    /// Any other node: by an invite, without a network.
    pub(crate) fn join(
        dir: &Path,
        invite: &str,
        person: &str,
        machine: &str,
        clock: WallClock,
    ) -> Result<Self> {
        let invite = identity::Invite::parse(invite)?;
        let home = Home::new(dir);
        let store = home.create_store()?;
        let keys = JoinKeys::generate(&mut OsEntropy);
        let files = [
            home.node_key_file(&keys.node)?,
            home.person_key_file(&keys.person, PASSPHRASE, &mut OsEntropy)?,
        ];
        let keep = || files.iter().try_for_each(KeyFile::keep);
        let name = invite.grant()?.name.clone();
        let now = clock.read();
        let replica = Replica::join_keeping(store, &invite, &keys, person, machine, now, keep)?;
        Ok(Node {
            home,
            replica,
            name,
            person: keys.person,
            clock,
        })
    }

    /// Invites a unit directly below, or another machine of this unit.
    pub(crate) fn invite(&mut self, unit: &UnitPath, name: &str) -> Result<String> {
        let env = &mut Env {
            clock: self.clock.read(),
            entropy: &mut OsEntropy,
        };
        let issued = self.replica.invite(&self.person, unit, name, None, env)?;
        Ok(issued.text)
    }

    /// Listens on loopback, and keeps in touch with the level above.
    pub(crate) async fn serve(&self) -> Result<Listening> {
        let anywhere = ([127, 0, 0, 1], 0).into();
        Ok(net::serve(&self.home, Some(anywhere), None, self.clock).await?)
    }

    /// The person pauses: what was typed is signed.
    pub(crate) fn sign(&mut self) -> Result<usize> {
        let env = &mut Env {
            clock: self.clock.read(),
            entropy: &mut OsEntropy,
        };
        Ok(self.replica.seal_all(&self.person, env)?)
    }

    /// Signs what was typed here and exchanges with the level above until both
    /// hold the same. The second session fetches the receipts for the first; a
    /// further one is needed if the level above heard something meanwhile.
    pub(crate) async fn sync(&mut self) -> Result<()> {
        self.sign()?;
        let above = self.replica.address_above()?.context("không có địa chỉ")?;
        for session in 1..=SESSIONS_MAX_COUNT {
            let dialled = net::dial_with(
                &mut self.replica,
                &self.home,
                &above,
                None,
                Vec::new(),
                &self.clock,
            );
            if dialled.await?.outcome.in_sync && session > 1 {
                return Ok(());
            }
        }
        bail!("{} chưa đồng bộ với {above}", self.name)
    }

    /// This unit's report of the quarter.
    pub(crate) fn report(&self) -> ReportKey {
        ReportKey::regular(self.replica.unit(), QUARTERLY_FORM, PERIOD)
    }

    /// Fills in from TOML. Durable at once, not signed yet.
    pub(crate) fn fill(&mut self, toml: &str) -> Result<usize> {
        let key = self.report();
        let person = self.person.public();
        let env = &mut Env {
            clock: self.clock.read(),
            entropy: &mut OsEntropy,
        };
        Ok(self.replica.fill(&key, &person, toml, env)?.values)
    }

    /// Sets one field from what was typed.
    pub(crate) fn set(&mut self, code: &str, typed: &str) -> Result<()> {
        let key = self.report();
        let person = self.person.public();
        Ok(self
            .replica
            .set(&key, &person, code, typed, self.clock.read())?)
    }

    /// Takes one of a field's concurrent values, by its number.
    pub(crate) fn choose(&mut self, code: &str, take: usize) -> Result<()> {
        let key = self.report();
        let person = self.person.public();
        self.replica
            .resolve(&key, &person, code, take, self.clock.read())?;
        Ok(())
    }

    /// The head signs the report as it is.
    pub(crate) fn submit(&mut self) -> Result<EntryId> {
        let key = self.report();
        let env = &mut Env {
            clock: self.clock.read(),
            entropy: &mut OsEntropy,
        };
        Ok(self.replica.submit(&key, &self.person, env)?.0)
    }

    /// The report as it is here.
    pub(crate) fn show(&self) -> Result<ReportView> {
        Ok(self.replica.show(&self.report())?)
    }

    /// The time.
    pub(crate) fn now(&self) -> Clock {
        self.clock.read()
    }

    /// The clock itself.
    pub(crate) fn clock(&self) -> &WallClock {
        &self.clock
    }
}
