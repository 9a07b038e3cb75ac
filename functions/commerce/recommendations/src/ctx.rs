//! What the functions of this context hold.

use kit::snapshot::SnapshotFiles;
use kit::{Clock, ConfigError, Environment};

use crate::recommender::Recommender;
use crate::store::{Recommendations, Store};

/// The context of the endpoint that records views.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of consumers.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of the public endpoint that recommends.
#[derive(Debug)]
pub struct Recommending {
    /// The model.
    pub recommender: Recommender,
    /// The time.
    pub clock: Clock,
}

impl Recommending {
    /// Reads `TABLE_NAME` and `BUCKET_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let ConsumerContext { store, clock, .. } = ConsumerContext::from_env(env).await?;
        let (files,) = with_files(env)?;
        Ok(Self::new(store, files, clock))
    }

    /// A context made of its parts.
    pub fn new(store: Store, files: SnapshotFiles, clock: Clock) -> Self {
        Self { recommender: Recommender::new(store, files), clock }
    }
}

/// The context of the schedule that builds the model.
#[derive(Debug)]
pub struct Building {
    /// The context's items.
    pub store: Store,
    /// The files of models and of unfinished builds.
    pub files: SnapshotFiles,
    /// The time.
    pub clock: Clock,
}

impl Building {
    /// Reads `TABLE_NAME` and `BUCKET_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let ConsumerContext { store, clock, .. } = ConsumerContext::from_env(env).await?;
        let (files,) = with_files(env)?;
        Ok(Self::new(store, files, clock))
    }

    /// A context made of its parts.
    pub fn new(store: Store, files: SnapshotFiles, clock: Clock) -> Self {
        Self { store, files, clock }
    }
}

fn with_files(env: &mut Environment) -> Result<(SnapshotFiles,), ConfigError> {
    let files = (SnapshotFiles::from_env::<Recommendations>(env),);
    env.all(files)
}
