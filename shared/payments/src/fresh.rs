//! A secret that was read from a parameter, and is read again before it is too old.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use kit::{Parameters, SecretError};

/// How old a secret may be that a process holds: one that was replaced is soon known.
const MAX_AGE: SignedDuration = SignedDuration::from_mins(5);

/// What is made of a secret, at most some minutes old where a newer one can be had.
pub(crate) struct Fresh<T> {
    source: Option<Source<T>>,
    current: Mutex<Option<Loaded<T>>>,
}

#[derive(Clone)]
struct Loaded<T> {
    value: T,
    secret: String,
    at: Timestamp,
}

struct Source<T> {
    parameters: Parameters,
    name: String,
    make: Box<dyn Fn(String) -> T + Send + Sync>,
}

impl<T: Clone> Fresh<T> {
    /// Nothing.
    pub(crate) fn none() -> Self {
        Self { source: None, current: Mutex::default() }
    }

    /// What stays as it is.
    pub(crate) fn fixed(value: T) -> Self {
        Self { source: None, current: Mutex::new(Some(Loaded { value, secret: String::new(), at: Timestamp::MAX })) }
    }

    /// What `make` makes of the parameter `name`, at `now`.
    pub(crate) async fn load(
        parameters: Parameters,
        name: String,
        now: Timestamp,
        make: impl Fn(String) -> T + Send + Sync + 'static,
    ) -> Result<Self, SecretError> {
        let secret = parameters.get(&name).await?;
        let loaded = Loaded { value: make(secret.clone()), secret, at: now };
        let source = Source { parameters, name, make: Box::new(make) };
        Ok(Self { source: Some(source), current: Mutex::new(Some(loaded)) })
    }

    /// It, as fresh as it can be had.
    pub(crate) async fn get(&self, now: Timestamp) -> Option<T> {
        let mut loaded = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let stale = now.duration_since(loaded.at) > MAX_AGE;
        let Some(source) = self.source.as_ref().filter(|_| stale) else { return Some(loaded.value) };
        match source.parameters.get(&source.name).await {
            Ok(secret) => {
                // What is made of the same secret stays, with the access token that it may hold.
                if secret != loaded.secret {
                    loaded = Loaded { value: (source.make)(secret.clone()), secret, at: now };
                }
                loaded.at = now;
                *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(loaded.clone());
            }
            Err(error) => tracing::warn!(%error, "a secret of the payment provider could not be read again"),
        }
        Some(loaded.value)
    }
}
