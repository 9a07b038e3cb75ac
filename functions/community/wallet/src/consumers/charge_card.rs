//! A step of the state machine `PayDonation`. Charges the card of a donation.

use kit::task::Failure;

use crate::saga::{self, Answer, Ask, Saga};

/// Does the step, whatever was done of it before.
pub async fn charge_card(saga: &'static Saga, ask: Ask) -> Result<Answer, Failure> {
    Ok(Answer { next: saga::charge(saga, ask.donation_id, true).await? })
}
