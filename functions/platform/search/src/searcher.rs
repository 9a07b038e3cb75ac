//! The index in the memory of a function, with the changes since it was built.
//!
//! A request sees one [`View`]: an index and the changes on top of it, replaced together. The log is read at most once per second.
//! When the pointer names a newer index, a task loads it beside the requests ([`loading`]), which go on with the old one and its
//! changes: they remain correct, because changes are kept for days. The next refresh after the task has ended reads the changes since
//! the new index and replaces the view. A process that Lambda freezes runs its tasks during requests only, so a request waits for a
//! load that has not ended after half a minute.

mod loading;

use std::collections::BTreeSet;
use std::sync::Arc;

use dynamo::StoreError;
use jiff::{SignedDuration, Timestamp};
use kit::http::Problem;
use kit::snapshot::{SnapshotError, SnapshotFiles};
use search_engine::{Change, ChangeError, Changes, Index, OpenError};

use crate::domain::collections::Declaration;
use crate::domain::log::Subject;
use crate::domain::settings::Settings;
use crate::store::{LogRead, Pointer, Store, StoredDocuments};
use loading::{Loaded, Loading, RETRY_AFTER, load};

/// How often the log is read at most.
pub const REFRESH_INTERVAL: SignedDuration = SignedDuration::from_secs(1);
/// How long a request waits for a load that is overdue.
const MAX_WAIT: std::time::Duration = std::time::Duration::from_secs(5);

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

    /// Applies changed documents, which may have been applied before. Their popularity is that of the index: it is counted when an
    /// index is built.
    fn apply(&mut self, documents: &StoredDocuments, settings: &Settings) -> Result<(), SearcherError> {
        for mut change in documents.changes(settings) {
            let id = id_of(&change);
            let known = self.changes.popularity(&id).map_err(ChangeError::Read);
            let applied = known.and_then(|known| {
                if let Change::Put(document) = &mut change {
                    document.popularity = known;
                }
                self.changes.apply(change)
            });
            match applied {
                Ok(()) => {}
                Err(ChangeError::Full) => return Err(SearcherError::Full),
                Err(error) => {
                    tracing::warn!(%error, document = %id, "a document was left out of the index");
                }
            }
        }
        Ok(())
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
    /// Loading ended early.
    #[error(transparent)]
    Ended(#[from] tokio::task::JoinError),
    /// The index could not be loaded, and it is not time to try again.
    #[error("the index could not be loaded; it is tried again {RETRY_AFTER:#} after the last time")]
    Failed,
    /// More documents changed than memory holds.
    #[error("too many documents changed since the index was built")]
    Full,
}

impl SearcherError {
    /// True if the file itself is bad, so another one may be good.
    const fn is_of_file(&self) -> bool {
        matches!(self, Self::File(SnapshotError::Gone | SnapshotError::Corrupt) | Self::Open(_))
    }
}

impl From<SearcherError> for Problem {
    fn from(error: SearcherError) -> Self {
        Self::unavailable(error.to_string())
    }
}

#[derive(Debug)]
struct State {
    view: Arc<View>,
    /// Number of the index; 0 before the first one was loaded, or found missing.
    epoch: u64,
    /// Number of the last change that the index contains.
    covered: u64,
    /// Number of the last change that the view contains.
    applied: u64,
    /// The newest index, as of the last read.
    newest: Option<Pointer>,
    loading: Loading,
    refreshed_at: Option<Timestamp>,
    /// When too many documents had changed; none if all changes are in the view.
    full_at: Option<Timestamp>,
}

impl State {
    fn replace(&mut self, view: View, loaded: &Loaded, applied: u64) {
        (self.view, self.applied) = (Arc::new(view), applied);
        (self.epoch, self.covered) = (loaded.epoch, loaded.covered);
    }
}

/// Searches a collection in memory.
#[derive(Debug)]
pub struct Searcher {
    store: Store,
    files: SnapshotFiles,
    collection: &'static Declaration,
    state: futures::lock::Mutex<State>,
}

impl Searcher {
    /// Searches a collection whose index is not loaded yet.
    pub fn new(store: Store, files: SnapshotFiles, collection: &'static Declaration) -> Self {
        let state = State {
            view: Arc::new(View::of(Index::empty(&collection.indexed))),
            epoch: 0,
            covered: 0,
            applied: 0,
            newest: None,
            loading: Loading::default(),
            refreshed_at: None,
            full_at: None,
        };
        Self { store, files, collection, state: futures::lock::Mutex::new(state) }
    }

    /// Returns the collection.
    pub fn collection(&self) -> &'static Declaration {
        self.collection
    }

    /// Returns the index with all changes of which this process has read within the last second. Where the log cannot be read, an
    /// earlier view stays in use; where too many documents changed, none does, because it would show what is no longer there.
    pub async fn view(&self, now: Timestamp) -> Result<Arc<View>, SearcherError> {
        let mut state = self.state.lock().await;
        let is_within = |at: Timestamp, span| now.duration_since(at).abs() < span;
        if state.full_at.is_some_and(|at| is_within(at, RETRY_AFTER)) {
            return Err(SearcherError::Full);
        }
        if state.refreshed_at.is_some_and(|at| is_within(at, REFRESH_INTERVAL)) {
            return Ok(state.view.clone());
        }
        if state.refreshed_at.is_none() && state.epoch == 0 {
            self.load_first(&mut state, now).await?;
        }
        let refreshed = self.refresh(&mut state, now).await;
        state.full_at = matches!(refreshed, Err(SearcherError::Full)).then_some(now);
        match refreshed {
            Ok(()) => {}
            Err(error) if state.refreshed_at.is_none() || state.full_at.is_some() => return Err(error),
            Err(error) => tracing::warn!(%error, "the log of changes could not be read"),
        }
        state.refreshed_at = Some(now);
        Ok(state.view.clone())
    }

    /// Loads the newest index, or the one before it if the file of the newest is bad.
    async fn load_first(&self, state: &mut State, now: Timestamp) -> Result<(), SearcherError> {
        let Some(pointer) = self.store.pointer(self.collection.name()).await? else { return Ok(()) };
        let pointer = pointer.value;
        if !pointer.fits(&self.collection.indexed) {
            return Err(OpenError::Outdated.into());
        }
        if state.loading.has_failed(pointer.epoch, now) {
            return Err(SearcherError::Failed);
        }
        let loaded = match load(&self.files, &self.collection.indexed, &pointer).await {
            Ok(loaded) => loaded,
            Err(error) => {
                state.loading.fail(pointer.epoch, now);
                tracing::error!(%error, epoch = pointer.epoch, "the newest index could not be loaded");
                let before = pointer.before().filter(|_| error.is_of_file()).ok_or(error)?;
                load(&self.files, &self.collection.indexed, &before).await?
            }
        };
        state.replace(View::of(loaded.index.clone()), &loaded, loaded.covered);
        Ok(())
    }

    async fn refresh(&self, state: &mut State, now: Timestamp) -> Result<(), SearcherError> {
        state.loading.collect(now, std::time::Duration::ZERO).await;
        let caught_up = self.catch_up(state).await;
        let is_newer = |pointer: &&Pointer| pointer.epoch > state.epoch && pointer.fits(&self.collection.indexed);
        let Some(pointer) = state.newest.as_ref().filter(is_newer) else { return caught_up };
        state.loading.begin(&self.files, &self.collection.indexed, pointer, now);
        // A newer index has fewer changes on top of it.
        let is_urgent = state.loading.is_overdue(now) || matches!(caught_up, Err(SearcherError::Full));
        if is_urgent && state.loading.collect(now, MAX_WAIT).await {
            return self.catch_up(state).await;
        }
        caught_up
    }

    /// Brings the view up to date, with a newer index if one is loaded. What fails changes nothing, or is applied again.
    async fn catch_up(&self, state: &mut State) -> Result<(), SearcherError> {
        let newer = state.loading.loaded().filter(|loaded| loaded.epoch > state.epoch).cloned();
        let is_newer = newer.is_some();
        let mut after = newer.as_ref().map_or(state.applied, |loaded| loaded.covered);
        let mut read = self.read(after, state.applied).await?;
        let is_shared = |(_, subject): &(u64, Subject)| *subject == Subject::Settings;
        let mut base = newer;
        if base.is_none() && after > state.covered && read.changes.iter().any(is_shared) {
            // Documents are assembled with what they share: those of the earlier changes too.
            after = state.covered;
            read = self.read(after, state.applied).await?;
            base = Some(Loaded { index: state.view.index.clone(), epoch: state.epoch, covered: state.covered });
        }
        let applied = read.changes.last().map_or(after, |(sequence, _)| *sequence);
        let (documents, settings) = self.documents(&read).await?;
        state.newest = read.pointer.map(|pointer| pointer.value).or(state.newest.take());
        if let Some(base) = base {
            let mut view = View::of(base.index.clone());
            view.apply(&documents, &settings)?;
            // Changes of the old view that have expired are in the index, or are lost.
            state.replace(view, &base, applied.max(state.applied));
        } else if !read.changes.is_empty() {
            // No request uses the view while the only one of this process waits here, so nothing is copied.
            Arc::make_mut(&mut state.view).apply(&documents, &settings)?;
            state.applied = applied;
        }
        if is_newer {
            state.loading.finish();
        }
        Ok(())
    }

    /// Reads the changes after a number, at least up to another: a view does not go back behind what it has shown.
    async fn read(&self, after: u64, at_least: u64) -> Result<LogRead, StoreError> {
        let mut read = self.store.log_after(self.collection.name(), after).await?;
        while let Some(last) = read.changes.last().map(|(sequence, _)| *sequence).filter(|last| *last < at_least) {
            let more = self.store.log_after(self.collection.name(), last).await?;
            read.pointer = more.pointer.or(read.pointer);
            if more.changes.is_empty() {
                break;
            }
            read.changes.extend(more.changes);
        }
        Ok(read)
    }

    /// Reads the documents that changed. Changes are references: the documents are read as they are now.
    async fn documents(&self, read: &LogRead) -> Result<(StoredDocuments, Settings), StoreError> {
        let ids: BTreeSet<String> = read.changes.iter().filter_map(|(_, subject)| document_of(subject)).collect();
        if ids.is_empty() {
            return Ok((StoredDocuments::Plain(Vec::new()), Settings::default()));
        }
        self.store.changed_documents(self.collection, &ids).await
    }
}

fn document_of(subject: &Subject) -> Option<String> {
    match subject {
        Subject::Document(id) => Some(id.clone()),
        Subject::Settings | Subject::Index => None,
    }
}

fn id_of(change: &Change) -> String {
    match change {
        Change::Put(document) => document.id.clone(),
        Change::Delete { id, .. } => id.clone(),
    }
}
