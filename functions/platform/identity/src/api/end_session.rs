//! Ends one session, for its user and for admins.

use contracts::identity::SessionEndReason;
use dynamo::Outbox;
use kit::http::{Invocation, Problem};
use types::SessionId;

use crate::ctx::Public;
use crate::store::Start;

/// Ends a session of an account: true if it was live.
pub async fn end_session(
    ctx: &Public,
    call: &Invocation,
    read: impl Into<Start>,
    session: SessionId,
    reason: SessionEndReason,
) -> Result<bool, Problem> {
    let now = ctx.clock.now();
    let (_, was_live) = ctx
        .store
        .change_if(read, |account| match account.sessions.end(session, reason, now) {
            Some(ended) => Ok::<_, Problem>((true, Some(Outbox::of(call.event(now, account.tell(ended)))?))),
            None => Ok((false, None)),
        })
        .await?;
    Ok(was_live)
}
