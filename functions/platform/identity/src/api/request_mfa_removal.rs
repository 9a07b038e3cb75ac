//! `POST /v1/users/{id}/mfa-removal`: requests the removal of a lost second factor.
//!
//! Emits `identity.mfa_removal_requested.v1`, and `identity.mfa_removal_scheduled.v1` unless a second admin has to confirm it.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Standing};
use kit::http::{Fields, Id, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::UserId;
use utoipa::ToSchema;

use crate::api::administration::{AdminUserView, administer};
use crate::ctx::Removals;
use crate::domain::mfa_removal::{Reason, RemovalRequest};

/// Request to remove a second factor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequestMfaRemoval {
    /// Reason, for other admins. Must not contain personal data.
    #[schema(min_length = 1, max_length = 200, example = "Lost phone and recovery codes, ticket 4711")]
    reason: String,
}

/// Request removal of second factor
///
/// For users who lost their authenticator app and recovery codes. Requires the role `admin`; the role is checked against the
/// stored account, not only the token. Takes effect at the user's first sign-in after 72 hours, unless the deployment sets
/// another delay, and lapses after seven more days. Ends all sessions then. Until then the user, any admin, or a sign-in with
/// the factor cancels it. Sends an e-mail and an inbox message with a link that cancels it. If the user is an admin, the delay
/// starts when a second admin confirms it. Not for your own account.
#[utoipa::path(
    post, path = "/v1/users/{id}/mfa-removal", operation_id = "request_mfa_removal", tag = "identity",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "User ID")),
    request_body = RequestMfaRemoval,
    responses(
        (status = 200, description = "The updated account", body = AdminUserView),
        (status = 404, description = "`identity.no_such_user`: no account with this ID"),
        (status = 409, description = "`identity.own_account`: admins cannot remove their own factor; `identity.mfa_off`: the user has no second factor; `identity.mfa_removal_pending`: a removal is pending; `identity.mfa_removal_unverified`: the address of the account is not verified"),
    )
)]
pub async fn request_mfa_removal(
    State(ctx): State<&'static Removals>,
    admin: Standing<Admin>,
    call: Invocation,
    Path(Id { id }): Path<Id<UserId>>,
    Json(body): Json<RequestMfaRemoval>,
) -> Result<Tagged<AdminUserView>, Problem> {
    let mut fields = Fields::new();
    let values = (fields.check("reason", Reason::parse(&body.reason)),);
    let (reason,) = fields.all(values)?;
    let now = ctx.base.clock.now();
    let request = RemovalRequest { id: types::new_uuid(), admin: admin.user_id(), reason };
    let changed = administer(&ctx.base, &admin, id, None, |account| {
        let (requested, scheduled) = account.request_mfa_removal(request.clone(), ctx.delay, now)?;
        let mut outbox = Outbox::of(call.event(now, requested))?;
        if let Some(scheduled) = scheduled {
            outbox.push(call.event(now, scheduled))?;
        }
        Ok(outbox)
    });
    let changed = changed.await?;
    tracing::info!(admin_id = %request.admin, user_id = %id, removal_id = %request.id, "removal of a second factor requested");
    Ok(changed)
}
