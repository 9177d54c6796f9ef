//! Key files. Each real derivation costs some 0.4 s and 128 MiB: few of them.

use pkcs8::pkcs5::pbes2::Pbkdf2Params;
use testkit::Seeded;

use super::*;

fn key() -> SecretKey {
    SecretKey::from_seed([42; 32])
}

/// A file with this header and a body that nobody could have derived.
fn planted(kdf: Kdf, encryption: pbes2::EncryptionScheme) -> String {
    let info = EncryptedPrivateKeyInfoOwned {
        encryption_algorithm: pbes2::Parameters { kdf, encryption }.into(),
        encrypted_data: OctetString::new(vec![0; 64]).unwrap(),
    };
    let document = SecretDocument::try_from(&info).unwrap();
    let label = EncryptedPrivateKeyInfoRef::PEM_LABEL;
    document.to_pem(label, LineEnding::LF).unwrap().to_string()
}

const CBC: pbes2::EncryptionScheme = pbes2::EncryptionScheme::Aes256Cbc { iv: [0; 16] };

fn scrypt(n: u64, r: u16, p: u16) -> Kdf {
    Kdf::Scrypt(ScryptParams {
        salt: Salt::new([7; 16]).unwrap(),
        cost_parameter: n,
        block_size: r,
        parallelization: p,
        key_length: None,
    })
}

#[test]
fn what_is_sealed_opens_with_its_passphrase_only() {
    let composed = "quan họ Bắc Ninh ế";
    let decomposed: String = composed.nfd().collect();
    assert_ne!(composed, decomposed);
    let pem = seal(&key(), composed, &mut Seeded::new(1)).unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    assert_eq!(open(&pem, &decomposed).unwrap().public(), key().public());
    let wrong = open(&pem, "quan ho Bac Ninh e");
    assert!(
        matches!(wrong, Err(KeyFileError::WrongPassphrase)),
        "{wrong:?}"
    );
}

#[test]
fn an_empty_passphrase_is_refused() {
    let refused = seal(&key(), "", &mut Seeded::new(1));
    assert!(matches!(refused, Err(KeyFileError::EmptyPassphrase)));
}

#[test]
fn weaker_headers_are_refused() {
    let pbkdf2 = Kdf::Pbkdf2(Pbkdf2Params::hmac_sha256(10_000_000, &[7; 16]).unwrap());
    let short_salt = Kdf::Scrypt(ScryptParams {
        salt: Salt::new([7; 8]).unwrap(),
        cost_parameter: SCRYPT_COST,
        block_size: 8,
        parallelization: 1,
        key_length: None,
    });
    let aes128 = pbes2::EncryptionScheme::Aes128Cbc { iv: [0; 16] };
    for (kdf, cipher) in [
        (scrypt(1 << 16, 8, 1), CBC),
        (scrypt(1 << 14, 8, 8), CBC),
        (scrypt(1 << 17, 4, 2), CBC),
        (scrypt(1 << 17, 8, 1), aes128),
        (short_salt, CBC),
        (pbkdf2, CBC),
    ] {
        let verdict = open(&planted(kdf, cipher), "x");
        assert!(
            matches!(verdict, Err(KeyFileError::TooWeak(_))),
            "{verdict:?}"
        );
    }
}

/// These would take from seconds to centuries if anything were derived.
#[test]
fn absurd_headers_cost_nothing() {
    for (n, r, p) in [
        (1 << 21, 8, 1),
        (1 << 17, 8, 9),
        (1 << 63, 8, 1),
        (1 << 63, u16::MAX, u16::MAX),
        (1 << 17, u16::MAX, u16::MAX),
    ] {
        let verdict = open(&planted(scrypt(n, r, p), CBC), "x");
        assert!(
            matches!(verdict, Err(KeyFileError::TooExpensive)),
            "{n} {r} {p}: {verdict:?}"
        );
    }
    for (n, r, p) in [
        (0, 8, 1),
        ((1 << 17) + 1, 8, 1),
        (1 << 17, 0, 1),
        (1 << 17, 8, 0),
    ] {
        let verdict = open(&planted(scrypt(n, r, p), CBC), "x");
        assert!(
            matches!(verdict, Err(KeyFileError::Malformed(_))),
            "{n} {r} {p}: {verdict:?}"
        );
    }
}

#[test]
fn exactly_a_gibibyte_is_still_judged_fair() {
    let scheme = EncryptionScheme::Pbes2(pbes2::Parameters {
        kdf: scrypt(1 << 20, 8, 1),
        encryption: CBC,
    });
    assert!(judge(&scheme).is_ok());
}

#[test]
fn broken_files_are_malformed() {
    let pem = planted(scrypt(1 << 17, 8, 1), CBC);
    for cut in [0, 10, 60, pem.len() / 2, pem.len() - 10] {
        let verdict = open(&pem[..cut], "x");
        assert!(
            matches!(verdict, Err(KeyFileError::Malformed(_))),
            "{cut}: {verdict:?}"
        );
    }
    let verdict = open(&"x".repeat(FILE_MAX_BYTES + 1), "x");
    assert!(matches!(verdict, Err(KeyFileError::Malformed(_))));
    let relabelled = pem.replace("ENCRYPTED PRIVATE", "PUBLIC");
    let verdict = open(&relabelled, "x");
    assert!(matches!(verdict, Err(KeyFileError::Malformed(_))));
}

#[test]
fn a_node_key_is_plain_and_no_persons() {
    let pem = to_pem(&key()).unwrap();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert_eq!(from_pem(&pem).unwrap().public(), key().public());
    let as_person = open(&pem, "x");
    assert!(matches!(
        as_person,
        Err(KeyFileError::TooWeak("not encrypted"))
    ));
    let truncated = &pem[..pem.len() / 2];
    assert!(matches!(
        from_pem(truncated),
        Err(KeyFileError::Malformed(_))
    ));
}

/// RFC 8410, section 7: version 1, id-Ed25519, the seed in an OCTET STRING.
#[test]
fn the_der_is_what_others_read() {
    let der = to_der(&key()).unwrap();
    let header = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    assert_eq!(der[..16], header);
    assert_eq!(der[16..], [42; 32]);
}

/// The example of RFC 8410, section 10.3, without and with its public key.
#[test]
fn the_examples_of_the_rfc_open() {
    let version1 = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        -----END PRIVATE KEY-----\n";
    let version2 = "-----BEGIN PRIVATE KEY-----\n\
        MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n\
        Z9w7lshQhqowtrbLDFw4rXAxZuE=\n\
        -----END PRIVATE KEY-----\n";
    let expected = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
    for pem in [version1, version2] {
        assert_eq!(from_pem(pem).unwrap().public().to_string(), expected);
    }
}
