//! `GET /v1/community/points/within?bbox=west,south,east,north`: the points in a bounding box.

use axum::extract::State;
use contracts::points::PointKind;
use dynamo::Cursor;
use geo::{BoundingBox, BoxCursor, BoxQuery, InvalidCursor};
use kit::auth::Caller;
use kit::http::{Fields, Json, List, Page, Problem, Query, decode_cursor};
use serde::Deserialize;
use types::PointId;

use crate::api::rules;
use crate::api::view::PointSummary;
use crate::ctx::Gallery;

/// Query parameters before validation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Visible {
    bbox: Option<String>,
    kind: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

impl Visible {
    fn parse(&self) -> Result<(BoxQuery<PointId>, Option<PointKind>), Problem> {
        let mut fields = Fields::of_parameters();
        let area = fields.required("bbox", self.bbox.as_deref());
        let area = area.and_then(|text| fields.check("bbox", area_of(text)));
        let kind = self.kind.as_deref().and_then(|text| rules::kind(&mut fields, text));
        let limit = fields.check("limit", rules::limit(self.limit.as_deref()));
        let after = fields.check("cursor", self.cursor.as_deref().map(box_cursor).transpose());
        let (area, limit, after) = fields.all((area, limit, after))?;
        Ok((BoxQuery { area, limit, after }, kind))
    }
}

fn area_of(text: &str) -> Result<BoundingBox, String> {
    let degrees: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    match degrees.as_deref() {
        Ok([west, south, east, north]) => {
            BoundingBox::new(*west, *south, *east, *north).map_err(|error| error.to_string())
        }
        _ => Err("must be four numbers in degrees, west,south,east,north".to_owned()),
    }
}

fn box_cursor(text: &str) -> Result<BoxCursor<PointId>, InvalidCursor> {
    BoxCursor::parse(decode_cursor(text).map_err(|_| InvalidCursor)?.as_str())
}

/// Search points in a bounding box
///
/// For maps: returns every point of the visible area. The box is at most 40 km from corner to corner; a larger one gets 422,
/// so ask people to zoom in. A box across the antimeridian has a larger `west` than `east`. The order carries no meaning. A page
/// can contain fewer items than `limit`, or none, although more follow: continue until `nextCursor` is null. Send a cursor with
/// the same `bbox` and `kind`; any other request gets 422.
#[utoipa::path(
    get, path = "/v1/community/points/within", operation_id = "list_points_within", tag = "points",
    security(("bearer" = [])),
    params(
        ("bbox" = String, Query, description = "Western, southern, eastern and northern edge in degrees, separated by commas", pattern = "^[^,]+,[^,]+,[^,]+,[^,]+$", example = "13.35,52.49,13.45,52.55"),
        ("kind" = Option<PointKind>, Query, description = "Return points of this kind only"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<PointSummary>),
    )
)]
pub async fn list_points_within(
    State(ctx): State<&'static Gallery>,
    caller: Caller,
    Query(visible): Query<Visible>,
) -> Result<Json<List<PointSummary>>, Problem> {
    let now = ctx.clock.now();
    let (query, kind) = visible.parse()?;
    let page = ctx.store.within(query, kind).await?;
    let ids: Vec<_> = page.items.iter().map(|point| point.id).collect();
    let activity = ctx.store.activity(caller.user_id, &ids).await?;
    let mut items = Vec::with_capacity(ids.len());
    for (point, activity) in page.items.iter().zip(&activity) {
        items.extend(PointSummary::of(point, activity, &ctx.files, now).await?);
    }
    let next = page.next.map(|next| Cursor::of(next.to_text()));
    Ok(Json(List::new(items, next.as_ref())))
}
