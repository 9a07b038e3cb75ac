//! Facts about points: places on the map where animals are cared for.

use serde::{Deserialize, Serialize};
use types::{GeoPoint, PointId, UserId};
use utoipa::ToSchema;

/// What animals find at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PointKind {
    /// Something to eat.
    Food,
    /// Something to drink.
    Water,
    /// A place to stay.
    Shelter,
}

impl PointKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Food, Self::Water, Self::Shelter];

    /// Its name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Food => "food",
            Self::Water => "water",
            Self::Shelter => "shelter",
        }
    }
}

/// Somebody put a point on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointCreated {
    /// The point.
    pub point_id: PointId,
    /// What it is called.
    pub name: String,
    /// What animals find there.
    pub kind: PointKind,
    /// Where it is.
    pub location: GeoPoint,
    /// Who made it and keeps it; absent once they deleted their account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeper_id: Option<UserId>,
    /// Grows with each change of the point: of two facts, the one with the greater number is newer.
    pub revision: u64,
}

event!(PointCreated, "points.point_created", version = 1, subject = point_id);

/// A point is not what it was: its name, kind, place or keeper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointUpdated {
    /// The point.
    pub point_id: PointId,
    /// What it is called.
    pub name: String,
    /// What animals find there.
    pub kind: PointKind,
    /// Where it is.
    pub location: GeoPoint,
    /// Who made it and keeps it; absent once they deleted their account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeper_id: Option<UserId>,
    /// Grows with each change of the point: of two facts, the one with the greater number is newer.
    pub revision: u64,
}

event!(PointUpdated, "points.point_updated", version = 1, subject = point_id);

/// A point is gone from the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointRemoved {
    /// The point.
    pub point_id: PointId,
    /// Grows with each change of the point: of two facts, the one with the greater number is newer.
    pub revision: u64,
}

event!(PointRemoved, "points.point_removed", version = 1, subject = point_id);

/// Somebody wants to hear of what happens at a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointSubscribed {
    /// The point.
    pub point_id: PointId,
    /// Who.
    pub user_id: UserId,
    /// Grows with each change of this person's subscription of this point: the greater number is newer.
    pub revision: u64,
}

event!(PointSubscribed, "points.point_subscribed", version = 1, subject = point_id);

/// Somebody wants to hear of a point no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointUnsubscribed {
    /// The point.
    pub point_id: PointId,
    /// Who.
    pub user_id: UserId,
    /// Grows with each change of this person's subscription of this point: the greater number is newer.
    pub revision: u64,
}

event!(PointUnsubscribed, "points.point_unsubscribed", version = 1, subject = point_id);
