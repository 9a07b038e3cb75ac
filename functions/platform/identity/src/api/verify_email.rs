//! `POST /v1/auth/verify-email`: verifies an e-mail address with the token of a verification e-mail.
//!
//! Emits `identity.email_verified.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Purpose;
use kit::http::{Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::LinkToken;
use crate::ctx::Links;
use crate::problem::{Refusal, Unwritten};

/// Request to verify an e-mail address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyEmail {
    /// `token` parameter of the link in the e-mail.
    #[schema(value_type = String)]
    token: LinkToken,
}

/// Verify e-mail address
///
/// The token is valid for 24 hours; a newer e-mail replaces it. Idempotent: a verified address can be verified
/// again with the same token.
#[utoipa::path(
    post, path = "/v1/auth/verify-email", operation_id = "verify_email", tag = "identity",
    request_body = VerifyEmail,
    responses(
        (status = 204, description = "Address verified"),
        (status = 422, description = "`identity.link_invalid`: the token is invalid, expired or replaced; request a new e-mail"),
    )
)]
pub async fn verify_email(
    State(ctx): State<&'static Links>,
    call: Invocation,
    Json(body): Json<VerifyEmail>,
) -> Result<NoContent, Problem> {
    let (user_id, proof) = body.token.open(&ctx.link_key, Purpose::VerifyEmail)?;
    let read = ctx.store.account(user_id).await?.ok_or(Refusal::LinkInvalid)?;
    let now = ctx.clock.now();
    let changed = ctx.store.change(read, |account| {
        let fact = account.verify_email(proof, now).map_err(Refusal::from)?.ok_or(Unwritten::Nothing)?;
        Ok(((), Outbox::of(call.event(now, fact))?))
    });
    Unwritten::or_nothing(changed.await)?;
    Ok(NoContent)
}
