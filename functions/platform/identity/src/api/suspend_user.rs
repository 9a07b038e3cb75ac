//! `POST /v1/users/{id}/suspend`: suspends an account until it is restored.
//!
//! Emits `identity.user_suspended.v1`, and `identity.session_ended.v1` for each session.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Standing};
use kit::http::{Id, IfMatch, Invocation, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use types::UserId;

use crate::api::administration::{AdminUserView, administer, tell};
use crate::ctx::Public;

/// Suspend a user
///
/// Requires the role `admin`; the role is checked against the stored account, not only the token. Ends all sessions
/// and blocks sign-in until the account is restored. Access tokens issued before expire within 10 minutes. Admins
/// cannot suspend themselves. Idempotent. Supports optimistic concurrency with `If-Match`.
#[utoipa::path(
    post, path = "/v1/users/{id}/suspend", operation_id = "suspend_user", tag = "identity",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "User ID"), OptionalIfMatch),
    responses(
        (status = 200, description = "The updated account", body = AdminUserView),
        (status = 404, description = "`identity.no_such_user`: no account with this ID"),
        (status = 409, description = "`identity.own_account`: admins cannot suspend themselves"),
    )
)]
pub async fn suspend_user(
    State(ctx): State<&'static Public>,
    admin: Standing<Admin>,
    call: Invocation,
    Path(Id { id }): Path<Id<UserId>>,
    seen: Option<IfMatch>,
) -> Result<Tagged<AdminUserView>, Problem> {
    let now = ctx.clock.now();
    let changed = administer(ctx, &admin, id, seen, |account| match account.suspend(admin.user_id(), now)? {
        Some((fact, ended)) => tell(&call, now, fact, ended),
        None => Ok(Outbox::none()),
    });
    changed.await
}
