//! A step of the state machine `PayDonation`. Ends a donation that has arrived, and tells both.

use kit::task::Failure;

use crate::saga::{self, Saga, StepInput, StepOutput};

/// Does the step. Idempotent.
pub async fn complete_donation(saga: &'static Saga, input: StepInput) -> Result<StepOutput, Failure> {
    Ok(StepOutput { next: saga::complete(saga, input.donation_id).await? })
}
