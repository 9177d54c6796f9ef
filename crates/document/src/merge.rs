//! Two edits of one text put together, by Automerge itself.
//!
//! For an editor that was open while the text changed under it: what lies
//! between `base` and `mine` is one person's edit, what lies between `base` and
//! `theirs` everybody else's. Deliberately without a document, heads or authors:
//! nothing of this is stored.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::transaction::Transactable;
use automerge::{ActorId, Automerge, AutomergeError, ObjType, ROOT, ReadDoc};

use crate::seal::{SealError, reword};

/// The text with both edits of `base` in it. Where both put something at the
/// same place, both stay. The order of the two there follows from the three
/// texts and from whose is whose: with `mine` and `theirs` exchanged it may be the
/// other way round.
///
/// # Errors
/// If Automerge fails on them.
pub fn merge_texts(base: &str, mine: &str, theirs: &str) -> Result<String, SealError> {
    if theirs == base || theirs == mine {
        return Ok(mine.to_owned());
    }
    if mine == base {
        return Ok(theirs.to_owned());
    }
    catch_unwind(AssertUnwindSafe(|| Ok(merged(base, mine, theirs)?)))
        .unwrap_or(Err(SealError::Panicked))
}

fn merged(base: &str, mine: &str, theirs: &str) -> Result<String, AutomergeError> {
    let mut start = Automerge::new().with_actor(ActorId::from([0]));
    let mut tx = start.transaction();
    let text = tx.put_object(ROOT, "text", ObjType::Text)?;
    tx.splice_text(&text, 0, 0, base)?;
    tx.commit();
    let edited = |actor: u8, words: &str| {
        let mut side = start.fork().with_actor(ActorId::from([actor]));
        let mut tx = side.transaction();
        reword(&mut tx, &text, words)?;
        tx.commit();
        Ok::<_, AutomergeError>(side)
    };
    let mut both = edited(1, mine)?;
    both.merge(&mut edited(2, theirs)?)?;
    both.text(&text)
}

#[cfg(test)]
mod tests {
    use super::merge_texts;

    #[track_caller]
    fn check(base: &str, mine: &str, theirs: &str, both: &str) {
        assert_eq!(merge_texts(base, mine, theirs).unwrap(), both);
    }

    #[test]
    fn both_edits_stay() {
        check("một hai", "một hai ba", "không một hai", "không một hai ba");
        check("một hai ba", "một ba", "một hai ba bốn", "một ba bốn");
        check(
            "Thiếu máy chủ",
            "Thiếu 2 máy chủ",
            "Thiếu máy chủ dự phòng",
            "Thiếu 2 máy chủ dự phòng",
        );
    }

    #[test]
    fn one_edit_is_taken_as_it_is() {
        check("cũ", "mới", "cũ", "mới");
        check("cũ", "cũ", "mới", "mới");
        check("cũ", "mới", "mới", "mới");
        check("", "", "", "");
        check("bỏ hết", "", "bỏ hết", "");
    }

    #[test]
    fn what_both_insert_at_one_place_is_there_once_each() {
        let both = merge_texts("", "của tôi", "của họ").unwrap();
        assert!(
            both.contains("của tôi") && both.contains("của họ"),
            "{both}"
        );
        assert_eq!(
            both.chars().count(),
            "của tôi".chars().count() + "của họ".chars().count()
        );
    }
}
