//! `POST /v1/aquarium/aquariums/{id}/readings/manual`: record manual readings.
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
pub struct RecordManualReadings {
    #[schema(example = "Harbour")]
    name: String,
}

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordManualReadingsReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// Record manual readings
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/readings/manual", operation_id = "record_manual_readings", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    request_body = RecordManualReadings,
    responses(
        (status = 200, description = "The resource", body = RecordManualReadingsReply),
        (status = 404, description = "`aquariums.no_such_manual_readings`"),
    )
)]
pub async fn record_manual_readings(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<Id<Uuid>>,
    Json(body): Json<RecordManualReadings>,
) -> Result<Json<RecordManualReadingsReply>, Problem> {
    let caller = standing.check().await?;
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchManualReadings)?;
    Ok(Json(RecordManualReadingsReply { name: body.name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
