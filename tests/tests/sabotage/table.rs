//! The table of bug and catcher.
//!
//! The bugs are described where they are declared (`model::sabotage::Bug`), the
//! scenarios where they are written: one function each, in the module named here.

use model::sabotage::Bug::{self, *};

use crate::run::Seen;
use crate::{arriving, bytes, documents, effect, receipts, rights, rollups, sessions, stores};

/// What must notice a bug.
#[derive(Clone, Copy)]
pub(crate) enum Catcher {
    /// A story with real replicas in memory, by its name.
    Scenario(&'static str, fn() -> Seen),
}

impl Catcher {
    /// What it is called; one name is one catcher.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Catcher::Scenario(name, _) => name,
        }
    }

    /// Looks: content, or what it saw.
    pub(crate) fn run(&self) -> Seen {
        match self {
            Catcher::Scenario(_, run) => run(),
        }
    }
}

macro_rules! rows {
    ($($bug:ident => $module:ident::$scenario:ident,)*) => {
        &[$((
            $bug,
            Catcher::Scenario(
                concat!(stringify!($module), "::", stringify!($scenario)),
                $module::$scenario,
            ),
        ),)*]
    };
}

/// Every bug, and what catches it.
pub(crate) const ROWS: &[(Bug, Catcher)] = rows! {
    SkipCanonicalCheck => bytes::an_entry_has_one_spelling,
    IgnoreFrameLimit => bytes::a_frame_has_a_largest_size,
    IgnoreUnpackLimit => bytes::a_small_batch_stays_small,
    DropUnknownKinds => arriving::what_is_unknown_travels_on,

    SkipSignature => rights::a_forged_signature,
    PlainVerify => rights::a_signature_that_verifiers_disagree_on,
    AcceptWeakKeys => rights::a_key_that_everybody_has,
    SkipUnitCheck => rights::a_neighbours_report,
    SkipRoleCheck => rights::an_editor_does_not_submit,
    ParentMintsKeys => rights::the_level_above_mints_no_head,
    AcceptAnyRoot => rights::another_root,
    InviteActs => rights::an_invite_does_nothing_but_enrol,
    AcceptSimulated => rights::a_simulated_clock_in_earnest,

    IgnoreRevocation => effect::a_revoked_persons_entries,
    RevokeThePast => effect::a_revoked_persons_entries,
    ServeRevokedNode => effect::a_revoked_machine_is_not_answered,
    IgnoreExpiry => effect::a_credential_that_has_ended,
    CountRevokedReceipts => effect::a_stolen_machines_receipt,
    CountSecondUse => effect::an_invite_used_twice,
    HideReenrolment => effect::a_unit_enrolled_again,

    SkipChecksum => documents::a_change_with_another_checksum,
    SkipColumnTotals => documents::more_operations_than_an_entry_may_have,
    AcceptForeignActor => documents::anothers_change_under_the_own_name,
    TrustAutomerge => documents::an_operation_that_refers_to_another_key,
    SkipStartOpCheck => documents::operations_that_begin_too_high,
    QuarantineStopsAll => documents::one_bad_change_beside_good_ones,
    ReuseActor => documents::two_sittings,
    SeqStartsAtTwo => documents::two_sittings,
    SealAtCurrentHeads => documents::what_arrived_unseen_is_not_overwritten,
    ForgetFirstHeads => documents::what_arrived_unseen_is_not_overwritten,
    HideConflicts => documents::what_arrived_unseen_is_not_overwritten,
    SkipSnapshotDigest => receipts::a_submission_of_other_numbers,

    SynchronousNormal => stores::what_was_written_survives_a_power_cut,
    TrustUnsyncedLog => stores::what_a_kill_left_survives_a_power_cut,
    SkipCommit => stores::what_was_written_is_there,
    ProjectApart => stores::a_write_that_fails_leaves_nothing,
    ForgetTotal => stores::fingerprints_are_of_what_is_held,
    DropDraftsEarly => stores::a_seal_that_fails_keeps_the_drafts,

    RefusalStopsBatch => arriving::one_bad_entry_in_a_batch,
    RememberForgedId => arriving::one_bad_entry_in_a_batch,
    NeverUnpark => arriving::a_change_before_its_credential,
    KeepForStrangers => arriving::what_a_stranger_shows,
    AckUnstored => arriving::a_batch_that_the_disk_has_no_room_for,
    TakeOutsideRanges => arriving::a_neighbours_entry_in_a_session,

    KeepWithheldInSum => sessions::in_sync_but_for_what_was_refused,
    NeverOfferAgain => sessions::what_was_refused_is_offered_again,
    SkipComparison => sessions::an_old_hole_is_found,
    PushSkipsOne => sessions::what_is_new_takes_one_round_trip,
    MarkTooHigh => sessions::what_is_new_takes_one_round_trip,
    SubmissionFirst => sessions::in_order_of_need,
    GrantAnyAsk => sessions::a_neighbours_report_is_not_shown,

    DropReceipt => receipts::a_complete_submission_gets_a_receipt,
    ReceiptUnseen => receipts::an_incomplete_submission_gets_none,
    ForgetOwedReceipts => receipts::a_crash_before_the_receipt,
    TrustInclusionProof => rollups::a_proof_of_another_number,
    OverlookReceiptForks => receipts::a_receipt_beside_another,
    OverlookOlderChain => receipts::a_province_that_goes_back,
    ForkReceipts => receipts::the_receipts_of_a_machine_are_one_chain,
    ReceiptsRunBackwards => receipts::the_receipts_of_a_machine_are_one_chain,
    TrustAuthorsClock => receipts::signed_in_time_and_received_late,
    DueTimeIncluded => receipts::received_at_the_due_time,

    CountLateAsOnTime => rollups::late_returned_and_missing,
    CountReturned => rollups::late_returned_and_missing,
    HideMissing => rollups::late_returned_and_missing,
    KeepFirstShareBase => rollups::totals_are_what_one_adds_up_by_hand,
    KeepFirstRatioBase => rollups::totals_are_what_one_adds_up_by_hand,
    SkipMerkleRoot => rollups::inputs_that_give_the_same_sums,
    TrustTheNumbers => rollups::a_number_that_was_altered,
    TrustNamedReceipt => rollups::a_neighbours_receipt,
    OverlookHidden => rollups::a_facility_that_was_hidden,
    PickOneOfFork => rollups::two_rollups_side_by_side,
};
