//! Secret keys: made, kept in memory, used to sign.
//!
//! A secret leaves this module only as a zeroizing buffer. Nothing here prints
//! one: `Debug` shows the public key.

use std::fmt;

use ed25519_dalek::{Signer, SigningKey};
use model::Entropy;
use wire::{Body, Entry, EntryError, PublicKey};
use zeroize::Zeroizing;

/// An Ed25519 secret key. Wiped from memory when dropped.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// Makes a new key out of 32 random bytes.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        entropy.fill(seed.as_mut());
        SecretKey(SigningKey::from_bytes(&seed))
    }

    /// The key of a seed (RFC 8032 calls the seed the private key).
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let seed = Zeroizing::new(seed);
        SecretKey(SigningKey::from_bytes(&seed))
    }

    /// The 32-byte seed, for key files and invites only.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs a body into an entry of this key.
    ///
    /// # Errors
    /// If the body breaks a rule of `wire`.
    pub fn sign(&self, body: Body) -> Result<Entry, EntryError> {
        Entry::assemble(body, self.public(), |bytes| self.sign_bytes(bytes))
    }

    /// The Ed25519 signature of any bytes. They must carry their own domain
    /// separation: an entry's `Sig_structure` does.
    pub fn sign_bytes(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SecretKey").field(&self.public()).finish()
    }
}
