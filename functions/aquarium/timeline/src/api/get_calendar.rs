//! `GET /v1/aquarium/calendar/{file}`: get calendar.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::http::{Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::Uuid;
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What the path names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetCalendarPath {
    /// `{file}`.
    pub file: Uuid,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetCalendarReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get calendar
#[utoipa::path(
    get, path = "/v1/aquarium/calendar/{file}", operation_id = "get_calendar", tag = "timeline",
    params(("file" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = GetCalendarReply),
        (status = 404, description = "`timeline.no_such_calendar`"),
    )
)]
pub async fn get_calendar(
    State(ctx): State<&'static Ctx>,
    Path(path): Path<GetCalendarPath>,
) -> Result<Json<GetCalendarReply>, Problem> {
    let name = find(ctx, &path).await.ok_or(Refusal::NoSuchCalendar)?;
    Ok(Json(GetCalendarReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _path: &GetCalendarPath) -> Option<String> {
    None
}
