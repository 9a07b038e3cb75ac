//! What the functions of this context hold.

use jiff::Timestamp;
use kit::auth::{Authenticates, Verifier};
use kit::http::Problem;
use kit::quote::{Quote, QuoteSigner};
use kit::{ConfigError, Environment};

use crate::domain::placed::Order;
use crate::store::Store;

/// The context of endpoints for managers.
pub type Ctx = kit::EndpointContext<Store>;

/// The context of endpoints that everybody may call, which check no tokens.
pub type Public = kit::ConsumerContext<Store>;

/// The context of consumers.
pub type ConsumerContext = kit::ConsumerContext<Store>;

/// The context of endpoints that return quotes of orders.
pub struct Checkout {
    /// The context of endpoints.
    pub base: Ctx,
    signer: QuoteSigner,
}

impl Checkout {
    /// Reads what [`Ctx`] reads, and `QUOTE_KEYS_NAME`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let base = Ctx::from_env(env).await;
        let (base, signer) = ConfigError::both(base, QuoteSigner::from_env(env).await)?;
        Ok(Self::new(base, signer))
    }

    /// A context made of its parts.
    pub fn new(base: Ctx, signer: QuoteSigner) -> Self {
        Self { base, signer }
    }

    /// The quote of an order, while its buyer can pay it.
    pub async fn quote(&self, order: &Order, now: Timestamp) -> Result<Option<String>, Problem> {
        let (Some(until), Some(payer)) = (order.payable_until(now), order.buyer) else { return Ok(None) };
        let quote = Quote {
            order: order.id,
            number: order.number.to_string(),
            payer,
            amount: order.totals.total,
            currency: order.totals.currency.clone(),
            capture: order.terms.capture,
            until,
        };
        self.signer.sign(&quote, now).await.map(Some).map_err(Problem::internal)
    }
}

impl Authenticates for Checkout {
    fn verifier(&self) -> &Verifier {
        self.base.verifier()
    }
}
