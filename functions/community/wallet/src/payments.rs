//! Payment providers: what this context asks of one, and the one there is.
//!
//! A payment is made in two steps, so that nobody ever has to guess: `create` makes it known under an id and charges nothing,
//! and `confirm` charges. Whatever happens in between or after, `find` tells by the id what became of it, and `cancel`
//! ends it for good unless the money has come already. ADR 0017.

mod fresh;
mod stripe;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use kit::outbound::{Limits, Outbound, OutboundError};
use kit::{Clock, ConfigError, Environment, Parameters, sdk};
use types::Money;

use crate::domain::payment::{Payment, PaymentId, PaymentMethod, Reference};

use fresh::Fresh;
pub use stripe::{BadNotice, Stripe, Webhooks};

/// How long one call of the provider may take, with its repetitions, where a client waits: an endpoint makes two of them
/// and has 29 seconds.
pub const CALL_IN_ENDPOINT: Duration = Duration::from_secs(12);
/// The same where nobody waits: three attempts of ten seconds, and the pauses between them.
pub const CALL_IN_STEP: Duration = Duration::from_secs(34);

/// Why the provider gave no payment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// It was not asked, or did not do it.
    #[error("not done: {0}")]
    Unavailable(OutboundError),
    /// It may have done it, or not: `find` will tell.
    #[error("unknown: {0}")]
    Unknown(OutboundError),
    /// The payment is in a state in which this cannot be done.
    #[error("not in this state: {code}")]
    State {
        /// The provider's word for it.
        code: String,
    },
    /// It will never do this: a mistake in the configuration, or of ours.
    #[error("refused with {status}: {code}")]
    Refused {
        /// The status of the answer.
        status: u16,
        /// The provider's word for it.
        code: String,
    },
    /// Its answer cannot be read.
    #[error("{0}")]
    Unreadable(String),
}

impl From<OutboundError> for PaymentError {
    fn from(error: OutboundError) -> Self {
        if error.may_have_happened() { Self::Unknown(error) } else { Self::Unavailable(error) }
    }
}

/// The result of asking the provider.
pub type Asked<'a, T> = BoxFuture<'a, Result<T, PaymentError>>;

/// A payment provider.
pub trait PaymentProvider: Send + Sync {
    /// Makes a payment known, and charges nothing. The same reference again is the same payment.
    fn create<'a>(&'a self, reference: &'a Reference, money: &'a Money) -> Asked<'a, Payment>;

    /// Charges a card. Once, however often it is asked.
    fn confirm<'a>(
        &'a self,
        reference: &'a Reference,
        id: &'a PaymentId,
        method: &'a PaymentMethod,
    ) -> Asked<'a, Payment>;

    /// A payment as it stands now.
    fn find<'a>(&'a self, id: &'a PaymentId) -> Asked<'a, Payment>;

    /// Ends a payment, so that nothing can be charged any more. [`PaymentError::State`] if it is too late for that.
    fn cancel<'a>(&'a self, id: &'a PaymentId) -> Asked<'a, Payment>;

    /// Gives all the money of a payment back. Once, however often it is asked.
    fn refund<'a>(&'a self, reference: &'a str, id: &'a PaymentId) -> Asked<'a, ()>;
}

/// The provider with the newest key, or none if card payments are off.
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

/// Who reads the provider's messages, or nobody if card payments are off.
pub struct Inbox(Fresh<Arc<Webhooks>>);

impl Inbox {
    /// Nobody.
    pub fn off() -> Self {
        Self(Fresh::none())
    }

    /// Messages to the endpoint with this secret, on the payments of one deployment.
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

    /// Who reads messages; none if card payments are off.
    pub async fn webhooks(&self, now: Timestamp) -> Option<Arc<Webhooks>> {
        self.0.get(now).await
    }
}
