//! What is done to a connection that is met: it gets its text, or it is closed, or its record goes.
//!
//! A text that the gateway does not take is not sent again here, beyond the SDK's tries: it stands in the log, and the
//! client asks for it when it sees a gap, or when `pong` tells it of a newer number.

use contracts::identity::SessionEndReason;
use dynamo::{StoreError, Versioned};
use futures::StreamExt;
use jiff::Timestamp;
use types::UserId;

use crate::ctx::Ctx;
use crate::domain::connection::{Connection, Standing};
use crate::domain::incoming::Refusal;
use crate::frames::Frame;
use crate::sockets::{GatewayError, Sent};

/// Connections of one user that are served at once.
const MAX_PARALLEL_POSTS: usize = 10;

/// What became of a text for all connections of a user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Sockets that have it.
    pub sent: usize,
    /// Sockets that are closed now, or were dead.
    pub closed: usize,
    /// Sockets that did not take it, and will ask for it.
    pub failed: usize,
}

/// What became of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// It has the text.
    Sent,
    /// It is closed now, or was dead.
    Closed,
    /// It did not take it.
    Failed,
}

/// Sends a text to every connection of a user that may have it, several at once.
pub async fn to_user(ctx: &Ctx, user: UserId, text: &str, now: Timestamp) -> Result<Delivered, StoreError> {
    let connections = ctx.store.connections(user).await?;
    each(connections, async |connection| to_connection(ctx, connection, text, now).await).await
}

/// Closes every connection of a session, telling why.
pub async fn close_all(
    ctx: &Ctx,
    connections: Vec<Versioned<Connection>>,
    reason: SessionEndReason,
    now: Timestamp,
) -> Result<Delivered, StoreError> {
    each(connections, async |connection| end(ctx, connection, reason, now).await).await
}

async fn each(
    connections: Vec<Versioned<Connection>>,
    work: impl AsyncFn(Versioned<Connection>) -> Result<Met, StoreError>,
) -> Result<Delivered, StoreError> {
    let work = &work;
    // Boxed: several of them lie in one future.
    let met = futures::stream::iter(connections).map(async |connection| Box::pin(work(connection)).await);
    let met: Vec<_> = met.buffer_unordered(MAX_PARALLEL_POSTS).collect().await;
    // All are met before a failure is told: one broken record is not to keep the others waiting.
    let mut delivered = Delivered::default();
    for met in met {
        match met? {
            Met::Sent => delivered.sent += 1,
            Met::Closed => delivered.closed += 1,
            Met::Failed => delivered.failed += 1,
        }
    }
    Ok(delivered)
}

async fn to_connection(
    ctx: &Ctx,
    connection: Versioned<Connection>,
    text: &str,
    now: Timestamp,
) -> Result<Met, StoreError> {
    match connection.value.standing(now) {
        Standing::Open => match ctx.sockets.send(&connection.value.connection_id, text).await {
            Ok(Sent::Delivered) => Ok(Met::Sent),
            Ok(Sent::Gone) => gone(ctx, connection, now).await,
            Err(error) => Ok(failed(&error)),
        },
        Standing::Expired => close(ctx, connection, &Frame::Reauthenticate, now).await,
        Standing::Ended(reason) => end(ctx, connection, reason, now).await,
    }
}

/// Removes the record of a dead connection. One that is about to open looks the same, and stays.
async fn gone(ctx: &Ctx, connection: Versioned<Connection>, now: Timestamp) -> Result<Met, StoreError> {
    if connection.value.may_be_opening(now) {
        return Ok(Met::Failed);
    }
    ctx.store.disconnect(connection).await?;
    Ok(Met::Closed)
}

/// Tells a connection a last thing, closes it, and removes its record.
pub async fn close(
    ctx: &Ctx,
    connection: Versioned<Connection>,
    last: &Frame<'_>,
    now: Timestamp,
) -> Result<Met, StoreError> {
    let id = &connection.value.connection_id;
    match ctx.sockets.send(id, &last.text(None)).await {
        Ok(Sent::Gone) => return gone(ctx, connection, now).await,
        Ok(Sent::Delivered) => {}
        // It is closed all the same.
        Err(error) => warn(&error),
    }
    match ctx.sockets.close(id).await {
        Ok(()) => ctx.store.disconnect(connection).await.map(|()| Met::Closed),
        Err(error) => Ok(failed(&error)),
    }
}

/// Ends a connection whose session has ended. If it is about to open, or the gateway fails, whoever meets it next does it:
/// the mark makes sure of that.
async fn end(
    ctx: &Ctx,
    connection: Versioned<Connection>,
    reason: SessionEndReason,
    now: Timestamp,
) -> Result<Met, StoreError> {
    let met = close(ctx, connection.clone(), &Frame::SessionEnded(reason), now).await?;
    if met != Met::Closed && connection.value.ended.is_none() {
        ctx.store.change(connection, |there| there.to_be_closed(reason)).await?;
    }
    Ok(met)
}

/// Closes connections that are too many.
pub async fn make_room(
    ctx: &Ctx,
    connections: Vec<Versioned<Connection>>,
    now: Timestamp,
) -> Result<Delivered, StoreError> {
    let last = Frame::Error(Refusal::TooManyConnections);
    each(connections, async |connection| close(ctx, connection, &last, now).await).await
}

fn failed(error: &GatewayError) -> Met {
    warn(error);
    Met::Failed
}

fn warn(error: &GatewayError) {
    tracing::warn!(%error, "a connection could not be reached");
}
