//! `GET /v1/notifications/{id}/deliveries`: list deliveries.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use serde::Serialize;
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::problem::Refusal;

/// What is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListDeliveriesReply {
    #[schema(example = "Harbour")]
    name: String,
}

/// List deliveries
#[utoipa::path(
    get, path = "/v1/notifications/{id}/deliveries", operation_id = "list_deliveries", tag = "notifications",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Which one")),
    responses(
        (status = 200, description = "It was found", body = ListDeliveriesReply),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`notifications.no_such_deliveries`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list_deliveries(
    State(ctx): State<&'static Public>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
) -> Result<Json<ListDeliveriesReply>, Problem> {
    let name = find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchDeliveries)?;
    Ok(Json(ListDeliveriesReply { name }))
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Public, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
