//! `POST /v1/auth/verify-email`: proves an address with the link that was mailed to it.
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

/// What the link carries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyEmail {
    /// The link's `token`.
    #[schema(value_type = String)]
    token: LinkToken,
}

/// Prove an address
///
/// The mail that asks for it holds the token. It works for 24 hours, and a newer mail takes its place. Once the address is
/// proven the same link is answered in the same way, and changes nothing.
#[utoipa::path(
    post, path = "/v1/auth/verify-email", operation_id = "verify_email", tag = "identity",
    request_body = VerifyEmail,
    responses(
        (status = 204, description = "The address is proven"),
        (status = 422, description = "`identity.link_invalid`: the link is not ours, has expired or was replaced"),
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
