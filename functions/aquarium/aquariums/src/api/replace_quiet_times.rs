//! `PUT /v1/aquarium/aquariums/{id}/quiet`: replace quiet times.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplaceQuietTimes {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplaceQuietTimesReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Replace quiet times
#[utoipa::path(
    put, path = "/v1/aquarium/aquariums/{id}/quiet", operation_id = "replace_quiet_times", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    request_body = ReplaceQuietTimes,
    responses(
        (status = 200, description = "The resource", body = ReplaceQuietTimesReply),
        (status = 404, description = "`aquariums.no_such_quiet_times`"),
    )
)]
pub async fn replace_quiet_times(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<Id<Uuid>>,
    Json(body): Json<ReplaceQuietTimes>,
) -> Result<Json<ReplaceQuietTimesReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchQuietTimes)?;
    Ok(Json(ReplaceQuietTimesReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
