//! `GET /v1/commerce/categories/{slug}/products`: the published products of a category.

use axum::extract::State;
use kit::http::{Cacheable, IfNoneMatch, List, Page, Path, Problem};

use crate::api::category_view::{CategoryProduct, MAX_AGE_SECONDS};
use crate::api::get_category::CategoryPath;
use crate::ctx::Public;
use crate::domain::names::Slug;
use crate::problem::Refusal;

/// List products of a category
///
/// Returns the published products of the category itself, not of those below it, newest first. Public: no authentication.
/// Clients and caches may keep the response for 60 seconds, and then ask again with `If-None-Match`.
#[utoipa::path(
    get, path = "/v1/commerce/categories/{slug}/products", operation_id = "list_category_products", tag = "catalog",
    params(
        ("slug" = String, Path, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, description = "Slug of the category", example = "shoes"),
        Page,
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "A page of products", body = List<CategoryProduct>),
        (status = 304, description = "The client has the current page"),
        (status = 404, description = "`catalog.no_such_category`: no category with this slug"),
    )
)]
pub async fn list_category_products(
    State(ctx): State<&'static Public>,
    known: IfNoneMatch,
    page: Page,
    Path(CategoryPath { slug }): Path<CategoryPath>,
) -> Result<Cacheable<List<CategoryProduct>>, Problem> {
    let slug = Slug::parse(&slug).map_err(|_| Refusal::NoSuchCategory)?;
    let products = ctx.store.category_products(&slug, page.limit, page.cursor).await?;
    let list = List::of(products.ok_or(Refusal::NoSuchCategory)?, |entry| CategoryProduct::from(&entry.value));
    Ok(Cacheable::of_content(MAX_AGE_SECONDS, list)?.unless_known(&known))
}
