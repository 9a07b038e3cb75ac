//! `POST /v1/auth/verify-email`: verifies an e-mail address with the token of a verification e-mail.
//!
//! Emits `identity.email_verified.v1`; with `newPassword` also the events of `POST /v1/auth/reset-password`.

use axum::extract::State;
use dynamo::{Outbox, Versioned};
use jiff::Timestamp;
use kit::auth::{Caller, Purpose};
use kit::http::{Fields, Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use types::Uuid;
use utoipa::ToSchema;

use crate::api::LinkToken;
use crate::api::password_set::{NewPassword, set_by_mail};
use crate::api::reauthentication::Reauthentication;
use crate::ctx::Verifications;
use crate::domain::account::Account;
use crate::domain::password::Password;
use crate::domain::proof::Possession;
use crate::problem::Refusal;
use crate::store::Start;

/// Request to verify an e-mail address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyEmail {
    /// `token` parameter of the link in the e-mail.
    #[schema(value_type = String, max_length = 128)]
    token: LinkToken,
    /// Password of the account. Required without an access token of the account, unless `newPassword` is sent.
    #[schema(value_type = Option<String>, format = Password, max_length = 128, example = "correct horse battery staple")]
    password: Option<Password>,
    /// New password, for users who do not know the password: 8 to 128 characters, not easy to guess (zxcvbn score of at
    /// least 3). Discards everything that was set up in the account before.
    #[schema(value_type = Option<String>, format = Password, min_length = 8, max_length = 128)]
    new_password: Option<Password>,
}

/// Verify e-mail address
///
/// The token proves the mailbox. Possession of the account must be proven too, because another person may have
/// registered the address:
///
/// - On a signed-in device, send its access token. On another device, send `password`. The account stays as it is.
/// - Users who do not know the password send `newPassword`. It ends all sessions and removes Telegram, two-step
///   verification, push devices and the phone number, as a password reset does.
/// - A request with the token alone gets 403 `identity.password_required` and changes nothing: ask the user for the
///   password.
///
/// The token is valid for at least 24 hours; newer e-mails do not invalidate it. Idempotent, except with `newPassword`: a
/// verified address can be verified again. Five wrong passwords within 15 minutes lock the operation until `Retry-After`.
#[utoipa::path(
    post, path = "/v1/auth/verify-email", operation_id = "verify_email", tag = "identity",
    security((), ("bearer" = [])),
    request_body = VerifyEmail,
    responses(
        (status = 204, description = "Address verified"),
        (status = 403, description = "`identity.password_required`: send an access token of the account, `password` or `newPassword`; `identity.wrong_password`: the password is wrong; `auth.suspended`: the account is suspended"),
        (status = 422, description = "`identity.link_invalid`: the token is invalid or expired, or was used; request a new e-mail"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong passwords within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn verify_email(
    State(ctx): State<&'static Verifications>,
    call: Invocation,
    caller: Option<Caller>,
    Json(body): Json<VerifyEmail>,
) -> Result<NoContent, Problem> {
    let mut fields = Fields::new();
    let one = if body.password.is_some() && body.new_password.is_some() {
        Err("must not be sent together with `password`")
    } else {
        Ok(())
    };
    let one = fields.check("newPassword", one);
    fields.all((one,))?;
    let (user_id, proof) = body.token.open(&ctx.link_key, Purpose::VerifyEmail)?;
    let read = ctx.base.store.account(user_id).await?.ok_or(Refusal::LinkInvalid)?;
    let now = ctx.base.clock.now();
    match &body.new_password {
        Some(password) => {
            // Before the hash, which is slow.
            read.value.check_verification(proof, now).map_err(Refusal::from)?;
            let new = NewPassword { field: "newPassword", password };
            let complete = |account: &mut Account, hash| account.reclaim(proof, hash, now);
            set_by_mail(&ctx.base.store, &call, now, read, new, complete).await?;
        }
        None => keep(ctx, &call, read, (proof, now), caller.as_ref(), body.password.as_ref()).await?,
    }
    Ok(NoContent)
}

/// Verifies the address and keeps the account as it is.
async fn keep(
    ctx: &Verifications,
    call: &Invocation,
    read: Versioned<Account>,
    (proof, now): (Uuid, Timestamp),
    caller: Option<&Caller>,
    password: Option<&Password>,
) -> Result<(), Problem> {
    if read.value.email_verified_at.is_some() {
        return Ok(());
    }
    read.value.check_verification(proof, now).map_err(Refusal::from)?;
    let is_signed_in = |account: &Account| {
        caller.is_some_and(|caller| caller.user_id == account.id && account.is_signed_in(caller.session_id, now))
    };
    let password = password.filter(|_| !is_signed_in(&read.value));
    let password = password.map(|password| Reauthentication::new(&read.value, password, now)).transpose()?;
    let (_, verified) = ctx
        .base
        .store
        .change_if(Start::or_refuse(read, Refusal::LinkInvalid), |account| {
            let possession = match &password {
                Some(password) => match password.check(account, now)? {
                    Ok(()) => Possession::Proven,
                    // Written, because the wrong password was counted.
                    Err(refusal) => return Ok((Err(refusal), Some(Outbox::none()))),
                },
                None if is_signed_in(account) => Possession::Proven,
                None => Possession::Unproven,
            };
            let verified = account.verify_email(proof, possession, now).map_err(Refusal::from)?;
            let outbox = verified.map(|verified| Outbox::of(call.event(now, verified))).transpose()?;
            Ok::<_, Problem>((Ok(()), outbox))
        })
        .await?;
    Ok(verified?)
}
