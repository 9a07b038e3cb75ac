//! `GET /v1/community/points?near=lat,lng&radiusM=…`: the points around a place.

use axum::extract::State;
use contracts::points::PointKind;
use dynamo::Cursor;
use kit::auth::Caller;
use kit::http::{Fields, Json, List, Page, Problem, Query};
use serde::{Deserialize, Serialize};
use types::{GeoPoint, NotOnEarth};
use utoipa::ToSchema;

use crate::api::rules;
use crate::api::view::PointView;
use crate::ctx::Ctx;
use crate::domain::nearby::{MAX_RADIUS_M, MIN_RADIUS_M, Nearby, NotAPosition, Position};
use crate::problem::Refusal;

/// How many points a page has if nobody says.
const DEFAULT_LIMIT: usize = 20;
/// The most that it has.
const MAX_LIMIT: usize = 100;

/// The query string, as it is written.
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
    fn parse(&self) -> Result<Nearby, Problem> {
        let mut fields = Fields::new();
        let center = fields.check("near", near(self.near.as_deref()));
        let radius_m = fields.check("radiusM", radius(self.radius_m.as_deref()));
        let kind = self.kind.as_deref().and_then(|text| rules::kind(&mut fields, text));
        let limit = fields.check("limit", limit(self.limit.as_deref()));
        let after = fields.check("cursor", self.cursor.as_deref().map(position).transpose());
        let (center, radius_m, limit, after) = fields.all((center, radius_m, limit, after))?;
        Ok(Nearby { center, radius_m, kind, limit, after })
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

fn position(text: &str) -> Result<Position, NotAPosition> {
    Position::parse(Cursor::decode(text).map_err(|_| NotAPosition)?.as_str())
}

/// A point, and how far it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NearPoint {
    #[serde(flatten)]
    point: PointView,
    /// The great circle from `near`, in metres, to a tenth.
    #[schema(example = 412.3)]
    distance_m: f64,
}

/// What was found by exact distance is shown to a tenth of a metre: no place is known better than that.
pub(super) fn in_tenths(metres: f64) -> f64 {
    (metres * 10.0).round() / 10.0
}

/// Find points around a place
///
/// The nearest first; of the same distance, the least id first. A page may hold fewer than `limit`, or none, and have a
/// `nextCursor` all the same: where points are many, the search goes on from there in smaller steps. A cursor goes with the
/// `near`, `radiusM` and `kind` that it was given for.
#[utoipa::path(
    get, path = "/v1/community/points", operation_id = "list_points", tag = "points",
    security(("bearer" = [])),
    params(
        ("near" = String, Query, description = "Latitude and longitude in degrees, with a comma between them", example = "52.5208,13.4094"),
        ("radiusM" = f64, Query, description = "How far from there, in metres, 50 to 20,000", example = 2000),
        ("kind" = Option<PointKind>, Query, description = "What animals find there; all kinds if it is absent"),
        Page,
    ),
    responses(
        (status = 200, description = "One page", body = List<NearPoint>),
        (status = 409, description = "`points.too_crowded`: there are too many points at this distance to go on; look around another place"),
    )
)]
pub async fn list_points(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Json<List<NearPoint>>, Problem> {
    let found = ctx.store.nearby(asked.parse()?).await?.map_err(|_| Refusal::TooCrowded)?;
    let views = found.points.iter().filter_map(|(distance_m, point)| {
        let point = PointView::of(&point.value)?;
        Some(NearPoint { point, distance_m: in_tenths(*distance_m) })
    });
    let next_cursor = found.next.map(|next| Cursor::of(next.to_text()).encode());
    Ok(Json(List { items: views.collect(), next_cursor }))
}
