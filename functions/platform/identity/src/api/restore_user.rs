//! `POST /v1/users/{id}/restore`: restores a suspended account.
//!
//! Emits `identity.user_restored.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Standing};
use kit::http::{Id, IfMatch, Invocation, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use types::UserId;

use crate::api::administration::{AdminUserView, administer};
use crate::ctx::Public;

/// Restore a suspended user
///
/// Requires the role `admin`; the role is checked against the stored account, not only the token. The user can sign
/// in again. Idempotent: an active account stays unchanged. Supports optimistic concurrency with `If-Match`.
#[utoipa::path(
    post, path = "/v1/users/{id}/restore", operation_id = "restore_user", tag = "identity",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "User ID"), OptionalIfMatch),
    responses(
        (status = 200, description = "The updated account", body = AdminUserView),
        (status = 404, description = "`identity.no_such_user`: no account with this ID"),
    )
)]
pub async fn restore_user(
    State(ctx): State<&'static Public>,
    admin: Standing<Admin>,
    call: Invocation,
    Path(Id { id }): Path<Id<UserId>>,
    seen: Option<IfMatch>,
) -> Result<Tagged<AdminUserView>, Problem> {
    let now = ctx.clock.now();
    let changed = administer(ctx, &admin, id, seen, |account| match account.restore() {
        Some(fact) => Ok(Outbox::of(call.event(now, fact))?),
        None => Ok(Outbox::none()),
    });
    changed.await
}
