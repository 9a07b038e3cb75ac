//! Events of points: places on the map where animals are cared for.

use serde::{Deserialize, Serialize};
use types::{GeoPoint, PointId, UserId};
use utoipa::ToSchema;

/// What a point offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PointKind {
    /// Food.
    Food,
    /// Water.
    Water,
    /// Shelter.
    Shelter,
}

impl PointKind {
    /// All values.
    pub const ALL: [Self; 3] = [Self::Food, Self::Water, Self::Shelter];

    /// Returns the name as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Food => "food",
            Self::Water => "water",
            Self::Shelter => "shelter",
        }
    }
}

/// A user created a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointCreated {
    /// Point ID.
    pub point_id: PointId,
    /// Name.
    pub name: String,
    /// What the point offers.
    pub kind: PointKind,
    /// Location.
    pub location: GeoPoint,
    /// User ID of the keeper, who created the point. Absent after the keeper deleted the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeper_id: Option<UserId>,
    /// Revision of the point. Higher is newer.
    pub revision: u64,
}

event!(PointCreated, "points.point_created", version = 1, subject = point_id);

/// The name, kind, location or keeper of a point changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointUpdated {
    /// Point ID.
    pub point_id: PointId,
    /// Name.
    pub name: String,
    /// What the point offers.
    pub kind: PointKind,
    /// Location.
    pub location: GeoPoint,
    /// User ID of the keeper, who created the point. Absent after the keeper deleted the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeper_id: Option<UserId>,
    /// Revision of the point. Higher is newer.
    pub revision: u64,
}

event!(PointUpdated, "points.point_updated", version = 1, subject = point_id);

/// A point was deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointRemoved {
    /// Point ID.
    pub point_id: PointId,
    /// Revision of the point. Higher is newer.
    pub revision: u64,
}

event!(PointRemoved, "points.point_removed", version = 1, subject = point_id);

/// A user subscribed to a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointSubscribed {
    /// Point ID.
    pub point_id: PointId,
    /// User ID of the subscriber.
    pub user_id: UserId,
    /// Revision of the subscription. Higher is newer.
    pub revision: u64,
}

event!(PointSubscribed, "points.point_subscribed", version = 1, subject = point_id);

/// A user unsubscribed from a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PointUnsubscribed {
    /// Point ID.
    pub point_id: PointId,
    /// User ID of the subscriber.
    pub user_id: UserId,
    /// Revision of the subscription. Higher is newer.
    pub revision: u64,
}

event!(PointUnsubscribed, "points.point_unsubscribed", version = 1, subject = point_id);
