//! A step of the state machine `PayDonation`. Charges the card of a donation.

use kit::task::Failure;

use crate::saga::{self, Saga, StepInput, StepOutput};

/// Does the step. Idempotent.
pub async fn charge_card(saga: &'static Saga, input: StepInput) -> Result<StepOutput, Failure> {
    Ok(StepOutput { next: saga::charge(saga, input.donation_id, true).await? })
}
