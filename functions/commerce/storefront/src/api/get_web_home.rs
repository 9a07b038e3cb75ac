//! `GET /v1/commerce/web/home`: the home page for web clients.

use axum::extract::State;
use jiff::Timestamp;
use kit::http::{Cacheable, IfNoneMatch, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::MAX_AGE_SECONDS;
use crate::api::card_view::{CategoryLink, ProductCard};
use crate::ctx::PublicPages;

/// Home page.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HomeView {
    /// Categories at the top, by position.
    pub categories: Vec<CategoryLink>,
    /// Newest published products, at most 12.
    pub newest: Vec<ProductCard>,
    /// Published products that sold most in the last seven days, best first, at most 12.
    pub bestsellers: Vec<ProductCard>,
    /// Time of the newest event that the products show. Null before the page was built first.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub as_of: Option<Timestamp>,
}

/// Get the web home page
///
/// Returns the top categories, the newest products, and the best-selling ones of confirmed orders of the last seven days. It is built
/// every ten minutes; which prices apply is decided at each request. Public: no authentication. Clients and caches may keep the
/// response for 60 seconds, and then ask again with `If-None-Match`.
#[utoipa::path(
    get, path = "/v1/commerce/web/home", operation_id = "get_web_home", tag = "storefront",
    params(IfNoneMatch),
    responses(
        (status = 200, description = "The page", body = HomeView),
        (status = 304, description = "The client has the current page"),
    )
)]
pub async fn get_web_home(
    State(ctx): State<&'static PublicPages>,
    known: IfNoneMatch,
) -> Result<Cacheable<HomeView>, Problem> {
    let now = ctx.clock.now();
    let (shared, home) = futures::try_join!(ctx.shared(now), ctx.store.home())?;
    let cards = |cards| ProductCard::all(cards, &shared.lists, &ctx.files, now);
    let (newest, bestsellers) = match &home {
        Some(home) => futures::try_join!(cards(&home.newest), cards(&home.bestsellers))?,
        None => (Vec::new(), Vec::new()),
    };
    let expires = newest.iter().chain(&bestsellers).any(ProductCard::expires);
    let categories = shared.tree.children(None).into_iter().map(CategoryLink::from).collect();
    let page = HomeView { categories, newest, bestsellers, as_of: home.map(|home| home.as_of) };
    let response = Cacheable::of_content(MAX_AGE_SECONDS, page)?;
    Ok(if expires { response } else { response.unless_known(&known) })
}
