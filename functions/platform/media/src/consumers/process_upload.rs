//! On an upload: checks it, and publishes or rejects it.
//! Emits `media.published.v1` or `media.rejected.v1`.
//!
//! Each step leaves what the next try goes on from: the file stays in quarantine until the item has ended, objects that are
//! written twice are the same, and the item changes once, under its version. What is found published, rejected, deleted or
//! gone has only what is left of it deleted, so every way that a try can end leads there.

use contracts::media::{MediaPublished, MediaRejected, MediaVariant};
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::{Outbox, Versioned};
use futures::future::try_join_all;
use jiff::Timestamp;
use kit::blocking::BlockingError;
use kit::bucket::ObjectCreated;
use kit::sqs::{Done, Failure, Handled};
use types::{EventId, MediaId, UserId};

use crate::ctx::Checking;
use crate::domain::keys;
use crate::domain::medium::{Medium, Reason, Status, Variant};
use crate::domain::moderation::Verdict;
use crate::domain::picture::{self, MODERATED_VARIANT, Picture};
use crate::objects::Upload;
use crate::store::NotChanged;

/// How often one message looks at its picture anew because another writer has changed it.
const MAX_ROUNDS: usize = 5;

/// What a round came to.
enum Round {
    /// The message is dealt with.
    Over(Done),
    /// Another writer was faster: look again.
    Again,
}

/// Handles one message.
pub async fn process_upload(ctx: &'static Checking, told: ObjectCreated) -> Handled {
    let Some((owner, id)) = keys::parse_upload(&told.key).filter(|_| told.bucket == ctx.objects.bucket()) else {
        return Ok(Done::Ignored);
    };
    for _ in 0..MAX_ROUNDS {
        if let Round::Over(done) = round(ctx, owner, id).await? {
            return Ok(done);
        }
    }
    Err(Failure::Retry("others kept changing the picture".into()))
}

async fn round(ctx: &'static Checking, owner: UserId, id: MediaId) -> Result<Round, Failure> {
    let Some(read) = ctx.store.medium(owner, id).await? else {
        // Nobody waits for it: its owner was deleted, or it came too late.
        ctx.objects.clear(owner, id).await?;
        return Ok(Round::Over(Done::Ignored));
    };
    match &read.value.status {
        Status::AwaitingUpload => {
            let received = read.value.received(ctx.clock.now());
            match changed(ctx.store.change(&read, received, &Outbox::none()).await)? {
                Some(pending) => check(ctx, &pending).await,
                None => Ok(Round::Again),
            }
        }
        Status::Pending { .. } => check(ctx, &read).await,
        Status::Published { revision, .. } => {
            ctx.objects.delete(&keys::upload(owner, id)).await?;
            let kept = keys::of_revision(owner, id, revision);
            ctx.objects.delete_all(&keys::of_medium(owner, id), Some(&kept)).await?;
            Ok(Round::Over(Done::Duplicate))
        }
        Status::Rejected { .. } | Status::Deleted { .. } => {
            ctx.objects.clear(owner, id).await?;
            Ok(Round::Over(Done::Duplicate))
        }
    }
}

/// What a change came to; none where another writer was faster.
fn changed(change: Result<Versioned<Medium>, NotChanged>) -> Result<Option<Versioned<Medium>>, Failure> {
    match change {
        Ok(changed) => Ok(Some(changed)),
        Err(NotChanged::Newer(_)) => Ok(None),
        Err(NotChanged::Store(error)) => Err(error.into()),
    }
}

async fn check(ctx: &'static Checking, read: &Versioned<Medium>) -> Result<Round, Failure> {
    let medium = &read.value;
    let file = match ctx.objects.read(&keys::upload(medium.owner_id, medium.id), medium.bytes).await? {
        Upload::Read(file) => file,
        Upload::TooLarge => return reject(ctx, read, Reason::TooLarge).await,
        // A function that ends a picture writes the item first and deletes the file then: if it did not, the file is lost.
        Upload::Gone => return reject(ctx, read, Reason::NotChecked).await,
    };
    let (revision, picture) = match looked_at(file, medium.clone()).await? {
        Ok(good) => good,
        Err(reason) => return reject(ctx, read, reason).await,
    };
    let seen = picture.variants.iter().find(|variant| variant.name == MODERATED_VARIANT);
    let seen = seen.ok_or_else(|| Failure::Poison("there is nothing to moderate".into()))?;
    match ctx.moderator.look(&seen.jpeg).await {
        Ok(Verdict::Shown) => publish(ctx, read, revision, picture).await,
        Ok(Verdict::Refused) => reject(ctx, read, Reason::Moderated).await,
        Err(outage) => Err(Failure::Retry(outage.to_string())),
    }
}

/// Decodes a file beside the runtime. A decoder that panics has met a file that is broken in a new way.
async fn looked_at(file: Vec<u8>, medium: Medium) -> Result<Result<(String, Picture), Reason>, Failure> {
    let work = move || {
        let picture = picture::read(&file, medium.content_type, medium.bytes)?;
        Ok((keys::revision(&file), picture))
    };
    match kit::blocking::run(work).await {
        Ok(looked_at) => Ok(looked_at),
        Err(BlockingError::Panicked(_)) => {
            tracing::error!("a decoder panicked: the picture counts as unreadable");
            Ok(Err(Reason::Unreadable))
        }
        Err(error @ BlockingError::Stopped) => Err(Failure::Retry(error.to_string())),
    }
}

/// Objects first, then the item: who reads of a variant can see it.
async fn publish(
    ctx: &Checking,
    read: &Versioned<Medium>,
    revision: String,
    picture: Picture,
) -> Result<Round, Failure> {
    let (medium, now) = (&read.value, ctx.clock.now());
    let mut variants = Vec::new();
    let mut writes = Vec::new();
    for made in picture.variants {
        let key = keys::variant(medium.owner_id, medium.id, &revision, made.name);
        let (name, bytes) = (made.name.to_owned(), made.jpeg.len() as u64);
        variants.push(Variant { name, width: made.width, height: made.height, bytes });
        writes.push(async move { ctx.objects.publish(&key, made.jpeg).await });
    }
    try_join_all(writes).await?;
    let outbox = event(medium, now, published(medium, &revision, &variants))?;
    let next = medium.published(revision, variants, now);
    if changed(ctx.store.change(read, next, &outbox).await)?.is_none() {
        return Ok(Round::Again);
    }
    ctx.objects.delete(&keys::upload(medium.owner_id, medium.id)).await?;
    Ok(Round::Over(Done::Applied))
}

fn published(medium: &Medium, revision: &str, variants: &[Variant]) -> MediaPublished {
    let size = |variant: &Variant| (variant.width, variant.height);
    let (width, height) = variants.first().map(size).unwrap_or_default();
    let shown =
        |variant: &Variant| MediaVariant { name: variant.name.clone(), width: variant.width, height: variant.height };
    MediaPublished {
        media_id: medium.id,
        owner_id: medium.owner_id,
        purpose: medium.purpose.as_str().to_owned(),
        content_type: "image/jpeg".to_owned(),
        width,
        height,
        variants: variants.iter().map(shown).collect(),
        path: Some(keys::of_revision(medium.owner_id, medium.id, revision)),
    }
}

async fn reject(ctx: &Checking, read: &Versioned<Medium>, reason: Reason) -> Result<Round, Failure> {
    let (medium, now) = (&read.value, ctx.clock.now());
    let outbox = event(medium, now, rejected(medium, reason))?;
    if changed(ctx.store.change(read, medium.rejected(reason, now), &outbox).await)?.is_none() {
        return Ok(Round::Again);
    }
    ctx.objects.clear(medium.owner_id, medium.id).await?;
    Ok(Round::Over(Done::Applied))
}

/// The fact that a picture was rejected.
pub fn rejected(medium: &Medium, reason: Reason) -> MediaRejected {
    MediaRejected {
        media_id: medium.id,
        owner_id: medium.owner_id,
        purpose: medium.purpose.as_str().to_owned(),
        reason: reason.as_str().to_owned(),
    }
}

/// An event that a picture's own request set in motion.
pub fn event<T: DomainEvent>(medium: &Medium, now: Timestamp, fact: T) -> Result<Outbox, dynamo::outbox::OutboxError> {
    let correlation_id = medium.correlation_id.clone();
    Outbox::of(Envelope::new(EventId::generate(), now, correlation_id, Actor::System, fact))
}
