//! `PUT /v1/billing/products/{code}`: creates or replaces a product.

use axum::extract::State;
use dynamo::{Read, Versioned};
use kit::auth::{Admin, Standing};
use kit::http::{Fields, IfMatch, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::{TaxClass, line};
use utoipa::ToSchema;

use crate::api::CodePath;
use crate::api::catalogue_view::BillingProductView;
use crate::ctx::Ctx;
use crate::domain::catalogue::{Catalogue, Listed, MAX_NAME_CHARS, Product};
use crate::domain::codes::ProductCode;
use crate::problem::Refusal;

/// Request to create or replace a product.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetBillingProduct {
    /// Name on invoices, at most 60 characters.
    #[schema(min_length = 1, max_length = 60, example = "Atoll")]
    name: String,
    /// How it is taxed. Prices that are published keep the class that they were published with.
    #[serde(default)]
    tax_class: TaxClass,
}

impl SetBillingProduct {
    fn product(self, code: ProductCode) -> Result<Product, Problem> {
        let mut fields = Fields::new();
        let name = fields.check("name", line(&self.name, MAX_NAME_CHARS));
        let (name,) = fields.all((name,))?;
        Ok(Product { code, name, tax_class: self.tax_class })
    }
}

/// Create or replace a product
///
/// The code is chosen by the caller. A retired product is offered again. At most 20 products, retired ones included. Requires the
/// role `admin`. Idempotent. Supports optimistic concurrency: send `If-Match` with the `ETag` of the catalogue.
#[utoipa::path(
    put, path = "/v1/billing/products/{code}", operation_id = "set_product", tag = "billing",
    security(("bearer" = ["admin"])),
    params(("code" = ProductCode, Path, description = "Code of the product"), OptionalIfMatch),
    request_body = SetBillingProduct,
    responses(
        (status = 200, description = "The product, with the version of the catalogue", body = BillingProductView),
        (status = 409, description = "`billing.catalogue_full`: there are 20 products, including retired ones"),
    )
)]
pub async fn set_product(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    based_on: Option<IfMatch>,
    Path(CodePath { code }): Path<CodePath<ProductCode>>,
    Json(body): Json<SetBillingProduct>,
) -> Result<Tagged<BillingProductView>, Problem> {
    let product = body.product(code)?;
    let (_, read) = standing.with(ctx.store.catalogue(Read::Strong)).await?;
    let decide = |read: &Versioned<Catalogue>| {
        based_on.map_or(Ok(()), |tag| tag.check(read.version))?;
        let mut next = read.value.clone();
        next.set_product(product.clone()).map_err(Refusal::from)?;
        Ok::<_, Problem>((next != read.value).then_some(next))
    };
    let written = ctx.store.change_catalogue(read, decide).await?;
    Ok(Tagged::new(written.version, BillingProductView::from(Listed { entry: &product, is_retired: false })))
}
