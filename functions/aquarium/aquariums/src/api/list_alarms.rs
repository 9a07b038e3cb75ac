//! `GET /v1/aquarium/aquariums/{id}/alarms`: list alarms.
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
pub struct ListAlarmsReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// List alarms
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/alarms", operation_id = "list_alarms", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = ListAlarmsReply),
        (status = 404, description = "`aquariums.no_such_alarms`"),
    )
)]
pub async fn list_alarms(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
) -> Result<Json<ListAlarmsReply>, Problem> {
    let name = find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchAlarms)?;
    Ok(Json(ListAlarmsReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
