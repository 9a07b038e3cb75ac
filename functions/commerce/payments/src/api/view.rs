//! Payments as their buyers and managers see them.

use contracts::payments::{CaptureMode, PaymentProviderName};
use dynamo::Versioned;
use jiff::Timestamp;
use payment_providers::{ClientSecret, Continuation, FactStatus, SavedMethod};
use serde::Serialize;
use types::{Money, OrderId, PaymentId, PaymentMethodId, RefundId};
use utoipa::ToSchema;

use crate::domain::accounting::RefundState;
use crate::domain::attention::{Attention, AttentionKind};
use crate::domain::methods::StoredMethod;
use crate::domain::orphan::Orphan;
use crate::domain::payment::Payment;
use crate::domain::requests::RequestedRefund;
use crate::store::PaymentEntry;

/// A card, as its owner knows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentCardView {
    /// Brand in lower case.
    #[schema(example = "visa")]
    brand: String,
    /// Last four digits.
    #[schema(example = "4242")]
    last4: String,
    /// Month of the expiry, 1 to 12.
    #[schema(example = 12)]
    expiry_month: u8,
    /// Year of the expiry.
    #[schema(example = 2031)]
    expiry_year: u16,
}

impl From<&SavedMethod> for PaymentCardView {
    fn from(card: &SavedMethod) -> Self {
        let SavedMethod { id: _, brand, last4, expiry_month, expiry_year } = card;
        let (brand, last4) = (brand.clone(), last4.clone());
        Self { brand, last4, expiry_month: *expiry_month, expiry_year: *expiry_year }
    }
}

/// State of a refund.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentRefundStatus {
    /// Requested. The provider has not decided.
    Pending,
    /// The money was sent.
    Succeeded,
    /// The buyer did not get the money.
    Failed,
}

/// A refund.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentRefundView {
    /// Refund ID.
    id: RefundId,
    /// Amount in minor units.
    #[schema(example = 1200)]
    amount_minor: i64,
    /// Status.
    status: PaymentRefundStatus,
    /// Time of the request.
    #[serde(serialize_with = "types::time::millis")]
    requested_at: Timestamp,
}

impl PaymentRefundView {
    fn of(payment: &Payment, refund: &RequestedRefund) -> Self {
        let status = match payment.refund_state(refund) {
            RefundState::Pending => PaymentRefundStatus::Pending,
            RefundState::Succeeded => PaymentRefundStatus::Succeeded,
            RefundState::Failed => PaymentRefundStatus::Failed,
        };
        Self { id: refund.id, amount_minor: refund.amount_minor, status, requested_at: refund.at }
    }
}

/// A payment of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentView {
    /// Payment ID.
    id: PaymentId,
    /// Order ID.
    order_id: OrderId,
    /// Order number.
    #[schema(example = "7ZK2M0QX9D")]
    order_number: String,
    /// Provider.
    provider: PaymentProviderName,
    /// Status.
    status: FactStatus,
    /// When the money is taken.
    capture_mode: CaptureMode,
    /// Amount of the order.
    money: Money,
    /// Authorized amount in minor units.
    authorized_minor: i64,
    /// Captured amount in minor units.
    captured_minor: i64,
    /// Refunded amount in minor units.
    refunded_minor: i64,
    /// Amount in minor units that can still be refunded.
    refundable_minor: i64,
    /// Time until which the authorized amount can be captured. Null if the provider states none.
    #[serde(serialize_with = "types::time::optional_millis")]
    capture_before: Option<Timestamp>,
    /// The provider's code for the latest failed attempt. Null if none failed.
    #[schema(example = "insufficient_funds")]
    decline_code: Option<String>,
    /// The card that paid. Null for other methods, and before the payment.
    card: Option<PaymentCardView>,
    /// Refunds that the shop requested, oldest first.
    refunds: Vec<PaymentRefundView>,
    /// What a manager has to look at. Empty for buyers.
    attention: Vec<AttentionKind>,
    /// Time of the start.
    #[serde(serialize_with = "types::time::millis")]
    started_at: Timestamp,
}

impl PaymentView {
    /// What the buyer sees.
    pub fn for_buyer(payment: &Payment) -> Self {
        Self { attention: Vec::new(), ..Self::for_manager(payment) }
    }

    /// What managers see.
    pub fn for_manager(payment: &Payment) -> Self {
        Self {
            id: payment.id,
            order_id: payment.order_id,
            order_number: payment.number.clone(),
            provider: payment.session.provider,
            status: payment.status(),
            capture_mode: payment.capture,
            money: payment.money.clone(),
            authorized_minor: payment.facts.authorized_minor,
            captured_minor: payment.facts.captured_minor(),
            refunded_minor: payment.facts.refunded_minor(),
            refundable_minor: payment.refundable_minor(),
            capture_before: payment.facts.capture_before,
            decline_code: payment.decline.clone(),
            card: payment.card.as_ref().map(PaymentCardView::from),
            refunds: payment.refunds.iter().map(|refund| PaymentRefundView::of(payment, refund)).collect(),
            attention: payment.attention.keys().copied().collect(),
            started_at: payment.started_at,
        }
    }
}

/// A payment, and how its buyer goes on.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentSession {
    /// The payment.
    payment: PaymentView,
    /// Secret for the provider's form in the client (Stripe). Null once nothing is left to do. Treat it as a secret.
    client_secret: Option<ClientSecret>,
    /// URL of the provider's page on which the buyer approves the payment (PayPal). Null once nothing is left to do.
    #[schema(example = "https://www.paypal.com/checkoutnow?token=5O190127TN364715T")]
    approval_url: Option<String>,
}

impl PaymentSession {
    /// What the buyer sees, with what the provider's client needs.
    pub fn of(payment: &Payment, next: Option<Continuation>) -> Self {
        let (client_secret, approval_url) = match next.filter(|_| payment.is_open() && !payment.is_ending()) {
            Some(Continuation::ClientSecret(secret)) => (Some(secret), None),
            Some(Continuation::ApprovalUrl(url)) => (None, Some(url.as_str().to_owned())),
            None => (None, None),
        };
        Self { payment: PaymentView::for_buyer(payment), client_secret, approval_url }
    }
}

/// A payment in the list of all.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentEntryView {
    /// Payment ID.
    id: PaymentId,
    /// Order ID.
    order_id: OrderId,
    /// Order number.
    #[schema(example = "7ZK2M0QX9D")]
    order_number: String,
    /// Provider.
    provider: PaymentProviderName,
    /// Status.
    status: FactStatus,
    /// Amount of the order.
    money: Money,
    /// Captured amount in minor units.
    captured_minor: i64,
    /// Refunded amount in minor units.
    refunded_minor: i64,
    /// Whether a dispute is undecided or lost.
    is_disputed: bool,
    /// Time of the start.
    #[serde(serialize_with = "types::time::millis")]
    started_at: Timestamp,
}

impl From<Versioned<PaymentEntry>> for PaymentEntryView {
    fn from(read: Versioned<PaymentEntry>) -> Self {
        let entry = read.value;
        Self {
            id: entry.payment_id,
            order_id: entry.order_id,
            order_number: entry.number,
            provider: entry.provider,
            status: entry.status,
            money: entry.money,
            captured_minor: entry.captured_minor,
            refunded_minor: entry.refunded_minor,
            is_disputed: entry.is_disputed,
            started_at: entry.started_at,
        }
    }
}

/// A payment that needs attention, for one reason.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentAttentionView {
    /// Payment ID.
    payment_id: PaymentId,
    /// Order ID.
    order_id: OrderId,
    /// Order number.
    #[schema(example = "7ZK2M0QX9D")]
    order_number: String,
    /// Reason.
    reason: AttentionKind,
    /// Since when.
    #[serde(serialize_with = "types::time::millis")]
    since: Timestamp,
}

impl From<Versioned<Attention>> for PaymentAttentionView {
    fn from(read: Versioned<Attention>) -> Self {
        let Attention { payment_id, order_id, number, kind, at } = read.value;
        Self { payment_id, order_id, order_number: number, reason: kind, since: at }
    }
}

/// Money at a provider that belongs to no payment here.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnmatchedPaymentView {
    /// Provider.
    provider: PaymentProviderName,
    /// The provider's ID.
    #[schema(example = "pi_3PqXw2")]
    provider_id: String,
    /// Our reference at the provider. Null if there is none.
    reference: Option<String>,
    /// Amount of the payment.
    money: Money,
    /// Amount in minor units that the provider reserves or has taken, and not returned.
    held_minor: i64,
    /// Time at which it was noticed.
    #[serde(serialize_with = "types::time::millis")]
    noticed_at: Timestamp,
}

impl From<Versioned<Orphan>> for UnmatchedPaymentView {
    fn from(read: Versioned<Orphan>) -> Self {
        let Orphan { provider, provider_id, reference, money, held_minor, at } = read.value;
        Self { provider, provider_id: provider_id.to_string(), reference, money, held_minor, noticed_at: at }
    }
}

/// A saved payment method.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentMethodView {
    /// Payment method ID.
    id: PaymentMethodId,
    /// Provider.
    provider: PaymentProviderName,
    /// The card.
    card: PaymentCardView,
    /// Whether it is suggested first.
    is_default: bool,
    /// Time at which it was saved.
    #[serde(serialize_with = "types::time::millis")]
    saved_at: Timestamp,
}

impl PaymentMethodView {
    /// A method. `default` is the one that is suggested first.
    pub fn of(method: &StoredMethod, default: Option<PaymentMethodId>) -> Self {
        Self {
            id: method.id,
            provider: method.provider,
            card: (&method.card).into(),
            is_default: default == Some(method.id),
            saved_at: method.saved_at,
        }
    }
}
