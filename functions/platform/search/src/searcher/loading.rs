//! Loads indexes: a task beside the requests, whose result waits until a request uses it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kit::snapshot::SnapshotFiles;
use search_engine::{Collection, Index};
use tokio::task::JoinHandle;

use super::SearcherError;
use crate::store::Pointer;

/// How long after a failed load the same index is tried again.
pub const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(30);
/// How long a load runs beside the requests before one waits for it.
const OVERDUE_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// An index that was loaded.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The index.
    pub index: Index,
    /// Its number.
    pub epoch: u64,
    /// Number of the last change that it contains.
    pub covered: u64,
}

/// The load of a newer index.
#[derive(Debug, Default)]
pub struct Loading {
    /// The number of the index that is being loaded, and the task.
    task: Option<(u64, JoinHandle<Result<Loaded, SearcherError>>)>,
    /// What was loaded and is not used yet.
    loaded: Option<Loaded>,
    /// Since when there is a newer index than the one in use.
    since: Option<Timestamp>,
    /// The index whose load failed last, and when.
    failed: Option<(u64, Timestamp)>,
}

impl Loading {
    /// Begins to load a newer index, unless a load is running, or this one has just failed.
    pub fn begin(&mut self, files: &SnapshotFiles, collection: &'static Collection, pointer: &Pointer, now: Timestamp) {
        self.since.get_or_insert(now);
        if self.task.is_some() || self.has_failed(pointer.epoch, now) {
            return;
        }
        let (files, pointer) = (files.clone(), pointer.clone());
        let epoch = pointer.epoch;
        self.task = Some((epoch, tokio::spawn(async move { load(&files, collection, &pointer).await })));
    }

    /// True if a load failed, or has not ended within [`OVERDUE_AFTER`]: a process that is frozen between requests may never end it.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let is_late = |since: Timestamp| now.duration_since(since) >= OVERDUE_AFTER;
        self.failed.is_some() || self.since.is_some_and(is_late)
    }

    /// Takes over what the task has loaded, and waits for it at most this long. True if an index has just been loaded.
    pub async fn collect(&mut self, now: Timestamp, wait: Duration) -> bool {
        let Some((epoch, task)) = &mut self.task else { return false };
        if wait.is_zero() && !task.is_finished() {
            return false;
        }
        let epoch = *epoch;
        let Ok(ended) = tokio::time::timeout(wait, task).await else { return false };
        self.task = None;
        match ended.map_err(SearcherError::from).and_then(|loaded| loaded) {
            Ok(loaded) => {
                (self.loaded, self.failed) = (Some(loaded), None);
                true
            }
            Err(error) => {
                tracing::error!(%error, epoch, "a newer index could not be loaded");
                self.fail(epoch, now);
                false
            }
        }
    }

    /// The index that was loaded and is not used yet.
    pub fn loaded(&self) -> Option<&Loaded> {
        self.loaded.as_ref()
    }

    /// Notes that the loaded index is in use.
    pub fn finish(&mut self) {
        (self.loaded, self.since) = (None, None);
    }

    /// Notes that an index could not be loaded.
    pub fn fail(&mut self, epoch: u64, now: Timestamp) {
        self.failed = Some((epoch, now));
    }

    /// True if the load of an index has failed within [`RETRY_AFTER`].
    pub fn has_failed(&self, epoch: u64, now: Timestamp) -> bool {
        self.failed.is_some_and(|(failed, at)| failed == epoch && now.duration_since(at).abs() < RETRY_AFTER)
    }
}

/// Loads an index.
pub async fn load(
    files: &SnapshotFiles,
    collection: &'static Collection,
    pointer: &Pointer,
) -> Result<Loaded, SearcherError> {
    let bytes = files.get(&pointer.snapshot).await?;
    let index = kit::blocking::run(move || Index::open(collection, bytes)).await??;
    Ok(Loaded { index, epoch: pointer.epoch, covered: pointer.covered })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::collections::PRODUCTS;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn running(result: Result<Loaded, SearcherError>) -> Loading {
        let task = tokio::spawn(async move {
            tokio::task::yield_now().await;
            result
        });
        Loading { task: Some((7, task)), since: Some(at(0)), ..Loading::default() }
    }

    #[tokio::test]
    async fn a_loaded_index_waits_until_it_is_used() {
        let mut loading = running(Ok(Loaded { index: Index::empty(&PRODUCTS.indexed), epoch: 7, covered: 5 }));
        assert!(!loading.collect(at(1), Duration::ZERO).await && loading.loaded().is_none());
        assert!(!loading.is_overdue(at(29)) && loading.is_overdue(at(30)));
        assert!(loading.collect(at(30), Duration::from_secs(5)).await);
        for _ in 0..2 {
            assert_eq!(loading.loaded().map(|loaded| (loaded.epoch, loaded.covered)), Some((7, 5)));
            assert!(!loading.collect(at(31), Duration::ZERO).await, "a failed refresh leaves it for the next one");
        }
        loading.finish();
        assert!(loading.loaded().is_none() && !loading.is_overdue(at(99)));
    }

    #[tokio::test]
    async fn a_failed_load_is_repeated_after_half_a_minute_while_requests_wait() {
        let mut loading = running(Err(SearcherError::Failed));
        assert!(!loading.collect(at(1), Duration::from_secs(5)).await);
        assert!(loading.is_overdue(at(1)) && loading.has_failed(7, at(30)) && !loading.has_failed(7, at(31)));
        assert!(!loading.has_failed(8, at(2)), "another index may be tried at once");
    }
}
