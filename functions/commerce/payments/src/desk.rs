//! Payments and their providers: every function that changes a payment works with a [`Desk`].
//!
//! A change is one conditional write with its events. A call to a provider happens after what it is to do was written, and its
//! answer is merged afterwards: a function that is killed in between is continued by the sweep, a webhook or the next delivery.

mod advance;
mod methods;

use std::sync::Arc;

use contracts::payments::PaymentProviderName;
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::outbox::OutboxError;
use dynamo::{ConflictRetry, Outbox, StoreError};
use futures::future::BoxFuture;
use jiff::Timestamp;
use kit::Clock;
use payment_providers::{OrderPayments, OrderProviders, PaymentError, ProviderPayment};
use types::EventId;

use crate::domain::events::{self, PaymentEvent};
use crate::domain::payment::Payment;
use crate::store::{NotSaved, Saved, Store};

pub use advance::Advanced;
pub(crate) use advance::is_final;
pub use methods::NotKept;

/// Reason why a payment did not get further.
#[derive(Debug, thiserror::Error)]
pub enum NotAdvanced {
    /// The provider is not set up in this deployment.
    #[error("the provider is not set up in this deployment")]
    Off,
    /// The provider gave no answer that could be used.
    #[error("the provider: {0}")]
    Provider(#[from] PaymentError),
    /// The payer's account was erased.
    #[error("the account of the payer was erased")]
    Erased,
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An event cannot be written.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

/// Payments and their providers.
pub struct Desk {
    /// The items.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    providers: OrderProviders,
    return_url: Option<String>,
}

impl Desk {
    /// A desk without a return URL.
    pub const fn new(store: Store, clock: Clock, providers: OrderProviders) -> Self {
        Self { store, clock, providers, return_url: None }
    }

    /// The same with the URL to which providers send buyers back.
    #[must_use]
    pub fn returning_to(self, return_url: Option<String>) -> Self {
        Self { return_url, ..self }
    }

    /// The provider. [`NotAdvanced::Off`] if it is not set up.
    pub async fn provider(
        &self,
        name: PaymentProviderName,
        now: Timestamp,
    ) -> Result<Arc<dyn OrderPayments>, NotAdvanced> {
        let provider = match name {
            PaymentProviderName::Stripe => self.providers.stripe(now).await,
            PaymentProviderName::Paypal => self.providers.paypal(now).await,
        };
        provider.ok_or(NotAdvanced::Off)
    }

    /// Changes a payment as `decide` says, which is asked again if others were faster. `Ok(None)` and an equal state change
    /// nothing.
    pub fn change<'a, R: Send + 'a>(
        &'a self,
        read: Saved,
        now: Timestamp,
        decide: impl Fn(&Payment) -> Result<Option<Payment>, R> + Send + Sync + 'a,
    ) -> BoxFuture<'a, Result<Result<Saved, R>, NotAdvanced>> {
        Box::pin(self.change_now(read, now, decide))
    }

    async fn change_now<R>(
        &self,
        mut read: Saved,
        now: Timestamp,
        decide: impl Fn(&Payment) -> Result<Option<Payment>, R>,
    ) -> Result<Result<Saved, R>, NotAdvanced> {
        let mut retry = ConflictRetry::default();
        loop {
            let next = match decide(&read.value) {
                Ok(Some(next)) if next != read.value => next,
                Ok(_) => return Ok(Ok(read)),
                Err(refusal) => return Ok(Err(refusal)),
            };
            let outbox = outbox(&next, events::between(&read.value, &next), now)?;
            read = match self.store.save_payment(&read, next, &outbox).await {
                Ok(saved) => return Ok(Ok(saved)),
                Err(NotSaved::Newer(newer)) => *newer,
                // So many others change it at the same time that it may be as it should be by now.
                Err(NotSaved::Conflict | NotSaved::Store(StoreError::Contended { .. })) => {
                    self.store.payment(read.value.id).await?.ok_or(NotAdvanced::Erased)?
                }
                Err(NotSaved::Erased) => return Err(NotAdvanced::Erased),
                Err(NotSaved::Store(error)) => return Err(error.into()),
            };
            retry.pause().await?;
        }
    }

    /// [`Self::change`] for decisions that refuse nothing.
    fn set<'a>(
        &'a self,
        read: Saved,
        now: Timestamp,
        decide: impl Fn(&Payment) -> Option<Payment> + Send + Sync + 'a,
    ) -> BoxFuture<'a, Result<Saved, NotAdvanced>> {
        let decide = move |payment: &Payment| Ok::<_, std::convert::Infallible>(decide(payment));
        let changed = self.change(read, now, decide);
        Box::pin(async move {
            let Ok(changed) = changed.await?;
            Ok(changed)
        })
    }

    /// Merges what the provider says. Money of a session that the payment has left belongs to no payment.
    pub async fn merge(&self, read: Saved, view: &ProviderPayment, now: Timestamp) -> Result<Saved, NotAdvanced> {
        let provider = read.value.session.provider;
        self.merge_of(provider, read, view, now).await
    }

    /// [`Self::merge`] of a provider that may be another one than the current.
    pub fn merge_of<'a>(
        &'a self,
        provider: PaymentProviderName,
        read: Saved,
        view: &'a ProviderPayment,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Saved, NotAdvanced>> {
        Box::pin(self.merge_now(provider, read, view, now))
    }

    async fn merge_now(
        &self,
        provider: PaymentProviderName,
        read: Saved,
        view: &ProviderPayment,
        now: Timestamp,
    ) -> Result<Saved, NotAdvanced> {
        // Before the payment says that it is paid: a function that is killed in between does both again.
        self.keep_paying_method(&read.value, view, now).await?;
        let (current, seen) = (provider, view.clone());
        let decide = move |payment: &Payment| payment.is_current(current, &seen).then(|| payment.merged(&seen, now));
        let saved = self.set(read, now, decide).await?;
        if !saved.value.is_current(provider, view) && !saved.value.has_just_left(provider, view) {
            self.store.note_orphan(provider, view, now).await?;
        }
        Ok(saved)
    }
}

/// The events of a new payment.
pub fn started_outbox(payment: &Payment, now: Timestamp) -> Result<Outbox, OutboxError> {
    outbox(payment, events::started(payment), now)
}

fn outbox(payment: &Payment, events: Vec<PaymentEvent>, now: Timestamp) -> Result<Outbox, OutboxError> {
    let mut outbox = Outbox::none();
    for event in events {
        match event {
            PaymentEvent::Started(fact) => outbox.push(envelope(payment, now, fact)),
            PaymentEvent::Authorized(fact) => outbox.push(envelope(payment, now, fact)),
            PaymentEvent::Captured(fact) => outbox.push(envelope(payment, now, fact)),
            PaymentEvent::Failed(fact) => outbox.push(envelope(payment, now, fact)),
            PaymentEvent::Closed(fact) => outbox.push(envelope(payment, now, fact)),
            PaymentEvent::Ended(fact) => outbox.push(envelope(payment, now, fact)),
            PaymentEvent::UnwantedSettled(fact) => outbox.push(envelope(payment, now, fact)),
            PaymentEvent::RefundSucceeded(fact) => outbox.push(envelope(payment, now, fact)),
            PaymentEvent::RefundFailed(fact) => outbox.push(envelope(payment, now, fact)),
            PaymentEvent::DisputeOpened(fact) => outbox.push(envelope(payment, now, fact)),
            PaymentEvent::DisputeClosed(fact) => outbox.push(envelope(payment, now, fact)),
            PaymentEvent::Expiring(fact) => outbox.push(envelope(payment, now, fact)),
        }?;
    }
    Ok(outbox)
}

fn envelope<T: DomainEvent>(payment: &Payment, now: Timestamp, fact: T) -> Envelope<T> {
    let actor = payment.user_id().filter(|_| T::TYPE == STARTED).map_or(Actor::System, Actor::User);
    Envelope::new(EventId::generate(), now, payment.correlation_id.clone(), actor, fact)
}

/// The one event that a person causes. All others follow from what a provider says.
const STARTED: &str = contracts::payments::PaymentStarted::TYPE;
