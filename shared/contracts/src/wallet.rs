//! Events of money: deposits, transfers and donations.

use serde::{Deserialize, Serialize};
use types::{CurrencyCode, DepositId, DonationId, Money, PointId, TransferId, UserId};
use utoipa::ToSchema;

/// Recipient of a donation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "kind", content = "id")]
#[schema(as = DonationRecipient)]
pub enum Recipient {
    /// A user.
    User(UserId),
    /// A point. Its keeper spends the money.
    Point(PointId),
}

/// Payment method of a donation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DonationFunding)]
pub enum Funding {
    /// Wallet balance of the donor.
    Balance,
    /// Card of the donor.
    Card,
}

/// A card donation was started: the workflow charges the card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DonationStarted {
    /// Donation ID.
    pub donation_id: DonationId,
    /// User ID of the donor.
    pub donor_id: UserId,
    /// Recipient.
    pub recipient: Recipient,
    /// Amount.
    pub money: Money,
}

event!(DonationStarted, "wallet.donation_started", version = 1, subject = donation_id);

/// A donation was credited to its recipient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DonationCompleted {
    /// Donation ID.
    pub donation_id: DonationId,
    /// User ID of the donor.
    pub donor_id: UserId,
    /// Recipient.
    pub recipient: Recipient,
    /// Amount.
    pub money: Money,
    /// Payment method.
    pub funding: Funding,
    /// User ID to notify: the recipient, or the keeper of the point. Absent for a point without keeper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beneficiary_id: Option<UserId>,
}

event!(DonationCompleted, "wallet.donation_completed", version = 1, subject = donation_id);

/// A donation failed. The donor was not charged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DonationFailed {
    /// Donation ID.
    pub donation_id: DonationId,
    /// User ID of the donor.
    pub donor_id: UserId,
    /// Recipient.
    pub recipient: Recipient,
    /// Amount.
    pub money: Money,
    /// Payment method.
    pub funding: Funding,
    /// Reason: `declined`, `recipient_unavailable`, `provider_unavailable`.
    pub reason: String,
}

event!(DonationFailed, "wallet.donation_failed", version = 1, subject = donation_id);

/// A donation failed after the charge and was refunded to the donor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DonationRefunded {
    /// Donation ID.
    pub donation_id: DonationId,
    /// User ID of the donor.
    pub donor_id: UserId,
    /// Recipient.
    pub recipient: Recipient,
    /// Amount.
    pub money: Money,
    /// Payment method.
    pub funding: Funding,
    /// Reason, as in `wallet.donation_failed`.
    pub reason: String,
}

event!(DonationRefunded, "wallet.donation_refunded", version = 1, subject = donation_id);

/// A deposit through the payment provider was credited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepositCompleted {
    /// Deposit ID.
    pub deposit_id: DepositId,
    /// User ID of the wallet owner.
    pub user_id: UserId,
    /// Amount.
    pub money: Money,
}

event!(DepositCompleted, "wallet.deposit_completed", version = 1, subject = deposit_id);

/// A user sent money to another user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferCompleted {
    /// Transfer ID.
    pub transfer_id: TransferId,
    /// User ID of the sender.
    pub sender_id: UserId,
    /// User ID of the recipient.
    pub receiver_id: UserId,
    /// Amount.
    pub money: Money,
}

event!(TransferCompleted, "wallet.transfer_completed", version = 1, subject = transfer_id);

/// The currencies that every deployment has. No event announces them.
pub const BUILT_IN_CURRENCIES: [&str; 3] = ["EUR", "POINTS", "USD"];

/// An admin created or updated a currency. Amounts can be in this currency or a built-in one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CurrencyChanged {
    /// Currency code.
    pub code: CurrencyCode,
    /// Display name.
    pub name: String,
    /// Number of decimals. It never changes.
    pub exponent: u8,
    /// Revision of the currency. Higher is newer.
    pub revision: u64,
}

event!(CurrencyChanged, "wallet.currency_changed", version = 1, subject = code);
