//! `DELETE /v1/users/me/sessions/{id}`: ends one session of the caller.
//!
//! Emits `identity.session_ended.v1`.

use axum::extract::State;
use contracts::identity::SessionEndReason;
use kit::auth::Caller;
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::SessionId;

use crate::api::end_session::end_session;
use crate::ctx::Public;
use crate::problem::Refusal;

/// End one of my sessions
///
/// Access tokens of the session expire within 10 minutes.
#[utoipa::path(
    delete, path = "/v1/users/me/sessions/{id}", operation_id = "revoke_session", tag = "identity",
    security(("bearer" = [])),
    params(("id" = SessionId, Path, description = "Session ID")),
    responses(
        (status = 204, description = "Session ended"),
        (status = 404, description = "`identity.no_such_session`: no active session of the caller with this ID; `identity.no_such_user`: the account was deleted"),
    )
)]
pub async fn revoke_session(
    State(ctx): State<&'static Public>,
    call: Invocation,
    caller: Caller,
    Path(Id { id }): Path<Id<SessionId>>,
) -> Result<NoContent, Problem> {
    let read = ctx.store.account_of(&caller, ctx.clock.now()).await?;
    if end_session(ctx, &call, read, id, SessionEndReason::Revoked).await? {
        Ok(NoContent)
    } else {
        Err(Refusal::NoSuchSession.into())
    }
}
