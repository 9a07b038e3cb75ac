//! `POST /v1/users/me/password`: changes the password of the caller, who knows the current one.
//!
//! Emits `identity.password_changed.v1`, and `identity.session_ended.v1` for each other session.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Fields, Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::password_set;
use crate::api::step_up::StepUp;
use crate::ctx::Public;
use crate::domain::password::Password;
use crate::mfa_keys::WithMfaKeys;
use crate::problem::Refusal;

/// Request to change the password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePassword {
    /// Current password.
    #[schema(value_type = String, format = Password, max_length = 128)]
    current_password: Password,
    /// New password: 8 to 128 characters, not easy to guess (zxcvbn score of at least 3).
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128, example = "correct horse battery staple")]
    new_password: Password,
    /// Six-digit code of the authenticator app, or a recovery code. Required if two-step verification is enabled.
    #[schema(format = Password, min_length = 6, max_length = 64, example = "287082")]
    code: Option<String>,
}

/// Change my password
///
/// Sets a new password and ends all other sessions; the session of the caller continues. Sends an e-mail to the
/// address of the account. Requires a code if two-step verification is enabled. Five wrong passwords or codes within
/// 15 minutes lock the operation until `Retry-After`.
#[utoipa::path(
    post, path = "/v1/users/me/password", operation_id = "change_password", tag = "identity",
    security(("bearer" = [])),
    request_body = ChangePassword,
    responses(
        (status = 204, description = "Password changed, other sessions ended"),
        (status = 403, description = "`identity.wrong_password`: `currentPassword` is wrong; `identity.mfa_code_required`: two-step verification is enabled; send `code`; `identity.mfa_code_wrong`: the code is wrong, used or expired; `auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
        (status = 409, description = "`identity.no_password`: the account has no password"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong passwords or codes within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn change_password(
    State(ctx): State<&'static WithMfaKeys<Public>>,
    call: Invocation,
    caller: Caller,
    Json(body): Json<ChangePassword>,
) -> Result<NoContent, Problem> {
    let (store, now) = (&ctx.base.store, ctx.base.clock.now());
    let read = store.account_of(&caller, now).await?;
    if read.value.password.is_none() {
        return Err(Refusal::NoPassword.into());
    }
    let mut fields = Fields::new();
    let strong = fields.check("newPassword", password_set::check(&body.new_password, &read.value));
    fields.all((strong,))?;
    let step_up = StepUp::new(&read.value, caller.session_id, Some(&body.current_password), body.code.as_deref(), now)?;
    let (hash, keys) = (password_set::hash(store, &body.new_password)?, ctx.mfa_keys(now).await);

    let (_, changed) = store
        .change(read, |account| {
            if let Err(refusal) = step_up.check(account, &keys, now)? {
                return Ok::<_, Problem>((Err(refusal), Outbox::none()));
            }
            let set = account.change_password(hash.clone(), caller.session_id, now);
            Ok((Ok(()), password_set::events(&call, now, set)?))
        })
        .await?;
    changed?;
    Ok(NoContent)
}
