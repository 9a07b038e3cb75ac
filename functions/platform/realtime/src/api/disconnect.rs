//! `$disconnect`: a connection was closed.

use kit::websocket::{Answer, Answered, Disconnect};

use crate::ctx::Ctx;
use crate::domain::connection::ConnectionId;

/// Handles one disconnect. A record that is not found here is deleted by the next delivery, or expires.
pub async fn disconnect(ctx: &'static Ctx, event: Disconnect) -> Answered {
    if let Some(connection) = ctx.store.look_up(&ConnectionId::new(event.connection_id())).await? {
        event.note_caller(connection.value.user_id);
        ctx.store.disconnect(connection).await?;
    }
    Ok(Answer::Done)
}
