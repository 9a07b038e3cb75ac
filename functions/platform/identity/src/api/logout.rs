//! `POST /v1/auth/logout`: ends the session of the caller.
//!
//! Emits `identity.session_ended.v1`.

use axum::extract::State;
use contracts::identity::SessionEndReason;
use kit::auth::Caller;
use kit::http::{Invocation, NoContent, Problem};

use crate::api::end_session::end_session;
use crate::ctx::Public;
use crate::problem::Refusal;

/// Sign out
///
/// Ends the session of the access token. Idempotent. Relies on the access token: a session that has ended already is not
/// an error.
#[utoipa::path(
    post, path = "/v1/auth/logout", operation_id = "logout", tag = "identity",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "Session ended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
    )
)]
pub async fn logout(
    State(ctx): State<&'static Public>,
    call: Invocation,
    caller: Caller,
) -> Result<NoContent, Problem> {
    let read = ctx.store.account(caller.user_id).await?.ok_or(Refusal::NoSuchUser)?;
    end_session(ctx, &call, read, caller.session_id, SessionEndReason::Logout).await?;
    Ok(NoContent)
}
