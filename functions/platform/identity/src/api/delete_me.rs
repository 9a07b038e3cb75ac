//! `DELETE /v1/users/me`: deletes the account of the caller. A tombstone without personal data remains.
//!
//! Emits `identity.user_deleted.v1`, on which every context erases its data, and `identity.session_ended.v1` for
//! each session.

use axum::extract::State;
use dynamo::Outbox;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Fields, Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::reauthentication::Reauthentication;
use crate::api::sign_in::check_open;
use crate::ctx::Public;
use crate::domain::account::Account;
use crate::domain::password::Password;
use crate::problem::Refusal;

/// Request to delete the account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteMe {
    /// Password. Required if the account has one.
    #[schema(value_type = Option<String>, format = Password, example = "correct horse battery staple")]
    password: Option<Password>,
}

/// Delete my account
///
/// Deletes the account and all personal data in every context, asynchronously and permanently. Ends all sessions.
/// The e-mail address and the Telegram account can be registered again immediately. Requires the password if the
/// account has one; a suspended account cannot be deleted.
#[utoipa::path(
    delete, path = "/v1/users/me", operation_id = "delete_me", tag = "identity",
    security(("bearer" = [])),
    request_body = DeleteMe,
    responses(
        (status = 204, description = "Account deleted"),
        (status = 403, description = "`identity.wrong_password`: the password is wrong; `auth.suspended`: a suspended account cannot be deleted"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong passwords within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn delete_me(
    State(ctx): State<&'static Public>,
    call: Invocation,
    caller: Caller,
    Json(body): Json<DeleteMe>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let read = ctx.store.account_of(&caller, now).await?;
    let proof = prove(&read.value, body.password.as_ref(), now)?;
    let (_, deleted) = ctx
        .store
        .change_with_claims(read, |account: &mut Account| {
            // A suspended account stays: else whoever was shut out could come back in under the same address.
            check_open(account)?;
            if account.password.is_some() != proof.is_some() {
                // A password was set a moment ago: nothing was proven.
                return Err(Problem::from(Refusal::WrongPassword));
            }
            if let Some(Err(refusal)) = proof.as_ref().map(|proof| proof.check(account, now)).transpose()? {
                return Ok((Err(refusal), Outbox::none()));
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

/// The password, compared, where there is one to give.
fn prove(account: &Account, password: Option<&Password>, now: Timestamp) -> Result<Option<Reauthentication>, Problem> {
    if account.password.is_none() {
        return Ok(None);
    }
    let mut fields = Fields::new();
    let password = fields.check("password", password.ok_or("is required"));
    let (password,) = fields.all((password,))?;
    Reauthentication::new(account, password, now).map(Some)
}
