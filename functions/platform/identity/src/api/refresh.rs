//! `POST /v1/auth/refresh`: new tokens for a session, once per refresh token.
//! Emits `identity.session_ended.v1` where a token is replayed.

use axum::extract::State;
use dynamo::Outbox;
use kit::http::{Invocation, Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::Tokens;
use crate::ctx::Ctx;
use crate::domain::session::Refreshed;
use crate::problem::Refusal;

/// What keeps a session alive.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refresh {
    refresh_token: String,
}

/// The session's new tokens.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefreshedTokens {
    tokens: Tokens,
}

/// Get new tokens
///
/// Each refresh token is replaced by its use. For half a minute after that it still gets the session's current token, so that
/// tabs that refresh at once and clients whose answer was lost stay signed in; after it, its use ends the session.
#[utoipa::path(
    post, path = "/v1/auth/refresh", operation_id = "refresh", tag = "identity",
    request_body = Refresh,
    responses(
        (status = 200, description = "New tokens", body = RefreshedTokens),
        (status = 401, description = "`identity.refresh_invalid`, `identity.refresh_replayed`"),
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
        .change_if(read, |account| {
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
