//! The keys of the second factor: versions of one secret, in a parameter of their own.
//!
//! Authenticator secrets and recovery codes in the table are worth nothing without the version that made them. So versions are
//! only ever added, and everything that one makes names it.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::hkdf::{HKDF_SHA256, Prk};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use kit::auth::{Authenticates, Verifier};
use kit::fresh::Fresh;
use kit::{Clock, ConfigError, Environment, Parameters, SecretError, sdk};
use serde::{Deserialize, Serialize};

use crate::domain::key_set::{KeyId, KeySet};
use crate::domain::recovery::RecoveryKey;
use crate::sealing::Sealer;
use crate::secrets;

/// How long a new version waits until it makes anything: twice [`kit::fresh::MAX_AGE`], so that every process can read what
/// another one made with it.
pub const SETTLING: SignedDuration = SignedDuration::from_mins(10);

/// All versions, as their parameter has them. Its `Debug` shows no key.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MfaSecrets {
    keys: Vec<MfaSecret>,
}

/// One version.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MfaSecret {
    id: KeyId,
    created_at: Timestamp,
    /// 32 bytes in base64.
    secret: String,
}

impl std::fmt::Debug for MfaSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MfaSecrets({} keys, redacted)", self.keys.len())
    }
}

impl MfaSecrets {
    /// The first version, created at `now`.
    pub fn generate(now: Timestamp) -> Result<Self, SecretError> {
        Ok(Self { keys: vec![MfaSecret::generate(KeyId::new(1), now)?] })
    }

    /// Reads the text of the parameter `name`.
    pub fn parse(name: &str, text: &str) -> Result<Self, SecretError> {
        serde_json::from_str(text).map_err(|error| SecretError::new(name, error))
    }

    /// The text of the parameter.
    pub fn to_text(&self) -> Result<String, SecretError> {
        serde_json::to_string(self).map_err(|error| SecretError::new("mfa-keys", error))
    }

    /// Adds a version, created at `now`; the others stay.
    pub fn add(&mut self, now: Timestamp) -> Result<(), SecretError> {
        let newest = self.keys.iter().map(|key| key.id).max();
        let id = newest.and_then(KeyId::next).ok_or_else(|| broken("has no key that another could follow"))?;
        self.keys.push(MfaSecret::generate(id, now)?);
        Ok(())
    }

    /// The keys of a process that has read the parameter at `now`.
    pub fn keys(&self, now: Timestamp) -> Result<MfaKeys, SecretError> {
        let active = self.active(now)?;
        let (mut recovery, mut sealers) = (BTreeMap::new(), BTreeMap::new());
        for key in &self.keys {
            let (recovery_key, sealer) = key.derive()?;
            if recovery.insert(key.id, recovery_key).is_some() {
                return Err(broken("has two keys with one id"));
            }
            sealers.insert(key.id, sealer);
        }
        let recovery = KeySet::new(active, recovery).map_err(broken)?;
        let sealers = KeySet::new(active, sealers).map_err(broken)?;
        Ok(MfaKeys { recovery, sealers })
    }

    /// The newest version that every process knows; the first one if all are new.
    fn active(&self, now: Timestamp) -> Result<KeyId, SecretError> {
        let settled = self.keys.iter().filter(|key| now.duration_since(key.created_at) >= SETTLING);
        let newest = settled.map(|key| key.id).max().or_else(|| self.keys.iter().map(|key| key.id).min());
        newest.ok_or_else(|| broken("has no key"))
    }
}

impl MfaSecret {
    fn generate(id: KeyId, now: Timestamp) -> Result<Self, SecretError> {
        Ok(Self { id, created_at: now, secret: STANDARD.encode(secrets::random::<32>()?) })
    }

    /// Derives a key for each purpose (HKDF, RFC 5869), so that what one of them makes is nothing to the other.
    fn derive(&self) -> Result<(RecoveryKey, Sealer), SecretError> {
        let secret = Prk::new_less_safe(HKDF_SHA256, &secrets::key("mfa-keys", &self.secret)?);
        let recovery = RecoveryKey::new(expand(&secret, b"atoll identity mfa recovery code")?);
        Ok((recovery, Sealer::new(&expand(&secret, b"atoll identity mfa sealing")?)?))
    }
}

fn broken(reason: impl std::fmt::Display) -> SecretError {
    SecretError::new("mfa-keys", reason)
}

fn expand(secret: &Prk, purpose: &[u8]) -> Result<[u8; 32], SecretError> {
    let mut key = [0; 32];
    secret
        .expand(&[purpose], HKDF_SHA256)
        .and_then(|expanded| expanded.fill(&mut key))
        .map_err(|_| broken("cannot be used"))?;
    Ok(key)
}

/// What the second factor is checked with.
#[derive(Debug)]
pub struct MfaKeys {
    /// Hash recovery codes.
    pub recovery: KeySet<RecoveryKey>,
    /// Encrypt the secrets of authenticator apps.
    pub sealers: KeySet<Sealer>,
}

/// What a function holds, and the keys of the second factor.
pub struct WithMfaKeys<C> {
    /// What it holds beside.
    pub base: C,
    keys: Fresh<MfaKeys>,
}

impl<C> WithMfaKeys<C> {
    /// Reads what `base` reads and `MFA_KEYS_NAME`, whose value it loads before the first request.
    pub async fn from_env(
        base: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
        env: &mut Environment,
    ) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("MFA_KEYS_NAME"),);
        let (base, (name,)) = ConfigError::both(base(env).await, env.all(values))?;
        let (parameters, now) = (Parameters::new(&sdk::config()), Clock::System.now());
        let read = |text: &str, now| MfaSecrets::parse("mfa-keys", text)?.keys(now);
        let keys = Fresh::load(parameters, name, now, read).await.map_err(ConfigError::because)?;
        Ok(Self::new(base, keys))
    }

    /// From its parts.
    pub fn new(base: C, keys: Fresh<MfaKeys>) -> Self {
        Self { base, keys }
    }

    /// The keys, with versions that were added meanwhile.
    pub async fn mfa_keys(&self, now: Timestamp) -> Arc<MfaKeys> {
        self.keys.get(now).await
    }
}

impl<C: Authenticates> Authenticates for WithMfaKeys<C> {
    fn verifier(&self) -> &Verifier {
        self.base.verifier()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn active(secrets: &MfaSecrets, second: i64) -> (KeyId, KeyId) {
        let keys = secrets.keys(at(second)).unwrap();
        (keys.recovery.active().0, keys.sealers.active().0)
    }

    #[test]
    fn a_new_key_makes_nothing_until_every_process_knows_it() {
        let (first, second) = (KeyId::new(1), KeyId::new(2));
        let mut secrets = MfaSecrets::generate(at(0)).unwrap();
        assert_eq!(active(&secrets, 0), (first, first), "the first key need not wait");
        secrets.add(at(60)).unwrap();
        assert_eq!(active(&secrets, 659), (first, first));
        assert_eq!(active(&secrets, 660), (second, second));
        assert!(secrets.keys(at(60)).unwrap().recovery.get(second).is_ok(), "it is read at once");
    }

    #[test]
    fn a_key_is_added_and_the_others_stay() {
        let mut secrets = MfaSecrets::generate(at(0)).unwrap();
        let first = secrets.keys[0].secret.clone();
        secrets.add(at(1)).unwrap();
        secrets.add(at(2)).unwrap();
        let read = MfaSecrets::parse("mfa-keys", &secrets.to_text().unwrap()).unwrap();
        let ids: Vec<_> = read.keys.iter().map(|key| key.id).collect();
        assert_eq!(ids, [1, 2, 3].map(KeyId::new));
        assert_eq!(read.keys[0].secret, first);
        assert!(read.keys[1].secret != first && read.keys[1].secret != read.keys[2].secret);
        assert!(!format!("{secrets:?}").contains(&first));
    }

    #[test]
    fn what_is_no_set_of_keys_is_refused() {
        let key =
            |id: u32| format!(r#"{{"id":{id},"createdAt":"2026-11-01T00:00:00Z","secret":"{}="}}"#, "A".repeat(43));
        let keys = |text: &str| MfaSecrets::parse("mfa-keys", text)?.keys(at(0));
        assert!(keys(&format!(r#"{{"keys":[{},{}]}}"#, key(1), key(2))).is_ok());
        let (twice, short) = (format!("{},{}", key(1), key(1)), key(1).replace("AAAA", ""));
        for bad in ["", twice.as_str(), short.as_str()] {
            assert!(keys(&format!(r#"{{"keys":[{bad}]}}"#)).is_err(), "{bad}");
        }
        assert!(keys("{}").is_err());
        assert!(MfaSecrets { keys: Vec::new() }.add(at(0)).is_err());
    }
}
