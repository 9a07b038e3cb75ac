//! A payment of an order: what its provider said, and what is to be done next.
//!
//! What the provider says is kept as facts, which are only ever merged ([`payment_providers::PaymentFacts`]). What this
//! context wants from the provider is kept as requests, which are written before the provider is called. Statuses, sums and
//! due times are functions of both and are never stored beside them.

use std::collections::BTreeMap;

use contracts::payments::{CaptureMode, PaymentProviderName, PaymentSummary};
use jiff::{SignedDuration, Timestamp};
use kit::quote::Quote;
use payment_providers::retry::Key;
use payment_providers::{
    FactStatus, MethodId, PaymentFacts, ProviderPayment, ProviderPaymentId, SavedMethod, SweepRetry,
};
use serde::{Deserialize, Serialize};
use types::{BuyerId, Money, OrderId, PaymentId, RefundId, UserId, derive_id};

use super::attention::AttentionKind;
use super::limits::MAX_SESSIONS;
use super::requests::{RequestedCapture, RequestedRefund};

/// How long a buyer has for a payment. Then it is cancelled at the provider, whose answer decides.
pub const PAYMENT_TIME: SignedDuration = SignedDuration::from_mins(30);
/// Failed attempts after which a payment is cancelled: nobody needs more, and stolen cards are tried out in this way.
pub const MAX_FAILED_ATTEMPTS: usize = 10;
/// Separates the payment's ID from the number of the session, in references at the provider.
const SESSION: char = '.';

/// Returns the ID of the payment of an order. An order has one payment.
pub fn payment_id(order: OrderId) -> PaymentId {
    PaymentId::new(derive_id(&["payments", "payment", &order.to_string()]))
}

/// A payment at one provider. A buyer who changes the provider begins another session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Number of the session within the payment, from 0.
    pub number: u32,
    /// Provider.
    pub provider: PaymentProviderName,
    /// The provider's ID, once it is registered there.
    pub id: Option<ProviderPaymentId>,
    /// Idempotency key of the registration.
    pub key: Key,
    /// Saved method to charge.
    pub method: Option<MethodCharge>,
    /// Whether the method is saved for later payments.
    pub save_method: bool,
    /// The buyer has approved, and the provider waits for a confirmation.
    pub needs_confirm: bool,
    /// The authorization can be captured in several parts.
    pub multi_capture: bool,
}

/// A saved method that a payment is charged to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodCharge {
    /// The provider's ID.
    pub id: MethodId,
    /// Idempotency key of the charge.
    pub key: Key,
    /// Attempts that had failed or waited for the buyer before.
    pub attempts_before: usize,
}

/// A session that was closed without money, because the buyer chose another provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierSession {
    /// Provider.
    pub provider: PaymentProviderName,
    /// The provider's ID.
    pub id: ProviderPaymentId,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// ID, derived from the order's.
    pub id: PaymentId,
    /// Order ID.
    pub order_id: OrderId,
    /// Order number.
    pub number: String,
    /// Who pays. None once the user's account was erased.
    pub payer: Option<BuyerId>,
    /// Amount of the order.
    pub money: Money,
    /// When the money is taken.
    pub capture: CaptureMode,
    /// The payment at the current provider.
    pub session: Session,
    /// Provider that the buyer changes to, while the current session is being closed.
    #[serde(default)]
    pub switching_to: Option<NextSession>,
    /// Sessions at providers that the buyer left.
    #[serde(default)]
    pub earlier: Vec<EarlierSession>,
    /// What the provider said of the current session.
    pub facts: PaymentFacts,
    /// Requested captures, oldest first.
    #[serde(default)]
    pub captures: Vec<RequestedCapture>,
    /// Requested refunds, oldest first.
    #[serde(default)]
    pub refunds: Vec<RequestedRefund>,
    /// What refunds that are due returned beyond what was due, because the provider counts in larger steps. In minor units.
    #[serde(default)]
    pub refund_ahead_minor: i64,
    /// Time from which the money is not wanted, because the order lapsed or was cancelled.
    pub unwanted_since: Option<Timestamp>,
    /// Time from which a manager wants the authorization to be released.
    pub void_since: Option<Timestamp>,
    /// Time from which nothing more is shipped. What is reserved beyond the requested captures is released.
    #[serde(default)]
    pub captures_end: Option<Timestamp>,
    /// The provider reported another amount or currency than the order's.
    #[serde(default)]
    pub is_mismatched: bool,
    /// What a manager has to look at, with the time since when.
    #[serde(default)]
    pub attention: BTreeMap<AttentionKind, Timestamp>,
    /// The provider's code for the latest failed attempt.
    pub decline: Option<String>,
    /// The card that paid. Only brand, last digits and expiry.
    pub card: Option<SavedMethod>,
    /// Correlation ID of the request that started it.
    pub correlation_id: String,
    /// Time of the start.
    pub started_at: Timestamp,
    /// Pause of the sweep.
    pub retry: Option<SweepRetry>,
    /// What is stored beside the payment.
    #[serde(default)]
    pub beside: Beside,
}

/// The versions of the items that are written with a payment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// Version of the list entry.
    pub entry_version: u64,
    /// Time in the due item. None if there is no such item.
    pub due_at: Option<Timestamp>,
    /// Version of the due item.
    pub due_version: u64,
}

/// What a buyer chose for a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextSession {
    /// Provider.
    pub provider: PaymentProviderName,
    /// Saved method to charge.
    pub method: Option<MethodId>,
    /// Whether the method is saved for later payments.
    pub save_method: bool,
}

impl NextSession {
    fn begin(self, number: u32, now: Timestamp) -> Session {
        let key = Key::first(now);
        let method = self.method.map(|id| MethodCharge { id, key, attempts_before: 0 });
        Session {
            number,
            provider: self.provider,
            id: None,
            key,
            method,
            save_method: self.save_method,
            needs_confirm: false,
            multi_capture: false,
        }
    }
}

/// Reason why a payment does not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotStarted {
    /// The order's payment has another amount.
    #[error("the payment of this order has another amount")]
    OtherAmount,
    /// The payment is paid, or its money is reserved.
    #[error("the order is paid")]
    Paid,
    /// The payment has ended.
    #[error("the payment has ended")]
    Closed,
    /// The provider was changed too often.
    #[error("the payment has the maximum number of sessions")]
    TooManySessions,
}

impl Payment {
    /// Starts a payment. Nothing is known at the provider yet.
    pub fn start(quote: &Quote, payer: BuyerId, chosen: NextSession, correlation_id: String, now: Timestamp) -> Self {
        Self {
            id: payment_id(quote.order),
            order_id: quote.order,
            number: quote.number.clone(),
            payer: Some(payer),
            money: Money::new(quote.amount, quote.currency.clone()),
            capture: quote.capture,
            session: chosen.begin(0, now),
            switching_to: None,
            earlier: Vec::new(),
            facts: PaymentFacts::default(),
            captures: Vec::new(),
            refunds: Vec::new(),
            refund_ahead_minor: 0,
            unwanted_since: None,
            void_since: None,
            captures_end: None,
            is_mismatched: false,
            attention: BTreeMap::new(),
            decline: None,
            card: None,
            correlation_id,
            started_at: now,
            retry: None,
            beside: Beside::default(),
        }
    }

    /// Continues with what the buyer chose now. `None` if nothing changes.
    pub fn continued(&self, quote: &Quote, chosen: &NextSession, now: Timestamp) -> Result<Option<Self>, NotStarted> {
        if self.money.amount_minor != quote.amount || self.money.currency != quote.currency {
            return Err(NotStarted::OtherAmount);
        }
        if self.is_paid() {
            return Err(NotStarted::Paid);
        }
        if self.facts.closed || self.is_ending() {
            return Err(NotStarted::Closed);
        }
        if self.session.provider != chosen.provider {
            if self.session.number + 1 >= MAX_SESSIONS {
                return Err(NotStarted::TooManySessions);
            }
            let next = Self { switching_to: Some(chosen.clone()), retry: None, ..self.clone() };
            return Ok(Some(next).filter(|next| next != self));
        }
        let mut next = Self { switching_to: None, ..self.clone() };
        if self.session.id.is_none() {
            next.choose_before_registration(chosen, now);
            return Ok(Some(next).filter(|next| next != self));
        }
        if let Some(id) = &chosen.method {
            let before = next.session.method.as_ref();
            let is_tried = before.is_some_and(|method| method.attempts_before < self.attempts());
            if before.is_none_or(|method| method.id != *id || is_tried) {
                let key = before.map_or(Key::first(now), |method| method.key.renewed(now));
                next.session.method = Some(MethodCharge { id: id.clone(), key, attempts_before: self.attempts() });
            }
        }
        Ok(Some(next).filter(|next| next != self))
    }

    /// Takes the latest choice for a session that is not registered. It needs another idempotency key: the provider refuses a
    /// key with another request, and repeats what it refused before.
    fn choose_before_registration(&mut self, chosen: &NextSession, now: Timestamp) {
        let before = self.session.method.as_ref().map(|method| &method.id);
        if before == chosen.method.as_ref() && self.session.save_method == chosen.save_method {
            return;
        }
        let key = self.session.key.renewed(now);
        let method = chosen.method.clone().map(|id| MethodCharge { id, key, attempts_before: self.attempts() });
        self.session = Session { key, method, save_method: chosen.save_method, ..self.session.clone() };
    }

    /// Returns the user who pays, unless it is a guest or the account was erased.
    pub fn user_id(&self) -> Option<UserId> {
        self.payer.and_then(BuyerId::user_id)
    }

    /// The reference of the current session at the provider.
    pub fn reference(&self) -> String {
        match self.session.number {
            0 => self.id.to_string(),
            number => format!("{}{SESSION}{number}", self.id),
        }
    }

    /// Returns the payment's ID in a reference.
    pub fn of_reference(reference: &str) -> Option<PaymentId> {
        reference.split(SESSION).next()?.parse().ok()
    }

    /// What every event says about it.
    pub fn summary(&self) -> PaymentSummary {
        PaymentSummary {
            payment_id: self.id,
            order_id: self.order_id,
            user_id: self.user_id(),
            provider: self.session.provider,
            currency: self.money.currency.clone(),
            amount_minor: self.money.amount_minor,
            started_at: Some(self.started_at),
        }
    }

    /// The status, which follows from the facts.
    pub fn status(&self) -> FactStatus {
        self.facts.status()
    }

    /// Whether money was taken, or is reserved.
    pub fn is_paid(&self) -> bool {
        self.facts.captured_minor() > 0 || (self.facts.authorized_minor > 0 && !self.facts.closed)
    }

    /// Whether nothing more is wanted from the buyer.
    pub fn is_ending(&self) -> bool {
        self.unwanted_since.is_some() || self.void_since.is_some()
    }

    /// Attempts that failed or waited for the buyer.
    pub fn attempts(&self) -> usize {
        self.facts.failed_attempts.union(&self.facts.actions).count()
    }

    /// True if this is the provider's ID of a session that the buyer left.
    pub fn has_left(&self, provider: PaymentProviderName, id: &ProviderPaymentId) -> bool {
        self.earlier.iter().any(|earlier| earlier.provider == provider && earlier.id == *id)
    }

    /// True if the view is of the current session.
    pub fn is_current(&self, provider: PaymentProviderName, view: &ProviderPayment) -> bool {
        let is_same = self.session.id.as_ref().is_none_or(|id| *id == view.id);
        let is_ours = view.reference.as_ref().is_none_or(|reference| *reference == self.reference());
        self.session.provider == provider && is_same && is_ours
    }

    /// True if the view is of a session that was closed because the buyer changed the provider, and nothing was paid there.
    pub fn has_just_left(&self, provider: PaymentProviderName, view: &ProviderPayment) -> bool {
        self.has_left(provider, &view.id) && view.facts.captured_minor() == 0
    }

    /// Merges what the provider says. Any order, repetition and loss of views before the last one leads to the same facts.
    #[must_use]
    pub fn merged(&self, view: &ProviderPayment, now: Timestamp) -> Self {
        let mut next = self.clone();
        next.session.id = Some(view.id.clone());
        next.session.multi_capture = view.multi_capture;
        next.session.needs_confirm = view.needs_confirm;
        next.decline = view.decline.clone().or(next.decline);
        next.card = view.method.clone().or(next.card);
        next.is_mismatched |= view.money != self.money;
        // Amounts of another currency cannot be counted with those of the order.
        if view.money.currency == self.money.currency {
            next.facts.observe(&view.facts);
        }
        if next.facts != self.facts {
            next.retry = None;
        }
        next.settled(now)
    }

    /// The order does not want the money any more.
    #[must_use]
    pub fn unwanted(&self, now: Timestamp) -> Self {
        let since = self.unwanted_since.or(Some(now));
        Self { unwanted_since: since, switching_to: None, ..self.clone() }.settled(now)
    }

    /// Closes a payment of which the provider knows nothing that a buyer could pay.
    #[must_use]
    pub fn closed_unregistered(&self, now: Timestamp) -> Self {
        let mut next = self.clone();
        next.facts.closed = true;
        next.settled(now)
    }

    /// Erases who paid. Amounts and dates are kept for bookkeeping.
    #[must_use]
    pub fn without_payer(&self) -> Self {
        let mut next = Self { payer: None, card: None, ..self.clone() };
        next.session.method = None;
        next
    }

    /// Draws the conclusions from facts and requests: completes a change of provider, owes what nobody wants, gives up
    /// captures that are impossible, and says what needs attention. Idempotent.
    #[must_use]
    pub(super) fn settled(mut self, now: Timestamp) -> Self {
        self.complete_switch(now);
        self.owe_unwanted(now);
        self.refuse_late_captures();
        self.note_attention(now);
        self
    }

    fn complete_switch(&mut self, now: Timestamp) {
        if !self.facts.closed || self.facts.captured_minor() > 0 {
            if self.is_paid() {
                self.switching_to = None;
            }
            return;
        }
        let Some(chosen) = self.switching_to.take() else { return };
        let number = self.session.number + 1;
        let left = std::mem::replace(&mut self.session, chosen.begin(number, now));
        let provider = left.provider;
        self.earlier.extend(left.id.map(|id| EarlierSession { provider, id }));
        self.facts = PaymentFacts::default();
        (self.decline, self.card, self.is_mismatched) = (None, None, false);
    }

    /// What was taken although nobody wants it is refunded in full. Later captures get refunds of their own.
    fn owe_unwanted(&mut self, now: Timestamp) {
        // A refund that failed is a manager's: repeating it would fail for ever.
        let owed = self.refundable_minor().saturating_sub(self.unrepeated_minor());
        if self.unwanted_since.is_none() || owed <= 0 {
            return;
        }
        self.refunds.push(RequestedRefund::new(self.unwanted_refund_id(self.refunds.len()), owed, now));
        self.retry = None;
    }

    /// ID of the refund at a place of the list, if it is of unwanted money.
    pub(super) fn unwanted_refund_id(&self, place: usize) -> RefundId {
        RefundId::new(derive_id(&["payments", "unwanted", &self.id.to_string(), &place.to_string()]))
    }
}

#[cfg(test)]
#[path = "payment_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "due_tests.rs"]
mod due_tests;

#[cfg(test)]
#[path = "unwanted_tests.rs"]
mod unwanted_tests;
