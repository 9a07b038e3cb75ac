//! `POST /v1/auth/mfa/totp/disable`: turns the second factor off.
//! Emits `identity.mfa_disabled.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Fields, Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::reauthentication::Reauthentication;
use crate::ctx::Ctx;
use crate::domain::account::Account;
use crate::domain::mfa::{Code, Presented};
use crate::domain::password::Password;
use crate::problem::{self, Refusal};

/// Both factors, given again.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DisableTotp {
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    password: Password,
    /// The app's six digits, or a recovery code.
    #[schema(format = Password, example = "287082")]
    code: String,
}

/// Turn the second factor off
///
/// Its secret and the recovery codes are forgotten.
#[utoipa::path(
    post, path = "/v1/auth/mfa/totp/disable", operation_id = "disable_totp", tag = "identity",
    security(("bearer" = [])),
    request_body = DisableTotp,
    responses(
        (status = 204, description = "It is off"),
        (status = 401, description = "`identity.session_ended`"),
        (status = 403, description = "`identity.wrong_password`, `identity.mfa_code_wrong`, `identity.suspended`"),
        (status = 404, description = "`identity.no_such_user`: the account is gone"),
        (status = 409, description = "`identity.mfa_off`, `identity.no_password`"),
        (status = 429, description = "`identity.too_many_attempts`: five passwords or five codes were wrong within 15 minutes"),
    )
)]
pub async fn disable_totp(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    call: Invocation,
    Json(body): Json<DisableTotp>,
) -> Result<NoContent, Problem> {
    let mut fields = Fields::new();
    let values = (fields.check("code", Code::parse(&body.code)),);
    let (code,) = fields.all(values)?;

    let read = ctx.store.account_of(&caller, ctx.clock.now()).await?;
    let (now, issuer) = (ctx.clock.now(), ctx.issuer().await);
    let keys = issuer.mfa_keys();
    let password = Reauthentication::new(&read.value, &body.password, now)?;
    let (_, disabled) = ctx
        .store
        .change(read, |account: &mut Account| {
            // The password comes first: who does not know it cannot use up the owner's guesses at codes.
            if let Err(refusal) = password.check(account, now)? {
                return Ok((Err(refusal), Outbox::none()));
            }
            let secret = keys.sealer.open(account.id, account.mfa.secret()?).map_err(problem::secret)?;
            let presented = Presented { code: &code, secret: &secret, key: &keys.recovery, at: now };
            Ok::<_, Problem>(match account.disable_mfa(presented)? {
                Some(disabled) => (Ok(()), Outbox::of(call.event(now, disabled))?),
                None => (Err(Refusal::MfaCodeWrong), Outbox::none()),
            })
        })
        .await?;
    disabled?;
    Ok(NoContent)
}
