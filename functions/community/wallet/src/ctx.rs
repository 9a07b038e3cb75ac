//! What functions of this context hold.

use kit::auth::{Authenticates, Verifier};
use kit::{Clock, ConfigError, Environment, sdk};
use ledger::Shards;

use crate::store::Store;

/// All that an endpoint needs.
pub struct Ctx {
    /// This context's items.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// True if cards can be charged here.
    pub takes_cards: bool,
    verifier: Verifier,
}

impl Ctx {
    /// Reads `TABLE_NAME`, `AUTH_JWKS`, `AUTH_ISSUER`, and `POINT_SHARDS` if it is there; cards are taken where
    /// `PAYMENT_SECRET_NAME` is.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let takes_cards = env.optional::<String>("PAYMENT_SECRET_NAME").is_some();
        let shards = shards(env);
        let values = (env.required::<String>("TABLE_NAME"), Verifier::from_env(env));
        let (table, verifier) = env.all(values)?;
        let store = Store::new(sdk::table(&sdk::config(), table)).with_shards(shards);
        Ok(Self::new(store, Clock::System, verifier).taking_cards(takes_cards))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock, verifier: Verifier) -> Self {
        Self { store, clock, takes_cards: false, verifier }
    }

    /// The same where cards can be charged, or not.
    #[must_use]
    pub fn taking_cards(self, takes_cards: bool) -> Self {
        Self { takes_cards, ..self }
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
        Ok(Self::new(Store::new(sdk::table(&sdk::config(), table)).with_shards(shards), Clock::System))
    }

    /// From its parts.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }
}

/// In how many parts the balances of points are kept.
pub(crate) fn shards(env: &mut Environment) -> Shards {
    env.optional::<u8>("POINT_SHARDS").map_or_else(Shards::default, Shards::per_account)
}
