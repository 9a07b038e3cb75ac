//! Who hears of what happens at a point.

use contracts::points::{PointSubscribed, PointUnsubscribed};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{PointId, UserId};

/// Whether a user follows a point. It stays once it was ended, since its revision goes on.
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
    /// How often it began or ended, as events tell it. Counting it is no change of this kind.
    #[serde(default)]
    pub revision: u64,
    /// True while it is part of the point's number of subscribers, which follows `active`.
    #[serde(default)]
    pub counted: bool,
}

impl Subscription {
    /// One that begins, or begins again.
    pub fn begun(before: Option<&Self>, user_id: UserId, point_id: PointId, now: Timestamp) -> Self {
        let (revision, counted) = before.map_or((0, false), |before| (before.revision, before.counted));
        Self { user_id, point_id, active: true, since: now, revision: revision + 1, counted }
    }

    /// The same, ended; none if it was before.
    pub fn ended(&self, now: Timestamp) -> Option<Self> {
        self.active.then(|| Self { active: false, since: now, revision: self.revision + 1, ..self.clone() })
    }

    /// The same, counted if it is active and not counted if it is not; none if that is so.
    pub fn recounted(&self) -> Option<Self> {
        (self.counted != self.active).then(|| Self { counted: self.active, ..self.clone() })
    }

    /// The fact that it begins.
    pub fn begun_fact(&self) -> PointSubscribed {
        PointSubscribed { point_id: self.point_id, user_id: self.user_id, revision: self.revision }
    }

    /// The fact that it ends.
    pub fn ended_fact(&self) -> PointUnsubscribed {
        PointUnsubscribed { point_id: self.point_id, user_id: self.user_id, revision: self.revision }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    proptest! {
        #[test]
        fn the_count_of_a_subscription_is_what_it_was_at_the_last_event(steps in prop::collection::vec(0..3_u8, 0..40)) {
            let (user, point, now) = (UserId::new(Uuid::nil()), PointId::new(Uuid::nil()), Timestamp::UNIX_EPOCH);
            let (mut subscription, mut count) = (None::<Subscription>, 0_i32);
            for step in steps {
                let before = subscription.clone();
                match (step, &subscription) {
                    (0, _) => subscription = Some(Subscription::begun(subscription.as_ref(), user, point, now)),
                    (1, Some(known)) => subscription = known.ended(now).or(subscription),
                    (_, Some(known)) => {
                        if let Some(next) = known.recounted() {
                            count += if next.counted { 1 } else { -1 };
                            subscription = Some(next);
                        }
                        prop_assert_eq!(count, i32::from(subscription.as_ref().is_some_and(|known| known.active)));
                    }
                    _ => {}
                }
                prop_assert_eq!(count, i32::from(subscription.as_ref().is_some_and(|known| known.counted)));
                let revision = |known: &Option<Subscription>| known.as_ref().map_or(0, |known| known.revision);
                let is_changed = step < 2 && before != subscription;
                prop_assert_eq!(revision(&subscription), revision(&before) + u64::from(is_changed));
            }
        }
    }
}
