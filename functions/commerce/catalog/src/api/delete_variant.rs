//! `DELETE /v1/commerce/products/{id}/variants/{sku}`: deletes a variant.
//!
//! Emits `catalog.variant_changed.v1`, and `catalog.product_changed.v1` if the product is published.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::{Manager, Standing};
use kit::http::{Invocation, NoContent, Path, Problem};
use types::ProductId;

use crate::api::rules;
use crate::api::set_variant::{VariantPath, variant_changed};
use crate::ctx::Ctx;
use crate::domain::names::Sku;
use crate::domain::product::ProductError;
use crate::domain::variant::Variant;
use crate::problem::Refusal;
use crate::store::{Claim, NotWritten};

/// Delete a variant
///
/// The SKU may be used again afterwards; the same product and SKU give the same variant ID. A component of a bundle is not deleted:
/// remove it from the bundle first. Requires the role `manager` or
/// `admin`.
#[utoipa::path(
    delete, path = "/v1/commerce/products/{id}/variants/{sku}", operation_id = "delete_variant", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(
        ("id" = ProductId, Path, description = "Product ID"),
        ("sku" = String, Path, pattern = "^[A-Za-z0-9._-]{1,64}$", description = "SKU", example = "SHOE-RED-42"),
    ),
    responses(
        (status = 204, description = "Variant deleted"),
        (status = 404, description = "`catalog.no_such_product`: no product with this ID; `catalog.no_such_variant`: the product has no variant with this SKU"),
        (status = 409, description = "`catalog.last_variant`: a published product keeps at least one variant; `catalog.variant_in_bundle`: a bundle has the variant as a component"),
    )
)]
pub async fn delete_variant(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    Path(VariantPath { id, sku }): Path<VariantPath>,
) -> Result<NoContent, Problem> {
    let (now, sku) = (ctx.clock.now(), Sku::parse(&sku).ok());
    let mut retry = ConflictRetry::default();
    loop {
        let wanted = sku.iter().map(|sku| Variant::id_of(id, sku)).collect();
        let (_, (read, entries)) = standing.with(ctx.store.product_and_entries(id, &wanted)).await?;
        let read = rules::existing(read)?;
        let no_such_variant = || Refusal::Product(ProductError::NoSuchVariant);
        let sku = sku.as_ref().ok_or_else(no_such_variant)?;
        let variant = read.value.variant(sku).ok_or_else(no_such_variant)?;
        let next = read.value.without_variant(sku, now).map_err(Refusal::from)?;
        let outbox = variant_changed(&call, &next, variant, read.version + 1, now)?;
        match ctx.store.write_with(&read, next, Claim::FreedSku(sku), entries, &outbox).await {
            Ok(_) => return Ok(NoContent),
            Err(NotWritten::Bundle(error)) => return Err(Refusal::Bundle(error).into()),
            Err(NotWritten::Store(error)) => return Err(error.into()),
            Err(_) => retry.pause().await?,
        }
    }
}
