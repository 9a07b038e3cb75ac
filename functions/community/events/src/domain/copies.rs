//! What other contexts know and this one needs, as its own copies.
//!
//! Events come more than once and in any order. Each copy says how new it is, and takes a fact only if that is newer; what
//! is gone leaves a mark for as long as an older fact can still come.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, GeoPoint, MediaId, PointId, UserId};

/// How long a mark stands: the bus's archive keeps events for 30 days, and a queue of dead letters for 14.
const MARK_SECONDS: i64 = 90 * 24 * 60 * 60;

fn mark(now: Timestamp) -> i64 {
    now.as_second() + MARK_SECONDS
}

/// A point, as far as it is needed here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointCopy {
    /// Which point.
    pub point_id: PointId,
    /// What it is called and where it is; none once it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// When it was created, once that is known: events arrive in any order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Of which change this tells.
    pub revision: u64,
    /// When the mark of one that is gone ends, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

/// What a point is called and where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub location: GeoPoint,
    /// Its keeper; none once the keeper deleted the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeper_id: Option<UserId>,
}

impl PointCopy {
    /// A point that is there.
    pub fn present(point_id: PointId, place: Place, revision: u64) -> Self {
        Self { point_id, place: Some(place), created_at: None, revision, until: None }
    }

    /// The same, created at that time.
    #[must_use]
    pub fn created(self, at: Timestamp) -> Self {
        Self { created_at: Some(at), ..self }
    }

    /// The mark of one that is gone.
    pub fn gone(point_id: PointId, revision: u64, now: Timestamp) -> Self {
        Self { point_id, place: None, created_at: None, revision, until: Some(mark(now)) }
    }

    /// True if this user keeps the point.
    pub fn is_kept_by(&self, user: UserId) -> bool {
        self.place.as_ref().is_some_and(|place| place.keeper_id == Some(user))
    }

    /// This copy, unless what is known is as new. The time of creation is added to what is known, in whatever order they come.
    pub fn after(self, known: Option<&Self>) -> Option<Self> {
        let Some(known) = known else { return Some(self) };
        let created_at = known.created_at.or(self.created_at);
        if known.revision < self.revision {
            Some(Self { created_at, ..self })
        } else {
            (created_at != known.created_at).then(|| Self { created_at, ..known.clone() })
        }
    }
}

/// A currency that rewards can be in, beside the built-in ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrencyCopy {
    /// Its code. Currencies are never deleted.
    pub code: CurrencyCode,
}

/// Whether a user may take part. A user who was never suspended has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Who.
    pub user_id: UserId,
    /// True while an admin has shut them out.
    pub suspended: bool,
    /// Since when that is so.
    pub since: Timestamp,
}

impl Standing {
    /// This copy, unless what is known is as new.
    pub fn after(self, known: Option<&Self>) -> Option<Self> {
        known.is_none_or(|known| known.since < self.since).then_some(self)
    }
}

/// A picture that its owner may show with an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediumCopy {
    /// Whose it is.
    pub owner_id: UserId,
    /// Which picture.
    pub media_id: MediaId,
    /// False once it was deleted, which is for ever.
    pub published: bool,
    /// Path of its files; none if the event did not name it, and of one that was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// When the mark of one that was deleted ends, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

impl MediumCopy {
    /// A picture that everybody may see.
    pub fn published(owner_id: UserId, media_id: MediaId, path: Option<String>) -> Self {
        Self { owner_id, media_id, published: true, path, until: None }
    }

    /// The mark of one that was deleted.
    pub fn deleted(owner_id: UserId, media_id: MediaId, now: Timestamp) -> Self {
        Self { owner_id, media_id, published: false, path: None, until: Some(mark(now)) }
    }

    /// This copy, unless what is known is as new: a picture is published once, and deleted after that.
    pub fn after(self, known: Option<&Self>) -> Option<Self> {
        known.is_none_or(|known| known.published && !self.published).then_some(self)
    }
}

/// Whether a user follows a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Who.
    pub user_id: UserId,
    /// Of which point.
    pub point_id: PointId,
    /// False once they want it no more.
    pub active: bool,
    /// Of which change this tells.
    pub revision: u64,
    /// When the mark of one that ended is swept, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

impl Subscription {
    /// A subscription that began.
    pub fn begun(user_id: UserId, point_id: PointId, revision: u64) -> Self {
        Self { user_id, point_id, active: true, revision, until: None }
    }

    /// The mark of one that ended.
    pub fn ended(user_id: UserId, point_id: PointId, revision: u64, now: Timestamp) -> Self {
        Self { user_id, point_id, active: false, revision, until: Some(mark(now)) }
    }

    /// This copy, unless what is known is as new.
    pub fn after(self, known: Option<&Self>) -> Option<Self> {
        known.is_none_or(|known| known.revision < self.revision).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn order() -> impl Strategy<Value = Vec<u64>> {
        // Each fact up to three times.
        prop::collection::vec(1..8_u64, 0..12).prop_map(|extra| (1..8).chain(extra).collect()).prop_shuffle()
    }

    proptest! {
        #[test]
        fn the_newest_fact_stands_in_whatever_order_and_however_often_they_come(order in order()) {
            let (id, now) = (PointId::new(Uuid::from_u128(1)), at(0));
            let location = GeoPoint::new(1.0, 2.0).unwrap();
            let place = |revision| Place { name: format!("name {revision}"), location, keeper_id: None };
            let (mut point, mut subscription, mut standing) = (None, None, None);
            for revision in order {
                let fact = match revision {
                    7 => PointCopy::gone(id, revision, now),
                    1 => PointCopy::present(id, place(revision), revision).created(at(0)),
                    _ => PointCopy::present(id, place(revision), revision),
                };
                point = fact.after(point.as_ref()).or(point);
                let user = UserId::new(Uuid::from_u128(2));
                let fact = match revision % 2 {
                    1 => Subscription::begun(user, id, revision),
                    _ => Subscription::ended(user, id, revision, now),
                };
                subscription = fact.after(subscription.as_ref()).or(subscription);
                let since = at(i64::try_from(revision).unwrap());
                let fact = Standing { user_id: user, suspended: revision % 2 == 0, since };
                standing = fact.after(standing.as_ref()).or(standing);
            }
            let point = point.unwrap();
            prop_assert_eq!((point.place, point.created_at), (None, Some(at(0))));
            prop_assert!(subscription.unwrap().active);
            prop_assert!(!standing.unwrap().suspended);
        }

        #[test]
        fn a_deleted_picture_stays_deleted(order in prop::collection::vec(any::<bool>(), 1..10)) {
            let (owner, id) = (UserId::new(Uuid::from_u128(1)), MediaId::new(Uuid::from_u128(2)));
            let mut known: Option<MediumCopy> = None;
            for published in &order {
                let fact = if *published { MediumCopy::published(owner, id, None) } else { MediumCopy::deleted(owner, id, at(0)) };
                known = fact.after(known.as_ref()).or(known);
            }
            prop_assert_eq!(known.unwrap().published, order.iter().all(|published| *published));
        }
    }
}
