//! Delivery to connections: sends a frame, closes the connection or deletes its record.
//!
//! A frame that the gateway does not accept after the retries of the SDK is not sent again: the message is in the
//! log, and the client requests it when it notices a gap, or when `pong` names a newer number.

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

/// Connections of one user that are served concurrently.
const MAX_PARALLEL_POSTS: usize = 10;

/// Result of a delivery to all connections of a user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Connections that received it.
    pub sent: usize,
    /// Connections that were closed or gone.
    pub closed: usize,
    /// Connections that did not accept it; their clients will request it.
    pub failed: usize,
}

/// Result of a delivery to one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The frame was sent.
    Sent,
    /// The connection was closed or gone.
    Closed,
    /// The gateway did not accept the frame.
    Failed,
}

/// Sends a frame to every authorized connection of a user, several concurrently.
pub async fn to_user(ctx: &Ctx, user: UserId, text: &str, now: Timestamp) -> Result<Delivered, StoreError> {
    let connections = ctx.store.connections(user).await?;
    each(connections, async |connection| to_connection(ctx, connection, text, now).await).await
}

/// Closes every connection of a session, with the reason.
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
    work: impl AsyncFn(Versioned<Connection>) -> Result<DeliveryOutcome, StoreError>,
) -> Result<Delivered, StoreError> {
    let work = &work;
    // Boxed, because several are part of one future.
    let met = futures::stream::iter(connections).map(async |connection| Box::pin(work(connection)).await);
    let met: Vec<_> = met.buffer_unordered(MAX_PARALLEL_POSTS).collect().await;
    // All connections are processed before an error returns, so that one broken record does not block the others.
    let mut delivered = Delivered::default();
    for met in met {
        match met? {
            DeliveryOutcome::Sent => delivered.sent += 1,
            DeliveryOutcome::Closed => delivered.closed += 1,
            DeliveryOutcome::Failed => delivered.failed += 1,
        }
    }
    Ok(delivered)
}

async fn to_connection(
    ctx: &Ctx,
    connection: Versioned<Connection>,
    text: &str,
    now: Timestamp,
) -> Result<DeliveryOutcome, StoreError> {
    match connection.value.standing(now) {
        Standing::Open => match ctx.sockets.send(&connection.value.connection_id, text).await {
            Ok(Sent::Delivered) => Ok(DeliveryOutcome::Sent),
            Ok(Sent::Gone) => gone(ctx, connection, now).await,
            Err(error) => Ok(failed(&error)),
        },
        Standing::Expired => close(ctx, connection, &Frame::Reauthenticate, now).await,
        Standing::Ended(reason) => end(ctx, connection, reason, now).await,
    }
}

/// Deletes the record of a gone connection, unless it may still be opening.
async fn gone(ctx: &Ctx, connection: Versioned<Connection>, now: Timestamp) -> Result<DeliveryOutcome, StoreError> {
    if connection.value.may_be_opening(now) {
        return Ok(DeliveryOutcome::Failed);
    }
    ctx.store.disconnect(connection).await?;
    Ok(DeliveryOutcome::Closed)
}

/// Sends a last frame, closes the connection and deletes its record.
pub async fn close(
    ctx: &Ctx,
    connection: Versioned<Connection>,
    last: &Frame<'_>,
    now: Timestamp,
) -> Result<DeliveryOutcome, StoreError> {
    let id = &connection.value.connection_id;
    match ctx.sockets.send(id, &last.text(None)).await {
        Ok(Sent::Gone) => return gone(ctx, connection, now).await,
        Ok(Sent::Delivered) => {}
        // The connection is closed in any case.
        Err(error) => warn(&error),
    }
    match ctx.sockets.close(id).await {
        Ok(()) => ctx.store.disconnect(connection).await.map(|()| DeliveryOutcome::Closed),
        Err(error) => Ok(failed(&error)),
    }
}

/// Closes a connection whose session has ended. If it is still opening or the gateway fails, the record is marked, and the
/// next function that uses it closes it.
async fn end(
    ctx: &Ctx,
    connection: Versioned<Connection>,
    reason: SessionEndReason,
    now: Timestamp,
) -> Result<DeliveryOutcome, StoreError> {
    let met = close(ctx, connection.clone(), &Frame::SessionEnded(reason), now).await?;
    if met != DeliveryOutcome::Closed && connection.value.ended.is_none() {
        ctx.store.change(connection, |there| there.to_be_closed(reason)).await?;
    }
    Ok(met)
}

/// Closes connections beyond the limit per user.
pub async fn make_room(
    ctx: &Ctx,
    connections: Vec<Versioned<Connection>>,
    now: Timestamp,
) -> Result<Delivered, StoreError> {
    let last = Frame::Error(Refusal::TooManyConnections);
    each(connections, async |connection| close(ctx, connection, &last, now).await).await
}

fn failed(error: &GatewayError) -> DeliveryOutcome {
    warn(error);
    DeliveryOutcome::Failed
}

fn warn(error: &GatewayError) {
    tracing::warn!(%error, "a connection could not be reached");
}
