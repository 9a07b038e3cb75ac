//! What the functions for reports hold.

use kit::auth::{Authenticates, Verifier};
use kit::jobs::{Files, Runner};
use kit::{Clock, ConfigError, Environment, sdk};

use super::{ConsumerContext, Ctx};
use crate::store::{ReportRun, Store};

/// The context of endpoints that show runs of reports.
pub struct Reporting {
    /// Items of this context.
    pub store: Store,
    /// Files of reports.
    pub files: Files,
    /// Time.
    pub clock: Clock,
    verifier: Verifier,
}

impl Reporting {
    /// Reads what [`Ctx`] reads, and `BUCKET_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let bucket = env.required::<String>("BUCKET_NAME");
        let ctx = Ctx::from_env(env).await;
        let (bucket,) = env.all((bucket,))?;
        Ok(Self::new(ctx?, Files::new(&sdk::config(), bucket)))
    }

    /// A context made of its parts.
    pub fn new(ctx: Ctx, files: Files) -> Self {
        let (store, clock, verifier) = ctx.into_parts();
        Self { store, files, clock, verifier }
    }
}

impl Authenticates for Reporting {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// The context of the consumer that writes the files of reports.
pub struct Running {
    /// Items of this context.
    pub store: Store,
    /// Runs the jobs.
    pub runner: Runner<ReportRun>,
    /// Time.
    pub clock: Clock,
}

impl Running {
    /// Reads what [`ConsumerContext`] reads, and `BUCKET_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let bucket = env.required::<String>("BUCKET_NAME");
        let consumer = ConsumerContext::from_env(env).await;
        let (bucket,) = env.all((bucket,))?;
        let ConsumerContext { store, clock } = consumer?;
        Ok(Self::new(store, Files::new(&sdk::config(), bucket), clock))
    }

    /// A context made of its parts.
    pub fn new(store: Store, files: Files, clock: Clock) -> Self {
        Self { runner: Runner::new(store.runs(), files, clock.clone()), store, clock }
    }
}
