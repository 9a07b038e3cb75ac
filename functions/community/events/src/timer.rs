//! Calls of EventBridge Scheduler when occurrences are due.

use jiff::Timestamp;
use kit::sqs::Message;
use kit::timer::Call;
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

impl Call for Occurrence {
    fn at(&self) -> Timestamp {
        self.occurs_at
    }

    fn name(&self) -> String {
        format!("{}-{}", self.schedule_id.uuid().simple(), self.occurs_at.as_second())
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
