//! Keeps the signing keys fresh in a process that lives for hours.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use kit::{Parameters, SecretError};

use crate::issuer::Issuer;
use crate::secrets::TokenSecrets;

/// How old the keys may be. A rotation waits this long before it removes a key.
pub const MAX_AGE: SignedDuration = SignedDuration::from_mins(5);

/// The issuer, and where newer keys come from.
pub struct Keyring {
    source: Option<Source>,
    current: Mutex<(Arc<Issuer>, Timestamp)>,
}

struct Source {
    parameters: Parameters,
    name: String,
    issuer: String,
}

impl Source {
    async fn load(&self) -> Result<Issuer, SecretError> {
        let secrets = TokenSecrets::load(&self.parameters, &self.name).await?;
        Issuer::new(&secrets, &self.issuer)
    }
}

impl Keyring {
    /// Loads the keys, at `now`.
    pub async fn load(parameters: Parameters, name: String, issuer: &str, now: Timestamp) -> Result<Self, SecretError> {
        let source = Source { parameters, name, issuer: issuer.to_owned() };
        let current = Mutex::new((Arc::new(source.load().await?), now));
        Ok(Self { source: Some(source), current })
    }

    /// Keys that stay as they are.
    pub fn fixed(issuer: Issuer) -> Self {
        Self { source: None, current: Mutex::new((Arc::new(issuer), Timestamp::MAX)) }
    }

    /// The issuer, with keys that are at most [`MAX_AGE`] old. Where newer ones cannot be had the old ones go on.
    pub async fn issuer(&self, now: Timestamp) -> Arc<Issuer> {
        let (issuer, loaded_at) = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(source) = self.source.as_ref().filter(|_| now.duration_since(loaded_at) > MAX_AGE) else {
            return issuer;
        };
        match source.load().await {
            Ok(newer) => {
                let newer = Arc::new(newer);
                *self.current.lock().unwrap_or_else(PoisonError::into_inner) = (newer.clone(), now);
                newer
            }
            Err(error) => {
                tracing::warn!(%error, "the signing keys could not be read again");
                issuer
            }
        }
    }
}
