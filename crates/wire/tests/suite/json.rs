//! JSON, for people and for exports: hexadecimal where CBOR has bytes.

use serde_json::json;
use wire::{ChangeHash, Digest, DocId, EntryId, PublicKey};

use crate::support::examples;

#[test]
fn ids_are_hexadecimal_in_json_and_come_back() {
    let hex = "0a".repeat(32);
    let id = EntryId([10; 32]);
    assert_eq!(serde_json::to_value(id).unwrap(), json!(hex));
    assert_eq!(serde_json::from_value::<EntryId>(json!(hex)).unwrap(), id);
    assert_eq!(serde_json::from_value::<DocId>(json!(hex)).unwrap().0, id.0);
    assert_eq!(
        serde_json::from_value::<PublicKey>(json!(hex)).unwrap().0,
        id.0
    );
    assert_eq!(
        serde_json::from_value::<ChangeHash>(json!(hex)).unwrap().0,
        id.0
    );
    for wrong in [
        json!(hex.to_uppercase()),
        json!(hex[2..]),
        json!(vec![10; 32]),
        json!(""),
    ] {
        assert!(serde_json::from_value::<Digest>(wrong).is_err());
    }
}

#[test]
fn every_body_prints_without_a_list_of_bytes() {
    for example in examples::all() {
        let printed = serde_json::to_value(&example.body).unwrap();
        assert_eq!(printed["kind"], example.body.kind().as_str());
        assert_eq!(printed["unit"], example.body.unit.as_str());
    }
    let printed = serde_json::to_value(examples::named("changes")).unwrap();
    assert_eq!(printed["content"]["changes"][0], "856f4a83");
}

#[test]
fn an_unknown_content_prints_whatever_its_keys_are() {
    let printed = serde_json::to_value(examples::named("unknown")).unwrap();
    let expected = json!({
        "1": null,
        "-1": "18446744073709551615",
        "ff": true,
        "z": ["0102"],
        "aa": "-18446744073709551616",
    });
    assert_eq!(printed["content"], expected);
}

#[test]
fn contents_come_back_from_json() {
    let wire::Content::Receipt(receipt) = examples::named("receipt").content else {
        unreachable!()
    };
    let printed = serde_json::to_string(&receipt).unwrap();
    let back: wire::ReceiptContent = serde_json::from_str(&printed).unwrap();
    assert_eq!(back, receipt);
}
