//! `PUT /v1/search/{collection}/synonyms`: replaces the synonyms of a collection.
//!
//! Emits `search.build_requested.v1`.

use axum::extract::State;
use contracts::search::BuildRequested;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Admin, Standing};
use kit::http::{Fields, IfMatch, Invocation, Json, Path, Problem, Tagged};
use search_engine::Synonyms;

use crate::api::{CollectionPath, SynonymsView};
use crate::ctx::Ctx;
use crate::domain::log::Subject;
use crate::problem::collection;
use crate::store::{NotAppended, SynonymsItem};

/// Replace synonyms
///
/// Replaces the synonyms of a collection and requests a build of its index, from which on they apply: usually within a minute.
/// Typos are not tolerated in synonyms. Supports optimistic concurrency: send `If-Match` with the last `ETag`, `"0"` for the first
/// synonyms; a stale value gets 412. Requires the role `admin`.
#[utoipa::path(
    put, path = "/v1/search/{collection}/synonyms", operation_id = "set_synonyms", tag = "search",
    security(("bearer" = ["admin"])),
    params(
        ("collection" = String, Path, max_length = 40, description = "Name of the collection", example = "products"),
        IfMatch,
    ),
    request_body = SynonymsView,
    responses(
        (status = 200, description = "The synonyms", body = SynonymsView),
        (status = 404, description = "`search.no_such_collection`: no collection with this name"),
        (status = 412, description = "`request.version_changed`: the synonyms were changed; read them again"),
    )
)]
pub async fn set_synonyms(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Admin>,
    Path(CollectionPath { collection: name }): Path<CollectionPath>,
    expected: IfMatch,
    Json(body): Json<SynonymsView>,
) -> Result<Tagged<SynonymsView>, Problem> {
    let collection = collection(&name);
    let mut fields = Fields::new();
    let synonyms = Synonyms::from(body);
    let synonyms = fields.check("rules", synonyms.check().map(|()| synonyms));
    let mut retry = ConflictRetry::default();
    let read = async || match collection {
        Ok(collection) => Ok(ctx.store.synonyms_and_last(collection.name()).await?),
        Err(refusal) => Err(Problem::from(refusal)),
    };
    let (_, mut current) = standing.with(read()).await?;
    let ((synonyms,), collection) = (fields.all((synonyms,))?, collection?);
    loop {
        let (item, last) = current;
        let version = item.as_ref().map_or(0, |item| item.version);
        expected.check(version)?;
        let now = ctx.clock.now();
        let request = BuildRequested { collection: collection.name().to_owned(), sequence: last + 1 };
        let outbox = Outbox::of(call.event(now, request))?;
        let next = SynonymsItem { collection: collection.name().to_owned(), synonyms: synonyms.clone() };
        let subject = (collection.name(), Subject::Index);
        match ctx.store.write_setting((item.as_ref(), last), &next, subject, now, &outbox).await {
            Ok(()) => return Ok(Tagged::new(version + 1, SynonymsView::from(&synonyms))),
            Err(NotAppended::Conflict) => retry.pause().await?,
            Err(NotAppended::Store(error)) => return Err(error.into()),
        }
        current = read().await?;
    }
}
