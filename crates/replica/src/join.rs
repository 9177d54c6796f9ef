//! Joining by invite: no network, nobody online, no key on a server.

use identity::{Invite, SecretKey, Verified};
use model::{Entropy, Level};
use store::{Store, StoreError};
use wire::{Content, CredentialContent};

use crate::author::{Place, begin_with};
use crate::setup::{node_grant, person_grant};
use crate::{Clock, Error, Replica, meta};

/// The keys that a home joins with. The caller keeps them ([`Replica::join_keeping`]):
/// a home whose keys are lost is of no use to anybody.
pub struct JoinKeys {
    /// The first person, to be kept under a passphrase.
    pub person: SecretKey,
    /// This machine, to be kept in a file that only its owner reads.
    pub node: SecretKey,
}

impl JoinKeys {
    /// Draws both.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        JoinKeys {
            person: SecretKey::generate(entropy),
            node: SecretKey::generate(entropy),
        }
    }
}

impl Replica {
    /// Reads an invite and says for which unit it is, without using it.
    pub fn read_invite(text: &str, level: Level) -> Result<Invite, Error> {
        let invite = Invite::parse(text)?;
        if invite.unit().level() != level {
            return Err(Error::InviteElsewhere(invite.unit().clone()));
        }
        Ok(invite)
    }

    /// Uses an invite: issues this machine and its first person their credentials
    /// with the one-time key in a single entry.
    pub fn join(
        store: Store,
        invite: &Invite,
        keys: &JoinKeys,
        person_name: &str,
        machine_name: &str,
        clock: Clock,
    ) -> Result<Replica, Error> {
        Replica::join_keeping(
            store,
            invite,
            keys,
            person_name,
            machine_name,
            clock,
            || Ok(()),
        )
    }

    /// [`Replica::join`] for keys that live in files: `keep` as with
    /// [`Replica::found_keeping`].
    pub fn join_keeping<E: From<Error> + From<StoreError>>(
        mut store: Store,
        invite: &Invite,
        keys: &JoinKeys,
        person_name: &str,
        machine_name: &str,
        clock: Clock,
        keep: impl FnOnce() -> Result<(), E>,
    ) -> Result<Replica, E> {
        let grant = invite.grant().map_err(Error::from)?;
        if grant.until.is_some_and(|until| clock.now > until) {
            return Err(Error::InviteExpired.into());
        }
        let chain = invite.verify().map_err(Error::from)?;
        let rehearsal = chain.iter().any(is_rehearsal_root);
        if clock.simulated && !rehearsal {
            return Err(Error::NotRehearsal.into());
        }
        let level = invite.unit().level();
        let content = CredentialContent {
            grants: vec![
                person_grant(&keys.person, person_name, level),
                node_grant(&keys.node, machine_name),
            ],
            root: None,
            reenrol: false,
        };
        store.write(|tx| -> Result<(), E> {
            Replica::refuse_if_set_up(tx)?;
            keep()?;
            tx.set_meta(meta::UNIT, invite.unit().as_str())?;
            tx.set_meta(meta::ANCHOR, &invite.anchor.to_string())?;
            tx.set_meta(meta::REHEARSAL, if rehearsal { "1" } else { "0" })?;
            if let Some(address) = &invite.above {
                tx.set_meta(meta::ADDRESS_ABOVE, address)?;
            }
            for entry in &chain {
                tx.insert(entry, clock.now, None)?;
            }
            // All of it or nothing: half a home could neither work nor join again.
            let place = Place::org(invite.unit());
            let content = Content::Credential(content);
            begin_with(tx, &invite.anchor, &invite.secret, place, content, clock)?;
            Ok(())
        })?;
        Ok(Replica::open(store, keys.node.clone())?)
    }
}

fn is_rehearsal_root(entry: &Verified) -> bool {
    match &entry.body().content {
        Content::Credential(credential) => {
            credential.root.as_ref().is_some_and(|root| root.rehearsal)
        }
        _ => false,
    }
}
