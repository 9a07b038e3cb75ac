//! What the functions for reports hold.

use kit::jobs::{Files, Runner};
use kit::{Clock, ConfigError, Environment, JobParts};

use crate::store::{ReportRun, Store};

/// The context of endpoints that show runs of reports.
pub type Reporting = kit::JobContext<Store>;

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
    /// Reads what [`JobParts`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let JobParts { store, files, clock } = JobParts::from_env(env).await?;
        Ok(Self::new(store, files, clock))
    }

    /// A context made of its parts.
    pub fn new(store: Store, files: Files, clock: Clock) -> Self {
        Self { runner: Runner::new(store.runs(), files, clock.clone()), store, clock }
    }
}
