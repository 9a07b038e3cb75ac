//! `DELETE /v1/commerce/categories/{slug}`: deletes a category.
//!
//! Emits `catalog.category_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Manager, Standing};
use kit::http::{Invocation, NoContent, Path, Problem};

use crate::api::get_category::CategoryPath;
use crate::ctx::Ctx;
use crate::domain::names::Slug;
use crate::problem::Refusal;

/// Delete a category
///
/// Products stay, and keep the slug among their categories until they are changed; a category that is created with the slug
/// lists them again. Requires the role `manager` or `admin`.
#[utoipa::path(
    delete, path = "/v1/commerce/categories/{slug}", operation_id = "delete_category", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(("slug" = String, Path, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, description = "Slug of the category", example = "shoes")),
    responses(
        (status = 204, description = "Category deleted"),
        (status = 404, description = "`catalog.no_such_category`: no category with this slug"),
        (status = 409, description = "`catalog.category_has_children`: other categories are below it"),
    )
)]
pub async fn delete_category(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    Path(CategoryPath { slug }): Path<CategoryPath>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let Ok(slug) = Slug::parse(&slug) else {
        standing.check().await?;
        return Err(Refusal::NoSuchCategory.into());
    };
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.category_in_tree(&slug)).await?;
        let found = read.category.as_ref().filter(|category| !category.value.removed);
        let category = found.ok_or(Refusal::NoSuchCategory)?;
        let tree = read.tree().without(&slug).map_err(Refusal::from)?;
        let next = category.value.deleted();
        let outbox = Outbox::of(call.event(now, next.fact(category.version + 1)))?;
        if ctx.store.write_category(&read, &next, tree.as_ref(), &outbox).await? {
            return Ok(NoContent);
        }
        retry.pause().await?;
    }
}
