//! `GET /v1/search/{collection}/synonyms`: the synonyms of a collection.

use axum::extract::State;
use kit::auth::{Admin, Standing};
use kit::http::{Path, Problem, Tagged};
use search_engine::Synonyms;

use crate::api::{CollectionPath, SynonymsView};
use crate::ctx::Ctx;
use crate::problem::collection;

/// Get synonyms
///
/// Returns the synonyms of a collection with their `ETag`, which is `"0"` before they are set. Requires the role `admin`.
#[utoipa::path(
    get, path = "/v1/search/{collection}/synonyms", operation_id = "get_synonyms", tag = "search",
    security(("bearer" = ["admin"])),
    params(("collection" = String, Path, max_length = 40, description = "Name of the collection", example = "products")),
    responses(
        (status = 200, description = "The synonyms", body = SynonymsView),
        (status = 404, description = "`search.no_such_collection`: no collection with this name"),
    )
)]
pub async fn get_synonyms(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    Path(CollectionPath { collection: name }): Path<CollectionPath>,
) -> Result<Tagged<SynonymsView>, Problem> {
    let collection = collection(&name);
    let read = async || match collection {
        Ok(collection) => Ok(ctx.store.synonyms(collection.name()).await?),
        Err(refusal) => Err(Problem::from(refusal)),
    };
    let (_, read) = standing.with(read()).await?;
    let version = read.as_ref().map_or(0, |read| read.version);
    let synonyms = read.map_or_else(Synonyms::default, |read| read.value.synonyms);
    Ok(Tagged::new(version, SynonymsView::from(&synonyms)))
}
