//! EventBridge Scheduler, as far as it is needed: one call at one time, which puts a message in a queue and is gone then.
//!
//! A call is never cancelled. One whose cause no longer exists finds nothing to do, which costs less than a permission to
//! delete. Calls can be lost: what is due must also be found by a sweep
//! ([ADR 0019](../../../docs/adr/0019-scheduled-events.md)).

use aws_sdk_scheduler::operation::create_schedule::CreateScheduleError;
use aws_sdk_scheduler::types::{ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
use jiff::Timestamp;
use serde::Serialize;

use crate::consumer::Message;
use crate::{ConfigError, Environment, sdk};

/// A message that arrives at a time.
pub trait Call: Message + Serialize + Copy {
    /// When it arrives, in whole seconds.
    fn at(&self) -> Timestamp;

    /// Name, unique in the timer's group: letters, digits, `-`, `_` and `.`, at most 64. A second call with the name of one
    /// that is pending is the same call.
    fn name(&self) -> String;
}

/// Requests calls.
#[derive(Debug, Clone)]
pub struct Timer {
    client: aws_sdk_scheduler::Client,
    group: String,
    queue_arn: String,
    role_arn: String,
}

impl Timer {
    /// Reads `TIMER_GROUP`, `TIMER_QUEUE_ARN` and `TIMER_ROLE_ARN`.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let values = (
            env.required::<String>("TIMER_GROUP"),
            env.required::<String>("TIMER_QUEUE_ARN"),
            env.required::<String>("TIMER_ROLE_ARN"),
        );
        let (group, queue_arn, role_arn) = env.all(values)?;
        Ok(Self::new(sdk::client!(aws_sdk_scheduler, &sdk::config()), group, queue_arn, role_arn))
    }

    /// A timer made of its parts.
    pub fn new(
        client: aws_sdk_scheduler::Client,
        group: impl Into<String>,
        queue_arn: impl Into<String>,
        role_arn: impl Into<String>,
    ) -> Self {
        Self { client, group: group.into(), queue_arn: queue_arn.into(), role_arn: role_arn.into() }
    }

    /// Requests a call. Idempotent: a pending call with the same name stays.
    pub async fn arm(&self, call: impl Call) -> Result<(), String> {
        let input = serde_json::to_string(&call).map_err(|error| error.to_string())?;
        let target = Target::builder().arn(&self.queue_arn).role_arn(&self.role_arn).input(input).build();
        let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build();
        let requested = self
            .client
            .create_schedule()
            .group_name(&self.group)
            .name(call.name())
            .schedule_expression(format!("at({})", call.at().strftime("%Y-%m-%dT%H:%M:%S")))
            .schedule_expression_timezone("UTC")
            .flexible_time_window(window.map_err(|error| error.to_string())?)
            .target(target.map_err(|error| error.to_string())?)
            .action_after_completion(ActionAfterCompletion::Delete)
            // The SDK would generate one from a source of its own.
            .client_token(types::new_uuid().to_string())
            .send()
            .await;
        match requested {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(CreateScheduleError::is_conflict_exception) => Ok(()),
            Err(error) => Err(format!("Scheduler: {}", sdk::told(&error))),
        }
    }
}
