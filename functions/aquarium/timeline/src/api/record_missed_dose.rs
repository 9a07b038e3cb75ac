//! `POST /v1/aquarium/aquariums/{id}/dose-plans/{planId}/missed`: record missed dose.
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
pub struct RecordMissedDosePath {
    /// `{id}`.
    pub id: Uuid,
    /// `{planId}`.
    pub plan_id: Uuid,
}

/// What a client may say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordMissedDose {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordMissedDoseReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Record missed dose
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/dose-plans/{planId}/missed", operation_id = "record_missed_dose", tag = "timeline",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier"), ("planId" = Uuid, Path, description = "Identifier")),
    request_body = RecordMissedDose,
    responses(
        (status = 200, description = "The resource", body = RecordMissedDoseReply),
        (status = 404, description = "`timeline.no_such_missed_dose`"),
    )
)]
pub async fn record_missed_dose(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<RecordMissedDosePath>,
    Json(body): Json<RecordMissedDose>,
) -> Result<Json<RecordMissedDoseReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, &path).await.ok_or(Refusal::NoSuchMissedDose)?;
    Ok(Json(RecordMissedDoseReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _path: &RecordMissedDosePath) -> Option<String> {
    None
}
