//! A step of the state machine `PayDonation`. Gives a donation's money back, if any has left the card.

use kit::task::Failure;

use crate::saga::{self, Answer, Ask, Saga};

/// Does the step, whatever was done of it before.
pub async fn refund_donation(saga: &'static Saga, ask: Ask) -> Result<Answer, Failure> {
    Ok(Answer { next: saga::refund(saga, ask.donation_id).await? })
}
