//! Each hour: requests a build of each index that lacks changes, whose file is gone, or that is a day old while there were searches.
//!
//! Emits `search.build_requested.v1`. An index that is up to date costs two reads. A collection that fails does not stop the others.

use contracts::search::BuildRequested;
use contracts::{Actor, Envelope};
use dynamo::{ConflictRetry, Outbox};
use types::EventId;

use crate::ctx::BuildContext;
use crate::domain::collections::{ALL, Declaration};
use crate::store::NotAppended;

/// Runs once.
pub async fn check_index(ctx: &'static BuildContext) -> Result<(), String> {
    let checks = ALL.into_iter().map(|collection| async move {
        check(ctx, collection).await.map_err(|error| format!("{}: {error}", collection.name()))
    });
    let failures: Vec<String> = futures::future::join_all(checks).await.into_iter().filter_map(Result::err).collect();
    kit::schedule::result_of(&failures)
}

async fn check(ctx: &BuildContext, collection: &Declaration) -> Result<(), String> {
    let mut retry = ConflictRetry::default();
    loop {
        let now = ctx.clock.now();
        let state = ctx.store.index_state(&collection.indexed, now).await;
        let (mut checked, file) = state.map_err(|error| error.to_string())?;
        if let Some(file) = file {
            checked.is_gone = !ctx.files.exists(&file).await.map_err(|error| error.to_string())?;
        }
        if !checked.is_due(now) {
            return Ok(());
        }
        let id = EventId::generate();
        let request = BuildRequested { collection: collection.name().to_owned(), sequence: checked.last + 1 };
        let event = Envelope::new(id, now, id.to_string(), Actor::System, request);
        let outbox = Outbox::of(event).map_err(|error| error.to_string())?;
        match ctx.store.append_only(collection.name(), checked.last, now, &outbox).await {
            Ok(()) => return Ok(()),
            Err(NotAppended::Conflict) => retry.pause().await.map_err(|error| error.to_string())?,
            Err(NotAppended::Store(error)) => return Err(error.to_string()),
        }
    }
}
