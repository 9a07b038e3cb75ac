//! Values of encrypted parameters that are kept fresh in a process that lives for hours.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{Parameters, SecretError};
use jiff::{SignedDuration, Timestamp};

/// How old a value may be. A rotation waits this long before it removes a key.
pub const MAX_AGE: SignedDuration = SignedDuration::from_mins(5);

/// Reads the text of a parameter at a time.
type Read<T> = Box<dyn Fn(&str, Timestamp) -> Result<T, SecretError> + Send + Sync>;

/// A value, and where a newer one comes from.
pub struct Fresh<T> {
    source: Option<Source<T>>,
    current: Mutex<(Arc<T>, Timestamp)>,
}

struct Source<T> {
    parameters: Parameters,
    name: String,
    read: Read<T>,
}

impl<T> Source<T> {
    async fn load(&self, now: Timestamp) -> Result<T, SecretError> {
        let text = self.parameters.get(&self.name).await?;
        (self.read)(&text, now)
    }
}

impl<T> Fresh<T> {
    /// Loads the parameter `name`, at `now`.
    pub async fn load(
        parameters: Parameters,
        name: String,
        now: Timestamp,
        read: impl Fn(&str, Timestamp) -> Result<T, SecretError> + Send + Sync + 'static,
    ) -> Result<Self, SecretError> {
        let source = Source { parameters, name, read: Box::new(read) };
        let current = Mutex::new((Arc::new(source.load(now).await?), now));
        Ok(Self { source: Some(source), current })
    }

    /// A value that stays as it is.
    pub fn fixed(value: T) -> Self {
        Self { source: None, current: Mutex::new((Arc::new(value), Timestamp::MAX)) }
    }

    /// The value, at most [`MAX_AGE`] old. Where no newer one can be read, the old one stays in use.
    pub async fn get(&self, now: Timestamp) -> Arc<T> {
        let (value, loaded_at) = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(source) = self.source.as_ref().filter(|_| now.duration_since(loaded_at) > MAX_AGE) else {
            return value;
        };
        match source.load(now).await {
            Ok(newer) => {
                let newer = Arc::new(newer);
                *self.current.lock().unwrap_or_else(PoisonError::into_inner) = (newer.clone(), now);
                newer
            }
            Err(error) => {
                tracing::warn!(%error, "a parameter could not be read again");
                value
            }
        }
    }
}
