//! Every five minutes: builds a model if the current one is an hour old, or continues a build.
//!
//! A build reads page by page, and leaves out parts of which nothing would be added. A run whose time is over stores what was read and how far it is; the next run continues there. A run that
//! is killed loses what it read since. Of several runs of one build, one publishes: the pointer moves in the transaction that ends the
//! build. What was erased before a build began is not in its model.

use std::time::Duration;

use dynamo::Cursor;
use kit::Deadline;
use kit::snapshot::SnapshotRef;

use crate::ctx::Building;
use crate::domain::build::Build;
use crate::domain::collected::Collected;
use crate::domain::feed::Pointer;
use crate::domain::model::{FORMAT, MAX_BYTES, Model};
use crate::store::Started;

/// Time after which a run reads no further page. The function has 300 seconds: the rest is for the file.
const MAX_TIME: Duration = Duration::from_mins(3);
/// Name of the files of models.
const MODELS: &str = "models";
/// Name of the files of unfinished builds.
const BUILDS: &str = "builds";

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// The model is young enough, or another run was faster.
    Nothing,
    /// The next run continues.
    Paused,
    /// A new model is current.
    Published,
}

/// Runs once.
pub async fn build_model(ctx: &'static Building) -> Result<(), String> {
    build_until(ctx, Deadline::after(MAX_TIME)).await.map(drop)
}

/// Runs once, and begins no further page after the deadline. At least one page is read, so that runs always advance.
pub async fn build_until(ctx: &Building, deadline: Deadline) -> Result<Run, String> {
    let now = ctx.clock.now();
    let started = ctx.store.start_build(types::new_uuid(), now).await.map_err(|error| error.to_string())?;
    let Some(started) = started else { return Ok(Run::Nothing) };
    let mut build = started.build.value.clone();
    let mut collected = load(ctx, build.collected.as_ref()).await?;
    while let Some(part) = build.next_part(&collected) {
        let read = ctx.store.collect(&part, build.after.as_deref(), &mut collected, now).await;
        let next = read.map_err(|error| error.to_string())?;
        build.advance(next.as_ref().map(Cursor::as_str));
        if deadline.has_passed() && build.next_part(&collected).is_some() {
            return pause(ctx, &started, build, &collected).await;
        }
    }
    publish(ctx, &started, &build, collected).await
}

async fn load(ctx: &Building, snapshot: Option<&SnapshotRef>) -> Result<Collected, String> {
    let Some(snapshot) = snapshot else { return Ok(Collected::default()) };
    let bytes = ctx.files.get(snapshot).await.map_err(|error| error.to_string())?;
    let decoded = kit::blocking::run(move || Collected::from_bytes(&bytes)).await;
    decoded.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}

async fn pause(ctx: &Building, started: &Started, build: Build, collected: &Collected) -> Result<Run, String> {
    let file = ctx.files.put(BUILDS, collected.to_bytes()).await.map_err(|error| error.to_string())?;
    let next = Build { collected: Some(file), ..build };
    let paused = ctx.store.pause_build(&started.build, next).await.map_err(|error| error.to_string())?;
    Ok(if paused { Run::Paused } else { Run::Nothing })
}

async fn publish(ctx: &Building, started: &Started, build: &Build, collected: Collected) -> Result<Run, String> {
    let encoded = kit::blocking::run(move || {
        let model = Model::build(&collected, MAX_BYTES);
        let counts = [model.sessions(), model.baskets(), model.products()].map(|count| count as u64);
        (counts, model.to_bytes())
    });
    let ([sessions, baskets, products], bytes) = encoded.await.map_err(|error| error.to_string())?;
    let snapshot = ctx.files.put(MODELS, bytes).await.map_err(|error| error.to_string())?;
    let previous = started.pointer().map(|pointer| pointer.snapshot.clone());
    let keep: Vec<_> = [Some(snapshot.clone()), previous.clone()].into_iter().flatten().collect();
    let built_at = build.started_at;
    let pointer = Pointer { snapshot, previous, format: FORMAT, built_at, sessions, baskets, products };
    if !ctx.store.publish(started, pointer).await.map_err(|error| error.to_string())? {
        return Ok(Run::Nothing);
    }
    let now = ctx.clock.now();
    for (name, keep) in [(MODELS, keep.as_slice()), (BUILDS, &[])] {
        ctx.files.delete_others(name, keep, now).await.map_err(|error| error.to_string())?;
    }
    Ok(Run::Published)
}
