//! A step of the state machine `PayDonation`. Moves a donation's money to its recipient.

use kit::task::Failure;

use crate::saga::{self, Saga, StepInput, StepOutput};

/// Does the step. Idempotent.
pub async fn credit_donation(saga: &'static Saga, input: StepInput) -> Result<StepOutput, Failure> {
    Ok(StepOutput { next: saga::credit(saga, input.donation_id).await? })
}
