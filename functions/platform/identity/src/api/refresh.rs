//! `POST /v1/auth/refresh`: exchanges a refresh token for new tokens.
//!
//! Emits `identity.session_ended.v1` when a refresh token is reused.

use axum::extract::State;
use dynamo::Outbox;
use kit::http::{Invocation, Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Tokens;
use crate::ctx::Ctx;
use crate::domain::session::Refreshed;
use crate::problem::Refusal;
use crate::store::Start;

/// Refresh request.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = RefreshRequest)]
pub struct Refresh {
    /// Latest refresh token of the session.
    #[schema(max_length = 256)]
    refresh_token: String,
}

/// New tokens of a session.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefreshedTokens {
    /// New tokens.
    tokens: Tokens,
}

/// Refresh tokens
///
/// Each refresh token can be used once. A used token keeps returning the current tokens for 30 seconds, for
/// concurrent tabs and retries. Later reuse is treated as token theft and ends the session.
#[utoipa::path(
    post, path = "/v1/auth/refresh", operation_id = "refresh", tag = "identity",
    request_body = Refresh,
    responses(
        (status = 200, description = "New tokens", body = RefreshedTokens),
        (status = 401, description = "`identity.refresh_invalid`: unknown token or ended session; sign in again; `identity.refresh_replayed`: the token was reused, so the session was ended; sign in again"),
    )
)]
pub async fn refresh(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    Json(body): Json<Refresh>,
) -> Result<Json<RefreshedTokens>, Problem> {
    let (now, issuer) = (ctx.clock.now(), ctx.issuer().await);
    let key = issuer.refresh_key();
    let token = key.read(&body.refresh_token).map_err(|_| Refusal::RefreshInvalid)?;
    let read = ctx.store.account(token.user_id).await?.ok_or(Refusal::RefreshInvalid)?;

    let (written, refreshed) = ctx
        .store
        .change_if(Start::or_refuse(read, Refusal::RefreshInvalid), |account| {
            let refreshed = account.sessions.refresh(key, &token, now);
            let outbox = match &refreshed {
                Refreshed::Rotated(_) => Some(Outbox::none()),
                Refreshed::Again(_) | Refreshed::Gone => None,
                Refreshed::Replayed(ended) => Some(Outbox::of(call.event(now, account.tell(ended.as_ref().clone())))?),
            };
            Ok::<_, Problem>((refreshed, outbox))
        })
        .await?;
    match refreshed {
        Refreshed::Rotated(next) | Refreshed::Again(next) => {
            Ok(Json(RefreshedTokens { tokens: Tokens::issue(&issuer, &written.value, &next, now)? }))
        }
        Refreshed::Gone => Err(Refusal::RefreshInvalid.into()),
        Refreshed::Replayed(_) => Err(Refusal::RefreshReplayed.into()),
    }
}
