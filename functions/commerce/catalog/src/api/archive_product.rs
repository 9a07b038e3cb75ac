//! `DELETE /v1/commerce/products/{id}`: archives a product.
//!
//! Emits `catalog.product_archived.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox, Read};
use kit::auth::{Manager, Standing};
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::ProductId;

use crate::api::rules;
use crate::ctx::Ctx;
use crate::store::{Claim, NotWritten};

/// Archive a product
///
/// The public no longer sees the product, and it can no longer be sold. It keeps its slugs and SKUs, and can be published
/// again. Requires the role `manager` or `admin`. Idempotent.
#[utoipa::path(
    delete, path = "/v1/commerce/products/{id}", operation_id = "archive_product", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(("id" = ProductId, Path, description = "Product ID")),
    responses(
        (status = 204, description = "Product archived"),
        (status = 404, description = "`catalog.no_such_product`: no product with this ID"),
    )
)]
pub async fn archive_product(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<ProductId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.product(id, Read::Strong)).await?;
        let read = rules::existing(read)?;
        let Some(next) = read.value.archived(now) else { return Ok(NoContent) };
        let outbox = Outbox::of(call.event(now, next.archived_fact(read.version + 1)))?;
        match ctx.store.write(&read, next, Claim::None, &outbox).await {
            Ok(_) => return Ok(NoContent),
            Err(NotWritten::Store(error)) => return Err(error.into()),
            Err(_) => retry.pause().await?,
        }
    }
}
