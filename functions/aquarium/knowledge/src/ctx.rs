//! What the functions of this context hold.

use kit::jobs::{Files, Importer, Runner};
use kit::{Clock, ConfigError, Environment, JobParts};

use crate::store::{SpeciesImport, Store};

/// The context of endpoints for signed-in users.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of endpoints that everybody may call, which check no tokens.
pub type Public = kit::ConsumerContext<Store>;

/// The context of consumers.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of endpoints about imports.
pub type Transfers = kit::JobContext<Store>;

/// The context of consumers that run imports or delete their files.
pub struct Importing {
    /// The context's items.
    pub store: Store,
    /// Runs the imports.
    pub importer: Importer<SpeciesImport>,
    /// The time.
    pub clock: Clock,
}

impl Importing {
    /// Reads what [`JobParts`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let JobParts { store, files, clock } = JobParts::from_env(env).await?;
        Ok(Self::new(store, files, clock))
    }

    /// From its parts.
    pub fn new(store: Store, files: Files, clock: Clock) -> Self {
        let runner = Runner::new(store.imports(), files.clone(), clock.clone());
        Self { importer: Importer::new(runner, files), store, clock }
    }
}
