//! Events of payments: of orders, their refunds and disputes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, OrderId, PaymentId, RefundId, UserId};
use utoipa::ToSchema;

/// A payment provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentProviderName {
    /// Stripe.
    Stripe,
    /// PayPal.
    Paypal,
}

/// What every event of a payment says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentSummary {
    /// Payment ID, derived from the order's.
    pub payment_id: PaymentId,
    /// Order ID.
    pub order_id: OrderId,
    /// User ID of the payer. Absent for guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Provider.
    pub provider: PaymentProviderName,
    /// Currency of all amounts.
    pub currency: CurrencyCode,
    /// Amount of the order in minor units.
    pub amount_minor: i64,
    /// Time at which the buyer started to pay: events may arrive before that of the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
}

/// Implements an event about a payment, with fields of its own.
macro_rules! payment_event {
    ($(#[$meta:meta])* $name:ident, $type:literal { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// The payment.
            pub payment: PaymentSummary,
            $($(#[$field_meta])* pub $field: $kind,)*
        }

        impl $crate::DomainEvent for $name {
            const TYPE: &'static str = $type;
            const VERSION: u32 = 1;

            fn subject(&self) -> String {
                self.payment.payment_id.to_string()
            }
        }
    };
}

payment_event! {
    /// A buyer started to pay. From now on only the provider's answer ends the payment.
    PaymentStarted, "payments.payment_started" {}
}

payment_event! {
    /// An amount was authorized: it is reserved and not taken.
    PaymentAuthorized, "payments.payment_authorized" {
        /// Authorized amount in minor units.
        authorized_minor: i64,
        /// Time until which it may be captured. Absent if the provider states none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        capture_before: Option<Timestamp>,
    }
}

payment_event! {
    /// Money was taken.
    PaymentCaptured, "payments.payment_captured" {
        /// Amount that was captured so far, in minor units.
        captured_minor: i64,
    }
}

payment_event! {
    /// An attempt to pay failed. The buyer may try again.
    PaymentFailed, "payments.payment_failed" {
        /// The provider's reason, without personal data.
        reason: String,
    }
}

payment_event! {
    /// An authorization ends within a day, and not all of it was captured.
    AuthorizationExpiring, "payments.authorization_expiring" {
        /// Time until which it may be captured.
        capture_before: Timestamp,
        /// Authorized amount that was not captured, in minor units.
        uncaptured_minor: i64,
    }
}

payment_event! {
    /// The payment ended without money: nothing will be authorized or captured any more.
    PaymentClosed, "payments.payment_closed" {}
}

payment_event! {
    /// The payment ended after a part of the authorized amount was captured: the rest was released, and nothing more will be
    /// captured.
    PaymentEnded, "payments.payment_ended" {
        /// Authorized amount in minor units.
        authorized_minor: i64,
        /// Captured amount in minor units.
        captured_minor: i64,
    }
}

payment_event! {
    /// Nothing is left of a payment that its order does not want: nothing is reserved or may still be paid, and what was captured
    /// went back to the buyer.
    UnwantedSettled, "payments.unwanted_settled" {
        /// Amount that was refunded, in minor units. What buyers got back by disputes is not included.
        refunded_minor: i64,
    }
}

payment_event! {
    /// A refund was sent to the buyer.
    RefundSucceeded, "payments.refund_succeeded" {
        /// Refund ID.
        refund_id: RefundId,
        /// Amount in minor units.
        refunded_minor: i64,
    }
}

payment_event! {
    /// A refund failed: the buyer did not get the money.
    RefundFailed, "payments.refund_failed" {
        /// Refund ID.
        refund_id: RefundId,
        /// Amount in minor units.
        refunded_minor: i64,
    }
}

payment_event! {
    /// The buyer disputes the payment at their bank.
    DisputeOpened, "payments.dispute_opened" {
        /// The provider's ID of the dispute.
        dispute_id: String,
        /// Disputed amount in minor units.
        disputed_minor: i64,
    }
}

payment_event! {
    /// A dispute was decided.
    DisputeClosed, "payments.dispute_closed" {
        /// The provider's ID of the dispute.
        dispute_id: String,
        /// Disputed amount in minor units.
        disputed_minor: i64,
        /// Whether the buyer got the money back.
        is_lost: bool,
    }
}

/// When the money for an order is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMode {
    /// When the buyer pays.
    Immediate,
    /// When goods are shipped: until then the amount is authorized only.
    OnShipment,
}
