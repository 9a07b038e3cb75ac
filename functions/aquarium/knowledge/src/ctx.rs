//! What the functions of this context hold.

use kit::auth::{Authenticates, Verifier};
use kit::jobs::{Files, Importer, Runner};
use kit::{Clock, ConfigError, Environment, sdk};

use crate::store::{SpeciesImport, Store};

/// The context of endpoints for signed-in users.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of endpoints that everybody may call, which check no tokens.
pub type Public = kit::ConsumerContext<Store>;

/// The context of consumers.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of endpoints about imports.
pub struct Transfers {
    /// The context's items.
    pub store: Store,
    /// The files of imports.
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
    /// Reads what [`ConsumerContext`] reads, and `BUCKET_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let bucket = env.required::<String>("BUCKET_NAME");
        let consumer = ConsumerContext::from_env(env).await;
        let (bucket,) = env.all((bucket,))?;
        let ConsumerContext { store, clock } = consumer?;
        Ok(Self::new(store, Files::new(&sdk::config(), bucket), clock))
    }

    /// From its parts.
    pub fn new(store: Store, files: Files, clock: Clock) -> Self {
        let runner = Runner::new(store.imports(), files.clone(), clock.clone());
        Self { importer: Importer::new(runner, files), store, clock }
    }
}
