//! Key pairs that sign: one signs, and all of them are valid.
//!
//! A rotation publishes a new pair beside the active one. Once every verifier has its public half, it becomes the active one.
//! The one before stays valid until the next rotation, because what it signed is still in use.

use std::str::FromStr;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{EncodingKey, Header};
use serde::{Deserialize, Serialize};

use super::ALGORITHM;
use crate::SecretError;

/// All key pairs of one purpose. `Debug` output is redacted.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyPairs {
    /// The ID of the pair that signs.
    pub active_key_id: String,
    /// All pairs whose signatures are valid.
    pub signing_keys: Vec<KeyPair>,
}

/// One ES256 key pair. `Debug` output is redacted.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyPair {
    /// ID: the thumbprint of the public half (RFC 7638).
    pub key_id: String,
    /// PKCS#8 in base64.
    pub private_key: String,
    /// The rotation that made it; the newest is the highest.
    pub generation: u32,
}

types::redacted!(KeyPairs);
types::redacted!(KeyPair);

impl KeyPair {
    /// Generates a pair.
    pub fn generate() -> Result<Self, SecretError> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|error| SecretError::new("signing key", error))?;
        let private_key = STANDARD.encode(pkcs8.as_ref());
        let key = Self { key_id: String::new(), private_key, generation: 1 };
        let key_id =
            key.public()?.thumbprint(ThumbprintHash::SHA256).map_err(|error| SecretError::new("signing key", error))?;
        Ok(Self { key_id, ..key })
    }

    fn encoding_key(&self) -> Result<EncodingKey, SecretError> {
        let der = STANDARD.decode(&self.private_key).map_err(|error| SecretError::new("signing key", error))?;
        Ok(EncodingKey::from_ec_der(&der))
    }

    fn public(&self) -> Result<Jwk, SecretError> {
        let mut jwk = Jwk::from_encoding_key(&self.encoding_key()?, ALGORITHM)
            .map_err(|error| SecretError::new("signing key", error))?;
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        jwk.common.key_id = Some(self.key_id.clone());
        Ok(jwk)
    }
}

impl FromStr for KeyPairs {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

impl KeyPairs {
    /// Generates the first pair, which signs at once.
    pub fn generate() -> Result<Self, SecretError> {
        let key = KeyPair::generate()?;
        Ok(Self { active_key_id: key.key_id.clone(), signing_keys: vec![key] })
    }

    /// Makes sure that there is a pair of this generation or a later one, and returns whether one was added. Older pairs are
    /// removed, except for the active one.
    pub fn publish(
        &mut self,
        generation: u32,
        make: impl FnOnce() -> Result<KeyPair, SecretError>,
    ) -> Result<bool, SecretError> {
        if self.signing_keys.iter().any(|key| key.generation >= generation) {
            return Ok(false);
        }
        let active = self.active_key_id.clone();
        self.signing_keys.retain(|key| key.key_id == active);
        self.signing_keys.push(KeyPair { generation, ..make()? });
        Ok(true)
    }

    /// Makes the pair of this generation the active one, and returns whether another one was.
    pub fn activate(&mut self, generation: u32) -> Result<bool, SecretError> {
        let key = self.signing_keys.iter().find(|key| key.generation == generation);
        let key = key.ok_or_else(|| SecretError::new("generation", "has no key"))?;
        let changed = self.active_key_id != key.key_id;
        self.active_key_id.clone_from(&key.key_id);
        Ok(changed)
    }

    /// Returns the pair that signs.
    pub fn active(&self) -> Result<&KeyPair, SecretError> {
        let active = self.signing_keys.iter().find(|key| key.key_id == self.active_key_id);
        active.ok_or_else(|| SecretError::new("activeKeyId", "names no key"))
    }

    /// Returns the public halves (RFC 7517).
    pub fn public(&self) -> Result<JwkSet, SecretError> {
        let keys = self.signing_keys.iter().map(KeyPair::public);
        Ok(JwkSet { keys: keys.collect::<Result<_, SecretError>>()? })
    }

    /// Returns the signer of the active pair.
    pub fn signer(&self) -> Result<Signer, SecretError> {
        let active = self.active()?;
        Ok(Signer { key: active.encoding_key()?, key_id: active.key_id.clone() })
    }
}

/// Signs claims as a compact JWS.
pub struct Signer {
    key: EncodingKey,
    key_id: String,
}

types::redacted!(Signer);

impl Signer {
    /// Signs claims. `kind` is the `typ` of the header: `JWT` unless tokens of different kinds have one key (RFC 8725,
    /// section 3.11).
    pub fn sign(&self, kind: &str, claims: &impl Serialize) -> Result<String, SecretError> {
        let header = Header { kid: Some(self.key_id.clone()), typ: Some(kind.to_owned()), ..Header::new(ALGORITHM) };
        jsonwebtoken::encode(&header, claims, &self.key).map_err(|error| SecretError::new("signing key", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, generation: u32) -> KeyPair {
        KeyPair { key_id: id.to_owned(), private_key: String::new(), generation }
    }

    fn ids(keys: &KeyPairs) -> Vec<&str> {
        keys.signing_keys.iter().map(|key| key.key_id.as_str()).collect()
    }

    #[test]
    fn a_rotation_overlaps_and_the_next_one_drops_what_no_longer_signs() {
        let mut keys = KeyPairs { active_key_id: "a".into(), signing_keys: vec![key("a", 1)] };
        assert!(keys.publish(2, || Ok(key("b", 0))).unwrap());
        assert_eq!((ids(&keys), keys.active().unwrap().key_id.as_str()), (vec!["a", "b"], "a"));
        // CloudFormation may ask twice, or go back.
        assert!(!keys.publish(2, || Ok(key("x", 0))).unwrap());
        assert!(!keys.publish(1, || Ok(key("x", 0))).unwrap());
        assert!(keys.activate(2).unwrap() && !keys.activate(2).unwrap());
        assert_eq!((ids(&keys), keys.active().unwrap().key_id.as_str()), (vec!["a", "b"], "b"));
        assert!(keys.publish(3, || Ok(key("c", 0))).unwrap());
        assert_eq!(ids(&keys), ["b", "c"]);
        assert!(keys.activate(9).is_err());
    }

    #[test]
    fn the_public_halves_name_their_pairs_and_nothing_shows_the_private_ones() {
        let keys = KeyPairs::generate().unwrap();
        let public = serde_json::to_value(keys.public().unwrap()).unwrap();
        assert_eq!(public["keys"][0]["kid"], keys.active_key_id);
        assert!(public["keys"][0].get("d").is_none());
        let shown = format!("{keys:?} {:?} {:?}", keys.signing_keys[0], keys.signer().unwrap());
        assert!(!shown.contains(&keys.signing_keys[0].private_key[..20]), "{shown}");
    }
}
