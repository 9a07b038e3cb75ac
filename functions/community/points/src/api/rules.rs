//! What several endpoints ask of a point, a caller and a place.

use contracts::points::PointKind;
use dynamo::Versioned;
use geo::NearbyQuery;
use kit::auth::Caller;
use kit::http::{Fields, Problem};
use serde::{Deserialize, Deserializer};
use types::{GeoPoint, PointId, Role, line, paragraphs};

use crate::ctx::Ctx;
use crate::domain::point::{MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS, Point};
use crate::problem::Refusal;

/// How many points a page of a search has without `limit`.
const DEFAULT_LIMIT: usize = 20;
/// The most that it has.
const MAX_LIMIT: usize = 100;
/// Points of the same kind that are nearer to each other than this, in metres, may be the same.
pub const NEIGHBOURHOOD_M: f64 = 30.0;
/// How many points there may be in the neighbourhood of a new one. It keeps every place fit to be searched.
pub const MAX_NEIGHBOURS: usize = 20;

/// The point, if there is one that was not removed.
pub fn standing(found: Option<Versioned<Point>>) -> Result<Versioned<Point>, Refusal> {
    found.filter(|point| point.value.details.is_some()).ok_or(Refusal::NoSuchPoint)
}

/// Whether the caller decides on a point.
pub fn keeps(caller: &Caller, point: &Point) -> bool {
    point.keeper_id == Some(caller.user_id) || caller.has_role(Role::Admin)
}

/// The points in the neighbourhood of a place but for `own`, each with its distance, the nearest first; a refusal if there
/// is no room for one more.
pub async fn neighbours(ctx: &Ctx, place: GeoPoint, own: PointId) -> Result<Vec<(f64, Point)>, Problem> {
    // One more than there may be, and the point itself.
    let limit = MAX_NEIGHBOURS + 2;
    let query = NearbyQuery { center: place, radius_m: NEIGHBOURHOOD_M, limit, after: None };
    let found = ctx.store.nearby(query, None).await?.map_err(|_| Refusal::TooCrowded)?;
    let mut others = found.items;
    others.retain(|(_, point)| point.id != own);
    if others.len() >= MAX_NEIGHBOURS || found.next.is_some() {
        return Err(Refusal::TooCrowded.into());
    }
    Ok(others)
}

/// A name, as a request has it.
pub fn name(fields: &mut Fields, text: &str) -> Option<String> {
    fields.check("name", line(text, MAX_NAME_CHARS))
}

/// A description, as a request has it.
pub fn description(fields: &mut Fields, text: &str) -> Option<String> {
    fields.check("description", paragraphs(text, MAX_DESCRIPTION_CHARS))
}

/// A field that may be absent but not null.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// A place before anything is known of its numbers.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Degrees {
    lat: f64,
    lng: f64,
}

/// A place, as a request has it.
pub fn location(fields: &mut Fields, degrees: Degrees) -> Option<GeoPoint> {
    fields.check("location", GeoPoint::new(degrees.lat, degrees.lng))
}

/// How many points a page of a search has, as a request has it.
pub fn limit(text: Option<&str>) -> Result<usize, String> {
    let limit = text.map_or(Some(DEFAULT_LIMIT), |text| text.parse().ok());
    limit
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| format!("must be a number from 1 to {MAX_LIMIT}"))
}

/// A kind, as a request has it.
pub fn kind(fields: &mut Fields, text: &str) -> Option<PointKind> {
    let kind = PointKind::ALL.into_iter().find(|kind| kind.as_str() == text);
    fields.check("kind", kind.ok_or("must be food, water or shelter"))
}
