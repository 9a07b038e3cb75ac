//! `GET /v1/aquarium/aquariums/{id}/readings/manual/{readingId}`: get manual reading.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What the path names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetManualReadingPath {
    /// `{id}`.
    pub id: Uuid,
    /// `{readingId}`.
    pub reading_id: Uuid,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetManualReadingReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get manual reading
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/readings/manual/{readingId}", operation_id = "get_manual_reading", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("readingId" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = GetManualReadingReply),
        (status = 404, description = "`aquariums.no_such_manual_reading`"),
    )
)]
pub async fn get_manual_reading(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<GetManualReadingPath>,
) -> Result<Json<GetManualReadingReply>, Problem> {
    let name = find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchManualReading)?;
    Ok(Json(GetManualReadingReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &GetManualReadingPath) -> Option<String> {
    None
}
