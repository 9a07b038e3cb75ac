//! A donation as its donor and its recipient see it.

use contracts::wallet::{Funding, Recipient};
use jiff::Timestamp;
use payments::ClientSecret;
use serde::Serialize;
use types::{DonationId, Money, UserId};
use utoipa::ToSchema;

use crate::domain::donation::{Donation, Status, Step};

/// A donation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DonationView {
    /// Its id.
    pub id: DonationId,
    /// Who gives.
    pub donor_id: UserId,
    /// Who gets.
    pub recipient: Recipient,
    /// How much.
    pub money: Money,
    /// What the donor wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How far it is.
    pub status: Status,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Where the money comes from; for the donor only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funding: Option<Funding>,
    /// Why it failed or was refunded, in a word; for the donor only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was done for it, oldest first; for the donor only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<Step>>,
    /// While the donor's bank asks them: what the provider's page needs for it; for the donor only.
    #[serde(skip_serializing_if = "Option::is_none")]
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
