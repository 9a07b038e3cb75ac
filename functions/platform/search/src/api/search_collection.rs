//! `GET /v1/search/{collection}`: a page of hits, with facets.

use axum::extract::State;
use kit::http::{Cacheable, IfNoneMatch, Invocation, Path, Problem, Query};
use types::CurrencyCode;

use crate::api::search_params::SearchParams;
use crate::api::{CollectionPage, CollectionPath, MAX_AGE_SECONDS};
use crate::ctx::SearchContext;
use crate::domain::privacy::countable;
use crate::domain::search_id::SearchId;
use crate::problem::{public_collection, search_failed};
use crate::recorder::CountedSearch;

/// Search a collection
///
/// Searches `products`, `species` or `guides`. Returns the documents that match a text and filters, best first: those with more
/// words of the text, then those with fewer typos, then whole words before beginnings of words, then by the field, and then those in
/// stock. Typos are tolerated in words of five letters and more, not in words with digits. The last word may be the beginning of a
/// word. Without a text, all documents match. Filters on options, price and stock are for products and hold for one variant together.
/// Prices are the lowest public list prices that apply now, for one unit, without promotions. Documents are found within about two
/// seconds after a change. Public: no authentication. Clients and caches may keep the response for one second. The first page of a
/// search is counted, without the address of the client; texts that look like e-mail addresses or long numbers are not kept, nor
/// those of which only some words were found.
#[utoipa::path(
    get, path = "/v1/search/{collection}", operation_id = "search_collection", tag = "search",
    params(
        ("collection" = String, Path, max_length = 40, description = "Name of the collection", example = "products"),
        ("q" = Option<String>, Query, max_length = 512, description = "Text, at most 512 bytes", example = "red shoe"),
        ("filter" = Option<String>, Query, max_length = 4_096, description = "Filters: `name:value,value;name:value`. Names are facets of the collection (`products`: `category`, `categoryTitle`, `brand`, `attribute` with values `name=value`; `species`: `kind`, `water`, `family`; `guides`: `language`, `species` with IDs of species), or options of variants of products as `option.<name>`. A backslash precedes `:`, `,`, `;` and `\\` in values", example = "category:shoes;option.color:red,blue"),
        ("minPrice" = Option<i64>, Query, minimum = 0, maximum = 1_000_000_000_000_i64, description = "Lowest price in minor units, for `products`. Requires `currency`", example = 1000),
        ("maxPrice" = Option<i64>, Query, minimum = 0, maximum = 1_000_000_000_000_i64, description = "Highest price in minor units, for `products`. Requires `currency`", example = 9000),
        ("inStock" = Option<bool>, Query, description = "`true` for products with a variant that can be ordered", example = true),
        ("currency" = Option<CurrencyCode>, Query, description = "Currency of prices, for `products`"),
        ("sort" = Option<String>, Query, pattern = "^(relevance|price|-price|newest)$", description = "Order: `relevance` by default; `products` also `price` (lowest first), `-price` and `newest`, `guides` also `newest`", example = "relevance"),
        ("facets" = Option<String>, Query, max_length = 4_096, description = "Facets and options to count, separated by commas, at most 16", example = "category,option.color"),
        ("offset" = Option<u32>, Query, minimum = 0, maximum = 1_999, description = "Number of hits before the page, 0 by default. `offset` and `limit` are together at most 2,000", example = 0),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 50, description = "Number of hits of the page, 20 by default", example = 20),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "A page of hits; its form follows from the collection", body = CollectionPage),
        (status = 304, description = "The client has the current page"),
        (status = 404, description = "`search.no_such_collection`: no collection with this name"),
    )
)]
pub async fn search_collection(
    State(ctx): State<&'static SearchContext>,
    call: Invocation,
    known: IfNoneMatch,
    Path(CollectionPath { collection: name }): Path<CollectionPath>,
    Query(params): Query<SearchParams>,
) -> Result<Cacheable<CollectionPage>, Problem> {
    let (collection, now) = (public_collection(&name)?, ctx.clock.now());
    let query = params.parse(collection, now)?;
    let is_counted = query.page.offset == 0 && !query.text.trim().is_empty();
    let (searcher, recorder) = (ctx.searchers.of(collection), ctx.recorders.of(collection));
    let prepare = async {
        if is_counted {
            recorder.prepare(&ctx.store, now).await;
        }
    };
    let (view, ()) = futures::join!(searcher.view(now), prepare);
    let view = view?;
    let result = view.index.search(&query, &view.changes).map_err(search_failed)?;
    let text = countable(&query.text, &result.dropped);
    if is_counted {
        let search = CountedSearch { text, total: result.total, source: &call.source_ip };
        recorder.record(&ctx.store, search, now).await;
    }
    let hits = result.hits.iter().map(|hit| hit.id.as_str());
    let search_id = SearchId::new(collection.name(), text, now, query.page.offset, hits).sign(&ctx.key);
    let page = CollectionPage::of(collection.kind, search_id, result);
    Ok(Cacheable::of_content(MAX_AGE_SECONDS, page)?.unless_known(&known))
}
