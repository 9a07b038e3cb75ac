//! How long a user waits before the same report at the same point.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{EventTypeId, PointId, UserId};

use super::refusal::Refusal;

/// Keeps one person from reporting the same at the same point again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cooldown {
    /// Who.
    pub user_id: UserId,
    /// Where.
    pub point_id: PointId,
    /// What.
    pub event_type_id: EventTypeId,
    /// Until when.
    pub until: Timestamp,
}

impl Cooldown {
    /// Why a report is refused at this time; none if the cooldown is over.
    pub fn refusal(&self, now: Timestamp) -> Option<Refusal> {
        let wait = u64::try_from(self.until.duration_since(now).as_millis()).ok().filter(|millis| *millis > 0)?;
        Some(Refusal::CoolingDown { until: self.until, wait_seconds: wait.div_ceil(1_000) })
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use types::Uuid;

    use super::*;

    #[test]
    fn whoever_waits_as_long_as_told_is_not_refused_again() {
        let (id, until) = (Uuid::from_u128(1), Timestamp::from_second(1_000).unwrap());
        let (user_id, point_id, event_type_id) = (UserId::new(id), PointId::new(id), EventTypeId::new(id));
        let cooldown = Cooldown { user_id, point_id, event_type_id, until };
        let wait_seconds = |millis| match cooldown.refusal(until - SignedDuration::from_millis(millis)) {
            Some(Refusal::CoolingDown { wait_seconds, .. }) => Some(wait_seconds),
            _ => None,
        };
        assert_eq!([-1, 0, 1, 1_000, 1_001].map(wait_seconds), [None, None, Some(1), Some(1), Some(2)]);
    }
}
