//! Facts about money: deposits, transfers, donations.

use serde::{Deserialize, Serialize};
use types::{DepositId, DonationId, Money, PointId, TransferId, UserId};
use utoipa::ToSchema;

/// Who gets a donation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "kind", content = "id")]
pub enum Recipient {
    /// A person.
    User(UserId),
    /// A point on the map; its keeper spends what it gets.
    Point(PointId),
}

/// Where the money of a donation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Funding {
    /// The donor's balance.
    Balance,
    /// The donor's card.
    Card,
}

/// A card is to be charged for a donation: the saga starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DonationStarted {
    /// The donation.
    pub donation_id: DonationId,
    /// Who gives.
    pub donor_id: UserId,
    /// Who gets.
    pub recipient: Recipient,
    /// How much.
    pub money: Money,
}

event!(DonationStarted, "wallet.donation_started", version = 1, subject = donation_id);

/// A donation has reached its recipient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DonationCompleted {
    /// The donation.
    pub donation_id: DonationId,
    /// Who gives.
    pub donor_id: UserId,
    /// Who gets.
    pub recipient: Recipient,
    /// How much.
    pub money: Money,
    /// Where it comes from.
    pub funding: Funding,
    /// The person who is told of it: the recipient, or the keeper of the point; absent where nobody keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beneficiary_id: Option<UserId>,
}

event!(DonationCompleted, "wallet.donation_completed", version = 1, subject = donation_id);

/// A donation did not happen, and nobody paid for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DonationFailed {
    /// The donation.
    pub donation_id: DonationId,
    /// Who gives.
    pub donor_id: UserId,
    /// Who gets.
    pub recipient: Recipient,
    /// How much.
    pub money: Money,
    /// Where it comes from.
    pub funding: Funding,
    /// Why, in a word: `declined`, `recipient_unavailable`, `provider_unavailable`.
    pub reason: String,
}

event!(DonationFailed, "wallet.donation_failed", version = 1, subject = donation_id);

/// A donation did not reach its recipient, and the donor has their money back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DonationRefunded {
    /// The donation.
    pub donation_id: DonationId,
    /// Who gives.
    pub donor_id: UserId,
    /// Who gets.
    pub recipient: Recipient,
    /// How much.
    pub money: Money,
    /// Where it comes from.
    pub funding: Funding,
    /// Why, in a word, as in `wallet.donation_failed`.
    pub reason: String,
}

event!(DonationRefunded, "wallet.donation_refunded", version = 1, subject = donation_id);

/// Money came in through a payment provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepositCompleted {
    /// The deposit.
    pub deposit_id: DepositId,
    /// Whose wallet it went to.
    pub user_id: UserId,
    /// How much.
    pub money: Money,
}

event!(DepositCompleted, "wallet.deposit_completed", version = 1, subject = deposit_id);

/// One person sent money to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferCompleted {
    /// The transfer.
    pub transfer_id: TransferId,
    /// Who sent it.
    pub sender_id: UserId,
    /// Who got it.
    pub receiver_id: UserId,
    /// How much.
    pub money: Money,
}

event!(TransferCompleted, "wallet.transfer_completed", version = 1, subject = transfer_id);
