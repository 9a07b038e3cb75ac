//! `GET /v1/community/points?near=lat,lng&radiusM=…`: the points near a location.

use axum::extract::State;
use contracts::points::PointKind;
use dynamo::Cursor;
use geo::{GeoPoint, InvalidCursor, MAX_RADIUS_M, NearbyQuery, NotOnEarth, SearchCursor};
use kit::auth::Caller;
use kit::http::{Fields, Json, List, Page, Problem, Query, decode_cursor};
use serde::{Deserialize, Serialize};
use types::PointId;
use utoipa::ToSchema;

use crate::api::rules;
use crate::api::view::PointSummary;
use crate::ctx::Gallery;
use crate::problem::Refusal;

/// The smallest circle that may be searched, in metres.
const MIN_RADIUS_M: f64 = 50.0;
/// Query parameters before validation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Asked {
    near: Option<String>,
    radius_m: Option<String>,
    kind: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

impl Asked {
    fn parse(&self) -> Result<(NearbyQuery<PointId>, Option<PointKind>), Problem> {
        let mut fields = Fields::of_parameters();
        let center = fields.required("near", self.near.as_deref());
        let center = center.and_then(|text| fields.check("near", near(text)));
        let radius_m = fields.required("radiusM", self.radius_m.as_deref());
        let radius_m = radius_m.and_then(|text| fields.check("radiusM", radius(text)));
        let kind = self.kind.as_deref().and_then(|text| rules::kind(&mut fields, text));
        let limit = fields.check("limit", rules::limit(self.limit.as_deref()));
        let after = fields.check("cursor", self.cursor.as_deref().map(search_cursor).transpose());
        let (center, radius_m, limit, after) = fields.all((center, radius_m, limit, after))?;
        Ok((NearbyQuery { center, radius_m, limit, after }, kind))
    }
}

fn near(text: &str) -> Result<GeoPoint, String> {
    let (lat, lng) = text.split_once(',').ok_or("must be a latitude, a comma and a longitude")?;
    let degrees = |text: &str| text.trim().parse::<f64>().map_err(|_| "must be two numbers, in degrees");
    GeoPoint::new(degrees(lat)?, degrees(lng)?).map_err(|error: NotOnEarth| error.to_string())
}

fn radius(text: &str) -> Result<f64, String> {
    let radius_m = text.parse().ok().filter(|radius| (MIN_RADIUS_M..=MAX_RADIUS_M).contains(radius));
    radius_m.ok_or_else(|| format!("must be a number from {MIN_RADIUS_M} to {MAX_RADIUS_M}"))
}

fn search_cursor(text: &str) -> Result<SearchCursor<PointId>, InvalidCursor> {
    SearchCursor::parse(decode_cursor(text).map_err(|_| InvalidCursor)?.as_str())
}

/// A point with its distance.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NearPoint {
    /// The point.
    #[serde(flatten)]
    point: PointSummary,
    /// Great-circle distance to `near` in metres, to a tenth.
    #[schema(example = 412.3)]
    distance_m: f64,
}

/// Rounds a distance to a tenth of a metre.
pub(super) fn in_tenths(metres: f64) -> f64 {
    (metres * 10.0).round() / 10.0
}

/// Search points near a location
///
/// Ordered by distance, then by ID. In dense areas a page can contain fewer items than `limit`, or none, although
/// more follow: continue until `nextCursor` is null. Send a cursor with the same
/// `near`, `radiusM` and `kind`; any other request gets 422.
#[utoipa::path(
    get, path = "/v1/community/points", operation_id = "list_points", tag = "points",
    security(("bearer" = [])),
    params(
        ("near" = String, Query, description = "Latitude and longitude in degrees, separated by a comma", pattern = "^[^,]+,[^,]+$", example = "52.5208,13.4094"),
        ("radiusM" = f64, Query, description = "Search radius in metres", minimum = 50, maximum = 20_000, example = 2000),
        ("kind" = Option<PointKind>, Query, description = "Return points of this kind only"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<NearPoint>),
        (status = 409, description = "`points.too_crowded`: too many points at the same distance; search another location"),
    )
)]
pub async fn list_points(
    State(ctx): State<&'static Gallery>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Json<List<NearPoint>>, Problem> {
    let now = ctx.clock.now();
    let (query, kind) = asked.parse()?;
    let page = ctx.store.nearby(query, kind).await?.map_err(|_| Refusal::TooCrowded)?;
    let ids: Vec<_> = page.items.iter().map(|(_, point)| point.id).collect();
    let activity = ctx.store.activity(caller.user_id, &ids).await?;
    let mut items = Vec::with_capacity(ids.len());
    for ((distance_m, point), activity) in page.items.iter().zip(&activity) {
        let view = PointSummary::of(point, activity, &ctx.files, now).await?;
        items.extend(view.map(|point| NearPoint { point, distance_m: in_tenths(*distance_m) }));
    }
    let next = page.next.map(|next| Cursor::of(next.to_text()));
    Ok(Json(List::new(items, next.as_ref())))
}
