//! Drafts and cached documents.

use model::{Scalar, Timestamp};
use wire::{ChangeHash, DocId};

use super::world::*;
use crate::{CachedDoc, Draft, DraftValue, Store, StoreError};

fn draft(head: u8, value: Scalar) -> Draft {
    Draft {
        row: 0,
        doc: DocId([1; 32]),
        person: key(1).public(),
        heads: vec![ChangeHash([head; 32]), ChangeHash([head + 1; 32])],
        key: "B3".into(),
        value: DraftValue::Scalar(value),
        time: Timestamp(i64::from(head)),
    }
}

fn put(store: &mut Store, draft: &Draft) -> i64 {
    store
        .write::<_, StoreError>(|tx| tx.put_draft(draft))
        .unwrap()
}

#[test]
fn a_draft_changed_again_keeps_the_heads_it_was_first_written_upon() {
    let mut store = Store::open_in_memory().unwrap();
    let first = put(&mut store, &draft(1, Scalar::Int(120)));
    let second = put(&mut store, &draft(3, Scalar::Int(125)));
    let expected = Draft {
        row: second,
        heads: draft(1, Scalar::Null).heads,
        ..draft(3, Scalar::Int(125))
    };
    assert_eq!(
        store.drafts(&DocId([1; 32])).unwrap(),
        std::slice::from_ref(&expected)
    );
    let there = |rows: &[i64]| store.has_drafts(rows).unwrap();
    assert!(there(&[second]) && !there(&[second, first]));
    // Deleting by the old number, by one who had read it before, hits nothing.
    store
        .write::<_, StoreError>(|tx| tx.delete_drafts(&[first]))
        .unwrap();
    assert_eq!(store.drafts_all().unwrap(), [expected]);
    store
        .write::<_, StoreError>(|tx| tx.delete_drafts(&[second]))
        .unwrap();
    assert_eq!(store.drafts_all().unwrap(), []);
    // A number is never used again.
    assert!(put(&mut store, &draft(5, Scalar::Null)) > second);
}

#[test]
fn drafts_of_others_and_of_other_fields_stay_apart_and_every_value_comes_back() {
    let mut store = Store::open_in_memory().unwrap();
    let base = draft(1, Scalar::Null);
    let drafts = [
        base.clone(),
        Draft {
            person: key(2).public(),
            value: DraftValue::Scalar(Scalar::Bool(false)),
            ..base.clone()
        },
        Draft {
            key: "I1".into(),
            value: DraftValue::Text("Thiếu máy chủ".into()),
            ..base.clone()
        },
        Draft {
            key: "A1".into(),
            value: DraftValue::Scalar(Scalar::Str("Hoàng".into())),
            ..base.clone()
        },
        Draft {
            key: "G1".into(),
            value: DraftValue::Scalar(Scalar::Int(-1)),
            heads: vec![],
            ..base.clone()
        },
        Draft {
            doc: DocId([2; 32]),
            ..base
        },
    ];
    for draft in &drafts {
        put(&mut store, draft);
    }
    let rows = |drafts: Vec<Draft>| {
        drafts
            .into_iter()
            .map(|d| Draft { row: 0, ..d })
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(store.drafts_all().unwrap()), drafts);
    assert_eq!(rows(store.drafts(&DocId([1; 32])).unwrap()), drafts[..5]);
}

#[test]
fn a_cached_document_is_replaced_and_dropped() {
    let mut store = Store::open_in_memory().unwrap();
    let doc = DocId([1; 32]);
    let cached = |n| CachedDoc {
        saved: vec![n; 9],
        up_to_row: i64::from(n),
        version: "0.12.0".into(),
    };
    store
        .write::<_, StoreError>(|tx| {
            tx.put_cached_doc(&doc, &cached(1))?;
            tx.put_cached_doc(&doc, &cached(2))
        })
        .unwrap();
    assert_eq!(store.cached_doc(&doc).unwrap(), Some(cached(2)));
    store
        .write::<_, StoreError>(|tx| tx.drop_cached_doc(&doc))
        .unwrap();
    assert_eq!(store.cached_doc(&doc).unwrap(), None);
}
