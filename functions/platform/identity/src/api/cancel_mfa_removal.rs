//! `DELETE /v1/users/{id}/mfa-removal`: cancels the removal of a user's second factor.
//!
//! Emits `identity.mfa_removal_cancelled.v1`.

use axum::extract::State;
use contracts::identity::MfaRemovalCanceller;
use dynamo::Outbox;
use kit::auth::{Admin, Standing};
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::UserId;

use crate::api::administration::administer;
use crate::ctx::Public;
use crate::problem::Refusal;

/// Cancel removal of second factor
///
/// Requires the role `admin`; the role is checked against the stored account, not only the token. Sends an e-mail to the user.
#[utoipa::path(
    delete, path = "/v1/users/{id}/mfa-removal", operation_id = "cancel_mfa_removal", tag = "identity",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "User ID")),
    responses(
        (status = 204, description = "Removal cancelled"),
        (status = 404, description = "`identity.no_such_user`: no account with this ID; `identity.no_such_mfa_removal`: no removal is pending"),
    )
)]
pub async fn cancel_mfa_removal(
    State(ctx): State<&'static Public>,
    admin: Standing<Admin>,
    call: Invocation,
    Path(Id { id }): Path<Id<UserId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let changed = administer(ctx, &admin, id, None, |account| {
        let cancelled = account.cancel_mfa_removal(MfaRemovalCanceller::Admin, now).ok_or(Refusal::NoSuchMfaRemoval)?;
        Ok(Outbox::of(call.event(now, cancelled))?)
    });
    changed.await?;
    tracing::info!(admin_id = %admin.user_id(), user_id = %id, "removal of a second factor cancelled");
    Ok(NoContent)
}
