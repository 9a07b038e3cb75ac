//! `PUT /v1/commerce/categories/{slug}`: creates, changes or moves a category.
//!
//! Emits `catalog.category_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Manager, Standing};
use kit::http::{Fields, IfMatch, Invocation, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::{line, paragraphs};
use utoipa::ToSchema;

use crate::api::category_view::CategoryView;
use crate::api::get_category::CategoryPath;
use crate::ctx::Ctx;
use crate::domain::category::{
    Category, CategoryDetails, MAX_CATEGORY_DESCRIPTION_CHARS, MAX_CATEGORY_TITLE_CHARS, MAX_POSITION,
};
use crate::domain::names::Slug;
use crate::problem::Refusal;

/// Request to create, change or move a category.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetCategory {
    /// Title.
    #[schema(min_length = 1, max_length = 100, example = "Shoes")]
    title: String,
    /// Description.
    #[schema(min_length = 1, max_length = 500, example = "For all seasons.")]
    description: Option<String>,
    /// Slug of the category that it is below. Absent or null at the top.
    #[schema(min_length = 1, max_length = 100, example = "clothes")]
    parent: Option<String>,
    /// Position among the categories of its parent.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 9_999, example = 0)]
    position: u32,
}

impl SetCategory {
    fn parse(&self) -> Result<CategoryDetails, Problem> {
        let mut fields = Fields::new();
        let title = fields.check("title", line(&self.title, MAX_CATEGORY_TITLE_CHARS));
        let text = self.description.as_deref();
        let description =
            text.and_then(|text| fields.check("description", paragraphs(text, MAX_CATEGORY_DESCRIPTION_CHARS)));
        let parent = self.parent.as_deref().and_then(|text| fields.check("parent", Slug::parse(text)));
        if self.position > MAX_POSITION {
            fields.refuse("position", format!("must be a number from 0 to {MAX_POSITION}"));
        }
        let (title,) = fields.all((title,))?;
        Ok(CategoryDetails { title, description, parent, position: self.position })
    }
}

/// Replace a category
///
/// Creates the category with this slug, or replaces what it says; another `parent` moves it with all that is below it. The
/// slug never changes. There are at most 1,000 categories and 5 levels. Requires the role `manager` or `admin`. Idempotent.
/// Supports optimistic concurrency with `If-Match`.
#[utoipa::path(
    put, path = "/v1/commerce/categories/{slug}", operation_id = "set_category", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(
        ("slug" = String, Path, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, description = "Slug: lower-case letters a-z, digits, and single hyphens between them", example = "shoes"),
        OptionalIfMatch,
    ),
    request_body = SetCategory,
    responses(
        (status = 200, description = "The category", body = CategoryView),
        (status = 409, description = "`catalog.category_circle`: the parent is the category itself or below it; `catalog.tree_too_deep`: the tree would have more than 5 levels; `catalog.too_many_categories`: there are 1,000 categories"),
        (status = 422, description = "`catalog.unknown_parent`: no category has the slug `parent`"),
    )
)]
pub async fn set_category(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    based_on: Option<IfMatch>,
    Path(CategoryPath { slug }): Path<CategoryPath>,
    Json(body): Json<SetCategory>,
) -> Result<Tagged<CategoryView>, Problem> {
    let mut fields = Fields::of_parameters();
    let slug = fields.check("slug", Slug::parse(&slug));
    let ((slug,), details, now) = (fields.all((slug,))?, body.parse()?, ctx.clock.now());
    let next = Category::new(slug, details);
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.category_in_tree(&next.slug)).await?;
        let version = read.category.as_ref().map_or(0, |category| category.version);
        if let Some(tag) = based_on {
            tag.check(version)?;
        }
        let tree = read.tree().with(&next.slug, next.details.parent.as_ref()).map_err(Refusal::from)?;
        if read.category.as_ref().is_some_and(|category| category.value == next) {
            return Ok(Tagged::new(version, CategoryView::from(&next)));
        }
        let outbox = Outbox::of(call.event(now, next.fact(version + 1)))?;
        if ctx.store.write_category(&read, &next, tree.as_ref(), &outbox).await? {
            return Ok(Tagged::new(version + 1, CategoryView::from(&next)));
        }
        retry.pause().await?;
    }
}
