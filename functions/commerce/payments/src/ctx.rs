//! What the functions of this context hold.

use std::time::Duration;

use kit::auth::{Authenticates, Verifier};
use kit::quote::QuoteVerifier;
use kit::{ConfigError, Environment};
use payment_providers::{CALL_IN_STEP, OrderInboxes, OrderProviders};

use crate::desk::Desk;
use crate::store::Store;

/// The time limit of one provider call with its retries in an endpoint, which makes up to three calls and has 29 seconds.
const CALL_IN_ENDPOINT: Duration = Duration::from_secs(9);

/// The context of endpoints that call no provider.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of endpoints that call a provider.
pub struct DeskCtx {
    /// Payments and providers.
    pub desk: Desk,
    verifier: Verifier,
}

impl DeskCtx {
    /// Reads what [`Ctx`] and the providers read, and `PAYMENT_RETURN_URL`, which may be absent: where providers send buyers
    /// back to.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let return_url = env.optional::<String>("PAYMENT_RETURN_URL");
        let providers = OrderProviders::from_env(env, CALL_IN_ENDPOINT).await;
        let (base, providers) = ConfigError::both(Ctx::from_env(env).await, providers)?;
        let (store, clock, verifier) = base.into_parts();
        Ok(Self::new(Desk::new(store, clock, providers).returning_to(return_url), verifier))
    }

    /// A context made of its parts.
    pub fn new(desk: Desk, verifier: Verifier) -> Self {
        Self { desk, verifier }
    }
}

impl Authenticates for DeskCtx {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// The context of the endpoint that starts payments.
pub struct StartCtx {
    /// Payments and providers.
    pub desk: Desk,
    /// Verifies quotes.
    pub quotes: QuoteVerifier,
    verifier: Verifier,
}

impl StartCtx {
    /// Reads what [`DeskCtx`] reads, and `QUOTE_JWKS`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let quotes = QuoteVerifier::from_env(env);
        let base = DeskCtx::from_env(env).await;
        let (quotes,) = env.all((quotes,))?;
        let DeskCtx { desk, verifier } = base?;
        Ok(Self::new(desk, quotes, verifier))
    }

    /// A context made of its parts.
    pub fn new(desk: Desk, quotes: QuoteVerifier, verifier: Verifier) -> Self {
        Self { desk, quotes, verifier }
    }
}

impl Authenticates for StartCtx {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// The context of consumers and of the sweep: nobody waits for them.
pub struct ConsumerContext {
    /// Payments and providers.
    pub desk: Desk,
}

impl ConsumerContext {
    /// Reads `TABLE_NAME` and what the providers read.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let providers = OrderProviders::from_env(env, CALL_IN_STEP).await;
        let base = kit::ConsumerContext::<Store>::from_env(env).await;
        let (base, providers) = ConfigError::both(base, providers)?;
        Ok(Self::new(Desk::new(base.store, base.clock, providers)))
    }

    /// A context made of its parts.
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }
}

/// The context of the endpoint that providers call.
pub struct WebhookCtx {
    /// Payments and providers.
    pub desk: Desk,
    /// Verifies and reads events.
    pub inboxes: OrderInboxes,
}

impl WebhookCtx {
    /// Reads what [`ConsumerContext`] reads, and the secrets of webhooks.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let inboxes = OrderInboxes::from_env(env, CALL_IN_ENDPOINT).await;
        let providers = OrderProviders::from_env(env, CALL_IN_ENDPOINT).await;
        let (providers, inboxes) = ConfigError::both(providers, inboxes)?;
        let base = kit::ConsumerContext::<Store>::from_env(env).await?;
        Ok(Self::new(Desk::new(base.store, base.clock, providers), inboxes))
    }

    /// A context made of its parts.
    pub fn new(desk: Desk, inboxes: OrderInboxes) -> Self {
        Self { desk, inboxes }
    }
}
