//! Attempts to change the devices, sensors or alarm rules of an aquarium.

use dynamo::{ConflictRetry, StoreError};
use kit::auth::Standing;
use kit::http::Problem;

use crate::domain::access::Role;
use crate::problem::Refusal;
use crate::store::{Installation, SensorSite};

/// What an attempt reads first.
pub(super) trait OfInstallation {
    /// The aquarium, with its sensors and devices.
    fn installation(&self) -> &Installation;
}

impl OfInstallation for Installation {
    fn installation(&self) -> &Installation {
        self
    }
}

impl OfInstallation for SensorSite {
    fn installation(&self) -> &Installation {
        &self.installation
    }
}

impl<T> OfInstallation for (Installation, T) {
    fn installation(&self) -> &Installation {
        &self.0
    }
}

/// Attempts of the owner or a keeper. Each reads, decides and writes on condition; a conflict leads to the next.
pub(super) struct InstallationAttempts<T, F> {
    load: F,
    found: Option<T>,
    is_fresh: bool,
    retry: ConflictRetry,
}

impl<T, F, R> InstallationAttempts<T, F>
where
    T: OfInstallation,
    F: Fn() -> R,
    R: Future<Output = Result<Option<T>, StoreError>>,
{
    /// Checks the standing of the caller while `load` reads for the first attempt.
    pub(super) async fn begin(standing: &Standing, load: F) -> Result<Self, Problem> {
        let (_, found) = standing.with(load()).await?;
        Ok(Self { load, found, is_fresh: true, retry: ConflictRetry::default() })
    }

    /// Returns what the next attempt decides on. From the second attempt on, it waits before it reads again, and fails after
    /// the last.
    pub(super) async fn read(&mut self) -> Result<T, Problem> {
        if !std::mem::take(&mut self.is_fresh) {
            self.retry.pause().await?;
            self.found = (self.load)().await?;
        }
        let found = self.found.take().ok_or(Refusal::NoSuchAquarium)?;
        found.installation().scope.at_least(Role::Keeper)?;
        Ok(found)
    }
}
