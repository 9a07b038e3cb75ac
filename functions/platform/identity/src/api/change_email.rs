//! `POST /v1/users/me/email`: requests a change of the caller's e-mail address.
//!
//! Emits `identity.email_change_requested.v1`.

use axum::extract::State;
use dynamo::Outbox;
use http::StatusCode;
use kit::auth::Caller;
use kit::http::{Fields, Invocation, Json, Problem};
use serde::Deserialize;
use types::EmailAddress;
use utoipa::ToSchema;

use crate::api::step_up::StepUp;
use crate::ctx::Public;
use crate::domain::account::Account;
use crate::domain::password::Password;
use crate::mfa_keys::WithMfaKeys;

/// Request to change the e-mail address.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeEmail {
    /// New e-mail address.
    #[schema(format = Email, example = "ann.winter@example.com")]
    email: String,
    /// Password. Required if the account has one.
    #[schema(value_type = Option<String>, format = Password, max_length = 128, example = "correct horse battery staple")]
    password: Option<Password>,
    /// Six-digit code of the authenticator app, or a recovery code. Required if two-step verification is enabled.
    #[schema(format = Password, min_length = 6, max_length = 64, example = "287082")]
    code: Option<String>,
}

/// Change my e-mail address
///
/// Sends a link to the new address, valid for 24 hours, and a notice with a link to undo the change to the current one if
/// it is verified. The current address stays in use until the change is confirmed with `POST /v1/auth/confirm-email`.
/// Requires the password if the account has one, or else a sign-in within the last five minutes, and a code if two-step
/// verification is enabled. A request for another address replaces an earlier one. At most one request per minute and
/// five per day (UTC), and at most three changes within seven days.
#[utoipa::path(
    post, path = "/v1/users/me/email", operation_id = "change_email", tag = "identity",
    security(("bearer" = [])),
    request_body = ChangeEmail,
    responses(
        (status = 202, description = "E-mails requested"),
        (status = 403, description = "`identity.wrong_password`: the password is wrong; `identity.mfa_code_required`: two-step verification is enabled; send `code`; `identity.mfa_code_wrong`: the code is wrong, used or expired; `identity.reauthentication_required`: the account has no password, and the last sign-in is more than five minutes ago; `auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong passwords or codes within 15 minutes; `identity.too_soon`: a change was requested within the last minute; `identity.too_many_addresses`: three changes within seven days; `request.limit_exceeded`: five changes were requested today; retry after `Retry-After` seconds"),
    )
)]
pub async fn change_email(
    State(ctx): State<&'static WithMfaKeys<Public>>,
    call: Invocation,
    caller: Caller,
    Json(body): Json<ChangeEmail>,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new();
    let email = fields.check("email", EmailAddress::parse(&body.email));
    let (email,) = fields.all((email,))?;
    let (store, now, nonce) = (&ctx.base.store, ctx.base.clock.now(), types::new_uuid());
    let read = store.account_of(&caller, now).await?;
    let step_up = StepUp::new(&read.value, caller.session_id, body.password.as_ref(), body.code.as_deref(), now)?;
    let keys = ctx.mfa_keys(now).await;
    let requested = store
        .request_email_change(read, now, |account: &mut Account| {
            if let Err(refusal) = step_up.check(account, &keys, now)? {
                return Ok((Err(refusal), None));
            }
            let fact = account.request_email_change(email.clone(), nonce, now)?;
            Ok((Ok(()), Some(Outbox::of(call.event(now, fact))?)))
        })
        .await?;
    requested?;
    Ok(StatusCode::ACCEPTED)
}
