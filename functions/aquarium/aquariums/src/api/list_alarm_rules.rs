//! `GET /v1/aquarium/aquariums/{id}/alarm-rules`: list alarm rules.
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
pub struct ListAlarmRulesReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// List alarm rules
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/alarm-rules", operation_id = "list_alarm_rules", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Identifier")),
    responses(
        (status = 200, description = "The resource", body = ListAlarmRulesReply),
        (status = 404, description = "`aquariums.no_such_alarm_rules`"),
    )
)]
pub async fn list_alarm_rules(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
) -> Result<Json<ListAlarmRulesReply>, Problem> {
    let name = find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchAlarmRules)?;
    Ok(Json(ListAlarmRulesReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
