//! What this context keeps of people and points, published in others' events, which arrive late and in any order.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{PointId, UserId};

/// What is known of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub user_id: UserId,
    /// Whether the user is suspended. Users are not, unless an event says so.
    pub suspended: bool,
    /// Time of that event, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_at: Option<Timestamp>,
}

impl Person {
    /// A user of whom nothing else is known.
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

/// Lists a point under its keeper, so that the point is found when the keeper deletes the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPoint {
    /// The keeper.
    pub keeper_id: UserId,
    /// The point.
    pub point_id: PointId,
}

impl Point {
    /// The same without its keeper, who deleted the account. What is left of a removed point has no name either.
    #[must_use]
    pub fn without_keeper(&self) -> Self {
        let name = self.name.clone().filter(|_| !self.removed);
        Self { keeper_id: None, name, ..self.clone() }
    }

    /// The same without its name and place, gone from the map.
    #[must_use]
    pub fn removed(&self, revision: u64) -> Self {
        Self { removed: true, revision, ..self.clone() }
    }

    /// The newer one of what is known and what changed. None if that is what is known.
    pub fn newer(known: Option<&Self>, change: PointChange) -> Option<Self> {
        let (point_id, revision) = (change.point_id, change.revision);
        match (known, change.state) {
            (Some(known), _) if known.revision >= revision => None,
            (_, Some((name, keeper_id))) => {
                Some(Self { point_id, name: Some(name), keeper_id, removed: false, revision })
            }
            (Some(known), None) => Some(known.removed(revision)),
            (None, None) => Some(Self { point_id, name: None, keeper_id: None, removed: true, revision }),
        }
    }
}

/// A change of a point, from an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointChange {
    /// Which.
    pub point_id: PointId,
    /// Its name and its keeper; none if it was removed.
    pub state: Option<(String, Option<UserId>)>,
    /// Of which change of the point.
    pub revision: u64,
}

impl PointChange {
    /// The same change of a point whose keeper deleted the account.
    #[must_use]
    pub fn without_keeper(&self) -> Self {
        let state = self.state.as_ref().map(|(name, _)| (name.clone(), None));
        Self { state, ..self.clone() }
    }
}

/// Why a recipient cannot receive money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// There is none.
    Unknown,
    /// They are suspended, or the point has no keeper who could spend the money.
    Unrepresented,
}

/// A recipient, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// The user who can spend the money and is notified: the recipient, or the keeper of the point.
    pub beneficiary_id: UserId,
    /// The point's name, where it is a point.
    pub point_name: Option<String>,
}

/// Whether a user can receive money. `forgotten` says that they deleted their account.
pub fn user_receiver(id: UserId, person: Option<&Person>, forgotten: bool) -> Result<Receiver, Unavailable> {
    match person {
        Some(person) if !forgotten && person.suspended => Err(Unavailable::Unrepresented),
        Some(_) if !forgotten => Ok(Receiver { beneficiary_id: id, point_name: None }),
        _ => Err(Unavailable::Unknown),
    }
}

/// Whether a point can receive money, as far as its own state says. Its keeper must be able to receive money, too.
pub fn point_receiver(point: Option<&Point>) -> Result<Receiver, Unavailable> {
    let point = point.filter(|point| !point.removed).ok_or(Unavailable::Unknown)?;
    let beneficiary_id = point.keeper_id.ok_or(Unavailable::Unrepresented)?;
    Ok(Receiver { beneficiary_id, point_name: point.name.clone() })
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
                let change = PointChange { point_id: point_id(), state, revision };
                known = Point::newer(known.as_ref(), change).or(known);
            }
            let known = known.unwrap();
            prop_assert!(known.removed && known.revision == 5);
        }
    }

    #[test]
    fn only_users_who_exist_and_are_not_suspended_receive_money() {
        let ann = Person::new(user(1));
        let suspended = ann.judged(true, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(user_receiver(user(1), Some(&ann), false).unwrap().beneficiary_id, user(1));
        assert_eq!(user_receiver(user(1), Some(&ann), true), Err(Unavailable::Unknown));
        assert_eq!(user_receiver(user(1), Some(&suspended), false), Err(Unavailable::Unrepresented));
        assert_eq!(user_receiver(user(1), None, false), Err(Unavailable::Unknown));
    }

    #[test]
    fn only_points_with_a_keeper_receive_money() {
        let there = PointChange { point_id: point_id(), state: Some(("Harbour".into(), Some(user(2)))), revision: 1 };
        let removed = PointChange { point_id: point_id(), state: None, revision: 2 };
        let point = Point::newer(None, there).unwrap();
        let gone = Point::newer(Some(&point), removed).unwrap();
        let receiver = point_receiver(Some(&point)).unwrap();
        assert_eq!((receiver.beneficiary_id, receiver.point_name.as_deref()), (user(2), Some("Harbour")));
        assert_eq!(point_receiver(Some(&point.without_keeper())), Err(Unavailable::Unrepresented));
        assert_eq!(gone.keeper_id, Some(user(2)));
        assert_eq!(point_receiver(Some(&gone)), Err(Unavailable::Unknown));
        assert_eq!((gone.without_keeper().keeper_id, gone.without_keeper().name), (None, None));
    }
}
