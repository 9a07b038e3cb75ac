//! What the functions of this context hold.

use std::sync::{Arc, Mutex, PoisonError};

use dynamo::StoreError;
use jiff::{SignedDuration, Timestamp};
use kit::file_urls::FileUrls;
use kit::{Clock, ConfigError, Environment};

use crate::store::{Shared, Store};

/// The context of endpoints for the staff.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of consumers and scheduled functions.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// How long a process uses the price lists and categories that it has read. A new list or title shows that much later; when a list
/// begins and ends to apply is part of it, and takes effect at once.
pub const SHARED_MAX_AGE: SignedDuration = SignedDuration::from_secs(10);

/// The context of endpoints that everybody may call.
#[derive(Debug)]
pub struct PublicPages {
    /// The context's items.
    pub store: Store,
    /// URLs of published files.
    pub files: FileUrls,
    /// The time.
    pub clock: Clock,
    shared: Mutex<Option<(Arc<Shared>, Timestamp)>>,
}

impl PublicPages {
    /// Reads what [`ConsumerContext`] and [`FileUrls`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let files = FileUrls::from_env(env);
        let ConsumerContext { store, clock } = ConsumerContext::from_env(env).await?;
        let (files,) = env.all((files,))?;
        Ok(Self::new(store, files, clock))
    }

    /// From its parts.
    pub const fn new(store: Store, files: FileUrls, clock: Clock) -> Self {
        Self { store, files, clock, shared: Mutex::new(None) }
    }

    /// Returns price lists and categories, at most [`SHARED_MAX_AGE`] old. They are read at the same time as a page, so that a request
    /// needs one round trip.
    pub async fn shared(&self, now: Timestamp) -> Result<Arc<Shared>, StoreError> {
        let known = self.shared.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((shared, _)) = known.filter(|(_, read_at)| now.duration_since(*read_at) < SHARED_MAX_AGE) {
            return Ok(shared);
        }
        let shared = Arc::new(self.store.shared().await?);
        *self.shared.lock().unwrap_or_else(PoisonError::into_inner) = Some((shared.clone(), now));
        Ok(shared)
    }
}
