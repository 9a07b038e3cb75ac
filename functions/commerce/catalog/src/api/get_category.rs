//! `GET /v1/commerce/categories/{slug}`: a category.

use axum::extract::State;
use kit::http::{Cacheable, IfNoneMatch, Path, Problem};
use serde::Deserialize;

use crate::api::category_view::{CategoryView, MAX_AGE_SECONDS};
use crate::ctx::Public;
use crate::domain::names::Slug;
use crate::problem::Refusal;

/// Path of a category.
#[derive(Debug, Deserialize)]
pub struct CategoryPath {
    /// Slug.
    pub slug: String,
}

/// Get a category
///
/// Public: no authentication. Clients and caches may keep the response for 60 seconds, and then ask again with
/// `If-None-Match`.
#[utoipa::path(
    get, path = "/v1/commerce/categories/{slug}", operation_id = "get_category", tag = "catalog",
    params(
        ("slug" = String, Path, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, description = "Slug of the category", example = "shoes"),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The category", body = CategoryView),
        (status = 304, description = "The client has the current version"),
        (status = 404, description = "`catalog.no_such_category`: no category with this slug"),
    )
)]
pub async fn get_category(
    State(ctx): State<&'static Public>,
    known: IfNoneMatch,
    Path(CategoryPath { slug }): Path<CategoryPath>,
) -> Result<Cacheable<CategoryView>, Problem> {
    let slug = Slug::parse(&slug).map_err(|_| Refusal::NoSuchCategory)?;
    let category = ctx.store.category(&slug).await?.ok_or(Refusal::NoSuchCategory)?;
    let view = CategoryView::from(&category.value);
    Ok(Cacheable::of_version(category.version, MAX_AGE_SECONDS, view).unless_known(&known))
}
