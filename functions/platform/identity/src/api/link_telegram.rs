//! `POST /v1/users/me/telegram`: links a Telegram account to the account of the caller.
//!
//! Emits `identity.telegram_linked.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::sign_in::check_open;
use crate::api::step_up::StepUp;
use crate::ctx::Public;
use crate::domain::account::Account;
use crate::domain::password::Password;
use crate::mfa_keys::WithMfaKeys;
use crate::telegram::{InitData, WithTelegram};

/// Request to link a Telegram account.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LinkTelegram {
    /// `Telegram.WebApp.initData`, unchanged. Valid for five minutes.
    #[schema(value_type = String, max_length = 8192, example = "query_id=AAH&user=%7B%22id%22%3A4711%2C%22first_name%22%3A%22Ann%22%7D&auth_date=1800000000&hash=…")]
    init_data: InitData,
    /// Password of the account. Required if it has one.
    #[schema(value_type = Option<String>, format = Password, max_length = 128, example = "correct horse battery staple")]
    password: Option<Password>,
    /// Six-digit code of the authenticator app, or a recovery code. Required if two-step verification is enabled.
    #[schema(format = Password, min_length = 6, max_length = 64, example = "287082")]
    code: Option<String>,
}

/// Link Telegram
///
/// The Telegram account can then sign in to this account. Replaces a Telegram account that was linked before. Requires
/// the password, and a code if two-step verification is enabled. Sends an e-mail. Linking the same Telegram account
/// again has no effect and requires neither. Accounts without a password require a sign-in within the last five minutes.
#[utoipa::path(
    post, path = "/v1/users/me/telegram", operation_id = "link_telegram", tag = "identity",
    security(("bearer" = [])),
    request_body = LinkTelegram,
    responses(
        (status = 204, description = "Telegram account linked"),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again; `identity.telegram_invalid`: the init data is not signed by the bot; `identity.telegram_expired`: the init data is older than five minutes; open the Mini App again"),
        (status = 403, description = "`identity.wrong_password`: the password is wrong; `identity.mfa_code_required`: two-step verification is enabled; send `code`; `identity.mfa_code_wrong`: the code is wrong, used or expired; `identity.reauthentication_required`: the account has no password, and the last sign-in is more than five minutes ago; `auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted; `identity.telegram_off`: Telegram sign-in is not configured in this deployment"),
        (status = 409, description = "`identity.telegram_taken`: the Telegram account is linked to another account"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong passwords or codes within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn link_telegram(
    State(ctx): State<&'static WithTelegram<WithMfaKeys<Public>>>,
    call: Invocation,
    caller: Caller,
    Json(body): Json<LinkTelegram>,
) -> Result<NoContent, Problem> {
    let (public, now) = (&ctx.base.base, ctx.base.base.clock.now());
    let read = public.store.account_of(&caller, now).await?;
    let user = ctx.user(&body.init_data, now).await?;
    check_open(&read.value)?;
    if read.value.is_linked_to(user.id) {
        return Ok(NoContent);
    }
    let step_up = StepUp::new(&read.value, caller.session_id, body.password.as_ref(), body.code.as_deref(), now)?;
    let keys = ctx.base.mfa_keys(now).await;
    let (_, linked) = public
        .store
        .change_with_claims(read, |account: &mut Account| {
            if let Err(refusal) = step_up.check(account, &keys, now)? {
                return Ok::<_, Problem>((Err(refusal), Outbox::none()));
            }
            let linked = account.link_telegram(user.id, now);
            Ok((Ok(()), linked.map(|linked| Outbox::of(call.event(now, linked))).transpose()?.unwrap_or_default()))
        })
        .await?;
    linked?;
    Ok(NoContent)
}
