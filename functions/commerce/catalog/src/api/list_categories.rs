//! `GET /v1/commerce/categories`: the categories of a parent.

use axum::extract::State;
use kit::http::{Cacheable, Fields, IfNoneMatch, List, Page, Problem, Query};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::api::category_view::{CategoryView, MAX_AGE_SECONDS};
use crate::ctx::Public;
use crate::domain::names::Slug;

/// Query parameters, beside those of the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    parent: Option<String>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

/// List categories
///
/// Returns the categories directly below `parent`, or those at the top, ordered by position and slug. Public: no
/// authentication. Clients and caches may keep the response for 60 seconds, and then ask again with `If-None-Match`.
#[utoipa::path(
    get, path = "/v1/commerce/categories", operation_id = "list_categories", tag = "catalog",
    params(
        ("parent" = Option<String>, Query, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, description = "Slug of the parent", example = "clothes"),
        Page,
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "A page of categories", body = List<CategoryView>),
        (status = 304, description = "The client has the current page"),
    )
)]
pub async fn list_categories(
    State(ctx): State<&'static Public>,
    known: IfNoneMatch,
    page: Page,
    Query(Filter { parent, .. }): Query<Filter>,
) -> Result<Cacheable<List<CategoryView>>, Problem> {
    let mut fields = Fields::of_parameters();
    let parent = parent.map(|text| fields.check("parent", Slug::parse(&text)));
    let (parent,) = fields.all((Some(parent.flatten()),))?;
    let children = ctx.store.children(parent.as_ref(), page.limit, page.cursor).await?;
    let list = List::of(children, |category| CategoryView::from(&category.value));
    Ok(Cacheable::of_content(MAX_AGE_SECONDS, list)?.unless_known(&known))
}
