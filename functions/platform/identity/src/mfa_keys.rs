//! The keys of the second factor: all come from one secret, each for one purpose.

use aws_lc_rs::hkdf::{HKDF_SHA256, Prk};
use kit::SecretError;

use crate::domain::challenge::ChallengeKey;
use crate::domain::recovery::RecoveryKey;
use crate::sealing::Sealer;

/// What the second factor is checked with.
#[derive(Debug)]
pub struct MfaKeys {
    /// Signs what is handed out between the two factors.
    pub challenge: ChallengeKey,
    /// Hashes recovery codes.
    pub recovery: RecoveryKey,
    /// Encrypts the secrets of apps.
    pub sealer: Sealer,
}

impl MfaKeys {
    /// Derives them (HKDF, RFC 5869), so that what one of them makes is nothing to another.
    pub fn derive(secret: &[u8; 32]) -> Result<Self, SecretError> {
        let secret = Prk::new_less_safe(HKDF_SHA256, secret);
        Ok(Self {
            challenge: ChallengeKey::new(expand(&secret, b"atoll identity mfa challenge")?),
            recovery: RecoveryKey::new(expand(&secret, b"atoll identity mfa recovery code")?),
            sealer: Sealer::new(&expand(&secret, b"atoll identity mfa sealing")?)?,
        })
    }
}

fn expand(secret: &Prk, purpose: &[u8]) -> Result<[u8; 32], SecretError> {
    let mut key = [0; 32];
    secret
        .expand(&[purpose], HKDF_SHA256)
        .and_then(|expanded| expanded.fill(&mut key))
        .map_err(|_| SecretError::new("mfaKey", "cannot be used"))?;
    Ok(key)
}
