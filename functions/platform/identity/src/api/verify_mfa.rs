//! `POST /v1/auth/mfa/verify`: completes a sign-in with the second factor.
//!
//! Emits the events of `POST /v1/auth/login`.

use axum::extract::State;
use dynamo::Outbox;
use kit::http::{Fields, Invocation, Json, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::sign_in::{check_open, start_session};
use crate::api::{DeviceInput, SignedIn};
use crate::ctx::{Ctx, first_token};
use crate::domain::account::Account;
use crate::domain::mfa::{Code, MfaError, Presented};
use crate::mfa_keys::WithMfaKeys;
use crate::problem::{self, Refusal};
use crate::store::Start;

/// Second step of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyMfa {
    /// `mfaToken` of the first step.
    #[schema(format = Password, max_length = 128, example = "atoll_mfa_AZoMblsQeqGMHW5fSjssHQ")]
    mfa_token: String,
    /// Six-digit code of the authenticator app, or a recovery code. Each can be used once.
    #[schema(format = Password, min_length = 6, max_length = 64, example = "287082")]
    code: String,
    /// Device that signs in. Shown in the list of sessions.
    device: Option<DeviceInput>,
}

/// Complete sign-in with second factor
///
/// Accepts a TOTP code or a recovery code, each for one use. Ends the oldest session if the plan allows no further
/// device. Send `device` again: the first step does not store it.
#[utoipa::path(
    post, path = "/v1/auth/mfa/verify", operation_id = "verify_mfa", tag = "identity",
    request_body = VerifyMfa,
    responses(
        (status = 200, description = "Tokens", body = SignedIn),
        (status = 401, description = "`identity.mfa_token_invalid`: expired or used; sign in again with the password; `identity.mfa_code_wrong`: the code is wrong, used or expired"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong codes within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn verify_mfa(
    State(with_keys): State<&'static WithMfaKeys<Ctx>>,
    call: Invocation,
    Json(body): Json<VerifyMfa>,
) -> Result<Json<SignedIn>, Problem> {
    let mut fields = Fields::new();
    let values = (fields.check("code", Code::parse(&body.code)), DeviceInput::parse(body.device, &mut fields));
    let (code, device) = fields.all(values)?;

    let (ctx, now) = (&with_keys.base, with_keys.base.clock.now());
    let (issuer, keys) = (ctx.issuer().await, with_keys.mfa_keys(now).await);
    let challenge = issuer.challenge_key().read(&body.mfa_token, now).map_err(|_| Refusal::MfaTokenInvalid)?;
    let read = ctx.store.account(challenge.user_id).await?.ok_or(Refusal::MfaTokenInvalid)?;
    let token = first_token(challenge.user_id)?;
    let (written, verified) = ctx
        .store
        .change(Start::or_refuse(read, Refusal::MfaTokenInvalid), |account: &mut Account| {
            if !issuer.challenge_key().proves(&challenge, account.password.as_ref()) {
                return Err(Refusal::MfaTokenInvalid.into());
            }
            check_open(account)?;
            // Turned off meanwhile: then the password is enough, and that is the other endpoint's to say.
            let sealed = account.mfa.secret().map_err(|_: MfaError| Refusal::MfaTokenInvalid)?;
            let secret = keys.sealers.open(account.id, sealed).map_err(problem::secret)?;
            let presented = Presented { code: &code, secret: &secret, keys: &keys.recovery, at: now };
            if !account.answer(&challenge, presented)? {
                return Ok::<_, Problem>((Err(Refusal::MfaSignInFailed), Outbox::none()));
            }
            Ok((Ok(()), start_session(ctx, account, &call, &token, device.clone(), now)?))
        })
        .await?;
    verified?;
    Ok(Json(SignedIn::new(&issuer, &written.value, &token, now)?))
}
