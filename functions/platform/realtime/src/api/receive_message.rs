//! `$default`: a message of a client: `ping`, `resume` or `authenticate`.

use dynamo::Versioned;
use jiff::Timestamp;
use kit::websocket::{Answer, Answered, Failure, Message};

use crate::ctx::{Ctx, TokenContext};
use crate::delivery;
use crate::domain::connection::{Connection, ConnectionId, Standing};
use crate::domain::incoming::{Command, Incoming, Refusal, Token};
use crate::domain::log::{self, Missed, Plan};
use crate::frames::Frame;
use crate::sockets::Sent;

/// Handles one message. The answer is sent over the connection, with the `id` of the message.
pub async fn receive_message(ctx: &'static TokenContext, event: Message) -> Answered {
    let id = ConnectionId::new(event.connection_id());
    let incoming = Incoming::read(event.text());
    let answered = answer(ctx, &id, &event, &incoming).await;
    if answered.is_err() {
        // The log gets the details of the error, the client a generic text.
        say(&ctx.ctx, &id, &Frame::Error(Refusal::Unavailable), incoming.id.as_deref()).await?;
    }
    answered
}

async fn answer(ctx: &TokenContext, id: &ConnectionId, event: &Message, incoming: &Incoming) -> Answered {
    let Some(connection) = ctx.ctx.store.find(id).await? else { return unknown(&ctx.ctx, id).await };
    event.note_caller(connection.value.user_id);
    let Some(connection) = current(&ctx.ctx, connection).await? else { return unknown(&ctx.ctx, id).await };
    let now = ctx.ctx.clock.now();
    match (connection.value.standing(now), &incoming.ask) {
        (Standing::Ended(reason), _) => {
            delivery::close_all(&ctx.ctx, vec![connection], reason, now).await?;
            Ok(Answer::Refused(Refusal::SessionEnded.code()))
        }
        (_, Ok(Command::Authenticate(token))) => authenticate(ctx, connection, token, incoming.id.as_deref()).await,
        (Standing::Expired, _) => expired(&ctx.ctx, connection, incoming.id.as_deref(), now).await,
        (Standing::Open, Ok(Command::Ping)) => {
            let last = ctx.ctx.store.last(connection.value.user_id).await?;
            say(&ctx.ctx, id, &Frame::Pong { last }, incoming.id.as_deref()).await?;
            Ok(Answer::Done)
        }
        (Standing::Open, Ok(Command::Resume(after))) => {
            resume(&ctx.ctx, &connection.value, *after, incoming.id.as_deref(), now).await
        }
        (Standing::Open, Err(refusal)) => refuse(&ctx.ctx, id, *refusal, incoming.id.as_deref()).await,
    }
}

/// The index is eventually consistent. Before a connection is closed because of the index, its record is read.
async fn current(ctx: &Ctx, found: Versioned<Connection>) -> Result<Option<Versioned<Connection>>, Failure> {
    match found.value.standing(ctx.clock.now()) {
        Standing::Open => Ok(Some(found)),
        Standing::Expired | Standing::Ended(_) => Ok(ctx.store.connection(&found.value).await?),
    }
}

async fn authenticate(
    ctx: &TokenContext,
    connection: Versioned<Connection>,
    token: &Token,
    id: Option<&str>,
) -> Answered {
    let connection_id = connection.value.connection_id.clone();
    let refused = async |refusal| refuse(&ctx.ctx, &connection_id, refusal, id).await;
    let Ok(claims) = ctx.verifier.verify(&token.0) else { return refused(Refusal::TokenInvalid).await };
    if (claims.sub, claims.sid) != (connection.value.user_id, connection.value.session_id) {
        return refused(Refusal::OtherSession).await;
    }
    let until = Timestamp::from_second(claims.exp).map_err(|error| Failure(error.to_string()))?;
    match ctx.ctx.store.change(connection, |there| there.authorized(until)).await? {
        None => unknown(&ctx.ctx, &connection_id).await,
        Some(changed) => {
            let frame = Frame::Authenticated { until: changed.authorized_until };
            say(&ctx.ctx, &connection_id, &frame, id).await?;
            Ok(Answer::Done)
        }
    }
}

async fn resume(ctx: &Ctx, connection: &Connection, after: Option<u64>, id: Option<&str>, now: Timestamp) -> Answered {
    let (user, connection_id) = (connection.user_id, &connection.connection_id);
    let last = ctx.store.last(user).await?;
    let plan = log::plan(after, last);
    // Only requests that read messages and send them count.
    if matches!(plan, Plan::Read(_)) && !ctx.store.count_resume(user, now).await? {
        return refuse(ctx, connection_id, Refusal::TooManyResumes, id).await;
    }
    let missed = match plan {
        Plan::UpToDate => Missed::Page { messages: Vec::new(), last, more: false },
        Plan::Reset => Missed::Reset { last },
        Plan::Read(after) => log::missed(after, last, ctx.store.messages_after(user, after).await?, now),
    };
    let end = match missed {
        Missed::Reset { last } => Frame::Reset { last },
        Missed::Page { messages, last, more } => {
            // Sequentially, because clients require the order.
            for message in &messages {
                if say(ctx, connection_id, &Frame::Message(message), None).await? == Sent::Gone {
                    return Ok(Answer::Done);
                }
            }
            Frame::Resumed { last, more }
        }
    };
    say(ctx, connection_id, &end, id).await?;
    Ok(Answer::Done)
}

async fn expired(ctx: &Ctx, connection: Versioned<Connection>, id: Option<&str>, now: Timestamp) -> Answered {
    let refusal = Refusal::TokenExpired;
    say(ctx, &connection.value.connection_id, &Frame::Error(refusal), id).await?;
    delivery::close(ctx, connection, &Frame::Reauthenticate, now).await?;
    Ok(Answer::Refused(refusal.code()))
}

/// Closes a connection without a record, because no message can reach it.
async fn unknown(ctx: &Ctx, id: &ConnectionId) -> Answered {
    let refusal = Refusal::UnknownConnection;
    say(ctx, id, &Frame::Error(refusal), None).await?;
    ctx.sockets.close(id).await.map_err(|error| Failure(error.to_string()))?;
    Ok(Answer::Refused(refusal.code()))
}

async fn refuse(ctx: &Ctx, connection: &ConnectionId, refusal: Refusal, id: Option<&str>) -> Answered {
    say(ctx, connection, &Frame::Error(refusal), id).await?;
    Ok(Answer::Refused(refusal.code()))
}

/// Sends a frame. A gone connection is not an error.
async fn say(ctx: &Ctx, connection: &ConnectionId, frame: &Frame<'_>, answers: Option<&str>) -> Result<Sent, Failure> {
    ctx.sockets.send(connection, &frame.text(answers)).await.map_err(|error| Failure(error.to_string()))
}
