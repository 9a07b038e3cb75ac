//! A step of the state machine `PayDonation`. Gives a donation's money back, if any has left the card.

use kit::task::Failure;

use crate::saga::{self, Saga, StepInput, StepOutput};

/// Does the step. Idempotent.
pub async fn refund_donation(saga: &'static Saga, input: StepInput) -> Result<StepOutput, Failure> {
    Ok(StepOutput { next: saga::refund(saga, input.donation_id).await? })
}
