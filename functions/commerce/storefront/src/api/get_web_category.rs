//! `GET /v1/commerce/web/categories/{slug}`: a category for web clients.

use axum::extract::State;
use jiff::Timestamp;
use kit::http::{Cacheable, IfNoneMatch, List, Page, Path, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::MAX_AGE_SECONDS;
use crate::api::card_view::{CategoryLink, ProductCard};
use crate::api::parameters::SlugPath;
use crate::ctx::PublicPages;
use crate::problem::Refusal;

/// Category with a page of its products.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CategoryPageView {
    /// Slug.
    #[schema(example = "shoes")]
    pub slug: String,
    /// Title.
    #[schema(example = "Shoes")]
    pub title: String,
    /// Path to the category, from the top; its last entry is the category itself.
    pub breadcrumb: Vec<CategoryLink>,
    /// Categories directly below, by position.
    pub children: Vec<CategoryLink>,
    /// Products of the category itself, newest first.
    pub items: Vec<ProductCard>,
    /// What to send as `cursor` for the next page. Null on the last one.
    pub next_cursor: Option<String>,
    /// Time of the newest event that the page shows.
    #[serde(serialize_with = "types::time::millis")]
    pub as_of: Timestamp,
}

/// Get a web category page
///
/// Returns a category with breadcrumb, the categories below it, and a page of its published products, newest first; not those of the
/// categories below. Public: no authentication. Clients and caches may keep the response for 60 seconds, and then ask again with
/// `If-None-Match`.
#[utoipa::path(
    get, path = "/v1/commerce/web/categories/{slug}", operation_id = "get_web_category", tag = "storefront",
    params(
        ("slug" = String, Path, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, description = "Slug of the category", example = "shoes"),
        Page,
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The page", body = CategoryPageView),
        (status = 304, description = "The client has the current page"),
        (status = 404, description = "`storefront.no_such_category`: no category has this slug"),
    )
)]
pub async fn get_web_category(
    State(ctx): State<&'static PublicPages>,
    known: IfNoneMatch,
    page: Page,
    Path(path): Path<SlugPath>,
) -> Result<Cacheable<CategoryPageView>, Problem> {
    let now = ctx.clock.now();
    let slug = path.slug().ok_or(Refusal::NoSuchCategory)?;
    let cards = ctx.store.category_cards(slug, page.limit, page.cursor);
    let (shared, cards) = futures::try_join!(ctx.shared(now), cards)?;
    let node = shared.tree.get(slug).ok_or(Refusal::NoSuchCategory)?;
    let shown: Vec<_> = cards.items.iter().map(|card| &card.value.card).collect();
    let as_of = shown.iter().map(|card| card.as_of).fold(node.facts.at, Ord::max);
    let items = ProductCard::all(shown, &shared.lists, &ctx.files, now).await?;
    let expires = items.iter().any(ProductCard::expires);
    let links = |nodes: Vec<_>| nodes.into_iter().map(CategoryLink::from).collect();
    let List { items, next_cursor } = List::new(items, cards.next.as_ref());
    let view = CategoryPageView {
        slug: slug.to_owned(),
        title: node.facts.title.clone(),
        breadcrumb: links(shared.tree.path(slug)),
        children: links(shared.tree.children(Some(slug))),
        items,
        next_cursor,
        as_of,
    };
    let response = Cacheable::of_content(MAX_AGE_SECONDS, view)?;
    Ok(if expires { response } else { response.unless_known(&known) })
}
