//! `GET /v1/aquarium/aquariums/{id}/readings/manual`: list manual readings.
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
pub struct ListManualReadingsReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// List manual readings
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/readings/manual", operation_id = "list_manual_readings", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = ListManualReadingsReply),
        (status = 404, description = "`aquariums.no_such_manual_readings`"),
    )
)]
pub async fn list_manual_readings(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
) -> Result<Json<ListManualReadingsReply>, Problem> {
    let name = find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchManualReadings)?;
    Ok(Json(ListManualReadingsReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
