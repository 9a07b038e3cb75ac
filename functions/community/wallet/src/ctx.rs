//! What functions of this context hold.

use kit::auth::{Authenticates, Jwks, Verifier};
use kit::{Clock, ConfigError, Environment, sdk};

use crate::domain::shards::Shards;
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
    /// Reads `TABLE_NAME`, `AUTH_JWKS`, `AUTH_ISSUER`, and `POINT_SHARDS` if it is there.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let shards = shards(env);
        let values = (
            env.required::<String>("TABLE_NAME"),
            env.required::<Jwks>("AUTH_JWKS"),
            env.required::<String>("AUTH_ISSUER"),
        );
        let (table, jwks, issuer) = env.all(values)?;
        let store = Store::new(sdk::table(&sdk::config().await, table)).with_shards(shards);
        Ok(Self::new(store, Clock::System, Verifier::new(&jwks, &issuer)))
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

/// All that following events needs.
pub struct Following {
    /// This context's items.
    pub store: Store,
    /// The time.
    pub clock: Clock,
}

impl Following {
    /// Reads `TABLE_NAME`, and `POINT_SHARDS` if it is there.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let shards = shards(env);
        let (table,) = (env.required::<String>("TABLE_NAME"),);
        let (table,) = env.all((table,))?;
        Ok(Self::new(Store::new(sdk::table(&sdk::config().await, table)).with_shards(shards), Clock::System))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }
}

/// In how many parts the balances of points are kept.
fn shards(env: &mut Environment) -> Shards {
    env.optional::<u8>("POINT_SHARDS").map_or_else(Shards::default, Shards::of_points)
}
