//! `POST /v1/users/{id}/suspend`: closes an account until it is restored.
//! Emits `identity.user_suspended.v1`, and `identity.session_ended.v1` for each session.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Require};
use kit::http::{Id, IfMatch, Invocation, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use types::UserId;

use crate::api::administration::{AdminUserView, administer, tell};
use crate::ctx::Public;

/// Suspend an account
///
/// All its sessions end, and nobody can sign in to it until it is restored. An access token that was made before works for
/// up to ten minutes more. An account that is suspended already stays as it is. `If-Match` is honoured.
#[utoipa::path(
    post, path = "/v1/users/{id}/suspend", operation_id = "suspend_user", tag = "identity",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "The account"), OptionalIfMatch),
    responses(
        (status = 200, description = "The account as it is now", body = AdminUserView),
        (status = 404, description = "`identity.no_such_user`"),
        (status = 409, description = "`identity.own_account`: nobody suspends themselves"),
    )
)]
pub async fn suspend_user(
    State(ctx): State<&'static Public>,
    admin: Require<Admin>,
    call: Invocation,
    Path(Id { id }): Path<Id<UserId>>,
    seen: Option<IfMatch>,
) -> Result<Tagged<AdminUserView>, Problem> {
    let now = ctx.clock.now();
    let changed = administer(ctx, &admin, id, seen, |account| match account.suspend(admin.caller.user_id, now)? {
        Some((fact, ended)) => tell(&call, now, fact, ended),
        None => Ok(Outbox::none()),
    });
    changed.await
}
