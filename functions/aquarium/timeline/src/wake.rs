//! Calls of EventBridge Scheduler when tasks must be looked at.

use jiff::Timestamp;
use kit::sqs::Message;
use kit::timer::Call;
use serde::{Deserialize, Serialize};
use types::{AquariumId, TaskId};

use crate::domain::task::Task;

/// A message that a task must be looked at: an occurrence becomes due, or members are to be reminded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wake {
    /// Aquarium ID.
    pub aquarium_id: AquariumId,
    /// Task ID.
    pub task_id: TaskId,
    /// When the task must be looked at.
    pub at: Timestamp,
}

impl Wake {
    /// The next call of a task; none if nothing is to come.
    pub fn of(task: &Task) -> Option<Self> {
        Some(Self { aquarium_id: task.aquarium_id, task_id: task.id, at: task.wake_at()? })
    }
}

impl Message for Wake {
    fn read(body: &str) -> Result<Self, String> {
        serde_json::from_str(body)
            .map_err(|error| format!("the message names no task: {}", contracts::without_values(&error)))
    }

    fn correlation_id(&self) -> String {
        self.task_id.to_string()
    }
}

impl Call for Wake {
    fn at(&self) -> Timestamp {
        self.at
    }

    fn name(&self) -> String {
        format!("{}-{}", self.task_id.uuid().simple(), self.at.as_second())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_as_it_was_written() {
        let wake = Wake {
            aquarium_id: AquariumId::new(types::Uuid::from_u128(6)),
            task_id: TaskId::new(types::Uuid::from_u128(7)),
            at: "2026-04-01T16:00:00Z".parse().unwrap(),
        };
        assert_eq!(Wake::read(&serde_json::to_string(&wake).unwrap()), Ok(wake));
        assert!(Wake::read("{}").is_err());
        assert_eq!(wake.name(), "00000000000000000000000000000007-1775059200");
    }
}
