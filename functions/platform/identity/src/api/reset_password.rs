//! `POST /v1/auth/reset-password`: sets a new password with the token of a reset e-mail, and ends all sessions.
//!
//! Emits `identity.password_changed.v1`, `identity.session_ended.v1` for each session, and
//! `identity.email_verified.v1` if the address was not verified.

use axum::extract::State;
use kit::auth::Purpose;
use kit::http::{Fields, Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::{LinkToken, password_set};
use crate::ctx::Links;
use crate::domain::password::Password;
use crate::problem::{self, Refusal};
use crate::secrets;

/// Request to reset the password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetPassword {
    /// `token` parameter of the link in the e-mail.
    #[schema(value_type = String)]
    token: LinkToken,
    /// New password: 8 to 128 characters, not easy to guess (zxcvbn score of at least 3).
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128, example = "correct horse battery staple")]
    password: Password,
}

/// Reset password
///
/// The token is valid for 30 minutes and for one use; a newer e-mail replaces it. Ends all sessions, marks the
/// address as verified and sends an e-mail.
#[utoipa::path(
    post, path = "/v1/auth/reset-password", operation_id = "reset_password", tag = "identity",
    request_body = ResetPassword,
    responses(
        (status = 204, description = "Password reset, all sessions ended"),
        (status = 422, description = "`identity.link_invalid`: the token is invalid, used, expired or replaced; request a new e-mail"),
    )
)]
pub async fn reset_password(
    State(ctx): State<&'static Links>,
    call: Invocation,
    Json(body): Json<ResetPassword>,
) -> Result<NoContent, Problem> {
    let (user_id, proof) = body.token.open(&ctx.link_key, Purpose::ResetPassword)?;
    let read = ctx.store.account(user_id).await?.ok_or(Refusal::LinkInvalid)?;
    let now = ctx.clock.now();
    // Before the hash, which is made slow on purpose.
    read.value.check_reset(proof, now).map_err(Refusal::from)?;
    let mut fields = Fields::new();
    let strong = fields.check("password", password_set::check(&body.password, &read.value));
    fields.all((strong,))?;
    let salt = secrets::random().map_err(problem::secret)?;
    let hash = body.password.hash(&salt, ctx.store.hashing_cost()).map_err(problem::hash)?;

    ctx.store
        .change_with_claims(read, |account| {
            let set = account.reset_password(proof, hash.clone(), now).map_err(Refusal::from)?;
            Ok::<_, Problem>(((), password_set::tell(&call, now, set)?))
        })
        .await?;
    Ok(NoContent)
}
