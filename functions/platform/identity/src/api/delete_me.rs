//! `DELETE /v1/users/me`: deletes the account of the caller. A tombstone without personal data remains.
//!
//! Emits `identity.user_deleted.v1`, on which every context erases its data, and `identity.session_ended.v1` for
//! each session.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::step_up::StepUp;
use crate::ctx::Public;
use crate::domain::account::Account;
use crate::domain::password::Password;
use crate::mfa_keys::WithMfaKeys;

/// Request to delete the account.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteMe {
    /// Password. Required if the account has one.
    #[schema(value_type = Option<String>, format = Password, max_length = 128, example = "correct horse battery staple")]
    password: Option<Password>,
    /// Six-digit code of the authenticator app, or a recovery code. Required if two-step verification is enabled.
    #[schema(format = Password, min_length = 6, max_length = 64, example = "287082")]
    code: Option<String>,
}

/// Delete my account
///
/// Deletes the account and all personal data in every context, asynchronously and permanently. Ends all sessions.
/// The e-mail address and the Telegram account can be registered again immediately. Requires the password if the
/// account has one, or else a sign-in within the last five minutes, and a code if two-step verification is enabled. A
/// suspended account cannot be deleted.
#[utoipa::path(
    delete, path = "/v1/users/me", operation_id = "delete_me", tag = "identity",
    security(("bearer" = [])),
    request_body = DeleteMe,
    responses(
        (status = 204, description = "Account deleted"),
        (status = 403, description = "`identity.wrong_password`: the password is wrong; `identity.mfa_code_required`: two-step verification is enabled; send `code`; `identity.mfa_code_wrong`: the code is wrong, used or expired; `identity.reauthentication_required`: the account has no password, and the last sign-in is more than five minutes ago; `auth.suspended`: a suspended account cannot be deleted"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong passwords or codes within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn delete_me(
    State(ctx): State<&'static WithMfaKeys<Public>>,
    call: Invocation,
    caller: Caller,
    Json(body): Json<DeleteMe>,
) -> Result<NoContent, Problem> {
    let (store, now) = (&ctx.base.store, ctx.base.clock.now());
    let read = store.account_of(&caller, now).await?;
    let step_up = StepUp::new(&read.value, caller.session_id, body.password.as_ref(), body.code.as_deref(), now)?;
    let keys = ctx.mfa_keys(now).await;
    let (_, deleted) = store
        .change_with_claims(read, |account: &mut Account| {
            // It refuses suspended accounts: their owners could register again under the same address.
            if let Err(refusal) = step_up.check(account, &keys, now)? {
                return Ok::<_, Problem>((Err(refusal), Outbox::none()));
            }
            let (ended, deleted) = account.erase(now);
            let mut outbox = Outbox::none();
            for fact in ended {
                outbox.push(call.event(now, fact))?;
            }
            outbox.push(call.event(now, deleted))?;
            Ok((Ok(()), outbox))
        })
        .await?;
    deleted?;
    Ok(NoContent)
}
