//! `POST /v1/auth/mfa/cancel-removal`: cancels the removal of a second factor with the token of an e-mail.
//!
//! Emits `identity.mfa_removal_cancelled.v1`.

use axum::extract::State;
use contracts::identity::MfaRemovalCanceller;
use dynamo::Outbox;
use kit::auth::Purpose;
use kit::http::{Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::LinkToken;
use crate::ctx::Links;
use crate::domain::account::Account;
use crate::problem::Refusal;

/// Request to keep the second factor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelMfaRemoval {
    /// `token` parameter of the link in the e-mail.
    #[schema(value_type = String, max_length = 128)]
    token: LinkToken,
}

/// Cancel removal with link
///
/// Cancels the removal of the second factor that an admin requested. The token is valid until the removal takes effect, is
/// cancelled or lapses. Sends an e-mail.
#[utoipa::path(
    post, path = "/v1/auth/mfa/cancel-removal", operation_id = "cancel_mfa_removal_by_link", tag = "identity",
    request_body = CancelMfaRemoval,
    responses(
        (status = 204, description = "Removal cancelled"),
        (status = 422, description = "`identity.link_invalid`: the token is invalid, or the removal is no longer pending"),
    )
)]
pub async fn cancel_mfa_removal_by_link(
    State(ctx): State<&'static Links>,
    call: Invocation,
    Json(body): Json<CancelMfaRemoval>,
) -> Result<NoContent, Problem> {
    let (user_id, removal) = body.token.open(&ctx.link_key, Purpose::CancelMfaRemoval)?;
    let read = ctx.store.account(user_id).await?.ok_or(Refusal::LinkInvalid)?;
    let now = ctx.clock.now();
    ctx.store
        .change(read, |account: &mut Account| {
            let is_meant = account.pending_removal(now).is_some_and(|pending| pending.id == removal);
            let cancelled = account.cancel_mfa_removal(MfaRemovalCanceller::User, now).filter(|_| is_meant);
            Ok::<_, Problem>(((), Outbox::of(call.event(now, cancelled.ok_or(Refusal::LinkInvalid)?))?))
        })
        .await?;
    Ok(NoContent)
}
