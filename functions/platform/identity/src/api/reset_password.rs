//! `POST /v1/auth/reset-password`: sets a new password with the token of a reset e-mail, and ends all sessions.
//!
//! Emits `identity.password_changed.v1` and `identity.session_ended.v1` for each session. If the address was not
//! verified: also `identity.email_verified.v1` and `identity.account_reclaimed.v1`. If it was and a Telegram account was
//! linked: also `identity.telegram_unlinked.v1`.

use axum::extract::State;
use kit::auth::Purpose;
use kit::http::{Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::LinkToken;
use crate::api::password_set::{NewPassword, set_by_mail};
use crate::ctx::Links;
use crate::domain::account::Account;
use crate::domain::password::Password;
use crate::problem::Refusal;

/// Request to reset the password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetPassword {
    /// `token` parameter of the link in the e-mail.
    #[schema(value_type = String, max_length = 128)]
    token: LinkToken,
    /// New password: 8 to 128 characters, not easy to guess (zxcvbn score of at least 3).
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128, example = "correct horse battery staple")]
    password: Password,
}

/// Reset password
///
/// Afterwards only the owner of the mailbox can sign in: ends all sessions, unlinks Telegram, marks the address as
/// verified and sends an e-mail. Two-step verification stays enabled if the address was verified before; otherwise it
/// is removed, with push devices and the phone number, because another person may have registered the address. The token
/// is valid for at least 30 minutes and for one use; newer e-mails do not invalidate it.
#[utoipa::path(
    post, path = "/v1/auth/reset-password", operation_id = "reset_password", tag = "identity",
    request_body = ResetPassword,
    responses(
        (status = 204, description = "Password reset, all sessions ended"),
        (status = 422, description = "`identity.link_invalid`: the token is invalid or expired, or was used; request a new e-mail"),
    )
)]
pub async fn reset_password(
    State(ctx): State<&'static Links>,
    call: Invocation,
    Json(body): Json<ResetPassword>,
) -> Result<NoContent, Problem> {
    let (user_id, proof) = body.token.open(&ctx.link_key, Purpose::ResetPassword)?;
    let read = ctx.store.account(user_id).await?.ok_or(Refusal::LinkInvalid)?;
    let now = ctx.clock.now();
    // Before the hash, which is slow.
    read.value.check_reset(proof, now).map_err(Refusal::from)?;
    let new = NewPassword { field: "password", password: &body.password };
    let complete = |account: &mut Account, hash| account.reset_password(proof, hash, now);
    set_by_mail(&ctx.store, &call, now, read, new, complete).await?;
    Ok(NoContent)
}
