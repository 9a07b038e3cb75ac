//! `POST /v1/auth/mfa/totp/confirm`: enables TOTP with the first code of the enrolled authenticator app.
//!
//! Emits `identity.mfa_enabled.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Fields, Invocation, Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::sign_in::check_open;
use crate::ctx::Public;
use crate::domain::account::Account;
use crate::domain::mfa::{Code, Presented};
use crate::domain::recovery::{RecoveryCode, RecoveryHashes};
use crate::mfa_keys::WithMfaKeys;
use crate::problem::{self, Refusal};
use crate::secrets;

/// Request to enable TOTP.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfirmTotp {
    /// Current six-digit code of the authenticator app.
    #[schema(format = Password, min_length = 6, max_length = 64, example = "287082")]
    code: String,
}

/// Recovery codes, for users who lose their authenticator app. Shown once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewRecoveryCodes {
    /// Recovery codes. Each can be used once.
    #[schema(min_items = 10, max_items = 10)]
    recovery_codes: Vec<String>,
}

impl NewRecoveryCodes {
    /// The codes as the user keeps them.
    pub fn shown(codes: &[RecoveryCode]) -> Self {
        Self { recovery_codes: codes.iter().map(RecoveryCode::text).collect() }
    }
}

/// Confirm TOTP enrolment
///
/// Enables two-step verification and returns ten recovery codes, which are shown once. Later sign-ins require a
/// code. Other sessions continue; end them with `DELETE /v1/users/me/sessions`. Sends an e-mail. The enrolment
/// expires after 15 minutes.
#[utoipa::path(
    post, path = "/v1/auth/mfa/totp/confirm", operation_id = "confirm_totp", tag = "identity",
    security(("bearer" = [])),
    request_body = ConfirmTotp,
    responses(
        (status = 200, description = "TOTP enabled; recovery codes", body = NewRecoveryCodes),
        (status = 403, description = "`identity.mfa_code_wrong`: the code is wrong, used or expired; `auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
        (status = 409, description = "`identity.mfa_not_pending`: no enrolment was started within the last 15 minutes; `identity.mfa_already_on`: TOTP is already enabled"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong codes within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn confirm_totp(
    State(ctx): State<&'static WithMfaKeys<Public>>,
    caller: Caller,
    call: Invocation,
    Json(body): Json<ConfirmTotp>,
) -> Result<Json<NewRecoveryCodes>, Problem> {
    let mut fields = Fields::new();
    let values = (fields.check("code", Code::parse(&body.code)),);
    let (code,) = fields.all(values)?;

    let read = ctx.base.store.account_of(&caller, ctx.base.clock.now()).await?;
    let now = ctx.base.clock.now();
    let keys = ctx.mfa_keys(now).await;
    let codes = RecoveryCode::from_random(&secrets::random().map_err(problem::secret)?);
    let hashes = RecoveryHashes::new(caller.user_id, &codes, &keys.recovery);
    let (_, confirmed) = ctx
        .base
        .store
        .change(read, |account: &mut Account| {
            check_open(account)?;
            let secret = keys.sealers.open(account.id, account.mfa.pending_secret(now)?).map_err(problem::secret)?;
            let presented = Presented { code: &code, secret: &secret, keys: &keys.recovery, at: now };
            Ok::<_, Problem>(match account.confirm_mfa(presented, hashes.clone())? {
                Some(enabled) => (Ok(()), Outbox::of(call.event(now, enabled))?),
                None => (Err(Refusal::MfaCodeWrong), Outbox::none()),
            })
        })
        .await?;
    confirmed?;
    Ok(Json(NewRecoveryCodes::shown(&codes)))
}
