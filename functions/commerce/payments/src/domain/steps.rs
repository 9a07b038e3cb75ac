//! What is done next with a payment at its provider.

use contracts::payments::PaymentProviderName;
use jiff::{SignedDuration, Timestamp};
use payment_providers::Attempt;
use payment_providers::retry::{Key, Next, PAYPAL_KEY_AGE, STRIPE_KEY_AGE};
use payment_providers::{MethodId, PaymentError, RefundProgress};
use types::RefundId;

use super::payment::{MAX_FAILED_ATTEMPTS, PAYMENT_TIME, Payment};
use super::requests::RequestedRefund;

/// Something that was stored before the provider is called, and has an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// The registration of the session, and the confirmation of what the buyer approved.
    Session,
    /// The charge of a saved method.
    Charge,
    /// A capture.
    Capture(String),
    /// A refund.
    Refund(RefundId),
}

/// The next call to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Register the session.
    Register {
        /// Number of the idempotency key.
        attempt: Attempt,
    },
    /// Confirm what the buyer approved, or charge a saved method.
    Confirm {
        /// The saved method.
        method: Option<MethodId>,
        /// Number of the idempotency key.
        attempt: Attempt,
    },
    /// Cancel the session. The provider's answer decides.
    Close,
    /// Close a session that the provider does not know.
    CloseUnregistered,
    /// Take an authorized amount.
    Capture {
        /// ID of the request.
        id: String,
        /// Amount in minor units.
        amount_minor: i64,
        /// Whether what is left is released.
        is_final: bool,
        /// Number of the idempotency key.
        attempt: Attempt,
    },
    /// Return money.
    Refund {
        /// Refund ID.
        id: RefundId,
        /// Amount in minor units.
        amount_minor: i64,
        /// Number of the idempotency key.
        attempt: Attempt,
    },
    /// The idempotency key of a request is too old, or holds a failure of the provider: look whether it was done, and go on
    /// with a new key if not.
    Renew(Request),
    /// Nothing.
    Wait,
}

fn key_age(provider: PaymentProviderName) -> SignedDuration {
    match provider {
        PaymentProviderName::Stripe => STRIPE_KEY_AGE,
        PaymentProviderName::Paypal => PAYPAL_KEY_AGE,
    }
}

impl Payment {
    /// The next step. A saved method is charged, and a session registered, only while the buyer waits for it.
    pub fn next_step(&self, now: Timestamp, with_buyer: bool) -> Step {
        if self.is_to_be_closed(now) {
            return if self.session.id.is_some() { Step::Close } else { Step::CloseUnregistered };
        }
        if let Some(refund) = self.pending_refunds().find(|refund| self.is_to_be_called(refund)) {
            let step = |attempt| Step::Refund { id: refund.id, amount_minor: refund.amount_minor, attempt };
            return self.with_key(&refund.key, now, Request::Refund(refund.id), step);
        }
        if let Some(pending) = self.pending_captures().next().filter(|_| self.may_capture_now()) {
            return self.next_capture(&pending.request.id, now);
        }
        if !self.is_open() {
            return Step::Wait;
        }
        if self.session.needs_confirm {
            let step = |attempt| Step::Confirm { method: None, attempt };
            return self.with_key(&self.session.key, now, Request::Session, step);
        }
        if with_buyer { self.next_with_buyer(now) } else { Step::Wait }
    }

    fn next_with_buyer(&self, now: Timestamp) -> Step {
        if self.session.id.is_none() {
            return self.with_key(&self.session.key, now, Request::Session, |attempt| Step::Register { attempt });
        }
        let untried = self.session.method.as_ref().filter(|method| method.attempts_before >= self.attempts());
        let Some(method) = untried else { return Step::Wait };
        let step = |attempt| Step::Confirm { method: Some(method.id.clone()), attempt };
        self.with_key(&method.key, now, Request::Charge, step)
    }

    /// A provider that allows several captures gets them one by one. Another one gets the sum of all.
    fn next_capture(&self, id: &str, now: Timestamp) -> Step {
        let pending: Vec<_> = self.pending_captures().collect();
        let Some(first) = pending.iter().find(|pending| pending.request.id == id) else { return Step::Wait };
        let (amount_minor, is_final) = if self.session.multi_capture {
            (first.missing_minor, first.request.is_final)
        } else {
            (pending.iter().map(|pending| pending.missing_minor).sum(), true)
        };
        let step = |attempt| Step::Capture { id: id.to_owned(), amount_minor, is_final, attempt };
        self.with_key(&first.request.key, now, Request::Capture(id.to_owned()), step)
    }

    fn with_key(&self, key: &Key, now: Timestamp, request: Request, step: impl Fn(Attempt) -> Step) -> Step {
        match key.next(now, key_age(self.session.provider)) {
            Next::Call(attempt) => step(attempt),
            Next::LookFirst(_) => Step::Renew(request),
        }
    }

    /// Whether the provider is called for a pending refund: it does not know it, or did a part of it.
    fn is_to_be_called(&self, refund: &RequestedRefund) -> bool {
        let fact = self.facts.refund(&refund.id.to_string());
        fact.is_none_or(|fact| fact.progress == RefundProgress::Succeeded) && !self.is_waiting(refund)
    }

    fn is_to_be_closed(&self, now: Timestamp) -> bool {
        let is_over = self.is_overdue(now);
        let is_tried_out = self.facts.failed_attempts.len() >= MAX_FAILED_ATTEMPTS;
        let is_given_up = self.is_open() && (is_over || is_tried_out || self.switching_to.is_some());
        self.must_close() || is_given_up
    }

    /// Whether nobody paid within the buyer's time.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.is_open() && now.duration_since(self.started_at) >= PAYMENT_TIME
    }

    fn key_mut(&mut self, request: &Request) -> Option<&mut Key> {
        match request {
            Request::Session => Some(&mut self.session.key),
            Request::Charge => self.session.method.as_mut().map(|method| &mut method.key),
            Request::Capture(id) => {
                self.captures.iter_mut().find(|capture| capture.id == *id).map(|capture| &mut capture.key)
            }
            Request::Refund(id) => {
                self.refunds.iter_mut().find(|refund| refund.id == *id).map(|refund| &mut refund.key)
            }
        }
    }

    /// Gives a request another idempotency key, after a look that did not find it done.
    #[must_use]
    pub fn with_renewed_key(&self, request: &Request, now: Timestamp) -> Self {
        let mut next = self.clone();
        if let Some(key) = next.key_mut(request) {
            *key = key.renewed(now);
        }
        next
    }

    /// Notes the error of a call. `None` if it says nothing about the key.
    pub fn with_noted_error(&self, request: &Request, error: &PaymentError) -> Option<Self> {
        let mut next = self.clone();
        next.key_mut(request)?.note(error);
        (next != *self).then_some(next)
    }

    /// Gives up a request that the provider refused, if it is still not done. `None` if there is nothing to give up.
    pub fn with_refused(&self, request: &Request, now: Timestamp) -> Option<Self> {
        let mut next = self.clone();
        match request {
            Request::Session => {}
            // Otherwise it would be charged again before the buyer can pay in another way.
            Request::Charge => {
                let attempts = self.attempts();
                next.session.method.take_if(|method| method.attempts_before >= attempts);
            }
            Request::Capture(id) => {
                let is_pending = self.pending_captures().any(|pending| pending.request.id == *id);
                let capture = next.captures.iter_mut().find(|capture| capture.id == *id)?;
                capture.is_refused = is_pending;
            }
            Request::Refund(id) => {
                let is_unknown = self.facts.refund(&id.to_string()).is_none();
                let refund = next.refunds.iter_mut().find(|refund| refund.id == *id)?;
                refund.is_refused = is_unknown;
            }
        }
        let next = next.settled(now);
        (next != *self).then_some(next)
    }
}
