//! The index in the memory of a function, with the changes since it was built.
//!
//! A request sees one [`View`]: an index and the changes on top of it, replaced together. The log is read at most once per second.
//! When the pointer names a newer index, a task loads it beside the requests, which go on with the old one and its changes: they
//! remain correct, because changes are kept for days. The next refresh after the task has ended reads the changes since the new
//! index and replaces the view. A process that Lambda freezes continues the task when it thaws; a load that failed is begun again.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dynamo::StoreError;
use jiff::{SignedDuration, Timestamp};
use kit::http::Problem;
use kit::snapshot::{SnapshotError, SnapshotFiles};
use search_engine::{Changes, Collection, Index, OpenError};
use types::ProductId;

use crate::domain::assemble;
use crate::domain::log::Subject;
use crate::store::{LogRead, Pointer, Store};

/// How often the log is read at most.
pub const REFRESH_INTERVAL: SignedDuration = SignedDuration::from_secs(1);

/// An index and the changes on top of it.
#[derive(Debug, Clone)]
pub struct View {
    /// The index.
    pub index: Index,
    /// The changes.
    pub changes: Changes,
}

impl View {
    fn of(index: Index) -> Self {
        let changes = Changes::new(&index);
        Self { index, changes }
    }
}

/// No index can be searched.
#[derive(Debug, thiserror::Error)]
pub enum SearcherError {
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file could not be loaded.
    #[error(transparent)]
    File(#[from] SnapshotError),
    /// The file is no index of this version.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Opening ended early.
    #[error(transparent)]
    Stopped(#[from] kit::blocking::BlockingError),
}

impl From<SearcherError> for Problem {
    fn from(error: SearcherError) -> Self {
        Self::unavailable(error.to_string())
    }
}

/// An index that was loaded.
#[derive(Debug)]
struct Loaded {
    index: Index,
    epoch: u64,
    covered: u64,
}

/// What the task that loads an index shares with requests.
#[derive(Debug, Default)]
struct Loading {
    is_running: AtomicBool,
    loaded: Mutex<Option<Loaded>>,
}

#[derive(Debug)]
struct State {
    view: Arc<View>,
    epoch: u64,
    /// Number of the last change that the index contains.
    covered: u64,
    /// Number of the last change that the view contains.
    applied: u64,
    /// None before the first index was loaded, or found missing.
    refreshed_at: Option<Timestamp>,
}

/// Searches a collection in memory.
#[derive(Debug)]
pub struct Searcher {
    store: Store,
    files: SnapshotFiles,
    collection: &'static Collection,
    state: futures::lock::Mutex<State>,
    loading: Arc<Loading>,
}

impl Searcher {
    /// Searches a collection whose index is not loaded yet.
    pub fn new(store: Store, files: SnapshotFiles, collection: &'static Collection) -> Self {
        let view = Arc::new(View::of(Index::empty(collection)));
        let state = State { view, epoch: 0, covered: 0, applied: 0, refreshed_at: None };
        Self { store, files, collection, state: futures::lock::Mutex::new(state), loading: Arc::default() }
    }

    /// Returns the collection.
    pub fn collection(&self) -> &'static Collection {
        self.collection
    }

    /// Returns the index with all changes of which this process has read within the last second. Where the log cannot be read, an
    /// earlier view stays in use.
    pub async fn view(&self, now: Timestamp) -> Result<Arc<View>, SearcherError> {
        let mut state = self.state.lock().await;
        let is_fresh = |at: Timestamp| now.duration_since(at).abs() < REFRESH_INTERVAL;
        if state.refreshed_at.is_some_and(is_fresh) {
            return Ok(state.view.clone());
        }
        if state.refreshed_at.is_none() {
            self.load_first(&mut state).await?;
        }
        match self.refresh(&mut state).await {
            Ok(()) => {}
            Err(error) if state.refreshed_at.is_none() => return Err(error.into()),
            Err(error) => tracing::warn!(%error, "the log of changes could not be read"),
        }
        state.refreshed_at = Some(now);
        Ok(state.view.clone())
    }

    async fn load_first(&self, state: &mut State) -> Result<(), SearcherError> {
        let Some(pointer) = self.store.pointer(self.collection.name).await? else { return Ok(()) };
        let loaded = load(&self.files, self.collection, &pointer.value).await?;
        *state = State {
            view: Arc::new(View::of(loaded.index)),
            epoch: loaded.epoch,
            covered: loaded.covered,
            applied: loaded.covered,
            refreshed_at: None,
        };
        Ok(())
    }

    async fn refresh(&self, state: &mut State) -> Result<(), StoreError> {
        let newer = self.loading.take().filter(|loaded| loaded.epoch > state.epoch);
        let after = newer.as_ref().map_or(state.applied, |loaded| loaded.covered);
        let mut read = self.store.log_after(self.collection.name, after).await?;
        let is_shared = |(_, subject): &(u64, Subject)| *subject == Subject::Settings;
        let mut base = newer.map(|loaded| (View::of(loaded.index), loaded.epoch, loaded.covered));
        if base.is_none() && after > state.covered && read.changes.iter().any(is_shared) {
            // Documents are assembled with what they share: those of the earlier changes too.
            read = self.store.log_after(self.collection.name, state.covered).await?;
            base = Some((View::of(state.view.index.clone()), state.epoch, state.covered));
        }
        let applied = read.changes.last().map_or(after, |(sequence, _)| *sequence);
        if let Some((view, epoch, covered)) = base {
            let view = self.apply(view, &read).await?;
            *state = State { view: Arc::new(view), epoch, covered, applied, refreshed_at: state.refreshed_at };
        } else if !read.changes.is_empty() {
            state.view = Arc::new(self.apply(View::clone(&state.view), &read).await?);
            state.applied = applied;
        }
        if let Some(pointer) = read.pointer.filter(|pointer| pointer.value.epoch > state.epoch) {
            self.load_beside(pointer.value);
        }
        Ok(())
    }

    /// Applies the changes of the log. Changes are references: the documents are read as they are now.
    async fn apply(&self, mut view: View, read: &LogRead) -> Result<View, StoreError> {
        let ids: BTreeSet<ProductId> = read.changes.iter().filter_map(|(_, subject)| product_of(subject)).collect();
        if ids.is_empty() {
            return Ok(view);
        }
        let (documents, settings) = self.store.documents(ids.into_iter().collect()).await?;
        for document in documents {
            let change = assemble::change(&document.value, document.version, &settings);
            if let Err(error) = view.changes.apply(change) {
                tracing::warn!(%error, document = %document.value.product_id, "a document was left out of the index");
            }
        }
        Ok(view)
    }

    /// Loads a newer index without letting requests wait.
    fn load_beside(&self, pointer: Pointer) {
        if self.loading.is_running.swap(true, Ordering::AcqRel) {
            return;
        }
        let (loading, files, collection) = (self.loading.clone(), self.files.clone(), self.collection);
        drop(tokio::spawn(async move {
            match load(&files, collection, &pointer).await {
                Ok(loaded) => *loading.loaded.lock().unwrap_or_else(PoisonError::into_inner) = Some(loaded),
                Err(error) => tracing::error!(%error, epoch = pointer.epoch, "a newer index could not be loaded"),
            }
            loading.is_running.store(false, Ordering::Release);
        }));
    }
}

impl Loading {
    fn take(&self) -> Option<Loaded> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

fn product_of(subject: &Subject) -> Option<ProductId> {
    match subject {
        Subject::Document(id) => id.parse().ok(),
        Subject::Settings | Subject::Index => None,
    }
}

async fn load(
    files: &SnapshotFiles,
    collection: &'static Collection,
    pointer: &Pointer,
) -> Result<Loaded, SearcherError> {
    let bytes = files.get(&pointer.snapshot).await?;
    let index = kit::blocking::run(move || Index::open(collection, bytes)).await??;
    Ok(Loaded { index, epoch: pointer.epoch, covered: pointer.covered })
}
