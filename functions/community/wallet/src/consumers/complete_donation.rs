//! A step of the state machine `PayDonation`. Ends a donation that has arrived, and tells both.

use kit::task::Failure;

use crate::saga::{self, Answer, Ask, Saga};

/// Does the step, whatever was done of it before.
pub async fn complete_donation(saga: &'static Saga, ask: Ask) -> Result<Answer, Failure> {
    Ok(Answer { next: saga::complete(saga, ask.donation_id).await? })
}
