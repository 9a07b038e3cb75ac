//! The context's secrets: one encrypted parameter that only its own signing functions may read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kit::{Parameters, SecretError};
use serde::{Deserialize, Serialize};

/// All that signing needs, as one parameter. Its `Debug` shows nothing.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenSecrets {
    /// The id of the key that signs.
    pub active_key_id: String,
    /// All keys whose tokens are accepted.
    pub signing_keys: Vec<SigningKeyText>,
    /// The key of the refresh chain: 32 bytes in base64.
    pub refresh_key: String,
    /// The key of sign-ins that wait for their second factor: 32 bytes in base64.
    pub challenge_key: String,
}

/// One ES256 key pair.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SigningKeyText {
    /// Its id: the thumbprint of its public half (RFC 7638).
    pub key_id: String,
    /// PKCS#8 in base64.
    pub private_key: String,
    /// Which rotation made it; the newest is the highest.
    pub generation: u32,
}

impl std::fmt::Debug for TokenSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenSecrets({} keys, redacted)", self.signing_keys.len())
    }
}

impl TokenSecrets {
    /// Reads them from their parameter.
    pub async fn load(parameters: &Parameters, name: &str) -> Result<Self, SecretError> {
        Self::parse(name, &parameters.get(name).await?)
    }

    /// Reads the text of the parameter `name`.
    pub fn parse(name: &str, text: &str) -> Result<Self, SecretError> {
        serde_json::from_str(text).map_err(|error| SecretError::new(name, error))
    }

    /// The refresh key's bytes.
    pub fn refresh_key(&self) -> Result<[u8; 32], SecretError> {
        key("refreshKey", &self.refresh_key)
    }

    /// The bytes of the key of sign-ins that wait for their second factor.
    pub fn challenge_key(&self) -> Result<[u8; 32], SecretError> {
        key("challengeKey", &self.challenge_key)
    }

    /// Makes sure that there is a key of this generation or a later one. Older ones go, but for the one that signs: its
    /// tokens are still out there.
    pub fn publish(
        &mut self,
        generation: u32,
        make: impl FnOnce() -> Result<SigningKeyText, SecretError>,
    ) -> Result<bool, SecretError> {
        if self.signing_keys.iter().any(|key| key.generation >= generation) {
            return Ok(false);
        }
        let active = self.active_key_id.clone();
        self.signing_keys.retain(|key| key.key_id == active);
        self.signing_keys.push(SigningKeyText { generation, ..make()? });
        Ok(true)
    }

    /// Makes the key of this generation sign: true if another one did.
    pub fn activate(&mut self, generation: u32) -> Result<bool, SecretError> {
        let key = self.signing_keys.iter().find(|key| key.generation == generation);
        let key = key.ok_or_else(|| SecretError::new("generation", "has no key"))?;
        let changed = self.active_key_id != key.key_id;
        self.active_key_id.clone_from(&key.key_id);
        Ok(changed)
    }

    /// The key that signs.
    pub fn active(&self) -> Result<&SigningKeyText, SecretError> {
        self.signing_keys
            .iter()
            .find(|key| key.key_id == self.active_key_id)
            .ok_or_else(|| SecretError::new("activeKeyId", "names no key"))
    }
}

/// The 32 bytes of a key in base64.
pub(crate) fn key(name: &str, text: &str) -> Result<[u8; 32], SecretError> {
    let bytes = STANDARD.decode(text).map_err(|error| SecretError::new(name, error))?;
    bytes.try_into().map_err(|_| SecretError::new(name, "must have 32 bytes"))
}

/// Random bytes, for keys, tokens and salts.
pub fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0; N];
    types::random::fill(&mut bytes).map_err(|error| SecretError::new("random", error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str) -> SigningKeyText {
        SigningKeyText { key_id: id.to_owned(), private_key: String::new(), generation: 0 }
    }

    fn ids(secrets: &TokenSecrets) -> Vec<&str> {
        secrets.signing_keys.iter().map(|key| key.key_id.as_str()).collect()
    }

    #[test]
    fn a_rotation_overlaps_and_the_next_one_drops_what_signs_no_more() {
        let first = SigningKeyText { generation: 1, ..key("a") };
        let mut secrets = TokenSecrets {
            active_key_id: "a".into(),
            signing_keys: vec![first],
            refresh_key: String::new(),
            challenge_key: String::new(),
        };
        assert!(secrets.publish(2, || Ok(key("b"))).unwrap());
        assert_eq!((ids(&secrets), secrets.active().unwrap().key_id.as_str()), (vec!["a", "b"], "a"));
        // CloudFormation may ask twice, or go back.
        assert!(!secrets.publish(2, || Ok(key("x"))).unwrap());
        assert!(!secrets.publish(1, || Ok(key("x"))).unwrap());
        assert!(secrets.activate(2).unwrap() && !secrets.activate(2).unwrap());
        assert_eq!((ids(&secrets), secrets.active().unwrap().key_id.as_str()), (vec!["a", "b"], "b"));
        assert!(secrets.publish(3, || Ok(key("c"))).unwrap());
        assert_eq!(ids(&secrets), ["b", "c"]);
        assert!(secrets.activate(9).is_err());
    }
}
