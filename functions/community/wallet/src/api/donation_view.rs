//! A donation as its donor and its recipient see it.

use contracts::wallet::{Funding, Recipient};
use jiff::Timestamp;
use payment_providers::ClientSecret;
use serde::Serialize;
use types::{DonationId, Money, UserId};
use utoipa::ToSchema;

use crate::domain::donation::{Donation, Status, Step};

/// A donation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DonationView {
    /// Donation ID.
    pub id: DonationId,
    /// User ID of the donor.
    pub donor_id: UserId,
    /// Recipient.
    pub recipient: Recipient,
    /// Amount.
    pub money: Money,
    /// Message of the donor.
    pub message: Option<String>,
    /// Status.
    pub status: Status,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    pub created_at: Timestamp,
    /// Time of the last change.
    #[serde(serialize_with = "types::time::millis")]
    pub updated_at: Timestamp,
    /// Payment method. Visible to the donor only.
    pub funding: Option<Funding>,
    /// Reason of the failure or refund. Visible to the donor only.
    pub reason: Option<String>,
    /// Processing steps, oldest first. Visible to the donor only.
    pub steps: Option<Vec<Step>>,
    /// Client secret for Stripe.js while the bank requires authentication. Visible to the donor only.
    pub client_secret: Option<ClientSecret>,
}

impl DonationView {
    /// What the donor sees.
    pub fn for_donor(donation: Donation) -> Self {
        let (funding, reason) = (donation.funding, donation.reason.clone());
        let steps = donation.steps.clone();
        let client_secret = donation.card.as_ref().and_then(|card| card.client_secret.clone());
        let of_both = Self::for_recipient(donation);
        Self { funding: Some(funding), reason, steps: Some(steps), client_secret, ..of_both }
    }

    /// What the recipient sees.
    pub fn for_recipient(donation: Donation) -> Self {
        Self {
            id: donation.id,
            donor_id: donation.donor_id,
            recipient: donation.recipient,
            money: donation.money,
            message: donation.message,
            status: donation.status,
            created_at: donation.created_at,
            updated_at: donation.updated_at,
            funding: None,
            reason: None,
            steps: None,
            client_secret: None,
        }
    }
}
