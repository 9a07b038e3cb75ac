//! `PUT /v1/commerce/products/{id}/publication`: publishes a product.
//!
//! Emits `catalog.product_published.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox, Read};
use kit::auth::{Manager, Standing};
use kit::http::{Id, Invocation, Path, Problem, Tagged};
use types::ProductId;

use crate::api::rules;
use crate::api::view::ProductView;
use crate::ctx::Gallery;
use crate::problem::Refusal;
use crate::store::{Claim, NotWritten};

/// Publish a product
///
/// Makes a draft or an archived product visible to the public. Requires the role `manager` or `admin`. Idempotent.
#[utoipa::path(
    put, path = "/v1/commerce/products/{id}/publication", operation_id = "publish_product", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(("id" = ProductId, Path, description = "Product ID")),
    responses(
        (status = 200, description = "The published product", body = ProductView),
        (status = 404, description = "`catalog.no_such_product`: no product with this ID"),
        (status = 409, description = "`catalog.no_variants`: the product has no variants"),
    )
)]
pub async fn publish_product(
    State(ctx): State<&'static Gallery>,
    call: Invocation,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<ProductId>>,
) -> Result<Tagged<ProductView>, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.product(id, Read::Strong)).await?;
        let read = rules::existing(read)?;
        let Some(next) = read.value.published(now).map_err(Refusal::from)? else {
            return rules::shown(ctx, &read).await;
        };
        let outbox = Outbox::of(call.event(now, next.published_fact(read.version + 1)))?;
        match ctx.store.write(&read, next, Claim::None, &outbox).await {
            Ok(written) => return rules::shown(ctx, &written).await,
            Err(NotWritten::Store(error)) => return Err(error.into()),
            Err(_) => retry.pause().await?,
        }
    }
}
