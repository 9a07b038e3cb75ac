//! `GET /v1/aquarium/aquariums/{id}/alarms/{episodeId}`: get alarm episode.
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
pub struct GetAlarmEpisodePath {
    /// `{id}`.
    pub id: Uuid,
    /// `{episodeId}`.
    pub episode_id: Uuid,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetAlarmEpisodeReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Get alarm episode
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/alarms/{episodeId}", operation_id = "get_alarm_episode", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("episodeId" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = GetAlarmEpisodeReply),
        (status = 404, description = "`aquariums.no_such_alarm_episode`"),
    )
)]
pub async fn get_alarm_episode(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<GetAlarmEpisodePath>,
) -> Result<Json<GetAlarmEpisodeReply>, Problem> {
    let name = find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchAlarmEpisode)?;
    Ok(Json(GetAlarmEpisodeReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &GetAlarmEpisodePath) -> Option<String> {
    None
}
