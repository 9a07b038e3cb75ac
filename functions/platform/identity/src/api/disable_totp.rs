//! `POST /v1/auth/mfa/totp/disable`: disables TOTP.
//!
//! Emits `identity.mfa_disabled.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Fields, Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::reauthentication::Reauthentication;
use crate::ctx::Public;
use crate::domain::account::Account;
use crate::domain::mfa::{Code, Presented};
use crate::domain::password::Password;
use crate::mfa_keys::WithMfaKeys;
use crate::problem::{self, Refusal};

/// Request to disable TOTP.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DisableTotp {
    /// Password. Required if the account has one.
    #[schema(value_type = Option<String>, format = Password, max_length = 128, example = "correct horse battery staple")]
    password: Option<Password>,
    /// Six-digit code of the authenticator app, or a recovery code.
    #[schema(format = Password, min_length = 6, max_length = 64, example = "287082")]
    code: String,
}

/// Disable TOTP
///
/// Requires the password, or a sign-in within the last five minutes if the account has none, and a TOTP code or recovery code. Deletes the TOTP secret and the recovery codes, and
/// sends an e-mail.
#[utoipa::path(
    post, path = "/v1/auth/mfa/totp/disable", operation_id = "disable_totp", tag = "identity",
    security(("bearer" = [])),
    request_body = DisableTotp,
    responses(
        (status = 204, description = "TOTP disabled"),
        (status = 403, description = "`identity.wrong_password`: the password is wrong; `identity.mfa_code_wrong`: the code is wrong, used or expired; `identity.reauthentication_required`: the account has no password, and the last sign-in is more than five minutes ago; `auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
        (status = 409, description = "`identity.mfa_off`: TOTP is not enabled"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong passwords or codes within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn disable_totp(
    State(ctx): State<&'static WithMfaKeys<Public>>,
    caller: Caller,
    call: Invocation,
    Json(body): Json<DisableTotp>,
) -> Result<NoContent, Problem> {
    let mut fields = Fields::new();
    let values = (fields.check("code", Code::parse(&body.code)),);
    let (code,) = fields.all(values)?;

    let read = ctx.base.store.account_of(&caller, ctx.base.clock.now()).await?;
    let now = ctx.base.clock.now();
    let keys = ctx.mfa_keys(now).await;
    let password = Reauthentication::of_caller(&read.value, caller.session_id, body.password.as_ref(), now)?;
    let (_, disabled) = ctx
        .base
        .store
        .change(read, |account: &mut Account| {
            // The password comes first: who does not know it cannot use up the owner's guesses at codes.
            if let Err(refusal) = password.check(account, now)? {
                return Ok((Err(refusal), Outbox::none()));
            }
            let secret = keys.sealers.open(account.id, account.mfa.secret()?).map_err(problem::secret)?;
            let presented = Presented { code: &code, secret: &secret, keys: &keys.recovery, at: now };
            Ok::<_, Problem>(match account.disable_mfa(presented)? {
                Some(disabled) => (Ok(()), Outbox::of(call.event(now, disabled))?),
                None => (Err(Refusal::MfaCodeWrong), Outbox::none()),
            })
        })
        .await?;
    disabled?;
    Ok(NoContent)
}
