//! `POST /v1/auth/mfa/totp`: makes a secret for the caller's authenticator app.
//! Nothing is on until `POST /v1/auth/mfa/totp/confirm` got a code of the app.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::reauthentication::Reauthentication;
use crate::ctx::Ctx;
use crate::domain::account::Account;
use crate::domain::password::Password;
use crate::domain::totp::TotpSecret;
use crate::problem;
use crate::secrets;

/// The caller's password, given again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnrolTotp {
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    password: Password,
}

/// What an authenticator app is set up with. It is shown once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TotpEnrolment {
    /// To be typed into the app: base32.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// To be shown to the app as a QR code.
    #[schema(
        example = "otpauth://totp/Atoll:ann%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Atoll&algorithm=SHA1&digits=6&period=30"
    )]
    otpauth_uri: String,
}

/// Enrol an authenticator app
///
/// The secret waits 15 minutes for the app's first code; enrolling again replaces it.
#[utoipa::path(
    post, path = "/v1/auth/mfa/totp", operation_id = "enrol_totp", tag = "identity",
    security(("bearer" = [])),
    request_body = EnrolTotp,
    responses(
        (status = 200, description = "The secret, which waits to be confirmed", body = TotpEnrolment),
        (status = 401, description = "`identity.session_ended`"),
        (status = 403, description = "`identity.wrong_password`, `identity.suspended`"),
        (status = 404, description = "`identity.no_such_user`: the account is gone"),
        (status = 409, description = "`identity.mfa_already_on`, `identity.no_password`"),
        (status = 429, description = "`identity.too_many_attempts`: five passwords were wrong within 15 minutes"),
    )
)]
pub async fn enrol_totp(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Json(body): Json<EnrolTotp>,
) -> Result<Json<TotpEnrolment>, Problem> {
    let read = ctx.store.account_of(&caller, ctx.clock.now()).await?;
    let now = ctx.clock.now();
    let password = Reauthentication::new(&read.value, &body.password, now)?;

    let secret = TotpSecret::new(secrets::random().map_err(problem::secret)?);
    let issuer = ctx.issuer().await;
    let sealed = issuer.mfa_keys().sealer.seal(caller.user_id, &secret).map_err(problem::secret)?;
    let (written, enrolled) = ctx
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
