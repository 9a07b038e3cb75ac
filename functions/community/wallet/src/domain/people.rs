//! What this context keeps of people and points, told by others' events, which come late and in any order.

use contracts::wallet::Recipient;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{PointId, UserId};

/// What is known of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub user_id: UserId,
    /// True while they may not take part. Nobody is suspended of whom it was never told.
    pub suspended: bool,
    /// When that became true, if it was ever told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_at: Option<Timestamp>,
}

impl Person {
    /// Somebody of whom nothing else is known.
    pub const fn new(user_id: UserId) -> Self {
        Self { user_id, suspended: false, judged_at: None }
    }

    /// The same, suspended or restored at that time; none if something newer is known.
    pub fn judged(&self, suspended: bool, at: Timestamp) -> Option<Self> {
        let is_newer = self.judged_at.is_none_or(|known| known < at);
        is_newer.then_some(Self { user_id: self.user_id, suspended, judged_at: Some(at) })
    }
}

/// What is known of a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Which.
    pub point_id: PointId,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who spends what it has. The last keeper of a point that was removed still spends what is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeper_id: Option<UserId>,
    /// True once it is gone from the map.
    pub removed: bool,
    /// Of which change of the point this is.
    pub revision: u64,
}

impl Point {
    /// The same without its name and place, gone from the map.
    #[must_use]
    pub fn removed(&self, revision: u64) -> Self {
        Self { removed: true, revision, ..self.clone() }
    }

    /// What to keep of what is known and what is told: the newer one. None if that is what is known.
    pub fn newer(known: Option<&Self>, told: Told) -> Option<Self> {
        let (point_id, revision) = (told.point_id, told.revision);
        match (known, told.state) {
            (Some(known), _) if known.revision >= revision => None,
            (_, Some((name, keeper_id))) => {
                Some(Self { point_id, name: Some(name), keeper_id, removed: false, revision })
            }
            (Some(known), None) => Some(known.removed(revision)),
            (None, None) => Some(Self { point_id, name: None, keeper_id: None, removed: true, revision }),
        }
    }
}

/// What an event tells of a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which.
    pub point_id: PointId,
    /// Its name and its keeper; none if it was removed.
    pub state: Option<(String, Option<UserId>)>,
    /// Of which change of the point.
    pub revision: u64,
}

/// Why nobody can give something to a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// There is none.
    Unknown,
    /// They may not take part now.
    Suspended,
}

/// Whoever gets money, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// Who is told of it: the person, or the keeper of the point.
    pub beneficiary_id: Option<UserId>,
    /// The point's name, where it is a point.
    pub point_name: Option<String>,
}

/// Whether somebody can be given something. `forgotten` says that they deleted their account.
pub fn receiver(
    recipient: Recipient,
    person: Option<&Person>,
    forgotten: bool,
    point: Option<&Point>,
) -> Result<Receiver, Unavailable> {
    match (recipient, person, point) {
        (Recipient::User(_), Some(_), _) if forgotten => Err(Unavailable::Unknown),
        (Recipient::User(_), Some(person), _) if person.suspended => Err(Unavailable::Suspended),
        (Recipient::User(id), Some(_), _) => Ok(Receiver { beneficiary_id: Some(id), point_name: None }),
        (Recipient::Point(_), _, Some(point)) if !point.removed => {
            Ok(Receiver { beneficiary_id: point.keeper_id, point_name: point.name.clone() })
        }
        (Recipient::User(_) | Recipient::Point(_), _, _) => Err(Unavailable::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    fn user(number: u128) -> UserId {
        UserId::new(Uuid::from_u128(number))
    }

    fn point_id() -> PointId {
        PointId::new(Uuid::from_u128(7))
    }

    proptest! {
        #[test]
        fn of_several_judgements_the_latest_stands(order in Just((1..8_i64).collect::<Vec<_>>()).prop_shuffle()) {
            let mut person = Person::new(user(1));
            for at in order {
                let judged = person.judged(at % 2 == 1, Timestamp::from_second(at).unwrap());
                person = judged.unwrap_or(person);
            }
            prop_assert!(person.suspended);
            prop_assert_eq!(person.judged(false, Timestamp::from_second(7).unwrap()), None);
        }

        #[test]
        fn of_several_changes_of_a_point_the_newest_stands_and_none_brings_it_back(
            order in Just((1..6_u64).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let mut known: Option<Point> = None;
            for revision in order {
                // The fifth is its removal.
                let state = (revision < 5).then(|| (format!("point-{revision}"), Some(user(revision.into()))));
                let told = Told { point_id: point_id(), state, revision };
                known = Point::newer(known.as_ref(), told).or(known);
            }
            let known = known.unwrap();
            prop_assert!(known.removed && known.revision == 5);
        }
    }

    #[test]
    fn only_who_is_known_and_takes_part_gets_something() {
        let (ann, removed) = (Person::new(user(1)), Told { point_id: point_id(), state: None, revision: 2 });
        let suspended = ann.judged(true, Timestamp::UNIX_EPOCH).unwrap();
        let to = Recipient::User(user(1));
        assert_eq!(receiver(to, Some(&ann), false, None).unwrap().beneficiary_id, Some(user(1)));
        assert_eq!(receiver(to, Some(&ann), true, None), Err(Unavailable::Unknown));
        assert_eq!(receiver(to, Some(&suspended), false, None), Err(Unavailable::Suspended));
        assert_eq!(receiver(to, None, false, None), Err(Unavailable::Unknown));

        let there = Told { point_id: point_id(), state: Some(("Harbour".into(), Some(user(2)))), revision: 1 };
        let point = Point::newer(None, there).unwrap();
        let gone = Point::newer(Some(&point), removed).unwrap();
        let to = Recipient::Point(point_id());
        let receives = receiver(to, None, false, Some(&point)).unwrap();
        assert_eq!((receives.beneficiary_id, receives.point_name.as_deref()), (Some(user(2)), Some("Harbour")));
        assert_eq!(gone.keeper_id, Some(user(2)));
        assert_eq!(receiver(to, Some(&ann), false, Some(&gone)), Err(Unavailable::Unknown));
        assert_eq!(receiver(to, Some(&ann), false, None), Err(Unavailable::Unknown));
    }
}
