//! `PATCH /v1/aquarium/aquariums/{id}/readings/manual/{readingId}`: update manual reading.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What the path names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateManualReadingPath {
    /// `{id}`.
    pub id: Uuid,
    /// `{readingId}`.
    pub reading_id: Uuid,
}

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateManualReading {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateManualReadingReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Update manual reading
#[utoipa::path(
    patch, path = "/v1/aquarium/aquariums/{id}/readings/manual/{readingId}", operation_id = "update_manual_reading", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("readingId" = Uuid, Path, description = "Identifier")),
    request_body = UpdateManualReading,
    responses(
        (status = 200, description = "The resource", body = UpdateManualReadingReply),
        (status = 404, description = "`aquariums.no_such_manual_reading`"),
    )
)]
pub async fn update_manual_reading(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<UpdateManualReadingPath>,
    Json(body): Json<UpdateManualReading>,
) -> Result<Json<UpdateManualReadingReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchManualReading)?;
    Ok(Json(UpdateManualReadingReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &UpdateManualReadingPath) -> Option<String> {
    None
}
