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
use crate::api::view::PointView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// The smallest circle that may be searched, in metres.
const MIN_RADIUS_M: f64 = 50.0;
/// How many points a page has if nobody says.
const DEFAULT_LIMIT: usize = 20;
/// The most that it has.
const MAX_LIMIT: usize = 100;

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
        let center = fields.check("near", near(self.near.as_deref()));
        let radius_m = fields.check("radiusM", radius(self.radius_m.as_deref()));
        let kind = self.kind.as_deref().and_then(|text| rules::kind(&mut fields, text));
        let limit = fields.check("limit", limit(self.limit.as_deref()));
        let after = fields.check("cursor", self.cursor.as_deref().map(search_cursor).transpose());
        let (center, radius_m, limit, after) = fields.all((center, radius_m, limit, after))?;
        Ok((NearbyQuery { center, radius_m, limit, after }, kind))
    }
}

fn near(text: Option<&str>) -> Result<GeoPoint, String> {
    let (lat, lng) = text.and_then(|text| text.split_once(',')).ok_or("must be a latitude, a comma and a longitude")?;
    let degrees = |text: &str| text.trim().parse::<f64>().map_err(|_| "must be two numbers, in degrees");
    GeoPoint::new(degrees(lat)?, degrees(lng)?).map_err(|error: NotOnEarth| error.to_string())
}

fn radius(text: Option<&str>) -> Result<f64, String> {
    let radius_m =
        text.and_then(|text| text.parse().ok()).filter(|radius| (MIN_RADIUS_M..=MAX_RADIUS_M).contains(radius));
    radius_m.ok_or_else(|| format!("must be a number from {MIN_RADIUS_M} to {MAX_RADIUS_M}"))
}

fn limit(text: Option<&str>) -> Result<usize, String> {
    let limit = text.map_or(Some(DEFAULT_LIMIT), |text| text.parse().ok());
    limit
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| format!("must be a number from 1 to {MAX_LIMIT}"))
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
    point: PointView,
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
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Json<List<NearPoint>>, Problem> {
    let (query, kind) = asked.parse()?;
    let page = ctx.store.nearby(query, kind).await?.map_err(|_| Refusal::TooCrowded)?;
    let views = page.items.iter().filter_map(|(distance_m, point)| {
        let point = PointView::of(point)?;
        Some(NearPoint { point, distance_m: in_tenths(*distance_m) })
    });
    let next = page.next.map(|next| Cursor::of(next.to_text()));
    Ok(Json(List::new(views.collect(), next.as_ref())))
}
