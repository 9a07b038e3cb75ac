//! `GET /v1/search/{collection}/suggest`: completions of what was typed.

use axum::extract::State;
use kit::http::{Cacheable, Fields, IfNoneMatch, Path, Problem, Query};
use search_engine::{MAX_QUERY_BYTES, MAX_SUGGESTIONS};
use serde::Deserialize;

use crate::api::search_view::SuggestionList;
use crate::api::{CollectionPath, MAX_AGE_SECONDS};
use crate::ctx::SuggestContext;
use crate::problem::{public_collection, search_failed};

/// Number of suggestions by default.
const DEFAULT_LIMIT: usize = 8;

/// Query parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuggestParams {
    q: String,
    limit: Option<String>,
}

impl SuggestParams {
    fn parse(self) -> Result<(String, usize), Problem> {
        let mut fields = Fields::of_parameters();
        let fits = (1..=MAX_QUERY_BYTES).contains(&self.q.len());
        let text =
            fields.check("q", fits.then_some(self.q).ok_or(format!("must have 1 to {MAX_QUERY_BYTES} bytes in UTF-8")));
        let limit = self.limit.as_deref().map_or(Some(DEFAULT_LIMIT), |text| text.parse().ok());
        let limit = limit.filter(|limit| (1..=MAX_SUGGESTIONS).contains(limit));
        let limit = fields.check("limit", limit.ok_or(format!("must be a number from 1 to {MAX_SUGGESTIONS}")));
        fields.all((text, limit))
    }
}

/// List suggestions
///
/// Completes what was typed: with searches that several others made and that had results, with values of facets such as titles of
/// categories and families of species, and with documents. Searches are suggested from the next build of the index on. Public: no authentication. Clients
/// and caches may keep the response for one second.
#[utoipa::path(
    get, path = "/v1/search/{collection}/suggest", operation_id = "list_suggestions", tag = "search",
    params(
        ("collection" = String, Path, max_length = 40, description = "Name of the collection", example = "products"),
        ("q" = String, Query, min_length = 1, max_length = 512, description = "What was typed, at most 512 bytes", example = "red sh"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 20, description = "Number of suggestions, 8 by default", example = 8),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The suggestions", body = SuggestionList),
        (status = 304, description = "The client has the current suggestions"),
        (status = 404, description = "`search.no_such_collection`: no collection with this name"),
    )
)]
pub async fn list_suggestions(
    State(ctx): State<&'static SuggestContext>,
    known: IfNoneMatch,
    Path(CollectionPath { collection: name }): Path<CollectionPath>,
    Query(params): Query<SuggestParams>,
) -> Result<Cacheable<SuggestionList>, Problem> {
    let collection = public_collection(&name)?;
    let (text, limit) = params.parse()?;
    let view = ctx.searchers.of(collection).view(ctx.clock.now()).await?;
    let suggestions = view.index.suggest(&text, limit, &view.changes).map_err(search_failed)?;
    Ok(Cacheable::of_content(MAX_AGE_SECONDS, SuggestionList::of(suggestions))?.unless_known(&known))
}
