//! Encrypts what the table must not show: AES-256-GCM with a random nonce.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kit::SecretError;
use types::UserId;

use crate::domain::key_set::{KeyId, KeySet};
use crate::domain::mfa::SealedSecret;
use crate::domain::totp::TotpSecret;

/// Seals and opens secrets of users. A sealed one is bound to its user: in another's account it cannot be opened.
pub struct Sealer(RandomizedNonceKey);

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(redacted)")
    }
}

fn broken(reason: impl std::fmt::Display) -> SecretError {
    SecretError::new("sealed secret", reason)
}

impl Sealer {
    /// A sealer with this key.
    pub fn new(key: &[u8; 32]) -> Result<Self, SecretError> {
        RandomizedNonceKey::new(&AES_256_GCM, key).map(Self).map_err(|_| broken("the key cannot be used"))
    }

    /// Encrypts a user's secret: nonce, ciphertext and tag in base64.
    fn seal(&self, user_id: UserId, secret: &TotpSecret) -> Result<String, SecretError> {
        let mut sealed = secret.bytes().to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(user_id.uuid().as_bytes()), &mut sealed)
            .map_err(|_| broken("cannot be sealed"))?;
        let mut bytes = nonce.as_ref().to_vec();
        bytes.append(&mut sealed);
        Ok(STANDARD.encode(bytes))
    }

    /// Decrypts a user's secret.
    fn open(&self, user_id: UserId, sealed: &str) -> Result<TotpSecret, SecretError> {
        let mut bytes = STANDARD.decode(sealed).map_err(|_| broken("is no base64"))?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN).ok_or_else(|| broken("is too short"))?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken("has no nonce"))?;
        let opened = self
            .0
            .open_in_place(nonce, Aad::from(user_id.uuid().as_bytes()), sealed)
            .map_err(|_| broken("was sealed with another key, for another user, or was changed"))?;
        <[u8; _]>::try_from(&*opened).map(TotpSecret::new).map_err(|_| broken("has another length"))
    }
}

impl KeySet<Sealer> {
    /// Encrypts a user's secret with the active key: its id, a dot, and what that key made.
    pub fn seal(&self, user_id: UserId, secret: &TotpSecret) -> Result<SealedSecret, SecretError> {
        let (id, sealer) = self.active();
        Ok(SealedSecret::new(format!("{id}.{}", sealer.seal(user_id, secret)?)))
    }

    /// Decrypts a user's secret with the key that the sealed one names.
    pub fn open(&self, user_id: UserId, sealed: &SealedSecret) -> Result<TotpSecret, SecretError> {
        let (id, sealed) = sealed.as_str().split_once('.').ok_or_else(|| broken("names no key"))?;
        let id = id.parse().map(KeyId::new).map_err(|_| broken("names no key"))?;
        self.get(id).map_err(broken)?.open(user_id, sealed)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use types::Uuid;

    #[test]
    fn a_secret_is_opened_for_its_user_with_its_key_only() {
        let (ours, other) = (Sealer::new(&[1; 32]).unwrap(), Sealer::new(&[2; 32]).unwrap());
        let (ann, bob) = (UserId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(2)));
        let secret = TotpSecret::new([7; 20]);
        let sealed = ours.seal(ann, &secret).unwrap();
        assert_eq!(ours.open(ann, &sealed).unwrap(), secret);
        assert!(ours.open(bob, &sealed).is_err());
        assert!(other.open(ann, &sealed).is_err());
        let bytes = STANDARD.decode(&sealed).unwrap();
        assert!(!bytes.windows(4).any(|part| part == [7; 4]), "the secret is readable");
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(ours.open(ann, &STANDARD.encode(changed)).is_err(), "byte {at}");
        }
        for bad in ["", "!", "AAAA"] {
            assert!(ours.open(ann, bad).is_err(), "{bad}");
        }
    }

    fn sealers(active: u32, numbers: &[u8]) -> KeySet<Sealer> {
        let sealer = |number: &u8| (KeyId::new((*number).into()), Sealer::new(&[*number; 32]).unwrap());
        KeySet::new(KeyId::new(active), numbers.iter().map(sealer).collect::<BTreeMap<_, _>>()).unwrap()
    }

    #[test]
    fn a_secret_is_opened_with_the_key_that_sealed_it() {
        let (ann, secret) = (UserId::new(Uuid::from_u128(1)), TotpSecret::new([7; 20]));
        let sealed = sealers(1, &[1]).seal(ann, &secret).unwrap();
        assert!(sealed.as_str().starts_with("1."));
        let both = sealers(2, &[1, 2]);
        assert_eq!(both.open(ann, &sealed).unwrap(), secret);
        let newer = both.seal(ann, &secret).unwrap();
        assert!(newer.as_str().starts_with("2."));
        assert_eq!(both.open(ann, &newer).unwrap(), secret);
        let unknown = sealers(1, &[1]).open(ann, &newer).unwrap_err();
        assert_eq!(unknown.to_string(), "parameter sealed secret: no key has the id 2");
        for wrong in [newer.as_str().replacen('2', "1", 1), newer.as_str()[2..].to_owned(), "x.AAAA".to_owned()] {
            assert!(both.open(ann, &SealedSecret::new(wrong)).is_err());
        }
    }

    #[test]
    fn the_same_secret_is_sealed_differently_each_time() {
        let sealer = Sealer::new(&[1; 32]).unwrap();
        let (ann, secret) = (UserId::new(Uuid::from_u128(1)), TotpSecret::new([7; 20]));
        assert_ne!(sealer.seal(ann, &secret).unwrap(), sealer.seal(ann, &secret).unwrap());
    }
}
