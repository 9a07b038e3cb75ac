//! `$connect`: opens a connection with an access token.

use jiff::Timestamp;
use kit::auth::Claims;
use kit::websocket::{Answer, Answered, Connect, Failure};

use crate::ctx::{ConnectContext, Ctx};
use crate::delivery;
use crate::domain::connection::{Connection, ConnectionId, surplus};
use crate::domain::handshake;
use crate::domain::incoming::Refusal;
use crate::store::UserErased;

/// Handles one connection attempt.
///
/// A browser sends the page's `Origin`, and lets every page connect: the check keeps pages of strangers from using a token.
///
/// Stores the connection before it checks whether the session has ended. `realtime-end-sessions` works in the opposite order,
/// so one of the two always sees the other.
pub async fn connect(ctx: &'static ConnectContext, event: Connect) -> Answered {
    if !ctx.origins.allow(event.origin()) {
        return Ok(Answer::Forbidden(Refusal::OriginNotAllowed.code()));
    }
    let ctx = &ctx.with_tokens;
    let refused = |refusal: Refusal| Ok(Answer::Unauthorized(refusal.code()));
    let Some(offer) = handshake::read(event.protocols(), event.token()) else {
        return refused(Refusal::NoValidToken);
    };
    let Ok(claims) = ctx.verifier.verify(offer.token) else { return refused(Refusal::NoValidToken) };
    event.note_caller(claims.sub);
    let connection = opened(&claims, &event, ctx.ctx.clock.now())?;
    match admit(&ctx.ctx, connection).await? {
        Ok(()) => Ok(Answer::Accept(offer.protocol)),
        Err(refusal) => refused(refusal),
    }
}

fn opened(claims: &Claims, event: &Connect, now: Timestamp) -> Result<Connection, Failure> {
    let authorized_until = Timestamp::from_second(claims.exp).map_err(|error| Failure(error.to_string()))?;
    Ok(Connection {
        user_id: claims.sub,
        connection_id: ConnectionId::new(event.connection_id()),
        session_id: claims.sid,
        connected_at: now,
        authorized_until,
        ended: None,
    })
}

async fn admit(ctx: &Ctx, connection: Connection) -> Result<Result<(), Refusal>, Failure> {
    if let Err(UserErased) = ctx.store.connect(&connection).await? {
        return Ok(Err(Refusal::NoValidToken));
    }
    let (ended, all) = tokio::try_join!(
        ctx.store.has_ended(connection.user_id, connection.session_id),
        ctx.store.connections(connection.user_id),
    )?;
    if ended {
        if let Some(own) = all.into_iter().find(|one| one.value.connection_id == connection.connection_id) {
            ctx.store.disconnect(own).await?;
        }
        return Ok(Err(Refusal::SessionEnded));
    }
    let too_many = surplus(all.iter().map(|one| one.value.clone()).collect(), &connection.connection_id);
    let too_many = all.into_iter().filter(|one| too_many.contains(&one.value)).collect();
    delivery::make_room(ctx, too_many, ctx.clock.now()).await?;
    Ok(Ok(()))
}
