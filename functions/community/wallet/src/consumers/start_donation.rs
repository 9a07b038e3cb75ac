//! On `wallet.donation_started.v1`: starts the state machine that brings a donation by card to its end.
//!
//! An execution is named after its donation, so the same event again starts nothing.

use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use contracts::Envelope;
use contracts::wallet::DonationStarted;
use kit::sqs::{Done, Failure, Handled};
use kit::{ConfigError, Environment, sdk};
use serde_json::Value;

use crate::saga::StepInput;

/// All that starting needs.
pub struct Starting {
    machines: aws_sdk_sfn::Client,
    machine: String,
}

impl Starting {
    /// Reads `STATE_MACHINE_ARN`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let machine = env.required::<String>("STATE_MACHINE_ARN");
        let (machine,) = env.all((machine,))?;
        Ok(Self::new(sdk::client!(aws_sdk_sfn, &sdk::config()), machine))
    }

    /// From its parts.
    pub fn new(machines: aws_sdk_sfn::Client, machine: impl Into<String>) -> Self {
        Self { machines, machine: machine.into() }
    }
}

/// Handles one event.
pub async fn start_donation(ctx: &'static Starting, event: Envelope<Value>) -> Handled {
    let correlation_id = event.correlation_id.clone();
    let donation_id = event.decode::<DonationStarted>()?.data.donation_id;
    let input = StepInput { donation_id, correlation_id };
    let input = serde_json::to_string(&input).map_err(|error| Failure::Poison(error.to_string()))?;
    let start = ctx.machines.start_execution().state_machine_arn(&ctx.machine).name(donation_id.to_string());
    let Err(error) = start.input(input).send().await else { return Ok(Done::Applied) };
    match error.as_service_error() {
        Some(StartExecutionError::ExecutionAlreadyExists(_)) => Ok(Done::Duplicate),
        _ => Err(Failure::Retry(format!("Step Functions: {}", sdk::told(&error)))),
    }
}
