//! Secret keys in files: PKCS#8, as every other tool reads it.
//!
//! A person's key is encrypted with a passphrase: PBES2, scrypt with N = 2^17,
//! r = 8, p = 1, AES-256-CBC. The parameters of a file are judged *before*
//! anything is derived from the passphrase, so that a weakened file is refused
//! and an absurd one costs nothing. A node's key is not encrypted; its file is
//! protected by its mode, which is the caller's work, as all I/O is.
//!
//! The passphrase is taken in Unicode's NFC form: Vietnamese keyboards differ in
//! how they compose "ế", and the same passphrase must open the same file.

use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::KeypairBytes;
use model::Entropy;
use pkcs8::der::asn1::OctetString;
use pkcs8::der::pem::PemLabel;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{self, Kdf, Salt, ScryptParams};
use pkcs8::{
    EncryptedPrivateKeyInfoOwned, EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef,
    SecretDocument,
};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::key::SecretKey;

/// scrypt's N: 128 MiB and some 0.4 s with r = 8 (OWASP's recommendation).
/// Also the least that is accepted.
const SCRYPT_COST: u64 = 1 << 17;
/// scrypt's r, and the least that is accepted.
const SCRYPT_BLOCK_SIZE: u16 = 8;
/// scrypt's p.
const SCRYPT_PARALLELISM: u16 = 1;
/// 128 · N · r · p may not be larger, which bounds memory and time at once: a
/// planted file must not take a hospital's PC down.
const SCRYPT_MAX_BYTES: u128 = 1 << 30;
/// The least salt that is accepted (NIST SP 800-132).
const SALT_MIN_BYTES: usize = 16;
/// A key file has some 500 bytes.
const FILE_MAX_BYTES: usize = 16 << 10;

/// Why a key file cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The passphrase is not the one it was sealed with, or the encrypted part
    /// is damaged: these cannot be told apart.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// An empty passphrase protects nothing.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// Protected less than we demand, or not at all.
    #[error("the key file is protected too weakly: {0}")]
    TooWeak(&'static str),
    /// Would take more than 1 GiB, or that much work, to open.
    #[error("the key file demands absurd amounts of memory or time")]
    TooExpensive,
    /// Not a PEM file of PKCS#8, or not an Ed25519 key.
    #[error("not a PKCS#8 key file of an Ed25519 key")]
    Malformed(#[source] Option<pkcs8::Error>),
}

/// Encrypts a key with a passphrase: PEM, label `ENCRYPTED PRIVATE KEY`. Takes
/// about 0.4 s and 128 MiB.
///
/// # Errors
/// [`KeyFileError::EmptyPassphrase`].
pub fn seal(
    key: &SecretKey,
    passphrase: &str,
    entropy: &mut dyn Entropy,
) -> Result<String, KeyFileError> {
    let mut salt = [0; SALT_MIN_BYTES];
    let mut iv = [0; 16];
    entropy.fill(&mut salt);
    entropy.fill(&mut iv);
    let scrypt = ScryptParams {
        salt: Salt::new(salt).map_err(malformed)?,
        cost_parameter: SCRYPT_COST,
        block_size: SCRYPT_BLOCK_SIZE,
        parallelization: SCRYPT_PARALLELISM,
        key_length: None,
    };
    let encryption = pbes2::EncryptionScheme::Aes256Cbc { iv };
    encrypt(
        key,
        passphrase,
        pbes2::Parameters {
            kdf: scrypt.into(),
            encryption,
        },
    )
}

fn encrypt(
    key: &SecretKey,
    passphrase: &str,
    parameters: pbes2::Parameters,
) -> Result<String, KeyFileError> {
    if passphrase.is_empty() {
        return Err(KeyFileError::EmptyPassphrase);
    }
    let plain = to_der(key)?;
    let encrypted = parameters
        .encrypt(composed(passphrase).as_bytes(), &plain)
        .map_err(malformed)?;
    let info = EncryptedPrivateKeyInfoOwned {
        encryption_algorithm: parameters.into(),
        encrypted_data: OctetString::new(encrypted).map_err(malformed)?,
    };
    let document = SecretDocument::try_from(&info).map_err(malformed)?;
    let pem = document
        .to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)
        .map_err(malformed)?;
    Ok(String::clone(&pem))
}

/// Opens an encrypted key.
///
/// # Errors
/// Before the passphrase is looked at: [`KeyFileError::Malformed`],
/// [`KeyFileError::TooWeak`], [`KeyFileError::TooExpensive`]. After it:
/// [`KeyFileError::WrongPassphrase`], or `Malformed` if it was right and what it
/// protects is no Ed25519 key.
pub fn open(pem: &str, passphrase: &str) -> Result<SecretKey, KeyFileError> {
    let (label, document) = read_pem(pem)?;
    if label == PrivateKeyInfoRef::PEM_LABEL {
        return Err(KeyFileError::TooWeak("not encrypted"));
    }
    if label != EncryptedPrivateKeyInfoRef::PEM_LABEL {
        return Err(KeyFileError::Malformed(None));
    }
    let info = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()).map_err(malformed)?;
    let parameters = judge(&info.encryption_algorithm)?;
    let mut buffer = Zeroizing::new(info.encrypted_data.as_bytes().to_vec());
    let plain = parameters
        .decrypt_in_place(composed(passphrase).as_bytes(), &mut buffer)
        .map_err(|_| KeyFileError::WrongPassphrase)?;
    // A wrong passphrase passes the padding check once in 256 times.
    if PrivateKeyInfoRef::try_from(plain).is_err() {
        return Err(KeyFileError::WrongPassphrase);
    }
    from_der(plain)
}

/// Looks at the header of an encrypted key and derives nothing.
fn judge(scheme: &EncryptionScheme) -> Result<&pbes2::Parameters, KeyFileError> {
    let EncryptionScheme::Pbes2(parameters) = scheme else {
        return Err(KeyFileError::TooWeak("PBES1"));
    };
    let Kdf::Scrypt(scrypt) = &parameters.kdf else {
        return Err(KeyFileError::TooWeak("the key derivation is not scrypt"));
    };
    let (n, r, p) = (
        scrypt.cost_parameter,
        scrypt.block_size,
        scrypt.parallelization,
    );
    let length_fits = scrypt.key_length.is_none_or(|length| length == 32);
    if !n.is_power_of_two() || r == 0 || p == 0 || !length_fits {
        return Err(KeyFileError::Malformed(None));
    }
    if 128 * u128::from(n) * u128::from(r) * u128::from(p) > SCRYPT_MAX_BYTES {
        return Err(KeyFileError::TooExpensive);
    }
    if n < SCRYPT_COST || r < SCRYPT_BLOCK_SIZE {
        return Err(KeyFileError::TooWeak("scrypt below N = 2^17, r = 8"));
    }
    if scrypt.salt.as_bytes().len() < SALT_MIN_BYTES {
        return Err(KeyFileError::TooWeak("the salt is shorter than 16 bytes"));
    }
    match parameters.encryption {
        pbes2::EncryptionScheme::Aes256Cbc { .. } => Ok(parameters),
        _ => Err(KeyFileError::TooWeak("the cipher is not AES-256-CBC")),
    }
}

/// A node's key, not encrypted: PEM, label `PRIVATE KEY`.
///
/// # Errors
/// None that a key can cause; the encoder's are passed on.
pub fn to_pem(key: &SecretKey) -> Result<Zeroizing<String>, KeyFileError> {
    keypair(key).to_pkcs8_pem(LineEnding::LF).map_err(malformed)
}

/// Reads a key that is not encrypted.
///
/// # Errors
/// [`KeyFileError::Malformed`].
pub fn from_pem(pem: &str) -> Result<SecretKey, KeyFileError> {
    let (label, document) = read_pem(pem)?;
    if label != PrivateKeyInfoRef::PEM_LABEL {
        return Err(KeyFileError::Malformed(None));
    }
    from_der(document.as_bytes())
}

/// The key as PKCS#8 DER, not encrypted, as rustls takes it.
///
/// # Errors
/// None that a key can cause; the encoder's are passed on.
pub fn to_der(key: &SecretKey) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let document = keypair(key).to_pkcs8_der().map_err(malformed)?;
    Ok(document.to_bytes())
}

fn from_der(der: &[u8]) -> Result<SecretKey, KeyFileError> {
    let info = PrivateKeyInfoRef::try_from(der).map_err(malformed)?;
    // Also compares the public key, if the file has one.
    let key = ed25519_dalek::SigningKey::try_from(info).map_err(malformed)?;
    Ok(SecretKey::from_seed(key.to_bytes()))
}

/// Version 1, without the public key: what every reader takes.
fn keypair(key: &SecretKey) -> KeypairBytes {
    KeypairBytes {
        secret_key: *key.seed(),
        public_key: None,
    }
}

fn read_pem(pem: &str) -> Result<(&str, SecretDocument), KeyFileError> {
    if pem.len() > FILE_MAX_BYTES {
        return Err(KeyFileError::Malformed(None));
    }
    SecretDocument::from_pem(pem).map_err(malformed)
}

fn composed(passphrase: &str) -> Zeroizing<String> {
    Zeroizing::new(passphrase.nfc().collect())
}

fn malformed(error: impl Into<pkcs8::Error>) -> KeyFileError {
    KeyFileError::Malformed(Some(error.into()))
}

#[cfg(test)]
mod tests;
