//! `DELETE /v1/points/{id}/subscription`: unsubscribe point.
//! As generated, it keeps nothing, and so finds nothing.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, NoContent, Path, Problem};
use types::{UserId, Uuid};

use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Unsubscribe point
#[utoipa::path(
    delete, path = "/v1/points/{id}/subscription", operation_id = "unsubscribe_point", tag = "points",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Which one")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`points.no_such_point`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn unsubscribe_point(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<Id<Uuid>>,
) -> Result<NoContent, Problem> {
    find(ctx, caller.user_id, path.id).await.ok_or(Refusal::NoSuchPoint)?;
    Ok(NoContent)
}

/// Nothing is kept yet, so nothing is found: ask the store here.
async fn find(_ctx: &Ctx, _owner: UserId, _id: Uuid) -> Option<String> {
    None
}
