//! `$disconnect`: a socket is closed.

use kit::websocket::{Answer, Answered, Disconnect};

use crate::ctx::Ctx;
use crate::domain::connection::ConnectionId;

/// Handles one end. A record that is not found here is removed by whoever meets the dead connection, or swept.
pub async fn disconnect(ctx: &'static Ctx, event: Disconnect) -> Answered {
    if let Some(connection) = ctx.store.look_up(&ConnectionId::new(event.connection_id())).await? {
        event.note_caller(connection.value.user_id);
        ctx.store.disconnect(connection).await?;
    }
    Ok(Answer::Done)
}
