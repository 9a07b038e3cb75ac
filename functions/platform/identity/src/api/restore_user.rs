//! `POST /v1/users/{id}/restore`: opens a suspended account again.
//! Emits `identity.user_restored.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Require};
use kit::http::{Id, IfMatch, Invocation, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use types::UserId;

use crate::api::administration::{AdminUserView, administer};
use crate::ctx::Public;

/// Restore an account
///
/// Its owner can sign in again. An account that is not suspended stays as it is. `If-Match` is honoured.
#[utoipa::path(
    post, path = "/v1/users/{id}/restore", operation_id = "restore_user", tag = "identity",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "The account"), OptionalIfMatch),
    responses(
        (status = 200, description = "The account as it is now", body = AdminUserView),
        (status = 404, description = "`identity.no_such_user`"),
    )
)]
pub async fn restore_user(
    State(ctx): State<&'static Public>,
    admin: Require<Admin>,
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
