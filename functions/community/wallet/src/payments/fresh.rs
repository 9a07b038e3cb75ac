//! A secret that was read from a parameter, and is read again before it is too old.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use kit::{Parameters, SecretError};

/// How old a secret may be that a process holds: one that was replaced is soon known.
const MAX_AGE: SignedDuration = SignedDuration::from_mins(5);

/// What is made of a secret, at most some minutes old where a newer one can be had.
pub(super) struct Fresh<T> {
    source: Option<Source<T>>,
    current: Mutex<Option<(T, Timestamp)>>,
}

struct Source<T> {
    parameters: Parameters,
    name: String,
    make: Box<dyn Fn(String) -> T + Send + Sync>,
}

impl<T: Clone> Fresh<T> {
    /// Nothing.
    pub(super) fn none() -> Self {
        Self { source: None, current: Mutex::default() }
    }

    /// What stays as it is.
    pub(super) fn fixed(value: T) -> Self {
        Self { source: None, current: Mutex::new(Some((value, Timestamp::MAX))) }
    }

    /// What `make` makes of the parameter `name`, at `now`.
    pub(super) async fn load(
        parameters: Parameters,
        name: String,
        now: Timestamp,
        make: impl Fn(String) -> T + Send + Sync + 'static,
    ) -> Result<Self, SecretError> {
        let value = make(parameters.get(&name).await?);
        let source = Source { parameters, name, make: Box::new(make) };
        Ok(Self { source: Some(source), current: Mutex::new(Some((value, now))) })
    }

    /// It, as fresh as it can be had.
    pub(super) async fn get(&self, now: Timestamp) -> Option<T> {
        let (value, loaded_at) = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let stale = now.duration_since(loaded_at) > MAX_AGE;
        let Some(source) = self.source.as_ref().filter(|_| stale) else { return Some(value) };
        match source.parameters.get(&source.name).await {
            Ok(secret) => {
                let newer = (source.make)(secret);
                *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some((newer.clone(), now));
                Some(newer)
            }
            Err(error) => {
                tracing::warn!(%error, "a secret of the payment provider could not be read again");
                Some(value)
            }
        }
    }
}
