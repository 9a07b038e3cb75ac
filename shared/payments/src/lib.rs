//! Payments: the ports to payment providers, the adapters of Stripe and PayPal, and webhook verification.
//!
//! Two ports, for two needs:
//!
//! | port | for | providers |
//! |---|---|---|
//! | [`PaymentProvider`], [`Webhooks`] | deposits and card donations: one charge, decided in seconds, refunded in full | Stripe |
//! | [`OrderPayments`], [`OrderWebhooks`], [`SavedMethods`] | orders: authorization, captures and refunds in parts, saved methods, disputes | Stripe, PayPal |
//!
//! They are not one port because they answer differently: the first with a status, the second with all that the provider knows,
//! as [`PaymentFacts`] to be merged.
//!
//! A charge has two steps, so that its state is always known: [`PaymentProvider::create`] registers it under an id and
//! charges nothing, [`PaymentProvider::confirm`] charges. After a lost answer [`PaymentProvider::find`] returns the state,
//! and [`PaymentProvider::cancel`] ends a payment for good unless the money has arrived. Every write is idempotent by the
//! caller's reference, a text that also comes back with each webhook.
//!
//! For orders, every write is idempotent by an id of ours (payment, capture, refund) and the number of an attempt; [`retry`] says
//! which attempt to make. A webhook says which payment changed; the receiver fetches it with [`OrderPayments::find`] and merges
//! the facts with [`PaymentFacts::observe`]. So webhooks may be lost, doubled and reordered.
//!
//! The sandbox is the provider's own: a test key, the test payment methods (`pm_card_visa`), and the provider's URL in the
//! environment, which local stacks point at a sandbox of their own. [`sign`] makes the header of a webhook for tests. The webhooks
//! of other deployments of the same provider account carry another deployment's name and have no reference here.
//!
//! Amounts are in minor units of ISO 4217 everywhere but on the wire: the providers count some currencies in other units.
//!
//! What it does not do: it stores nothing, and it does not decide when to charge, retry or refund. It sees no card: the
//! client hands the card to the provider and sends the name of a payment method. Secrets are redacted in `Debug`. PayPal accounts
//! are not saved (PayPal's vault), and authorizations are not renewed.
//!
//! ```
//! use jiff::Timestamp;
//! use payment_providers::{PaymentChange, Webhooks, sign};
//!
//! let now = Timestamp::from_second(1_700_000_000).unwrap();
//! let body = br#"{
//!     "type": "payment_intent.canceled",
//!     "data": { "object": {
//!         "id": "pi_1", "currency": "eur",
//!         "metadata": { "atoll_deployment": "atoll-test", "atoll_reference": "invoice:42" }
//!     } }
//! }"#;
//! let webhooks = Webhooks::new("atoll-test", "whsec_test");
//! let event = webhooks.read(&sign(b"whsec_test", body, now), body, now).unwrap();
//! assert_eq!(event.reference.as_deref(), Some("invoice:42"));
//! assert!(matches!(event.change, PaymentChange::Canceled { .. }));
//! assert!(webhooks.read(&sign(b"whsec_other", body, now), body, now).is_err());
//! ```

#[cfg(test)]
mod convergence_tests;
mod facts;
mod fresh;
pub mod methods;
pub mod order_payments;
mod order_providers;
pub mod order_webhooks;
mod payment;
pub mod paypal;
mod provider;
#[cfg(test)]
mod recorded;
pub mod retry;
mod stripe;
mod sweep;
mod units;
mod webhook;

pub use facts::{DisputeProgress, FactStatus, PaymentFacts, Progressed, RefundProgress, our_refund_id};
pub use methods::{CustomerId, MethodId, MethodList, SavedMethod, SavedMethods, Setup, SetupId, SetupStatus};
pub use order_payments::{
    ApprovalUrl, Attempt, Capabilities, CaptureMode, CaptureRequest, Confirmation, Continuation, NewPayment,
    NotPayable, OrderPayments, ProviderPayment, RefundRequest,
};
pub use order_providers::{OrderInboxes, OrderProviders};
pub use order_webhooks::{Headers, OrderEvent, OrderWebhookError, OrderWebhooks, Owner};
pub use payment::{
    ClientSecret, MAX_CARD_MINOR, MIN_CARD_MINOR, NotAMethod, NotChargeable, Payment, PaymentMethod, PaymentStatus,
    ProviderPaymentId, chargeable,
};
pub use paypal::{Credentials, NotCredentials, PayPal, paypal_step};
pub use provider::{
    CALL_IN_ENDPOINT, CALL_IN_STEP, PaymentError, PaymentProvider, Payments, ProviderCall, WebhookInbox,
};
pub use stripe::{Stripe, WebhookError, Webhooks};
pub use sweep::SweepRetry;
pub use units::step as stripe_step;
pub use webhook::{DisputeId, PaymentChange, SignatureError, TOLERANCE, WebhookEvent, sign, verify};
