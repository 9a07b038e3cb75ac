//! `POST /v1/auth/confirm-email`: confirms a change of the e-mail address with the token of the link to the new address.
//!
//! Emits `identity.email_changed.v1`, and `identity.session_ended.v1` for each other session.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Caller, Purpose};
use kit::http::{Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::LinkToken;
use crate::api::reauthentication::Reauthentication;
use crate::api::sign_in::check_open;
use crate::ctx::Verifications;
use crate::domain::account::Account;
use crate::domain::password::Password;
use crate::domain::proof::Possession;
use crate::problem::Refusal;
use crate::store::Start;

/// Request to confirm a new e-mail address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfirmEmail {
    /// `token` in the fragment of the link in the e-mail.
    #[schema(value_type = String, max_length = 128)]
    token: LinkToken,
    /// Password of the account. Required without an access token of the account.
    #[schema(value_type = Option<String>, format = Password, max_length = 128, example = "correct horse battery staple")]
    password: Option<Password>,
}

/// Confirm new e-mail address
///
/// The token proves the new mailbox. Possession of the account must be proven too: on a signed-in device, send its access
/// token; on another device, send `password`. A request with the token alone gets 403 and changes nothing.
///
/// From then on the account has the new address, which is verified. All other sessions end, and open links of earlier
/// e-mails become invalid. The earlier address, if it was verified, is reserved for seven days, in which the link in the
/// notice that it received undoes the change.
#[utoipa::path(
    post, path = "/v1/auth/confirm-email", operation_id = "confirm_email", tag = "identity",
    security((), ("bearer" = [])),
    request_body = ConfirmEmail,
    responses(
        (status = 204, description = "Address changed"),
        (status = 403, description = "`identity.password_required`: send an access token of the account or `password`; `identity.wrong_password`: the password is wrong; `auth.suspended`: the account is suspended"),
        (status = 409, description = "`identity.email_taken`: another account has this address, or it is reserved; `identity.no_password`: the account has no password; send an access token of it"),
        (status = 422, description = "`identity.link_invalid`: the token is invalid or expired, was used, or another change was requested; request the change again"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong passwords within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn confirm_email(
    State(ctx): State<&'static Verifications>,
    call: Invocation,
    caller: Option<Caller>,
    Json(body): Json<ConfirmEmail>,
) -> Result<NoContent, Problem> {
    let (user_id, proof) = body.token.open(&ctx.link_key, Purpose::ConfirmNewEmail)?;
    let (store, now) = (&ctx.base.store, ctx.base.clock.now());
    let read = store.account(user_id).await?.ok_or(Refusal::LinkInvalid)?;
    read.value.check_email_change(proof, now).map_err(Refusal::from)?;
    let session = |account: &Account| {
        let own = caller.as_ref().filter(|caller| caller.user_id == account.id).map(|caller| caller.session_id);
        own.filter(|session| account.is_signed_in(*session, now))
    };
    let password = body.password.as_ref().filter(|_| session(&read.value).is_none());
    let password = password.map(|password| Reauthentication::new(&read.value, password, now)).transpose()?;
    let (_, confirmed) = store
        .change_with_claims(Start::or_refuse(read, Refusal::LinkInvalid), |account: &mut Account| {
            check_open(account)?;
            let kept = session(account);
            let possession = match &password {
                Some(password) => match password.check(account, now)? {
                    Ok(()) => Possession::Proven,
                    // Written, because the wrong password was counted.
                    Err(refusal) => return Ok((Err(refusal), Outbox::none())),
                },
                None if kept.is_some() => Possession::Proven,
                None => Possession::Unproven,
            };
            let confirmed = account.confirm_email_change(proof, possession, kept, now).map_err(Refusal::from)?;
            let mut outbox = Outbox::of(call.event(now, confirmed.changed))?;
            for ended in confirmed.ended {
                outbox.push(call.event(now, ended))?;
            }
            Ok::<_, Problem>((Ok(()), outbox))
        })
        .await?;
    confirmed?;
    Ok(NoContent)
}
