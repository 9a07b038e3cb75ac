//! `POST /v1/aquarium/aquariums/{id}/alarms/{episodeId}/acknowledgement`: acknowledge alarm.
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
pub struct AcknowledgeAlarmPath {
    /// `{id}`.
    pub id: Uuid,
    /// `{episodeId}`.
    pub episode_id: Uuid,
}

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcknowledgeAlarm {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcknowledgeAlarmReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Acknowledge alarm
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/alarms/{episodeId}/acknowledgement", operation_id = "acknowledge_alarm", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("episodeId" = Uuid, Path, description = "Identifier")),
    request_body = AcknowledgeAlarm,
    responses(
        (status = 200, description = "The resource", body = AcknowledgeAlarmReply),
        (status = 404, description = "`aquariums.no_such_alarm`"),
    )
)]
pub async fn acknowledge_alarm(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<AcknowledgeAlarmPath>,
    Json(body): Json<AcknowledgeAlarm>,
) -> Result<Json<AcknowledgeAlarmReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchAlarm)?;
    Ok(Json(AcknowledgeAlarmReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &AcknowledgeAlarmPath) -> Option<String> {
    None
}
