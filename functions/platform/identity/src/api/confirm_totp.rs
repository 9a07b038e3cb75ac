//! `POST /v1/auth/mfa/totp/confirm`: turns the second factor on, with the enrolled app's first code.
//! Emits `identity.mfa_enabled.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Fields, Invocation, Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::sign_in::check_open;
use crate::ctx::Ctx;
use crate::domain::account::Account;
use crate::domain::mfa::{Code, Presented};
use crate::domain::recovery::RecoveryCode;
use crate::problem::{self, Refusal};
use crate::secrets;

/// A code that the enrolled app shows.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfirmTotp {
    /// Six digits.
    #[schema(format = Password, example = "287082")]
    code: String,
}

/// What signs the user in who lost their app. The codes are shown once, and each works once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodes {
    #[schema(min_items = 10, max_items = 10, example = json!(["K5QXE-3DPMV", "MFZWS-43PNB"]))]
    recovery_codes: Vec<String>,
}

/// Turn the second factor on
///
/// From now on signing in needs a code too. Other sessions go on: `DELETE /v1/users/me/sessions` ends them.
#[utoipa::path(
    post, path = "/v1/auth/mfa/totp/confirm", operation_id = "confirm_totp", tag = "identity",
    security(("bearer" = [])),
    request_body = ConfirmTotp,
    responses(
        (status = 200, description = "It is on; the recovery codes", body = RecoveryCodes),
        (status = 401, description = "`identity.session_ended`"),
        (status = 403, description = "`identity.mfa_code_wrong`, `identity.suspended`"),
        (status = 404, description = "`identity.no_such_user`: the account is gone"),
        (status = 409, description = "`identity.mfa_not_pending`: nothing was enrolled in the last 15 minutes; `identity.mfa_already_on`"),
        (status = 429, description = "`identity.too_many_attempts`: five codes were wrong within 15 minutes"),
    )
)]
pub async fn confirm_totp(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    call: Invocation,
    Json(body): Json<ConfirmTotp>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let mut fields = Fields::new();
    let values = (fields.check("code", Code::parse(&body.code)),);
    let (code,) = fields.all(values)?;

    let read = ctx.store.account_of(&caller, ctx.clock.now()).await?;
    let (now, issuer) = (ctx.clock.now(), ctx.issuer().await);
    let keys = issuer.mfa_keys();
    let codes = RecoveryCode::from_random(&secrets::random().map_err(problem::secret)?);
    let hashes: Vec<_> = codes.iter().map(|code| keys.recovery.hash(caller.user_id, code)).collect();
    let (_, confirmed) = ctx
        .store
        .change(read, |account: &mut Account| {
            check_open(account)?;
            let secret = keys.sealer.open(account.id, account.mfa.pending_secret(now)?).map_err(problem::secret)?;
            let presented = Presented { code: &code, secret: &secret, key: &keys.recovery, at: now };
            Ok::<_, Problem>(match account.confirm_mfa(presented, hashes.clone())? {
                Some(enabled) => (Ok(()), Outbox::of(call.event(now, enabled))?),
                None => (Err(Refusal::MfaCodeWrong), Outbox::none()),
            })
        })
        .await?;
    confirmed?;
    Ok(Json(RecoveryCodes { recovery_codes: codes.iter().map(RecoveryCode::text).collect() }))
}
