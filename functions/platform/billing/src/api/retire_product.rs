//! `DELETE /v1/billing/products/{code}`: retires a product.

use axum::extract::State;
use dynamo::{Read, Versioned};
use kit::auth::{Admin, Standing};
use kit::http::{NoContent, Path, Problem};

use crate::api::CodePath;
use crate::ctx::Ctx;
use crate::domain::catalogue::Catalogue;
use crate::domain::codes::ProductCode;
use crate::problem::Refusal;

/// Retire a product
///
/// Its plans are not offered any more, and plans that are granted stay. Setting it again offers it again. Requires the role
/// `admin`. Idempotent.
#[utoipa::path(
    delete, path = "/v1/billing/products/{code}", operation_id = "retire_product", tag = "billing",
    security(("bearer" = ["admin"])),
    params(("code" = ProductCode, Path, description = "Code of the product")),
    responses(
        (status = 204, description = "Product retired"),
        (status = 404, description = "`billing.no_such_product`: no product with this code"),
    )
)]
pub async fn retire_product(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    Path(CodePath { code }): Path<CodePath<ProductCode>>,
) -> Result<NoContent, Problem> {
    let (_, read) = standing.with(ctx.store.catalogue(Read::Strong)).await?;
    let decide = |read: &Versioned<Catalogue>| {
        let mut next = read.value.clone();
        let is_new = next.retire_product(&code).ok_or(Refusal::NoSuchProduct)?;
        Ok::<_, Problem>(is_new.then_some(next))
    };
    ctx.store.change_catalogue(read, decide).await?;
    Ok(NoContent)
}
