//! Receipt chains that do not fit together, in words.
//!
//! All receipts of a node are one chain that only grows. Nobody but the node's own
//! unit holds all of it, so each checks what it can: the receipts it holds against
//! each other, the head that a node shows at every hello against them, and the head
//! that a rollup of the own unit names. What is found proves that a key was copied,
//! a home restored from an old backup, or a lie told; which of the three, people
//! have to find out.

use std::collections::BTreeSet;

use store::{ChainBreak, EntryFilter, ReceiptFork};
use wire::{Content, EntryId, Kind, PublicKey, Stream};

use crate::{Error, Replica};

/// Said of every finding: honest and dishonest causes look the same from here.
const CAUSES: &str = "a home restored from an old backup, a copied key, or a lie";

impl Replica {
    /// Everything that does not fit, one line each.
    pub(crate) fn chain_findings(&self) -> Result<Vec<String>, Error> {
        let mut findings = Vec::new();
        for fork in self.store.receipt_forks()? {
            let (node, what) = fork_words(&fork);
            findings.push(self.finding(&node, &what)?);
        }
        for found in self.store.chain_breaks()? {
            let (node, what) = break_words(&found);
            findings.push(self.finding(&node, &what)?);
        }
        for (node, head) in self.undelivered_heads()? {
            let what = format!(
                "it showed {} as its newest, and it was never delivered",
                head.short()
            );
            findings.push(self.finding(&node, &what)?);
        }
        for head in self.heads_of_own_rollups()? {
            findings.push(format!(
                "receipts of {}: a rollup names {} as the newest, and it is not held: {CAUSES}",
                self.unit,
                head.short()
            ));
        }
        Ok(findings)
    }

    fn finding(&self, node: &PublicKey, what: &str) -> Result<String, Error> {
        let unit = self.node_unit(node)?.or(self.revoked_unit(node)?);
        let unit = unit.map_or_else(|| "?".to_owned(), |unit| unit.to_string());
        let node = node.short();
        Ok(format!(
            "receipts of {unit} (node {node}): {what}: {CAUSES}"
        ))
    }

    /// The unit of a node whose credential has no effect any more.
    fn revoked_unit(&self, node: &PublicKey) -> Result<Option<model::UnitPath>, Error> {
        use identity::Ledger;
        let grants = self.store.grants_of(node)?.into_iter();
        let highest = grants.min_by_key(|grant| (grant.unit.ancestors().count(), grant.credential));
        Ok(highest.map(|grant| grant.unit))
    }

    /// Machines of one unit hold the same when they are in sync: also the head that
    /// the other one showed.
    fn undelivered_heads(&self) -> Result<Vec<(PublicKey, EntryId)>, Error> {
        let mut heads = Vec::new();
        for peer in self.store.peers()? {
            if let Some(head) = peer.receipts_head
                && peer.unit == self.unit
                && peer.in_sync
                && !self.store.has(&head)?
            {
                heads.push((peer.key, head));
            }
        }
        Ok(heads)
    }

    fn heads_of_own_rollups(&self) -> Result<BTreeSet<EntryId>, Error> {
        let filter = EntryFilter {
            unit: Some(self.unit.clone()),
            stream: Some(Stream::Rollup),
            kind: Some(Kind::Rollup),
            ..Default::default()
        };
        let mut heads = BTreeSet::new();
        for stored in self.store.entries(&filter)? {
            let Content::Rollup(content) = &stored.entry.body().content else {
                continue;
            };
            if let Some(head) = content.receipts_head
                && !self.store.has(&head)?
                && self.in_effect(&stored.entry)?
            {
                heads.insert(head);
            }
        }
        Ok(heads)
    }
}

fn list(ids: &[EntryId]) -> String {
    let short: Vec<String> = ids.iter().map(EntryId::short).collect();
    short.join(", ")
}

fn fork_words(fork: &ReceiptFork) -> (PublicKey, String) {
    match fork {
        ReceiptFork::SameSeq {
            node,
            seq,
            receipts,
        } => (*node, format!("{} all have number {seq}", list(receipts))),
        ReceiptFork::SamePrev {
            node,
            prev,
            receipts,
        } => (
            *node,
            format!("{} all follow {}", list(receipts), prev.short()),
        ),
        ReceiptFork::Backwards {
            node,
            receipt,
            prev,
        } => (
            *node,
            format!(
                "{} comes after {} and says an earlier time",
                receipt.short(),
                prev.short()
            ),
        ),
    }
}

fn break_words(found: &ChainBreak) -> (PublicKey, String) {
    match found {
        ChainBreak::WentBack { node, shown, held } => {
            let shown = shown.map_or_else(|| "no receipt".to_owned(), |id| id.short());
            let what = format!(
                "it showed {shown} as its newest after it had given {}",
                held.short()
            );
            (*node, what)
        }
        ChainBreak::Denied { node, receipt } => (
            *node,
            format!("it gave {} and does not take it back", receipt.short()),
        ),
    }
}
