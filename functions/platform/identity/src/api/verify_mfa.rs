//! `POST /v1/auth/mfa/verify`: ends a sign-in that waits for its second factor.
//! Emits what `POST /v1/auth/login` emits where no second factor is on.

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
use crate::problem::{self, Refusal};

/// The sign-in, and what proves the second factor.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyMfa {
    /// What `POST /v1/auth/login` answered.
    #[schema(format = Password, example = "atoll_mfa_AZoMblsQeqGMHW5fSjssHQ")]
    mfa_token: String,
    /// The app's six digits, or a recovery code. Each works once.
    #[schema(format = Password, example = "287082")]
    code: String,
    device: Option<DeviceInput>,
}

/// Sign a device in with a code
///
/// Where the plan has no room for another device, the oldest session ends.
#[utoipa::path(
    post, path = "/v1/auth/mfa/verify", operation_id = "verify_mfa", tag = "identity",
    request_body = VerifyMfa,
    responses(
        (status = 200, description = "The device is signed in", body = SignedIn),
        (status = 401, description = "`identity.mfa_token_invalid`: start again with the password; `identity.mfa_code_wrong`: try another code"),
        (status = 403, description = "`identity.suspended`"),
        (status = 429, description = "`identity.too_many_attempts`: five codes were wrong within 15 minutes"),
    )
)]
pub async fn verify_mfa(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    Json(body): Json<VerifyMfa>,
) -> Result<Json<SignedIn>, Problem> {
    let mut fields = Fields::new();
    let values = (fields.check("code", Code::parse(&body.code)), DeviceInput::parse(body.device, &mut fields));
    let (code, device) = fields.all(values)?;

    let (now, issuer) = (ctx.clock.now(), ctx.issuer().await);
    let keys = issuer.mfa_keys();
    let challenge = keys.challenge.read(&body.mfa_token, now).map_err(|_| Refusal::MfaTokenInvalid)?;
    let read = ctx.store.account(challenge.user_id).await?.ok_or(Refusal::MfaTokenInvalid)?;
    let token = first_token(challenge.user_id)?;
    let (written, verified) = ctx
        .store
        .change(read, |account: &mut Account| {
            if !keys.challenge.proves(&challenge, account.password.as_ref()) {
                return Err(Refusal::MfaTokenInvalid.into());
            }
            check_open(account)?;
            // Turned off meanwhile: then the password is enough, and that is the other endpoint's to say.
            let sealed = account.mfa.secret().map_err(|_: MfaError| Refusal::MfaTokenInvalid)?;
            let secret = keys.sealer.open(account.id, sealed).map_err(problem::secret)?;
            let presented = Presented { code: &code, secret: &secret, key: &keys.recovery, at: now };
            if !account.answer(&challenge, presented)? {
                return Ok::<_, Problem>((Err(Refusal::MfaSignInFailed), Outbox::none()));
            }
            Ok((Ok(()), start_session(ctx, account, &call, &token, device.clone(), now)?))
        })
        .await?;
    verified?;
    Ok(Json(SignedIn::new(&issuer, &written.value, &token, now)?))
}
