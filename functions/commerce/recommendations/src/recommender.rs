//! The loaded model of a function, and the products that changed since it was built. Requests read neither the table nor the bucket,
//! except for one that finds what is loaded older than [`REFRESH_INTERVAL`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kit::http::Problem;
use kit::snapshot::{SnapshotError, SnapshotFiles};

use crate::domain::feed::{Changes, Pointer};
use crate::domain::model::{FORMAT, Model};
use crate::store::Store;

/// Age of what is loaded after which the next request reads the feed again.
pub const REFRESH_INTERVAL: SignedDuration = SignedDuration::from_secs(10);

/// How long a request waits for a new model while an earlier one is loaded: much less than the function's timeout, which would end
/// the process and with it what is loaded.
const LOAD_TIMEOUT: Duration = Duration::from_secs(4);

/// What recommendations are made from.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The model; none before the first build.
    pub model: Option<Arc<Model>>,
    /// Products that changed.
    pub changes: Arc<Changes>,
    pointer: Option<Pointer>,
    refreshed_at: Option<Timestamp>,
}

/// Loads models.
#[derive(Debug)]
pub struct Recommender {
    store: Store,
    files: SnapshotFiles,
    loaded: Mutex<Loaded>,
}

impl Recommender {
    /// Nothing is loaded before the first request.
    pub fn new(store: Store, files: SnapshotFiles) -> Self {
        Self { store, files, loaded: Mutex::default() }
    }

    /// What is current, at most [`REFRESH_INTERVAL`] old. If it cannot be read, what is loaded stays in use.
    pub async fn current(&self, now: Timestamp) -> Result<Loaded, Problem> {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let age = loaded.refreshed_at.map(|at| now.duration_since(at));
        if age.is_some_and(|age| (SignedDuration::ZERO..REFRESH_INTERVAL).contains(&age)) {
            return Ok(loaded);
        }
        let fresh = match self.refresh(&loaded, now).await {
            Ok(fresh) => fresh,
            Err(problem) if loaded.refreshed_at.is_none() => return Err(problem),
            Err(problem) => {
                tracing::warn!(code = problem.code(), "the model could not be refreshed; the loaded one stays in use");
                Loaded { refreshed_at: Some(now), ..loaded }
            }
        };
        *self.loaded.lock().unwrap_or_else(PoisonError::into_inner) = fresh.clone();
        Ok(fresh)
    }

    /// Reads the feed, and the model if there is a new one. If that fails, the loaded model stays in use, with the changes since.
    async fn refresh(&self, loaded: &Loaded, now: Timestamp) -> Result<Loaded, Problem> {
        let built_at = loaded.pointer.as_ref().map(|pointer| pointer.built_at);
        let (pointer, changes) = self.store.feed(built_at).await?;
        let fresh = Loaded { changes: Arc::new(changes), refreshed_at: Some(now), ..loaded.clone() };
        let known = loaded.pointer.as_ref().map(|pointer| &pointer.snapshot);
        let is_new = |pointer: &Pointer| pointer.format == FORMAT && known != Some(&pointer.snapshot);
        let Some(pointer) = pointer.filter(is_new) else { return Ok(fresh) };
        let model = if loaded.model.is_none() {
            self.load(&pointer).await?
        } else {
            let load = tokio::time::timeout(LOAD_TIMEOUT, self.load(&pointer)).await;
            match load.unwrap_or_else(|_elapsed| Err(Problem::unavailable("the model took too long"))) {
                Ok(model) => model,
                Err(problem) => {
                    tracing::warn!(
                        code = problem.code(),
                        "a new model could not be loaded; the earlier one stays in use"
                    );
                    return Ok(fresh);
                }
            }
        };
        Ok(Loaded { model: Some(Arc::new(model)), pointer: Some(pointer), ..fresh })
    }

    async fn load(&self, pointer: &Pointer) -> Result<Model, Problem> {
        let bytes = match self.files.get(&pointer.snapshot).await {
            // The pointer was read just before it moved, a day ago: unlikely, and the next request reads it again.
            Err(SnapshotError::Gone) => return Err(Problem::unavailable("the model was deleted")),
            other => other?,
        };
        let decoded = kit::blocking::run(move || Model::from_bytes(&bytes)).await;
        decoded.map_err(Problem::internal)?.map_err(|error| Problem::unavailable(error.to_string()))
    }
}
