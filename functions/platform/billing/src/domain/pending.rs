//! What a managed subscription waits for, and how it ended.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::InvoiceId;

use super::catalogue::Price;
use super::codes::PlanCode;
use super::coupon::Redeemed;
use super::period::Anchor;
use super::proration::PeriodAccount;

/// An invoice that is to be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Invoice.
    pub invoice: InvoiceId,
    /// Since when.
    pub since: Timestamp,
    /// What it is for.
    pub cause: Cause,
}

/// What an open invoice is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cause {
    /// A period. Without payment the subscription ends.
    Period {
        /// Set by the first failed payment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overdue: Option<Overdue>,
    },
    /// A change. Without payment it is undone.
    Change {
        /// What was before.
        before: Box<Before>,
    },
}

/// A payment failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overdue {
    /// Until when the plan may be used all the same.
    pub grace_until: Timestamp,
    /// When the subscription ends.
    pub ends_at: Timestamp,
}

/// What a change that is not paid for goes back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Price.
    pub price: Price,
    /// Price from the next period on.
    pub next_price: Option<Price>,
    /// Plan that may be used.
    pub granted: PlanCode,
    /// Anchor.
    pub anchor: Anchor,
    /// Current period.
    pub account: Option<PeriodAccount>,
    /// Invoices of the period.
    pub invoices: Vec<InvoiceId>,
    /// Coupon.
    pub coupon: Option<Redeemed>,
}

/// An end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: EndReason,
}

/// Why a subscription ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// It was cancelled.
    Cancelled,
    /// The first payment never came.
    NeverPaid,
    /// A renewal was not paid.
    Unpaid,
    /// A payment was refunded or lost in a dispute.
    Refunded,
}
