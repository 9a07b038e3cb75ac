//! What the functions of this context hold.

use kit::auth::{Authenticates, Verifier};
use kit::{Clock, ConfigError, EndpointContext, Environment};

use crate::store::Store;

/// The context of endpoints.
pub struct Ctx {
    /// This context's items.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Whether card payments are enabled in this deployment.
    pub takes_cards: bool,
    verifier: Verifier,
}

impl Ctx {
    /// Reads what [`EndpointContext`] reads. Card payments are enabled where `PAYMENT_SECRET_NAME` is set.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let takes_cards = env.optional::<String>("PAYMENT_SECRET_NAME").is_some();
        let (store, clock, verifier) = EndpointContext::from_env(env).await?.into_parts();
        Ok(Self::new(store, clock, verifier).taking_cards(takes_cards))
    }

    /// A context made of its parts, with card payments disabled.
    pub fn new(store: Store, clock: Clock, verifier: Verifier) -> Self {
        Self { store, clock, takes_cards: false, verifier }
    }

    /// Enables or disables card payments.
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

/// The context of consumers.
pub type ConsumerContext = kit::ConsumerContext<Store>;
