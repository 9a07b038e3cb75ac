//! What functions of this context hold.

use kit::auth::{Authenticates, Verifier};
use kit::{Clock, ConfigError, Environment, sdk};

use crate::store::Store;

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

/// All that a function without a caller needs.
pub struct Keeping {
    /// This context's items.
    pub store: Store,
    /// The time.
    pub clock: Clock,
}

impl Keeping {
    /// Reads `TABLE_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let table = env.required::<String>("TABLE_NAME");
        let (table,) = env.all((table,))?;
        Ok(Self::new(Store::new(sdk::table(&sdk::config(), table)), Clock::System))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }
}
