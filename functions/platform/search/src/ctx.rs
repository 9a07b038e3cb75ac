//! What the functions of this context hold.

use kit::snapshot::SnapshotFiles;
use kit::{Clock, ConfigError, Environment};

use crate::domain::collections::PerCollection;
use crate::domain::search_id::SearchKey;
use crate::recorder::Recorder;
use crate::searcher::Searcher;
use crate::store::{Search, Store};

/// The context of endpoints for admins.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of scheduled functions.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of searches: the indexes are loaded before the first request.
pub struct SearchContext {
    /// The context's items.
    pub store: Store,
    /// The collections.
    pub searchers: PerCollection<Searcher>,
    /// Count the searches of the collections.
    pub recorders: PerCollection<Recorder>,
    /// Signs search IDs.
    pub key: SearchKey,
    /// The time.
    pub clock: Clock,
}

impl SearchContext {
    /// Reads `TABLE_NAME` and `BUCKET_NAME`, and loads key and indexes.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let (ConsumerContext { store, clock }, files) = with_files(env).await?;
        let key = store.search_key().await.map_err(ConfigError::because)?;
        let [part, ..] = types::random::u64().map_err(ConfigError::because)?.to_be_bytes();
        let ctx = Self::new(store, &files, key, part, clock);
        warm(&ctx.searchers, &ctx.clock).await;
        Ok(ctx)
    }

    /// From its parts. `part` is the number of the part of the figures that it counts in.
    pub fn new(store: Store, files: &SnapshotFiles, key: SearchKey, part: u8, clock: Clock) -> Self {
        let searchers = PerCollection::new(|collection| Searcher::new(store.clone(), files.clone(), collection));
        let recorders = PerCollection::new(|collection| Recorder::new(collection.name(), part));
        Self { store, searchers, recorders, key, clock }
    }
}

/// The context of suggestions: the indexes are loaded before the first request.
pub struct SuggestContext {
    /// The collections.
    pub searchers: PerCollection<Searcher>,
    /// The time.
    pub clock: Clock,
}

impl SuggestContext {
    /// Reads `TABLE_NAME` and `BUCKET_NAME`, and loads the indexes.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let (ConsumerContext { store, clock }, files) = with_files(env).await?;
        let ctx = Self::new(&store, &files, clock);
        warm(&ctx.searchers, &ctx.clock).await;
        Ok(ctx)
    }

    /// From its parts.
    pub fn new(store: &Store, files: &SnapshotFiles, clock: Clock) -> Self {
        let searchers = PerCollection::new(|collection| Searcher::new(store.clone(), files.clone(), collection));
        Self { searchers, clock }
    }
}

/// The context of clicks and conversions.
pub struct EventContext {
    /// The context's items.
    pub store: Store,
    /// Verifies search IDs.
    pub key: SearchKey,
    /// The time.
    pub clock: Clock,
}

impl EventContext {
    /// Reads `TABLE_NAME`, and loads the key.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let ConsumerContext { store, clock } = ConsumerContext::from_env(env).await?;
        let key = store.search_key().await.map_err(ConfigError::because)?;
        Ok(Self { store, key, clock })
    }
}

/// The context of the consumer that writes documents.
pub struct IndexContext {
    /// The context's items.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Messages of a process append to the log of a collection one after the other, so they do not refuse each other's transactions.
    pub turns: PerCollection<futures::lock::Mutex<()>>,
}

impl IndexContext {
    /// Reads what [`ConsumerContext`] reads.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let ConsumerContext { store, clock } = ConsumerContext::from_env(env).await?;
        Ok(Self::new(store, clock))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, turns: PerCollection::new(|_| futures::lock::Mutex::new(())) }
    }
}

/// The context of the functions that build and check indexes.
pub struct BuildContext {
    /// The context's items.
    pub store: Store,
    /// The files of indexes.
    pub files: SnapshotFiles,
    /// The time.
    pub clock: Clock,
}

impl BuildContext {
    /// Reads what [`ConsumerContext`] reads, and `BUCKET_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let (ConsumerContext { store, clock }, files) = with_files(env).await?;
        Ok(Self { store, files, clock })
    }
}

/// Loads the indexes at the same time. If one cannot be loaded, the first request of its collection tries again and returns the
/// problem.
async fn warm(searchers: &PerCollection<Searcher>, clock: &Clock) {
    let now = clock.now();
    let loads = searchers.all().map(|searcher| searcher.view(now));
    for loaded in futures::future::join_all(loads).await {
        if let Err(error) = loaded {
            tracing::error!(%error, "an index could not be loaded");
        }
    }
}

async fn with_files(env: &mut Environment) -> Result<(ConsumerContext, SnapshotFiles), ConfigError> {
    let consumer = ConsumerContext::from_env(env).await;
    let files = (SnapshotFiles::from_env::<Search>(env),);
    let (consumer, (files,)) = ConfigError::both(consumer, env.all(files))?;
    Ok((consumer, files))
}
