//! `POST /v1/auth/mfa/totp`: creates a TOTP secret for the authenticator app of the caller.
//!
//! TOTP stays disabled until `POST /v1/auth/mfa/totp/confirm` receives a code.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::reauthentication::Reauthentication;
use crate::ctx::Public;
use crate::domain::account::Account;
use crate::domain::password::Password;
use crate::domain::totp::TotpSecret;
use crate::mfa_keys::WithMfaKeys;
use crate::problem;
use crate::secrets;

/// Request to start TOTP enrolment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnrolTotp {
    /// Password. Required if the account has one.
    #[schema(value_type = Option<String>, format = Password, max_length = 128, example = "correct horse battery staple")]
    password: Option<Password>,
}

/// Secret for an authenticator app. Shown once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TotpEnrolment {
    /// Secret in base32, for manual entry.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// `otpauth` URI, to be shown as a QR code.
    #[schema(
        example = "otpauth://totp/Atoll:ann%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Atoll&algorithm=SHA1&digits=6&period=30"
    )]
    otpauth_uri: String,
}

/// Start TOTP enrolment
///
/// Requires the password, or a sign-in within the last five minutes if the account has none. Returns a secret, which is shown once and expires after 15 minutes unless it is
/// confirmed. Starting again replaces the secret.
#[utoipa::path(
    post, path = "/v1/auth/mfa/totp", operation_id = "enrol_totp", tag = "identity",
    security(("bearer" = [])),
    request_body = EnrolTotp,
    responses(
        (status = 200, description = "TOTP secret; confirm it within 15 minutes", body = TotpEnrolment),
        (status = 403, description = "`identity.wrong_password`: the password is wrong; `identity.reauthentication_required`: the account has no password, and the last sign-in is more than five minutes ago; `auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
        (status = 409, description = "`identity.mfa_already_on`: TOTP is already enabled"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong passwords within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn enrol_totp(
    State(ctx): State<&'static WithMfaKeys<Public>>,
    caller: Caller,
    Json(body): Json<EnrolTotp>,
) -> Result<Json<TotpEnrolment>, Problem> {
    let read = ctx.base.store.account_of(&caller, ctx.base.clock.now()).await?;
    let now = ctx.base.clock.now();
    let password = Reauthentication::of_caller(&read.value, caller.session_id, body.password.as_ref(), now)?;

    let secret = TotpSecret::new(secrets::random().map_err(problem::secret)?);
    let sealed = ctx.mfa_keys(now).await.sealers.seal(caller.user_id, &secret).map_err(problem::secret)?;
    let (written, enrolled) = ctx
        .base
        .store
        .change(read, |account: &mut Account| {
            let checked = password.check(account, now)?;
            if checked.is_ok() {
                account.mfa.enrol(sealed.clone(), now)?;
            }
            Ok::<_, Problem>((checked, Outbox::none()))
        })
        .await?;
    enrolled?;
    let account = written.value;
    let name = account.email.as_ref().map_or(account.name.as_str(), |email| email.as_str());
    Ok(Json(TotpEnrolment { secret: secret.to_base32(), otpauth_uri: secret.uri(name) }))
}
