//! Cancelling, resuming and pausing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::InvoiceId;

use super::managed::{Managed, Step};
use super::mirror::Store;
use super::pending::{EndReason, Ended};
use super::period::whole_second;
use super::proration::{Change, PeriodAccount};
use super::subscription::{Mode, Status, Subscription};

/// When a subscription ends, and what is credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cancellation {
    /// At the end of what is paid, or at once if the current period is not paid.
    PeriodEnd,
    /// At once, without a credit.
    Now,
    /// At once. The rest of the period is credited.
    NowWithCredit,
    /// At once, after a refund or a lost dispute. The whole period is credited if the invoice is one of it, and nothing
    /// otherwise: word of an earlier period's invoice may come late.
    NowRefunded {
        /// Invoice whose payment was taken back.
        invoice: InvoiceId,
    },
}

/// What a user does with a subscription beside changing its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// End it.
    Cancel,
    /// Take back that it ends or is paused.
    Resume,
    /// Interrupt it.
    Pause,
}

/// Why an action is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// It ended.
    #[error("the subscription has ended: start a new one")]
    Ended,
    /// It is not going to end.
    #[error("the subscription is not cancelled")]
    NotCancelled,
    /// Only the user can do it, at the store.
    #[error("the store does not let us do this: do it at {manage_at}")]
    AtStore {
        /// Where the user does it.
        manage_at: &'static str,
    },
    /// The store's API does it; its next snapshot says so.
    #[error("ask the API of the store for it")]
    ThroughStore(Store),
    /// Managed subscriptions are not paused.
    #[error("this subscription cannot be paused: cancel it")]
    NoPause,
}

impl Store {
    /// Where users manage their subscriptions.
    pub const fn manage_at(self) -> &'static str {
        match self {
            Self::Apple => "https://apps.apple.com/account/subscriptions",
            Self::Google => "https://play.google.com/store/account/subscriptions",
            Self::PayPal => "https://www.paypal.com/myaccount/autopay",
        }
    }

    /// Whether the store's API does this for us. If not, the user does it at the store.
    pub fn permits(self, action: Action) -> Result<(), ActionError> {
        let is_possible = match self {
            Self::Apple => false,
            Self::Google => action == Action::Cancel,
            // PayPal suspends and activates; what it cancelled stays so.
            Self::PayPal => true,
        };
        if is_possible { Ok(()) } else { Err(ActionError::AtStore { manage_at: self.manage_at() }) }
    }
}

/// Cancels a managed subscription. Idempotent for the end of the period.
pub fn cancel(subscription: &Subscription, how: Cancellation, now: Timestamp) -> Result<Step, ActionError> {
    let managed = managed(subscription, Action::Cancel)?;
    if subscription.status(now) == Status::Ended {
        return Err(ActionError::Ended);
    }
    let now = whole_second(now);
    // What is not paid is voided, and is not paid any more: no attempt and no message follows.
    let given_up = managed.abandon(now);
    let void = given_up.as_ref().and_then(|step| step.void);
    let rest = given_up.map_or_else(|| managed.clone(), |step| step.managed);
    if rest.ended.is_some() {
        let ended = Some(Ended { at: now, reason: EndReason::Cancelled });
        return Ok(Step { managed: Managed { ended, cancel_at: None, ..rest }, lines: Vec::new(), void });
    }
    let reason = match how {
        Cancellation::PeriodEnd => {
            if let Some(end) = rest.renewal_at().filter(|end| *end > now) {
                let managed = Managed { cancel_at: Some(end), ..rest };
                return Ok(Step { managed, lines: Vec::new(), void });
            }
            EndReason::Cancelled
        }
        Cancellation::Now | Cancellation::NowWithCredit => EndReason::Cancelled,
        Cancellation::NowRefunded { .. } => EndReason::Refunded,
    };
    let account = rest.account.as_ref().map(|account| match how {
        Cancellation::NowWithCredit => account.with(Change { at: now, charge: None }),
        Cancellation::NowRefunded { invoice } if rest.invoices.contains(&invoice) => account.emptied(),
        Cancellation::PeriodEnd | Cancellation::Now | Cancellation::NowRefunded { .. } => account.clone(),
    });
    let lines = account.as_ref().map(PeriodAccount::due).unwrap_or_default();
    let account = account.map(|account| account.billed());
    let ended = Some(Ended { at: now, reason });
    Ok(Step { managed: Managed { account, ended, cancel_at: None, ..rest }, lines, void })
}

/// Takes back that a managed subscription ends at the end of its period.
pub fn resume(subscription: &Subscription, now: Timestamp) -> Result<Managed, ActionError> {
    let managed = managed(subscription, Action::Resume)?;
    if subscription.status(now) == Status::Ended {
        return Err(ActionError::Ended);
    }
    if managed.cancel_at.is_none() {
        return Err(ActionError::NotCancelled);
    }
    Ok(Managed { cancel_at: None, ..managed.clone() })
}

/// Whether a subscription can be paused by us. The store does it; its next snapshot says so.
pub fn pause(subscription: &Subscription, now: Timestamp) -> Result<Store, ActionError> {
    if subscription.status(now) == Status::Ended {
        return Err(ActionError::Ended);
    }
    let store = subscription.store().ok_or(ActionError::NoPause)?;
    store.permits(Action::Pause).map(|()| store)
}

fn managed(subscription: &Subscription, action: Action) -> Result<&Managed, ActionError> {
    match &subscription.mode {
        Mode::Managed(managed) => Ok(managed),
        Mode::Mirrored(mirror) => {
            mirror.store.permits(action)?;
            Err(ActionError::ThroughStore(mirror.store))
        }
    }
}

#[cfg(test)]
#[path = "cancel_tests.rs"]
mod tests;
