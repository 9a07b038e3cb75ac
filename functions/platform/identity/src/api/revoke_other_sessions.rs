//! `DELETE /v1/users/me/sessions`: ends all sessions of the caller except the current one.
//!
//! Emits `identity.session_ended.v1` for each.

use axum::extract::State;
use contracts::identity::SessionEndReason;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Invocation, NoContent, Problem};

use crate::ctx::Public;

/// End all my other sessions
///
/// Idempotent. Access tokens of ended sessions expire within 10 minutes.
#[utoipa::path(
    delete, path = "/v1/users/me/sessions", operation_id = "revoke_other_sessions", tag = "identity",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "Other sessions ended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
    )
)]
pub async fn revoke_other_sessions(
    State(ctx): State<&'static Public>,
    call: Invocation,
    caller: Caller,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let read = ctx.store.account_of(&caller, now).await?;
    ctx.store
        .change_if(read, |account| {
            let ended = account.sessions.end_all(Some(caller.session_id), SessionEndReason::Revoked, now);
            let mut outbox = Outbox::none();
            for ended in &ended {
                outbox.push(call.event(now, account.tell(ended.clone())))?;
            }
            Ok::<_, Problem>(((), (!ended.is_empty()).then_some(outbox)))
        })
        .await?;
    Ok(NoContent)
}
