//! `POST /v1/users/{id}/mfa-removal/confirm`: confirms the removal of an admin's second factor.
//!
//! Emits `identity.mfa_removal_scheduled.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Standing};
use kit::http::{Id, Invocation, Path, Problem, Tagged};
use types::UserId;

use crate::api::administration::{AdminUserView, administer};
use crate::ctx::Removals;

/// Confirm removal of second factor
///
/// Only for users who are admins: another admin than the one who requested the removal has to confirm it, within seven days.
/// Requires the role `admin`; the role is checked against the stored account, not only the token. Starts the delay, and sends
/// an e-mail and an inbox message to the user. Idempotent.
#[utoipa::path(
    post, path = "/v1/users/{id}/mfa-removal/confirm", operation_id = "confirm_mfa_removal", tag = "identity",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "User ID")),
    responses(
        (status = 200, description = "The updated account", body = AdminUserView),
        (status = 404, description = "`identity.no_such_user`: no account with this ID; `identity.no_such_mfa_removal`: no removal is pending"),
        (status = 409, description = "`identity.second_admin_required`: you requested the removal; `identity.own_account`: admins cannot remove their own factor"),
    )
)]
pub async fn confirm_mfa_removal(
    State(ctx): State<&'static Removals>,
    admin: Standing<Admin>,
    call: Invocation,
    Path(Id { id }): Path<Id<UserId>>,
) -> Result<Tagged<AdminUserView>, Problem> {
    let now = ctx.base.clock.now();
    let changed = administer(&ctx.base, &admin, id, None, |account| {
        Ok(match account.confirm_mfa_removal(admin.user_id(), ctx.delay, now)? {
            Some(scheduled) => Outbox::of(call.event(now, scheduled))?,
            None => Outbox::none(),
        })
    });
    let changed = changed.await?;
    tracing::info!(admin_id = %admin.user_id(), user_id = %id, "removal of a second factor confirmed");
    Ok(changed)
}
