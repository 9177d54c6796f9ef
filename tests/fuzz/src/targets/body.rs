//! What an entry says: every kind of content, and what readers do with it.

use identity::{SecretKey, Signed, grants_in};
use model::Form;
use rollup::merkle;
use wire::{Body, Content, Entry};

pub(super) fn run(input: &[u8]) {
    let Ok(body) = Body::decode(input) else {
        return;
    };
    assert_eq!(body.encode().unwrap(), input);
    serde_json::to_string(&body.content).unwrap();
    let key = SecretKey::from_seed([7; 32]);
    if let Ok(entry) = key.sign(body.clone()) {
        let parsed = Entry::parse(entry.bytes()).unwrap();
        assert_eq!(parsed, entry);
        assert_eq!(parsed.body(), &body);
        authorise(&key, parsed);
    }
    match &body.content {
        Content::Form(form) => drop(Form::parse(&form.toml)),
        Content::Changes(changes) => drop(document::change_hashes_in(changes)),
        Content::Receipt(receipt) => {
            for proof in &receipt.inclusions {
                let leaf = merkle::leaf_hash(&proof.input).unwrap();
                merkle::verify(leaf, leaf, proof.index, proof.size, &proof.path);
            }
        }
        Content::Rollup(content) => drop(rollup::check_arithmetic(content, &[])),
        _ => {}
    }
}

/// With the author as the root, and again with what that granted.
fn authorise(key: &SecretKey, entry: Entry) {
    let signed = Signed::check(entry).unwrap();
    let Ok(verified) = signed.clone().authorise(&key.public(), &[]) else {
        return;
    };
    let grants = grants_in(&verified);
    let _ = signed.authorise(&key.public(), &grants);
}
