//! `GET /v1/commerce/mobile/products/{slug}`: the page of a product for mobile clients.

use axum::extract::State;
use kit::http::{Cacheable, IfNoneMatch, Path, Problem, Query};
use types::CurrencyCode;

use crate::api::MAX_AGE_SECONDS;
use crate::api::lookup::{Found, find};
use crate::api::mobile_view::{MobileProduct, Shop};
use crate::api::parameters::{MobileProductQuery, SlugPath, moved};
use crate::ctx::PublicPages;
use crate::problem::Refusal;

/// Get a mobile product page
///
/// Returns a published product with prices in one currency, in at most 4,096 bytes: with the beginning of the description, one
/// picture, and as many variants as fit. Otherwise it is as the page for web clients. Public: no authentication. Clients and caches may
/// keep the response for 60 seconds, and then ask again with `If-None-Match`.
#[utoipa::path(
    get, path = "/v1/commerce/mobile/products/{slug}", operation_id = "get_mobile_product", tag = "storefront",
    params(
        ("slug" = String, Path, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, description = "Slug of the product", example = "red-shoe"),
        ("currency" = CurrencyCode, Query, description = "Currency of the prices"),
        ("atLeast" = Option<u64>, Query, description = "Revision of the product that the page has to show", minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 7),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The page", body = MobileProduct),
        (status = 301, description = "The product has another slug: see `Location`"),
        (status = 304, description = "The client has the current page"),
        (status = 404, description = "`storefront.no_such_product`: no published product has this slug"),
        (status = 409, description = "`storefront.not_yet`: the page does not show the revision `atLeast` yet; retry after `Retry-After` seconds"),
    )
)]
pub async fn get_mobile_product(
    State(ctx): State<&'static PublicPages>,
    known: IfNoneMatch,
    Path(path): Path<SlugPath>,
    Query(query): Query<MobileProductQuery>,
) -> Result<Cacheable<MobileProduct>, Problem> {
    let (now, (currency, at_least)) = (ctx.clock.now(), query.parse()?);
    let slug = path.slug().ok_or(Refusal::NoSuchProduct)?;
    let (shared, found) = futures::join!(ctx.shared(now), find(&ctx.store, slug, at_least));
    let (id, page) = match found? {
        Found::Page(id, page) => (id, page),
        Found::Moved(to) => {
            let at_least = at_least.map(|revision| ("atLeast", revision.to_string()));
            let query = [("currency", currency.to_string())].into_iter().chain(at_least);
            return Ok(moved(&format!("/v1/commerce/mobile/products/{to}"), query));
        }
    };
    let shop = Shop { shared: &*shared?, files: &ctx.files, currency: &currency, now };
    let view = MobileProduct::of(id, &page, shop).await?;
    Ok(Cacheable::of_content(MAX_AGE_SECONDS, view)?.unless_known(&known))
}
