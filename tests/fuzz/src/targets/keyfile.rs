//! A key file: as PEM, or as the DER in it, by the first byte.
//!
//! A file with parameters that may be used would cost half a second and 128 MiB
//! each time: what such a file demands is worked out here by itself, and then it
//! is not opened. Every other file must be refused before anything is derived.

use identity::{SecretKey, keyfile};
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::Kdf;
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, SecretDocument};

use super::reader::Reader;

/// What opening a file may cost at most, by the documentation of `keyfile`.
const AFFORDABLE_BYTES: u128 = 1 << 30;

pub(super) fn run(input: &[u8]) {
    let mut reader = Reader(input);
    let label = match reader.byte() % 3 {
        0 => None,
        1 => Some("ENCRYPTED PRIVATE KEY"),
        _ => Some("PRIVATE KEY"),
    };
    let text = match label {
        None => String::from_utf8_lossy(reader.0).into_owned(),
        Some(label) => match SecretDocument::try_from(reader.0)
            .and_then(|document| document.to_pem(label, LineEnding::LF))
        {
            Ok(pem) => String::clone(&pem),
            Err(_) => return,
        },
    };
    if let Ok(key) = keyfile::from_pem(&text) {
        let again = keyfile::from_pem(&keyfile::to_pem(&key).unwrap()).unwrap();
        assert_eq!(*again.seed(), *key.seed());
    }
    if !may_be_opened(&text) {
        let refused: Option<SecretKey> = keyfile::open(&text, "mật khẩu").ok();
        assert!(refused.is_none());
    }
}

/// Whether the file asks for scrypt within what is affordable.
fn may_be_opened(text: &str) -> bool {
    let Ok((_, document)) = SecretDocument::from_pem(text) else {
        return false;
    };
    let Ok(info) = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()) else {
        return false;
    };
    let EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
        return false;
    };
    let Kdf::Scrypt(scrypt) = &parameters.kdf else {
        return false;
    };
    let (r, p) = (scrypt.block_size, scrypt.parallelization);
    let cost = 128 * u128::from(scrypt.cost_parameter) * u128::from(r) * u128::from(p);
    scrypt.cost_parameter >= 1 << 17 && cost <= AFFORDABLE_BYTES
}
