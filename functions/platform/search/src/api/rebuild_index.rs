//! `POST /v1/search/{collection}/rebuild`: requests a build of the index.
//!
//! Emits `search.build_requested.v1`.

use axum::extract::State;
use contracts::search::BuildRequested;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Admin, Standing};
use kit::http::{Accepted, IdempotencyKey, Invocation, Path, Problem};
use serde::Serialize;
use types::Uuid;
use utoipa::ToSchema;

use crate::api::CollectionPath;
use crate::ctx::Ctx;
use crate::domain::limits::REBUILDS;
use crate::problem::collection;
use crate::store::{NotRequested, Rebuild};

/// A requested build.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestedBuild {
    /// Build ID.
    build_id: Uuid,
    /// Number of the last change that the index will contain, at least.
    sequence: u64,
}

/// Rebuild an index
///
/// Requests a build of the index from all documents, as each hour and after 2,000 changes. Searches use the new index within seconds
/// after it was built; until then they use the old one with all changes. `GET /v1/search/{collection}/reports` says when the index
/// was built. Requires the role `admin`. There can be 12 requests per hour. Idempotent by `Idempotency-Key` for two
/// days.
#[utoipa::path(
    post, path = "/v1/search/{collection}/rebuild", operation_id = "rebuild_index", tag = "search",
    security(("bearer" = ["admin"])),
    params(
        ("collection" = String, Path, max_length = 40, description = "Name of the collection", example = "products"),
        IdempotencyKey,
    ),
    responses(
        (status = 202, description = "The build was requested", body = RequestedBuild),
        (status = 404, description = "`search.no_such_collection`: no collection with this name"),
        (status = 429, description = "`request.limit_exceeded`: there were 12 requests this hour; retry after `Retry-After` seconds"),
    )
)]
pub async fn rebuild_index(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Admin>,
    attempt: IdempotencyKey,
    Path(CollectionPath { collection: name }): Path<CollectionPath>,
) -> Result<Accepted<RequestedBuild>, Problem> {
    let collection = collection(&name);
    let build_id = attempt.derive_id("rebuild_index", &standing.user_id().to_string());
    let mut retry = ConflictRetry::default();
    let read = async || match collection {
        Ok(collection) => Ok(ctx.store.rebuild(collection.name(), build_id).await?),
        Err(refusal) => Err(Problem::from(refusal)),
    };
    let (_, mut current) = standing.with(read()).await?;
    let collection = collection?;
    loop {
        let (known, last) = current;
        let location = format!("/v1/search/{}/reports", collection.name());
        if let Some(known) = known {
            return Ok(Accepted::at(location, RequestedBuild { build_id, sequence: known.sequence }));
        }
        let (now, sequence) = (ctx.clock.now(), last + 1);
        let request = BuildRequested { collection: collection.name().to_owned(), sequence };
        let outbox = Outbox::of(call.event(now, request))?;
        let rebuild = Rebuild { collection: collection.name().to_owned(), id: build_id, sequence, at: now };
        match ctx.store.request_rebuild(&rebuild, REBUILDS, &outbox).await {
            Ok(()) => return Ok(Accepted::at(location, RequestedBuild { build_id, sequence })),
            Err(NotRequested::Exceeded(exceeded)) => return Err(exceeded.into()),
            Err(NotRequested::Conflict) => retry.pause().await?,
            Err(NotRequested::Store(error)) => return Err(error.into()),
        }
        current = read().await?;
    }
}
