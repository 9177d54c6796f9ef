//! Switches that break the node on purpose, one bug each, for the tests that must
//! notice.
//!
//! A [`Bug`] is asked for where a careless programmer would have made it, by
//! `model::sabotaged!(SkipSignature)`, and is on only inside [`with`], on the
//! thread that called it. Which test catches which bug: `tests/tests/sabotage`.
//!
//! Invariants: this module is compiled with the feature `sabotage` *and*
//! `debug_assertions` only; everywhere else the macro is the literal `false` and
//! no bug has a name. Where it is compiled, [`is_on`] looks every bug up by a text
//! that begins with `sabotage:`, so that a binary shows whether it has switches.

use std::cell::Cell;

macro_rules! bugs {
    ($($(#[$doc:meta])* $bug:ident,)*) => {
        /// A bug that can be switched on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Bug {
            $($(#[$doc])* $bug,)*
        }

        impl Bug {
            /// Every bug.
            pub const ALL: &[Bug] = &[$(Bug::$bug,)*];

            /// Its name, as the macro takes it.
            pub fn name(self) -> &'static str {
                self.mark().trim_start_matches("sabotage:")
            }

            /// The text that a binary with switches contains.
            fn mark(self) -> &'static str {
                match self {
                    $(Bug::$bug => concat!("sabotage:", stringify!($bug)),)*
                }
            }
        }
    };
}

bugs! {
    // Bytes.
    /// A decoder takes a second spelling of what an entry says.
    SkipCanonicalCheck,
    /// A frame of any size is decoded.
    IgnoreFrameLimit,
    /// A batch unpacks to whatever size its compressed bytes claim.
    IgnoreUnpackLimit,
    /// Content of an unknown kind is thrown away instead of held.
    DropUnknownKinds,

    // Signatures and rights.
    /// No signature is looked at.
    SkipSignature,
    /// Ed25519 is verified as RFC 8032 allows, not strictly.
    PlainVerify,
    /// A key of small order, for which anybody can sign, is a key like any other.
    AcceptWeakKeys,
    /// The table asks for a role, but not for one at the right unit.
    SkipUnitCheck,
    /// The table asks for the right unit, but for no particular role.
    SkipRoleCheck,
    /// A registrar above gives keys of the unit below out himself.
    ParentMintsKeys,
    /// Any root key is the ministry's.
    AcceptAnyRoot,
    /// An invite's key may do what the invite can pass on.
    InviteActs,
    /// What was signed under a simulated clock counts in a real tree.
    AcceptSimulated,

    // Effect.
    /// A revoked key's entries go on counting.
    IgnoreRevocation,
    /// A revoked node may go on syncing.
    ServeRevokedNode,
    /// A revoked node's receipts still decide what was when.
    CountRevokedReceipts,
    /// A credential never ends.
    IgnoreExpiry,
    /// An invite's second use counts as its first.
    CountSecondUse,
    /// A revocation takes down what was made and held before it.
    RevokeThePast,
    /// A unit that was enrolled again looks like any other.
    HideReenrolment,

    // The gate and the document.
    /// A change's checksum is not compared with its content.
    SkipChecksum,
    /// The totals that a change's columns claim have no upper bound.
    SkipColumnTotals,
    /// A change may use the actor of somebody else.
    AcceptForeignActor,
    /// What an operation refers to is left to Automerge, and its panic to nobody.
    TrustAutomerge,
    /// A change's operations may begin at any counter.
    SkipStartOpCheck,
    /// One change that is set aside holds up the whole report.
    QuarantineStopsAll,
    /// A seal uses the actor of the seal before it.
    ReuseActor,
    /// A sealed change does not have the first number of its actor.
    SeqStartsAtTwo,
    /// A draft is sealed upon what is there now, not upon what its author saw.
    SealAtCurrentHeads,
    /// Of concurrent values one is shown, and no other.
    HideConflicts,
    /// A submission is not compared with what its author saw when signing.
    SkipSnapshotDigest,
    /// A field that is edited twice forgets what its author saw the first time.
    ForgetFirstHeads,

    // The store.
    /// `synchronous=NORMAL`: a commit returns before it is on the disk.
    SynchronousNormal,
    /// What a killed process had not synced is shown before it is.
    TrustUnsyncedLog,
    /// A write transaction that succeeded is rolled back.
    SkipCommit,
    /// An entry is committed before its projections are written.
    ProjectApart,
    /// The total of a unit's own stream is not kept up.
    ForgetTotal,
    /// What a peer refused stays in the fingerprint that it is shown.
    KeepWithheldInSum,
    /// Drafts are deleted before the change made of them is stored.
    DropDraftsEarly,

    // What arrives, and the session.
    /// One entry with a bad signature costs the rest of its batch.
    RefusalStopsBatch,
    /// A forged entry is remembered under the id of the true one.
    RememberForgedId,
    /// What waits for its author's credential waits for ever.
    NeverUnpark,
    /// What strangers send is kept until somebody vouches for it.
    KeepForStrangers,
    /// A batch is acknowledged whether or not it could be stored.
    AckUnstored,
    /// Entries outside of what the two share are taken.
    TakeOutsideRanges,
    /// What a peer refused once is never offered to it again.
    NeverOfferAgain,
    /// Two nodes are in sync because they say so.
    SkipComparison,
    /// What is new is pushed, but for the first entry.
    PushSkipsOne,
    /// A peer's mark is set beyond what it was sent.
    MarkTooHigh,
    /// A submission is sent before the changes that it rests on.
    SubmissionFirst,
    /// Anybody may ask for the reports of the units below.
    GrantAnyAsk,

    // Receipts and time.
    /// A submission that is held completely gets no receipt.
    DropReceipt,
    /// A submission is received before everything it rests on is held.
    ReceiptUnseen,
    /// A receipt that a crash kept back is never given.
    ForgetOwedReceipts,
    /// A facility believes every proof that its report went into a rollup.
    TrustInclusionProof,
    /// Nobody looks whether a node's receipts are one chain.
    OverlookReceiptForks,
    /// A node may show an older chain of receipts than it did before.
    OverlookOlderChain,
    /// Two receipts of one transaction follow the same one.
    ForkReceipts,
    /// A receipt has the clock's time, even if that went back.
    ReceiptsRunBackwards,
    /// Whether a report is in time is decided by its author's clock.
    TrustAuthorsClock,
    /// A report that is received at the due time is in time.
    DueTimeIncluded,

    // Rollups.
    /// A late report is counted among those on time.
    CountLateAsOnTime,
    /// A returned report goes into the rollup.
    CountReturned,
    /// Who has not reported is not named.
    HideMissing,
    /// Shares are added up over the base of one: as counts, not as shares.
    KeepFirstShareBase,
    /// Ratios are added up over the base of one.
    KeepFirstRatioBase,
    /// A rollup's inputs are not compared with the root that was signed.
    SkipMerkleRoot,
    /// Deep verification does not compare the numbers with the reports.
    TrustTheNumbers,
    /// Deep verification does not look at the receipt that an input names.
    TrustNamedReceipt,
    /// Deep verification does not look for units that were left out.
    OverlookHidden,
    /// Of rollups that stand side by side one is picked, the other forgotten.
    PickOneOfFork,
}

thread_local! {
    static ON: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Whether a bug is switched on, on this thread.
pub fn is_on(bug: Bug) -> bool {
    ON.with(|on| on.get() == Some(bug.mark()))
}

/// Runs `f` with one bug switched on; it is off again however `f` ends. A bug
/// inside of another one takes its place for as long.
pub fn with<T>(bug: Bug, f: impl FnOnce() -> T) -> T {
    let _off = Off(ON.replace(Some(bug.mark())));
    f()
}

struct Off(Option<&'static str>);

impl Drop for Off {
    fn drop(&mut self) {
        ON.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bug_is_on_inside_and_off_after_a_panic() {
        assert!(!is_on(Bug::SkipSignature));
        let panicked = std::panic::catch_unwind(|| {
            with(Bug::SkipSignature, || {
                assert!(crate::sabotaged!(SkipSignature) && !crate::sabotaged!(PlainVerify));
                panic!("as expected");
            })
        });
        assert!(panicked.is_err() && !is_on(Bug::SkipSignature));
    }

    #[test]
    fn a_bug_is_on_only_on_its_thread_and_the_inner_one_holds() {
        with(Bug::SkipCommit, || {
            std::thread::scope(|scope| {
                let elsewhere = scope.spawn(|| is_on(Bug::SkipCommit));
                assert!(!elsewhere.join().unwrap());
            });
            with(Bug::SkipChecksum, || assert!(!is_on(Bug::SkipCommit)));
            assert!(is_on(Bug::SkipCommit));
        });
    }
}
