//! `POST /v1/users/me/mfa/recovery-codes`: replaces the recovery codes of the caller.
//!
//! Emits `identity.recovery_codes_replaced.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Invocation, Json, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::confirm_totp::NewRecoveryCodes;
use crate::api::step_up::StepUp;
use crate::ctx::Public;
use crate::domain::account::Account;
use crate::domain::password::Password;
use crate::domain::recovery::{RecoveryCode, RecoveryHashes};
use crate::mfa_keys::WithMfaKeys;
use crate::problem::{self, Refusal};
use crate::secrets;

/// Request to replace the recovery codes.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplaceRecoveryCodes {
    /// Password. Required if the account has one.
    #[schema(value_type = Option<String>, format = Password, max_length = 128, example = "correct horse battery staple")]
    password: Option<Password>,
    /// Six-digit code of the authenticator app, or a recovery code. Required.
    #[schema(format = Password, min_length = 6, max_length = 64, example = "287082")]
    code: Option<String>,
}

/// Replace recovery codes
///
/// Requires the password and a TOTP code or recovery code. Returns ten new recovery codes, which are shown once; the old ones
/// are invalid. Sends an e-mail. Not idempotent: repeating the request, with another code, replaces the codes again.
#[utoipa::path(
    post, path = "/v1/users/me/mfa/recovery-codes", operation_id = "replace_recovery_codes", tag = "identity",
    security(("bearer" = [])),
    request_body = ReplaceRecoveryCodes,
    responses(
        (status = 200, description = "New recovery codes", body = NewRecoveryCodes),
        (status = 403, description = "`identity.wrong_password`: the password is wrong; `identity.mfa_code_required`: send `code`; `identity.mfa_code_wrong`: the code is wrong, used or expired; `identity.reauthentication_required`: the account has no password, and the last sign-in is more than five minutes ago; `auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
        (status = 409, description = "`identity.mfa_off`: TOTP is not enabled"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong passwords or codes within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn replace_recovery_codes(
    State(ctx): State<&'static WithMfaKeys<Public>>,
    call: Invocation,
    caller: Caller,
    Json(body): Json<ReplaceRecoveryCodes>,
) -> Result<Json<NewRecoveryCodes>, Problem> {
    let (store, now) = (&ctx.base.store, ctx.base.clock.now());
    let read = store.account_of(&caller, now).await?;
    let step_up = StepUp::new(&read.value, caller.session_id, body.password.as_ref(), body.code.as_deref(), now)?;
    let keys = ctx.mfa_keys(now).await;
    let codes = RecoveryCode::from_random(&secrets::random().map_err(problem::secret)?);
    let hashes = RecoveryHashes::new(caller.user_id, &codes, &keys.recovery);
    let (_, replaced) = store
        .change(read, |account: &mut Account| {
            if !account.mfa.is_on() {
                return Err(Refusal::MfaOff.into());
            }
            if let Err(refusal) = step_up.check(account, &keys, now)? {
                return Ok::<_, Problem>((Err(refusal), Outbox::none()));
            }
            let replaced = account.replace_recovery_codes(hashes.clone())?;
            Ok((Ok(()), Outbox::of(call.event(now, replaced))?))
        })
        .await?;
    replaced?;
    Ok(Json(NewRecoveryCodes::shown(&codes)))
}
