//! The context's secrets: one encrypted parameter that only its own signing functions may read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kit::auth::KeyPairs;
use kit::{Parameters, SecretError};
use serde::{Deserialize, Serialize};

/// All that signing needs, as one parameter. Its `Debug` shows nothing.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenSecrets {
    /// The keys that sign access tokens.
    #[serde(flatten)]
    pub keys: KeyPairs,
    /// The key of the refresh chain: 32 bytes in base64.
    pub refresh_key: String,
    /// The key of sign-ins that wait for their second factor: 32 bytes in base64.
    pub challenge_key: String,
}

impl std::fmt::Debug for TokenSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenSecrets({} keys, redacted)", self.keys.signing_keys.len())
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

    #[test]
    fn the_stored_form_has_the_keys_beside_the_other_secrets() {
        let keys = KeyPairs::generate().unwrap();
        let secrets = TokenSecrets { keys, refresh_key: "r".to_owned(), challenge_key: "c".to_owned() };
        let stored = serde_json::to_value(&secrets).unwrap();
        let names: Vec<&String> = stored.as_object().unwrap().keys().collect();
        assert_eq!(names, ["activeKeyId", "challengeKey", "refreshKey", "signingKeys"]);
        let read = TokenSecrets::parse("token-secrets", &stored.to_string()).unwrap();
        assert_eq!(read.keys.active_key_id, secrets.keys.active_key_id);
    }
}
