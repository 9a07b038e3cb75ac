//! EventBridge Scheduler, as far as it is needed: one call at one time, which puts a message in a queue and is gone then.
//!
//! A call is never taken back. One whose schedule was deleted finds nothing, which costs less than a permission to delete.

use aws_sdk_scheduler::operation::create_schedule::CreateScheduleError;
use aws_sdk_scheduler::types::{ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
use jiff::Timestamp;
use kit::sqs::Message;
use kit::{ConfigError, Environment, sdk};
use serde::{Deserialize, Serialize};
use types::ScheduleId;

/// That an occurrence of a schedule is due, as the message says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Occurrence {
    /// Of which schedule.
    pub schedule_id: ScheduleId,
    /// When it is due.
    pub occurs_at: Timestamp,
}

impl Message for Occurrence {
    fn read(body: &str) -> Result<Self, String> {
        serde_json::from_str(body)
            .map_err(|error| format!("the message is no occurrence: {}", contracts::without_values(&error)))
    }

    fn correlation_id(&self) -> String {
        self.schedule_id.to_string()
    }
}

/// Asks for calls.
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

    /// From its parts.
    pub fn new(
        client: aws_sdk_scheduler::Client,
        group: impl Into<String>,
        queue_arn: impl Into<String>,
        role_arn: impl Into<String>,
    ) -> Self {
        Self { client, group: group.into(), queue_arn: queue_arn.into(), role_arn: role_arn.into() }
    }

    /// Asks to be called when this is due. To ask again does no harm, since the call is named after what it is for.
    pub async fn arm(&self, occurrence: Occurrence) -> Result<(), String> {
        let at = occurrence.occurs_at;
        let input = serde_json::to_string(&occurrence).map_err(|error| error.to_string())?;
        let target = Target::builder().arn(&self.queue_arn).role_arn(&self.role_arn).input(input).build();
        let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build();
        let asked = self
            .client
            .create_schedule()
            .group_name(&self.group)
            .name(format!("{}-{}", occurrence.schedule_id.uuid().simple(), at.as_second()))
            .schedule_expression(format!("at({})", at.strftime("%Y-%m-%dT%H:%M:%S")))
            .schedule_expression_timezone("UTC")
            .flexible_time_window(window.map_err(|error| error.to_string())?)
            .target(target.map_err(|error| error.to_string())?)
            .action_after_completion(ActionAfterCompletion::Delete)
            // The SDK would make one by itself, from a generator of its own.
            .client_token(types::new_uuid().to_string())
            .send()
            .await;
        match asked {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(CreateScheduleError::is_conflict_exception) => Ok(()),
            Err(error) => Err(format!("Scheduler: {}", sdk::told(&error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_as_it_was_written() {
        let occurrence = Occurrence {
            schedule_id: ScheduleId::new(types::Uuid::from_u128(7)),
            occurs_at: "2026-04-01T16:00:00Z".parse().unwrap(),
        };
        assert_eq!(Occurrence::read(&serde_json::to_string(&occurrence).unwrap()), Ok(occurrence));
        assert!(Occurrence::read("{}").is_err());
    }
}
