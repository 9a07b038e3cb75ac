//! `DELETE /v1/notifications/devices/{id}`: delete device.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, NoContent, Path, Problem};
use types::{UserId, Uuid};

use crate::ctx::Public;
use crate::problem::Refusal;

/// Delete device
#[utoipa::path(
    delete, path = "/v1/notifications/devices/{id}", operation_id = "delete_device", tag = "notifications",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Which one")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`notifications.no_such_device`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn delete_device(
    State(ctx): State<&'static Public>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
) -> Result<NoContent, Problem> {
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchDevice)?;
    Ok(NoContent)
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Public, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
