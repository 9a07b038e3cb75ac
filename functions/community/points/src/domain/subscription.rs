//! Who hears of what happens at a point.

use contracts::points::{PointSubscribed, PointUnsubscribed};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{PointId, UserId};

/// That somebody wants to hear of a point, or does no more. It stays once it was ended, since its revision goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Who.
    pub user_id: UserId,
    /// Of which point.
    pub point_id: PointId,
    /// Whether they do.
    pub active: bool,
    /// Since when.
    pub since: Timestamp,
}

impl Subscription {
    /// One that begins, or begins again.
    pub fn begun(user_id: UserId, point_id: PointId, now: Timestamp) -> Self {
        Self { user_id, point_id, active: true, since: now }
    }

    /// The same, ended; none if it was before.
    pub fn ended(&self, now: Timestamp) -> Option<Self> {
        self.active.then(|| Self { active: false, since: now, ..self.clone() })
    }

    /// The fact that it begins in a revision.
    pub fn begun_fact(&self, revision: u64) -> PointSubscribed {
        PointSubscribed { point_id: self.point_id, user_id: self.user_id, revision }
    }

    /// The fact that it ends in a revision.
    pub fn ended_fact(&self, revision: u64) -> PointUnsubscribed {
        PointUnsubscribed { point_id: self.point_id, user_id: self.user_id, revision }
    }
}
