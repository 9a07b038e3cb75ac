//! What functions of this context hold.

use kit::auth::{Authenticates, Verifier};
use kit::{Clock, ConfigError, Environment, sdk};

use crate::store::Store;
use crate::timer::Timer;

/// All that an endpoint needs.
pub struct Ctx {
    /// This context's items.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    verifier: Verifier,
}

impl Ctx {
    /// Reads `TABLE_NAME`, `AUTH_JWKS`, `AUTH_ISSUER`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("TABLE_NAME"), Verifier::from_env(env));
        let (table, verifier) = env.all(values)?;
        let table = sdk::table(&sdk::config(), table);
        Ok(Self::new(Store::new(table), Clock::System, verifier))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock, verifier: Verifier) -> Self {
        Self { store, clock, verifier }
    }
}

impl Authenticates for Ctx {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// An endpoint's things, and the timer.
pub struct Timed {
    /// What every endpoint has.
    pub ctx: Ctx,
    /// Who calls when something is due.
    pub timer: Timer,
}

impl Timed {
    /// Reads what [`Ctx`] and [`Timer`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let ctx = Ctx::from_env(env).await?;
        Ok(Self { ctx, timer: Timer::from_env(env).await? })
    }
}

impl Authenticates for Timed {
    fn verifier(&self) -> &Verifier {
        self.ctx.verifier()
    }
}

/// What runs without a request needs this.
pub struct Keeping {
    /// This context's items.
    pub store: Store,
    /// The time.
    pub clock: Clock,
}

impl Keeping {
    /// Reads `TABLE_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (env.required::<String>("TABLE_NAME"),);
        let (table,) = env.all(values)?;
        Ok(Self::new(Store::new(sdk::table(&sdk::config(), table)), Clock::System))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }
}

/// The same, and the timer.
pub struct Firing {
    /// What runs without a request needs this.
    pub keeping: Keeping,
    /// Who calls when something is due.
    pub timer: Timer,
}

impl Firing {
    /// Reads what [`Keeping`] and [`Timer`] read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let keeping = Keeping::from_env(env).await?;
        Ok(Self { keeping, timer: Timer::from_env(env).await? })
    }
}
