//! `GET /v1/commerce/web/products/{slug}`: the page of a product for web clients.

use axum::extract::State;
use kit::http::{Cacheable, IfNoneMatch, Path, Problem, Query};

use crate::api::MAX_AGE_SECONDS;
use crate::api::lookup::{Found, find};
use crate::api::parameters::{SlugPath, WebProductQuery, moved};
use crate::api::product_view::ProductPageView;
use crate::ctx::PublicPages;
use crate::problem::Refusal;

/// Get a web product page
///
/// Returns a published product with variants, prices in all currencies, availability, pictures, breadcrumb, and the components of
/// bundles. Prices are list prices of one unit for everybody, before promotions: `GET /v1/commerce/variants/{id}/price` has the price
/// with promotions, and the lowest price of the 30 days before a reduction. The page follows changes within seconds. To read
/// your own write, send the revision that the catalog returned as `atLeast`: the response waits up to 0.7 seconds for it. An earlier
/// slug redirects. Public: no authentication. Clients and caches may keep the response for 60 seconds, and then ask again with
/// `If-None-Match`.
#[utoipa::path(
    get, path = "/v1/commerce/web/products/{slug}", operation_id = "get_web_product", tag = "storefront",
    params(
        ("slug" = String, Path, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, description = "Slug of the product", example = "red-shoe"),
        ("atLeast" = Option<u64>, Query, description = "Revision of the product that the page has to show", minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 7),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The page", body = ProductPageView),
        (status = 301, description = "The product has another slug: see `Location`"),
        (status = 304, description = "The client has the current page"),
        (status = 404, description = "`storefront.no_such_product`: no published product has this slug"),
        (status = 409, description = "`storefront.not_yet`: the page does not show the revision `atLeast` yet; retry after `Retry-After` seconds"),
    )
)]
pub async fn get_web_product(
    State(ctx): State<&'static PublicPages>,
    known: IfNoneMatch,
    Path(path): Path<SlugPath>,
    Query(query): Query<WebProductQuery>,
) -> Result<Cacheable<ProductPageView>, Problem> {
    let (now, at_least) = (ctx.clock.now(), query.parse()?);
    let slug = path.slug().ok_or(Refusal::NoSuchProduct)?;
    let (shared, found) = futures::join!(ctx.shared(now), find(&ctx.store, slug, at_least));
    let (id, page) = match found? {
        Found::Page(id, page) => (id, page),
        Found::Moved(to) => {
            let at_least = at_least.map(|revision| ("atLeast", revision.to_string()));
            return Ok(moved(&format!("/v1/commerce/web/products/{to}"), at_least));
        }
    };
    let view = ProductPageView::of(id, &page, &*shared?, &ctx.files, now).await?;
    let expires = view.expires();
    let response = Cacheable::of_content(MAX_AGE_SECONDS, view)?;
    Ok(if expires { response } else { response.unless_known(&known) })
}
