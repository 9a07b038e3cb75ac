//! `POST /v1/users/me/password`: changes the password of the caller, who knows the current one.
//!
//! Emits `identity.password_changed.v1`, and `identity.session_ended.v1` for each other session.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Fields, Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::password_set;
use crate::api::reauthentication::Reauthentication;
use crate::ctx::Public;
use crate::domain::password::Password;
use crate::problem;
use crate::secrets;

/// Request to change the password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePassword {
    /// Current password.
    #[schema(value_type = String, format = Password)]
    current_password: Password,
    /// New password: 8 to 128 characters, not easy to guess (zxcvbn score of at least 3).
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128, example = "correct horse battery staple")]
    new_password: Password,
}

/// Change my password
///
/// Sets a new password and ends all other sessions; the session of the caller continues. Sends an e-mail to the
/// address of the account. Five wrong passwords within 15 minutes lock the operation until `Retry-After`.
#[utoipa::path(
    post, path = "/v1/users/me/password", operation_id = "change_password", tag = "identity",
    security(("bearer" = [])),
    request_body = ChangePassword,
    responses(
        (status = 204, description = "Password changed, other sessions ended"),
        (status = 403, description = "`identity.wrong_password`: `currentPassword` is wrong; `auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
        (status = 409, description = "`identity.no_password`: the account has no password"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong passwords within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn change_password(
    State(ctx): State<&'static Public>,
    call: Invocation,
    caller: Caller,
    Json(body): Json<ChangePassword>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let read = ctx.store.account_of(&caller, now).await?;
    let mut fields = Fields::new();
    let strong = fields.check("newPassword", password_set::check(&body.new_password, &read.value));
    fields.all((strong,))?;
    let current = Reauthentication::new(&read.value, &body.current_password, now)?;
    let salt = secrets::random().map_err(problem::secret)?;
    let hash = body.new_password.hash(&salt, ctx.store.hashing_cost()).map_err(problem::hash)?;

    let (_, changed) = ctx
        .store
        .change(read, |account| {
            if let Err(refusal) = current.check(account, now)? {
                return Ok::<_, Problem>((Err(refusal), Outbox::none()));
            }
            let set = account.change_password(hash.clone(), caller.session_id, now);
            Ok((Ok(()), password_set::tell(&call, now, set)?))
        })
        .await?;
    changed?;
    Ok(NoContent)
}
