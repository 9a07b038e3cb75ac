//! What the functions of this context hold.

use kit::file_urls::FileUrls;
use kit::jobs::{Files, Importer, Runner};
use kit::{Clock, ConfigError, Environment, JobParts};

use crate::store::{CatalogExport, CatalogImport, Store};

/// The context of endpoints for managers.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of endpoints for managers that show pictures.
pub type Gallery = kit::GalleryContext<Store>;

/// The context of endpoints that everybody may call, which check no tokens.
pub type Public = kit::ConsumerContext<Store>;

/// The context of consumers.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of endpoints that everybody may call, and that show pictures.
#[derive(Debug, Clone)]
pub struct PublicGallery {
    /// The context's items.
    pub store: Store,
    /// URLs of published files.
    pub files: FileUrls,
    /// The time.
    pub clock: Clock,
}

impl PublicGallery {
    /// Reads what [`Public`] and [`FileUrls`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let files = FileUrls::from_env(env);
        let Public { store, clock } = Public::from_env(env).await?;
        let (files,) = env.all((files,))?;
        Ok(Self { store, files, clock })
    }
}

/// The context of endpoints about imports and exports.
pub type Transfers = kit::JobContext<Store>;

/// The context of the consumer that runs imports.
pub struct Importing {
    /// The context's items.
    pub store: Store,
    /// Runs the imports.
    pub importer: Importer<CatalogImport>,
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
        Self { importer: importer(&store, files, &clock), store, clock }
    }
}

/// The context of the consumer that runs exports.
pub struct Exporting {
    /// The context's items.
    pub store: Store,
    /// Runs the exports.
    pub runner: Runner<CatalogExport>,
    /// Deletes the files of imports.
    pub importer: Importer<CatalogImport>,
}

impl Exporting {
    /// Reads what [`JobParts`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let JobParts { store, files, clock } = JobParts::from_env(env).await?;
        Ok(Self::new(store, files, &clock))
    }

    /// From its parts.
    pub fn new(store: Store, files: Files, clock: &Clock) -> Self {
        let runner = Runner::new(store.exports(), files.clone(), clock.clone());
        Self { importer: importer(&store, files, clock), store, runner }
    }
}

fn importer(store: &Store, files: Files, clock: &Clock) -> Importer<CatalogImport> {
    Importer::new(Runner::new(store.imports(), files.clone(), clock.clone()), files)
}
