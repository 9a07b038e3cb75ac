//! On `identity.session_ended.v1`: closes the connections of the session, and blocks new ones with its remaining
//! access tokens.

use contracts::Envelope;
use contracts::identity::SessionEnded;
use kit::sqs::{Done, Handled};
use serde_json::Value;

use crate::ctx::Ctx;
use crate::delivery;
use crate::store::UserErased;

/// Handles one event. Marks the session before it looks for connections. `$connect` works in the opposite order, so one of
/// the two always sees the other.
pub async fn end_sessions(ctx: &'static Ctx, event: Envelope<Value>) -> Handled {
    let ended = event.decode::<SessionEnded>()?.data;
    let now = ctx.clock.now();
    let is_new = match ctx.store.end_session(ended.user_id, ended.session_id, now).await? {
        // `realtime-forget-user` closes all connections of the user.
        Err(UserErased) => return Ok(Done::Ignored),
        Ok(is_new) => is_new,
    };
    let mut connections = ctx.store.connections(ended.user_id).await?;
    connections.retain(|connection| connection.value.session_id == ended.session_id);
    let closed = delivery::close_all(ctx, connections, ended.reason, now).await?;
    Ok(if is_new || closed.closed > 0 { Done::Applied } else { Done::Duplicate })
}
