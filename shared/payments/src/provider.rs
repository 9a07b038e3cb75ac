//! The port to a payment provider, and the provider with the current key.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use kit::outbound::{Limits, Outbound, OutboundError};
use kit::{Clock, ConfigError, Environment, Parameters, sdk};
use types::Money;

use crate::fresh::Fresh;
use crate::{Payment, PaymentMethod, ProviderPaymentId, Stripe, Webhooks};

/// The time limit of one provider call with its retries in an endpoint, which makes two calls and has 29 seconds.
pub const CALL_IN_ENDPOINT: Duration = Duration::from_secs(12);
/// The same outside of requests: three attempts of ten seconds, and the pauses between them.
pub const CALL_IN_STEP: Duration = Duration::from_secs(34);

/// Why a provider call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// The provider was not reached, or did not do it.
    #[error("not done: {0}")]
    Unavailable(OutboundError),
    /// The provider may have done it or not: `find` returns the state.
    #[error("unknown: {0}")]
    Unknown(OutboundError),
    /// The payment is in a state in which this cannot be done.
    #[error("not in this state: {code}")]
    State {
        /// The provider's error code.
        code: String,
    },
    /// The reference was used for another request before.
    #[error("the reference was used for another request")]
    OtherRequest,
    /// Permanent: a mistake in the configuration or in the request.
    #[error("refused with {status}: {code}")]
    Refused {
        /// The status of the answer.
        status: u16,
        /// The provider's error code.
        code: String,
    },
    /// The response cannot be read.
    #[error("{0}")]
    Unreadable(String),
}

impl PaymentError {
    /// Whether the provider no longer knows the payment. PayPal forgets orders that were not approved in time; nothing was
    /// taken then.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

impl From<OutboundError> for PaymentError {
    fn from(error: OutboundError) -> Self {
        if error.may_have_happened() { Self::Unknown(error) } else { Self::Unavailable(error) }
    }
}

impl From<PaymentError> for kit::task::Failure {
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::Unavailable(_) | PaymentError::Unknown(_) | PaymentError::State { .. } => {
                Self::Retry(format!("the payment provider: {error}"))
            }
            PaymentError::OtherRequest | PaymentError::Refused { .. } | PaymentError::Unreadable(_) => {
                Self::Stop(format!("the payment provider: {error}"))
            }
        }
    }
}

/// The future of a provider call.
pub type ProviderCall<'a, T> = BoxFuture<'a, Result<T, PaymentError>>;

/// A payment provider.
pub trait PaymentProvider: Send + Sync {
    /// Registers a payment and charges nothing. Idempotent: the same reference returns the same payment as it was then, and
    /// another amount is [`PaymentError::OtherRequest`].
    fn create<'a>(&'a self, reference: &'a str, money: &'a Money) -> ProviderCall<'a, Payment>;

    /// Charges a card. Idempotent.
    fn confirm<'a>(
        &'a self,
        reference: &'a str,
        id: &'a ProviderPaymentId,
        method: &'a PaymentMethod,
    ) -> ProviderCall<'a, Payment>;

    /// A payment as it stands now.
    fn find<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, Payment>;

    /// Cancels a payment, so that nothing can be charged any more. [`PaymentError::State`] if it is too late.
    fn cancel<'a>(&'a self, id: &'a ProviderPaymentId) -> ProviderCall<'a, Payment>;

    /// Refunds a payment in full. Idempotent.
    fn refund<'a>(&'a self, reference: &'a str, id: &'a ProviderPaymentId) -> ProviderCall<'a, ()>;
}

/// The provider with the current key, or none if card payments are off.
pub struct Payments(Fresh<Arc<dyn PaymentProvider>>);

impl Payments {
    /// No provider.
    pub fn off() -> Self {
        Self(Fresh::none())
    }

    /// A provider that stays as it is.
    pub fn fixed(provider: Arc<dyn PaymentProvider>) -> Self {
        Self(Fresh::fixed(provider))
    }

    /// Reads `PAYMENT_SECRET_NAME`, which may be absent, `PAYMENT_URL`, and `TABLE_NAME`, which names the deployment; loads
    /// the secret. A call may take so long.
    pub async fn from_env(env: &mut Environment, call: Duration) -> Result<Self, ConfigError> {
        let Some(name) = env.optional::<String>("PAYMENT_SECRET_NAME") else { return Ok(Self::off()) };
        let values = (env.required::<String>("PAYMENT_URL"), env.required::<String>("TABLE_NAME"));
        let (url, deployment) = env.all(values)?;
        let outbound = Outbound::new(Limits::within(call)).map_err(ConfigError::because)?;
        let make =
            move |key| Arc::new(Stripe::new(outbound.clone(), &url, &deployment, key)) as Arc<dyn PaymentProvider>;
        let parameters = Parameters::new(&sdk::config());
        Fresh::load(parameters, name, Clock::System.now(), make).await.map(Self).map_err(ConfigError::because)
    }

    /// The provider; none if card payments are off.
    pub async fn provider(&self, now: Timestamp) -> Option<Arc<dyn PaymentProvider>> {
        self.0.get(now).await
    }
}

/// The reader of webhooks with the current secret, or none if card payments are off.
pub struct WebhookInbox(Fresh<Arc<Webhooks>>);

impl WebhookInbox {
    /// No reader.
    pub fn off() -> Self {
        Self(Fresh::none())
    }

    /// A reader with a fixed secret, for the payments of one deployment.
    pub fn fixed(deployment: &str, secret: &str) -> Self {
        Self(Fresh::fixed(Arc::new(Webhooks::new(deployment, secret))))
    }

    /// Reads `PAYMENT_WEBHOOK_SECRET_NAME`, which may be absent, and `TABLE_NAME`, which names the deployment; loads the
    /// secret.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let Some(name) = env.optional::<String>("PAYMENT_WEBHOOK_SECRET_NAME") else { return Ok(Self::off()) };
        let table = env.required::<String>("TABLE_NAME");
        let (deployment,) = env.all((table,))?;
        let parameters = Parameters::new(&sdk::config());
        let make = move |secret| Arc::new(Webhooks::new(&deployment, secret));
        let loaded = Fresh::load(parameters, name, Clock::System.now(), make).await;
        loaded.map(Self).map_err(ConfigError::because)
    }

    /// The reader; none if card payments are off.
    pub async fn webhooks(&self, now: Timestamp) -> Option<Arc<Webhooks>> {
        self.0.get(now).await
    }
}
