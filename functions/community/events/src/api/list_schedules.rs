//! `GET /v1/community/events/schedules?pointId=`: the schedules of a point.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Fields, Json, List, Page, Problem, Query};
use serde::Deserialize;
use types::PointId;

use crate::api::ScheduleView;
use crate::ctx::Ctx;

/// Query parameters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfPoint {
    point_id: Option<String>,
}

/// List schedules of a point
///
/// Oldest first.
#[utoipa::path(
    get, path = "/v1/community/events/schedules", operation_id = "list_schedules", tag = "events",
    security(("bearer" = [])),
    params(
        ("pointId" = PointId, Query, description = "Point ID"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<ScheduleView>),
    )
)]
pub async fn list_schedules(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Query(query): Query<OfPoint>,
    page: Page,
) -> Result<Json<List<ScheduleView>>, Problem> {
    let mut fields = Fields::of_parameters();
    let point = fields.required("pointId", query.point_id.as_deref());
    let parse = |text: &str| text.parse::<PointId>().map_err(|_| "must be the ID of a point");
    let point = point.and_then(|text| fields.check("pointId", parse(text)));
    let (point,) = fields.all((point,))?;
    let now = ctx.clock.now();
    let page = ctx.store.schedules_at(point, page).await?;
    Ok(Json(List::of(page, |schedule| ScheduleView::of(schedule.value, now))))
}
