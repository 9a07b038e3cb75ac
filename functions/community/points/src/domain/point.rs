//! A point on the map, from its making to its end.

use contracts::points::{PointCreated, PointKind, PointRemoved, PointUpdated};
use geo::Located;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{GeoPoint, PointId, UserId, Uuid, derive_id};

/// The longest name, in characters.
pub const MAX_NAME_CHARS: usize = 80;
/// The longest description, in characters. It lies in the index too, where searches read it.
pub const MAX_DESCRIPTION_CHARS: usize = 500;
/// How long a point that was removed leaves a mark, so that the request that made it does not make it again.
const MARK_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What a point is to those who look at it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// What it is called.
    pub name: String,
    /// What animals find there.
    pub kind: PointKind,
    /// Where it is.
    pub location: GeoPoint,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Details {
    /// The same for the same details: tells a repeated request from another.
    pub fn fingerprint(&self) -> Uuid {
        let (lat, lng) = (self.location.lat().to_bits().to_string(), self.location.lng().to_bits().to_string());
        let description = self.description.as_deref().unwrap_or_default();
        derive_id(&[&self.name, self.kind.as_str(), &lat, &lng, description])
    }
}

/// What of a point's details shall be other than it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// A new name.
    pub name: Option<String>,
    /// A new kind.
    pub kind: Option<PointKind>,
    /// A new place.
    pub location: Option<GeoPoint>,
    /// A new description, or none.
    pub description: Option<Option<String>>,
}

/// A point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Its id.
    pub id: PointId,
    /// When it was made.
    pub created_at: Timestamp,
    /// What it was made of.
    fingerprint: Uuid,
    /// What it is; none once it was removed.
    pub details: Option<Details>,
    /// Who made it and keeps it; none once they deleted their account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeper_id: Option<UserId>,
    /// When it was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    removed_at: Option<Timestamp>,
}

impl Point {
    /// A new point.
    pub fn new(id: PointId, keeper_id: UserId, details: Details, now: Timestamp) -> Self {
        let fingerprint = details.fingerprint();
        let (details, keeper_id) = (Some(details), Some(keeper_id));
        Self { id, created_at: now, fingerprint, details, keeper_id, removed_at: None }
    }

    /// True if it was made with these details, whatever it is now.
    pub fn was_made_of(&self, details: &Details) -> bool {
        self.fingerprint == details.fingerprint()
    }

    /// The point with the change; none if that changes nothing, or there is no point any more.
    pub fn changed(&self, change: &Change) -> Option<Self> {
        let before = self.details.as_ref()?;
        let details = Details {
            name: change.name.clone().unwrap_or_else(|| before.name.clone()),
            kind: change.kind.unwrap_or(before.kind),
            location: change.location.unwrap_or(before.location),
            description: change.description.clone().unwrap_or_else(|| before.description.clone()),
        };
        (details != *before).then(|| Self { details: Some(details), ..self.clone() })
    }

    /// The point without its keeper, if it is this one.
    pub fn left_by(&self, keeper: UserId) -> Option<Self> {
        let is_kept = self.details.is_some() && self.keeper_id == Some(keeper);
        is_kept.then(|| Self { keeper_id: None, ..self.clone() })
    }

    /// What is left once it was removed: a mark that says nothing of what it was.
    #[must_use]
    pub fn removed(&self, now: Timestamp) -> Self {
        Self { details: None, keeper_id: None, removed_at: Some(now), ..self.clone() }
    }

    /// When its mark may go.
    pub fn forgotten_at(&self) -> Option<Timestamp> {
        self.removed_at.map(|at| at.saturating_add(MARK_LIFETIME).unwrap_or(Timestamp::MAX))
    }

    /// The fact that it was made; none if it is removed.
    pub fn created_fact(&self) -> Option<PointCreated> {
        let details = self.details.clone()?;
        Some(PointCreated {
            point_id: self.id,
            name: details.name,
            kind: details.kind,
            location: details.location,
            keeper_id: self.keeper_id,
            revision: 1,
        })
    }

    /// The fact that it became this in a revision; none if it is removed.
    pub fn updated_fact(&self, revision: u64) -> Option<PointUpdated> {
        let details = self.details.clone()?;
        Some(PointUpdated {
            point_id: self.id,
            name: details.name,
            kind: details.kind,
            location: details.location,
            keeper_id: self.keeper_id,
            revision,
        })
    }

    /// The fact that it was removed in a revision.
    pub fn removed_fact(&self, revision: u64) -> PointRemoved {
        PointRemoved { point_id: self.id, revision }
    }
}

impl Located for Point {
    type Id = PointId;

    fn id(&self) -> PointId {
        self.id
    }

    fn position(&self) -> Option<GeoPoint> {
        self.details.as_ref().map(|details| details.location)
    }
}

/// A record of a user that they keep a point, in the order of creation, which their data export shows. It is written
/// with each version of the point, so that it has the point's version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptPoint {
    /// Who.
    pub keeper_id: UserId,
    /// Which point.
    pub point_id: PointId,
    /// When the point was created.
    pub created_at: Timestamp,
    /// What they said of it.
    pub details: Option<Details>,
}

impl KeptPoint {
    /// The record of a point's keeper; none if it has no keeper.
    pub fn of(point: &Point) -> Option<Self> {
        Some(Self {
            keeper_id: point.keeper_id?,
            point_id: point.id,
            created_at: point.created_at,
            details: point.details.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u128) -> UserId {
        UserId::new(Uuid::from_u128(number))
    }

    fn point() -> Point {
        let location = GeoPoint::new(52.5, 13.4).unwrap();
        let details = Details { name: "Fountain".into(), kind: PointKind::Water, location, description: None };
        Point::new(PointId::new(Uuid::from_u128(7)), user(1), details, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_change_that_changes_nothing_is_none() {
        let point = point();
        assert_eq!(point.changed(&Change::default()), None);
        assert_eq!(point.changed(&Change { name: Some("Fountain".into()), ..Change::default() }), None);
        let described = Change { description: Some(Some("Behind the market".into())), ..Change::default() };
        let described = point.changed(&described).unwrap();
        let plain = described.changed(&Change { description: Some(None), ..Change::default() }).unwrap();
        assert_eq!(plain, point);
        assert!(described.was_made_of(point.details.as_ref().unwrap()));
        assert!(!point.was_made_of(described.details.as_ref().unwrap()));
    }

    #[test]
    fn what_was_removed_says_nothing_of_what_it_was_and_stays_removed() {
        let removed = point().removed(Timestamp::UNIX_EPOCH);
        assert_eq!((&removed.details, removed.keeper_id), (&None, None));
        assert_eq!(removed.changed(&Change { kind: Some(PointKind::Food), ..Change::default() }), None);
        assert_eq!((removed.created_fact(), removed.updated_fact(3), removed.left_by(user(1))), (None, None, None));
        assert!(removed.forgotten_at() > Some(Timestamp::UNIX_EPOCH));
    }

    #[test]
    fn a_point_is_left_by_its_keeper_only() {
        assert_eq!(point().left_by(user(2)), None);
        let left = point().left_by(user(1)).unwrap();
        assert_eq!(left.updated_fact(2).unwrap().keeper_id, None);
        assert_eq!(left.left_by(user(1)), None);
    }
}
