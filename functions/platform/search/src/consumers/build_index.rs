//! On `search.build_requested.v1`: builds the index of a collection and moves the pointer to it.
//!
//! The number of the last change is read first, and the documents after it. A change is written together with its document, so the
//! index contains every change up to that number; later ones remain on top of it. The consumer may end anywhere: a file that no
//! pointer names is deleted after a day, and the repeated message builds again. Of builds at the same time, the pointer keeps the one
//! that contains more. A build of another declaration than that of the newest index is repeated, by what is deployed then.

use contracts::Envelope;
use contracts::search::BuildRequested;
use dynamo::{ConflictRetry, StoreError, Versioned};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use kit::snapshot::{SnapshotFiles, SnapshotRef};
use kit::sqs::{Done, Failure, Handled};
use search_engine::{Built, Change, Document, FinishedQuery, Synonyms};
use serde_json::Value;

use crate::ctx::BuildContext;
use crate::domain::collections::{Declaration, Kind, find};
use crate::domain::popularity::Popularity;
use crate::domain::report::day_of;
use crate::domain::settings::Settings;
use crate::domain::suggestions::{SUGGESTION_DAYS, finished_queries};
use crate::store::{PARTS, Pointer, Store};

/// Number of partitions that are read at the same time.
const MAX_PARALLEL: usize = 8;
/// How often the documents are read at most while what they share changes.
const MAX_READS: u32 = 3;

/// Handles one event.
pub async fn build_index(ctx: &'static BuildContext, event: Envelope<Value>) -> Handled {
    let BuildRequested { collection, sequence } = event.decode::<BuildRequested>()?.data;
    let collection = find(&collection).ok_or_else(|| Failure::Poison("unknown collection".to_owned()))?;
    let (last, before) = ctx.store.log_state(collection.name()).await?;
    if before.as_ref().is_some_and(|before| before.value.covered >= sequence && before.value.fits(&collection.indexed))
    {
        return Ok(Done::Duplicate);
    }
    let now = ctx.clock.now();
    let built = Box::pin(build(&ctx.store, collection, now)).await?;
    for (id, error) in &built.refused {
        tracing::warn!(%error, document = %id, "a document was left out of the index");
    }
    let (documents, refused) = (built.documents as u64, built.refused.len() as u64);
    let snapshot = ctx.files.put(collection.name(), built.bytes).await?;
    let next = Pointer {
        collection: collection.name().to_owned(),
        declaration: Pointer::declaration_of(&collection.indexed),
        epoch: 0,
        snapshot: snapshot.clone(),
        previous: None,
        previous_covered: None,
        covered: last,
        documents,
        refused,
        built_at: now,
    };
    let Some(pointer) = move_pointer(&ctx.store, before, next).await? else { return Ok(Done::Duplicate) };
    clear(&ctx.files, collection, &pointer, now).await;
    Ok(Done::Applied)
}

async fn build(store: &Store, collection: &'static Declaration, now: Timestamp) -> Result<Built, Failure> {
    let (documents, synonyms, queries, popularity) = futures::join!(
        documents(store, collection),
        store.synonyms(collection.name()),
        queries(store, collection, now),
        popularity(store, collection, now)
    );
    let (mut documents, queries, popularity) = (documents?, queries?, popularity?);
    for document in &mut documents {
        document.popularity = popularity.of_document(&document.id);
    }
    let synonyms: Synonyms = synonyms?.map(|item| item.value.synonyms).unwrap_or_default();
    let built =
        kit::blocking::run(move || search_engine::build(&collection.indexed, documents, &synonyms, &queries)).await;
    let built = built.map_err(|error| Failure::Retry(error.to_string()))?;
    built.map_err(|error| Failure::Retry(error.to_string()))
}

/// Returns how often documents were sold. Only products are.
async fn popularity(store: &Store, collection: &Declaration, now: Timestamp) -> Result<Popularity, StoreError> {
    match collection.kind {
        Kind::Products => store.popularity(now).await,
        Kind::Species | Kind::Guides => Ok(Popularity::default()),
    }
}

/// Returns all visible documents.
async fn documents(store: &Store, collection: &Declaration) -> Result<Vec<Document>, Failure> {
    match collection.kind {
        Kind::Products => documents_that_share(store, collection).await,
        Kind::Species | Kind::Guides => Ok(documents_with(store, collection, &Settings::default()).await?),
    }
}

/// The same for documents that are assembled with what they share, all with what it is at the end: an index with older terms would
/// hide the newer ones of documents that changed before they were read.
async fn documents_that_share(store: &Store, collection: &Declaration) -> Result<Vec<Document>, Failure> {
    let mut settings = store.settings().await?;
    for _ in 0..MAX_READS {
        let documents = documents_with(store, collection, &settings).await?;
        let now = store.settings().await?;
        if now == settings {
            return Ok(documents);
        }
        settings = now;
    }
    Err(Failure::Retry("price lists or categories changed while the documents were read".to_owned()))
}

async fn documents_with(
    store: &Store,
    collection: &Declaration,
    settings: &Settings,
) -> Result<Vec<Document>, StoreError> {
    let parts = stream::iter(0..PARTS).map(async |part| {
        let read = store.documents_of_part(collection, part).await?;
        let assembled = read.changes(settings).filter_map(|change| match change {
            Change::Put(document) => Some(*document),
            Change::Delete { .. } => None,
        });
        Ok::<Vec<Document>, StoreError>(assembled.collect())
    });
    let parts: Vec<Vec<Document>> = parts.buffer_unordered(MAX_PARALLEL).try_collect().await?;
    Ok(parts.into_iter().flatten().collect())
}

/// Returns the searches of the last days that may be suggested.
async fn queries(store: &Store, collection: &Declaration, now: Timestamp) -> Result<Vec<FinishedQuery>, StoreError> {
    let today = day_of(now);
    let days: Vec<_> = (0..SUGGESTION_DAYS).map(|back| today.saturating_sub(jiff::Span::new().days(back))).collect();
    Ok(finished_queries(&store.figures(collection.name(), &days).await?))
}

/// Moves the pointer, unless another build moved it to an index that contains as much.
async fn move_pointer(
    store: &Store,
    before: Option<Versioned<Pointer>>,
    next: Pointer,
) -> Result<Option<Pointer>, Failure> {
    let (mut current, mut retry) = (before, ConflictRetry::default());
    loop {
        let next = Pointer {
            epoch: current.as_ref().map_or(0, |current| current.value.epoch) + 1,
            previous: current.as_ref().map(|current| current.value.snapshot.clone()),
            previous_covered: current.as_ref().map(|current| current.value.covered),
            ..next.clone()
        };
        if store.move_pointer(current.as_ref(), &next).await? {
            return Ok(Some(next));
        }
        retry.pause().await?;
        current = store.pointer(&next.collection).await?;
        if current.as_ref().map_or(Ok(false), |current| is_outdone(&next, &current.value))? {
            return Ok(None);
        }
    }
}

/// True if the index that another build made meanwhile contains this one. One of another declaration was made by another version
/// of this function: which of them is newer is not known here, so the build is repeated by the version that is deployed.
fn is_outdone(next: &Pointer, other: &Pointer) -> Result<bool, Failure> {
    if next.declaration != other.declaration {
        return Err(Failure::Retry("an index of another declaration was built meanwhile".to_owned()));
    }
    Ok(other.contains(next))
}

/// Deletes old files. What fails is deleted after the next build.
async fn clear(files: &SnapshotFiles, collection: &Declaration, pointer: &Pointer, now: Timestamp) {
    let keep: Vec<SnapshotRef> =
        [Some(&pointer.snapshot), pointer.previous.as_ref()].into_iter().flatten().cloned().collect();
    if let Err(error) = files.delete_others(collection.name(), &keep, now).await {
        tracing::warn!(%error, "old indexes could not be deleted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_yields_to_one_that_contains_more_and_not_to_another_declaration() {
        let pointer = |declaration: &str, covered: u64| Pointer {
            collection: "products".to_owned(),
            declaration: declaration.to_owned(),
            epoch: 1,
            snapshot: SnapshotRef { key: "a".to_owned(), sha256: String::new(), bytes: 1 },
            previous: None,
            previous_covered: None,
            covered,
            documents: 1,
            refused: 0,
            built_at: Timestamp::UNIX_EPOCH,
        };
        assert!(matches!(is_outdone(&pointer("a", 5), &pointer("a", 5)), Ok(true)));
        assert!(matches!(is_outdone(&pointer("a", 5), &pointer("a", 4)), Ok(false)));
        for covered in [4, 6] {
            assert!(matches!(is_outdone(&pointer("a", 5), &pointer("b", covered)), Err(Failure::Retry(_))));
        }
    }
}
