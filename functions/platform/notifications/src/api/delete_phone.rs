//! `DELETE /v1/notifications/phone`: delete phone.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{NoContent, Problem};
use types::UserId;

use crate::ctx::Public;
use crate::problem::Refusal;

/// Delete phone
#[utoipa::path(
    delete, path = "/v1/notifications/phone", operation_id = "delete_phone", tag = "notifications",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`notifications.no_such_phone`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn delete_phone(State(ctx): State<&'static Public>, caller: Caller) -> Result<NoContent, Problem> {
    find(ctx, caller.user_id).await.ok_or(Refusal::NoSuchPhone)?;
    Ok(NoContent)
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Public, _owner: UserId) -> Option<String> {
    None
}
