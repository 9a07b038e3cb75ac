//! A step of the state machine `PayDonation`. Moves a donation's money to its recipient.

use kit::task::Failure;

use crate::saga::{self, Answer, Ask, Saga};

/// Does the step, whatever was done of it before.
pub async fn credit_donation(saga: &'static Saga, ask: Ask) -> Result<Answer, Failure> {
    Ok(Answer { next: saga::credit(saga, ask.donation_id).await? })
}
