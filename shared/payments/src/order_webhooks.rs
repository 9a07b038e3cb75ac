//! The port to a provider's webhooks for orders.
//!
//! An event says which payment changed and nothing else: its content may be old, or come before earlier events. The receiver
//! fetches the payment and merges its facts.

use futures::future::BoxFuture;
use jiff::Timestamp;

use crate::methods::{CustomerId, SetupId};
use crate::{PaymentError, ProviderPaymentId, WebhookError};

/// Reads a header of a request by its name in lower case.
pub type Headers<'a> = &'a (dyn Fn(&str) -> Option<String> + Send + Sync);

/// Whose payment an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// A payment of this deployment, with our payment id.
    Ours {
        /// Our payment id.
        reference: String,
    },
    /// A payment of another deployment of the same account, or of another context of this one: to be ignored.
    Other,
    /// The event does not say. [`crate::OrderPayments::find`] does.
    Unstated,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderEvent {
    /// A payment, its refunds or its disputes.
    Payment {
        /// The provider's id.
        id: ProviderPaymentId,
        /// Whose it is.
        owner: Owner,
    },
    /// A setup.
    Setup {
        /// The provider's id.
        id: SetupId,
        /// Whose it is.
        owner: Owner,
        /// The buyer.
        customer: Option<CustomerId>,
    },
    /// A buyer's saved methods.
    Methods {
        /// The buyer.
        customer: CustomerId,
    },
    /// Something else: to be ignored.
    Other,
}

/// Why an event was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderWebhookError {
    /// Not proven or not readable: the sender gets 400.
    #[error(transparent)]
    Refused(#[from] WebhookError),
    /// The provider had to be asked and did not answer: the sender gets 503 and repeats the event.
    #[error(transparent)]
    Provider(#[from] PaymentError),
}

/// A reader of a provider's webhook events.
pub trait OrderWebhooks: Send + Sync {
    /// Verifies the signature over the raw body, and reads the event.
    fn read<'a>(
        &'a self,
        headers: Headers<'a>,
        body: &'a [u8],
        now: Timestamp,
    ) -> BoxFuture<'a, Result<OrderEvent, OrderWebhookError>>;
}
