//! `GET /v1/aquarium/aquariums/{id}/quiet`: get quiet times.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use serde::Serialize;
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetQuietTimesReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get quiet times
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/quiet", operation_id = "get_quiet_times", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = GetQuietTimesReply),
        (status = 404, description = "`aquariums.no_such_quiet_times`"),
    )
)]
pub async fn get_quiet_times(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
) -> Result<Json<GetQuietTimesReply>, Problem> {
    let name = find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchQuietTimes)?;
    Ok(Json(GetQuietTimesReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
