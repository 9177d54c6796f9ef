//! A signed entry: its bytes, its signature, its author's authority.

use identity::Signed;
use wire::{Entry, EntryId, PublicKey};

pub(super) fn run(input: &[u8]) {
    let Ok(entry) = Entry::parse(input) else {
        return;
    };
    assert_eq!(entry.bytes(), input);
    let signature = *entry.signature();
    let again = Entry::assemble(entry.body().clone(), entry.author(), |_| signature).unwrap();
    assert_eq!(again.bytes(), input);
    assert_eq!(again.id(), entry.id());
    assert_eq!(again.signed(), entry.signed());
    assert_eq!(EntryId::from_hex(&entry.id().to_string()), Some(entry.id()));
    let author = entry.author();
    assert_eq!(PublicKey::from_hex(&author.to_string()), Some(author));
    if let Ok(signed) = Signed::check(entry) {
        let _ = signed.clone().authorise(&author, &[]);
        let _ = signed.authorise(&PublicKey([1; 32]), &[]);
    }
}
