//! `POST /v1/users/me/password`: sets a new password for somebody who knows the old one.
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

/// The old password and the new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePassword {
    #[schema(value_type = String, format = Password)]
    current_password: Password,
    /// 8 to 128 characters, and not easy to guess.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128, example = "correct horse battery staple")]
    new_password: Password,
}

/// Change one's own password
///
/// All other devices must sign in again, and a mail tells that the password was changed.
#[utoipa::path(
    post, path = "/v1/users/me/password", operation_id = "change_password", tag = "identity",
    security(("bearer" = [])),
    request_body = ChangePassword,
    responses(
        (status = 204, description = "The password is set, and all other sessions have ended"),
        (status = 401, description = "`identity.session_ended`"),
        (status = 403, description = "`identity.wrong_password`: the current one; `identity.suspended`"),
        (status = 404, description = "`identity.no_such_user`: the account is gone"),
        (status = 409, description = "`identity.no_password`: the account has none to change"),
        (status = 429, description = "`identity.too_many_attempts`: five passwords were wrong within 15 minutes"),
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
    let hash = body.new_password.hash(&secrets::random().map_err(problem::secret)?).map_err(problem::hash)?;

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
