//! `DELETE /v1/users/me`: deletes the caller's account. A tombstone stays, with nothing personal in it.
//! Emits `identity.user_deleted.v1`, which every context obeys, and `identity.session_ended.v1` for each session.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Fields, Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::domain::account::{Account, Status};
use crate::domain::password::{Password, PasswordHashText};
use crate::problem::{self, Refusal};

/// What proves that it is the owner who wants this, and not somebody who found their device open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteMe {
    /// The password, if the account has one.
    #[schema(value_type = Option<String>, format = Password, example = "correct horse battery staple")]
    password: Option<Password>,
}

/// Delete one's own account
///
/// It cannot be undone. The address and the Telegram account can be used for a new account at once.
#[utoipa::path(
    delete, path = "/v1/users/me", operation_id = "delete_me", tag = "identity",
    security(("bearer" = [])),
    request_body = DeleteMe,
    responses(
        (status = 204, description = "The account is gone, and all its sessions have ended"),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`, `identity.bad_credentials`: the password is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`identity.suspended`: a suspended account cannot be deleted by its owner", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`identity.no_such_user`: the account is gone", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`: the password is missing", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn delete_me(
    State(ctx): State<&'static Public>,
    call: Invocation,
    caller: Caller,
    Json(body): Json<DeleteMe>,
) -> Result<NoContent, Problem> {
    let read = ctx.store.account(caller.user_id).await?.ok_or(Refusal::NoSuchUser)?;
    if let Some(hash) = &read.value.password {
        prove(hash, body.password.as_ref())?;
    }
    let (proven, now) = (read.value.password.clone(), ctx.clock.now());
    ctx.store
        .change_with_claims(read, |account: &mut Account| {
            if account.password != proven {
                // It was changed a moment ago: what was proven proves nothing now.
                return Err(Problem::from(Refusal::BadCredentials));
            }
            if account.status == Status::Suspended {
                // Else whoever was shut out could come back in under the same address.
                return Err(Refusal::Suspended.into());
            }
            let (ended, deleted) = account.erase(now);
            let mut outbox = Outbox::none();
            for fact in ended {
                outbox.push(call.event(now, fact))?;
            }
            outbox.push(call.event(now, deleted))?;
            Ok(((), outbox))
        })
        .await?;
    Ok(NoContent)
}

fn prove(hash: &PasswordHashText, password: Option<&Password>) -> Result<(), Problem> {
    let mut fields = Fields::new();
    let password = fields.check("password", password.ok_or("is required"));
    let (password,) = fields.all((password,))?;
    if password.matches(hash).map_err(problem::hash)? { Ok(()) } else { Err(Refusal::BadCredentials.into()) }
}
