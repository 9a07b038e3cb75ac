//! What the functions of this context hold.

use kit::auth::{Authenticates, Verifier};
use kit::file_urls::FileUrls;
use kit::jobs::{Files, Importer, Runner};
use kit::{Clock, ConfigError, Environment, sdk};

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
pub struct Transfers {
    /// The context's items.
    pub store: Store,
    /// The files of imports and exports.
    pub files: Files,
    /// The time.
    pub clock: Clock,
    verifier: Verifier,
}

impl Transfers {
    /// Reads what [`Ctx`] reads, and `BUCKET_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let bucket = env.required::<String>("BUCKET_NAME");
        let ctx = Ctx::from_env(env).await;
        let (bucket,) = env.all((bucket,))?;
        Ok(Self::new(ctx?, Files::new(&sdk::config(), bucket)))
    }

    /// From its parts.
    pub fn new(ctx: Ctx, files: Files) -> Self {
        let (store, clock, verifier) = ctx.into_parts();
        Self { store, files, clock, verifier }
    }
}

impl Authenticates for Transfers {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

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
    /// Reads what [`ConsumerContext`] and [`Files`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let (ConsumerContext { store, clock }, files) = with_files(env).await?;
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
    /// Reads what [`ConsumerContext`] and [`Files`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let (ConsumerContext { store, clock }, files) = with_files(env).await?;
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

/// Reads what consumers read, and `BUCKET_NAME`.
async fn with_files(env: &mut Environment) -> Result<(ConsumerContext, Files), ConfigError> {
    let bucket = env.required::<String>("BUCKET_NAME");
    let consumer = ConsumerContext::from_env(env).await;
    let (bucket,) = env.all((bucket,))?;
    Ok((consumer?, Files::new(&sdk::config(), bucket)))
}
