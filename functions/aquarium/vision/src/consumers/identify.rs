//! On `vision.identification_requested.v1`: has a model look at the picture.
//! Emits `vision.identified.v1`.
//!
//! The attempt is written first, with a lease; then the model is called; then the result is written under the version
//! of the attempt, in one transaction with the event and the condition that the picture is published. Whatever is found
//! deleted meanwhile ends the work. A provider that is down, slow or answers what cannot be read costs an attempt, and
//! the message comes again after a pause that grows, until the last attempt ends the identification as failed.

use contracts::vision::IdentificationRequested;
use contracts::{Actor, Envelope};
use dynamo::{Outbox, Versioned};
use kit::Deadline;
use kit::sqs::{Done, PartlyHandled, Pause, Progress};
use serde_json::Value;
use types::EventId;

use crate::ctx::Identifying;
use crate::domain::identification::{Failed, Identification, Step};
use crate::domain::suggestion::Findings;
use crate::model::{Look, LookError};
use crate::pictures::File;
use crate::store::{Ended, NotChanged, WithPicture};

/// How long to wait before looking again at an identification that was changed at the same time, in seconds.
const LOOK_AGAIN: Pause = Pause::seconds(1);

/// The result of looking at a picture.
enum Seen {
    Findings(Findings),
    /// No result, and there will be none.
    Nothing(Failed),
    /// No usable answer this time.
    NoAnswer(String),
}

/// Handles one event.
pub async fn identify(ctx: &'static Identifying, event: Envelope<Value>, deadline: Deadline) -> PartlyHandled {
    let fact = event.decode::<IdentificationRequested>()?.data;
    if deadline.has_passed() {
        return Ok(Progress::Continue(Pause::NONE));
    }
    let found = ctx.store.with_picture(fact.user_id, fact.identification_id, fact.media_id).await?;
    let WithPicture { identification, picture } = found;
    // Deleted, or erased with its user.
    let Some(read) = identification.filter(|read| !read.value.is_deleted()) else { return Ok(Done::Ignored.into()) };
    // The picture that was read is that of the message.
    if read.value.media_id != fact.media_id {
        return Ok(Done::Ignored.into());
    }
    match read.value.next_step(ctx.clock.now()) {
        Step::Nothing => Ok(Done::Duplicate.into()),
        Step::Wait(seconds) => Ok(Progress::Continue(Pause::seconds(seconds))),
        Step::GiveUp => fail(ctx, &read, Failed::NoAnswer).await,
        Step::Look => match picture.and_then(|picture| picture.file()) {
            Some(file) => attempt(ctx, &read, &file).await,
            None => fail(ctx, &read, Failed::PictureDeleted).await,
        },
    }
}

async fn attempt(ctx: &Identifying, read: &Versioned<Identification>, file: &str) -> PartlyHandled {
    let attempted = read.value.attempted(ctx.clock.now());
    let read = match ctx.store.change(read, attempted, &Outbox::none()).await {
        Ok(read) => read,
        Err(NotChanged::Moved) => return Ok(Progress::Continue(LOOK_AGAIN)),
        Err(NotChanged::Store(error)) => return Err(error.into()),
    };
    match Box::pin(look(ctx, &read.value, file)).await {
        Seen::Findings(findings) => end(ctx, &read, findings).await,
        Seen::Nothing(reason) => fail(ctx, &read, reason).await,
        Seen::NoAnswer(reason) => {
            // The message is continued, so the runner does not log a failure.
            tracing::warn!(reason, "an identification got no usable answer");
            pause(ctx, &read).await
        }
    }
}

async fn look(ctx: &Identifying, identification: &Identification, file: &str) -> Seen {
    let jpeg = match ctx.pictures.read(file).await {
        Ok(File::Read(jpeg)) => jpeg,
        Ok(File::Gone) => return Seen::Nothing(Failed::PictureDeleted),
        Ok(File::TooLarge) => return Seen::Nothing(Failed::PictureRefused),
        Err(error) => return Seen::NoAnswer(error.to_string()),
    };
    let look = Look { id: identification.id, kind: identification.kind, jpeg: &jpeg, now: ctx.clock.now() };
    match ctx.model.look(look).await {
        Ok(findings) => Seen::Findings(findings),
        Err(LookError::Refused(_)) => Seen::Nothing(Failed::PictureRefused),
        Err(LookError::Unusable(reason)) => {
            tracing::warn!(reason, "a model that answers the same each time gave an answer that cannot be used");
            Seen::Nothing(Failed::NoAnswer)
        }
        Err(LookError::Off) => Seen::Nothing(Failed::TurnedOff),
        Err(LookError::NoAnswer(reason)) => Seen::NoAnswer(reason),
    }
}

/// Writes the result, with its event.
async fn end(ctx: &Identifying, read: &Versioned<Identification>, findings: Findings) -> PartlyHandled {
    let (id, now) = (EventId::generate(), ctx.clock.now());
    let fact = read.value.identified_fact(&findings);
    let envelope = Envelope::new(id, now, read.value.correlation_id.clone(), Actor::System, fact);
    let outbox = Outbox::of(envelope)?;
    match ctx.store.end(read, &read.value.identified(findings, now), &outbox).await? {
        Ended::Written => Ok(Done::Applied.into()),
        Ended::Moved => Ok(Progress::Continue(LOOK_AGAIN)),
        Ended::PictureGone => fail(ctx, read, Failed::PictureDeleted).await,
    }
}

/// Ends an identification without a result.
async fn fail(ctx: &Identifying, read: &Versioned<Identification>, reason: Failed) -> PartlyHandled {
    write(ctx, read, read.value.failed(reason, ctx.clock.now()), Done::Applied.into()).await
}

/// Ends an attempt without a usable answer: the message comes again after a pause, unless it was the last one.
async fn pause(ctx: &Identifying, read: &Versioned<Identification>) -> PartlyHandled {
    let (next, pause) = read.value.unanswered(ctx.clock.now());
    let then = pause.map_or(Progress::from(Done::Applied), |seconds| Progress::Continue(Pause::seconds(seconds)));
    write(ctx, read, next, then).await
}

async fn write(
    ctx: &Identifying,
    read: &Versioned<Identification>,
    next: Identification,
    then: Progress,
) -> PartlyHandled {
    match ctx.store.change(read, next, &Outbox::none()).await {
        Ok(_) => Ok(then),
        Err(NotChanged::Moved) => Ok(Progress::Continue(LOOK_AGAIN)),
        Err(NotChanged::Store(error)) => Err(error.into()),
    }
}
