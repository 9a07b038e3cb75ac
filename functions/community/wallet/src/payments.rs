//! Payment providers: what this context asks of one, and the one there is.
//!
//! A payment is made in two steps, so that nobody ever has to guess: `create` makes it known under an id and charges nothing,
//! and `confirm` charges. Whatever happens in between or after, `find` tells by the id what became of it, and `cancel`
//! ends it for good unless the money has come already. ADR 0017.

mod stripe;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use kit::outbound::{Limits, Outbound, OutboundError};
use kit::{ConfigError, Environment, Parameters, SecretError, sdk};
use types::Money;

use crate::domain::payment::{Payment, PaymentId, PaymentMethod, Reference};

pub use stripe::{Stripe, Webhooks};

/// How long one call of the provider may take, with its repetitions: a function makes two of them and has 29 seconds.
pub const CALL_TOTAL: Duration = Duration::from_secs(12);
/// How old a secret may be that a process holds: a replaced one is soon known.
const MAX_SECRET_AGE: SignedDuration = SignedDuration::from_mins(5);

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
pub struct Payments {
    source: Option<Source>,
    current: Mutex<Option<(Arc<dyn PaymentProvider>, Timestamp)>>,
}

struct Source {
    parameters: Parameters,
    name: String,
    url: String,
    outbound: Outbound,
}

impl Payments {
    /// No provider.
    pub fn off() -> Self {
        Self { source: None, current: Mutex::default() }
    }

    /// A provider that stays as it is.
    pub fn fixed(provider: Arc<dyn PaymentProvider>) -> Self {
        Self { source: None, current: Mutex::new(Some((provider, Timestamp::MAX))) }
    }

    /// Reads `PAYMENT_URL` and `PAYMENT_SECRET_NAME`, which may be absent, and loads the secret that it names.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let Some(name) = env.optional::<String>("PAYMENT_SECRET_NAME") else { return Ok(Self::off()) };
        let url = env.required::<String>("PAYMENT_URL");
        let (url,) = env.all((url,))?;
        let outbound = Outbound::new(Limits::within(CALL_TOTAL)).map_err(ConfigError::because)?;
        let source = Source { parameters: Parameters::new(&sdk::config().await), name, url, outbound };
        let provider = source.load().await.map_err(ConfigError::because)?;
        Ok(Self { source: Some(source), current: Mutex::new(Some((provider, Timestamp::now()))) })
    }

    /// The provider, with a key at most some minutes old where a newer one can be had; none if card payments are off.
    pub async fn provider(&self, now: Timestamp) -> Option<Arc<dyn PaymentProvider>> {
        let (provider, loaded_at) = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let stale = now.duration_since(loaded_at) > MAX_SECRET_AGE;
        let Some(source) = self.source.as_ref().filter(|_| stale) else { return Some(provider) };
        match source.load().await {
            Ok(newer) => {
                *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some((newer.clone(), now));
                Some(newer)
            }
            Err(error) => {
                tracing::warn!(%error, "the payment provider's key could not be read again");
                Some(provider)
            }
        }
    }
}

impl Source {
    async fn load(&self) -> Result<Arc<dyn PaymentProvider>, SecretError> {
        let key = self.parameters.get(&self.name).await?;
        Ok(Arc::new(Stripe::new(self.outbound.clone(), &self.url, key)))
    }
}
