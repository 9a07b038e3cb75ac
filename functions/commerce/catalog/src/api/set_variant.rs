//! `PUT /v1/commerce/products/{id}/variants/{sku}`: creates or replaces a variant.
//!
//! Emits `catalog.variant_changed.v1`, and `catalog.product_changed.v1` if the product is published.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use jiff::Timestamp;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, IfMatch, Invocation, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::{ProductId, TaxClass};
use utoipa::ToSchema;

use crate::api::rules;
use crate::api::texts::OptionValue;
use crate::api::view::{ProductView, VariantComponent};
use crate::ctx::Gallery;
use crate::domain::barcode::Barcode;
use crate::domain::bundle::{self, Component, Components, ComponentsError};
use crate::domain::names::Sku;
use crate::domain::product::{Product, ProductError};
use crate::domain::variant::{MAX_WEIGHT_GRAMS, Variant, VariantDetails};
use crate::problem::Refusal;
use crate::store::{Claim, NotWritten};

/// Path of a variant.
#[derive(Debug, Deserialize)]
pub struct VariantPath {
    /// Product ID.
    pub id: ProductId,
    /// SKU.
    pub sku: String,
}

/// Request to create or replace a variant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetVariant {
    /// Barcode: a GTIN of 8, 12, 13 or 14 digits with a valid check digit.
    #[schema(min_length = 8, max_length = 14, example = "4006381333931")]
    barcode: Option<String>,
    /// Weight in grams.
    #[schema(minimum = 1, maximum = 10_000_000, example = 750)]
    weight_grams: Option<u32>,
    /// Exactly one value for each option of the product, by the option's name.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, OptionValue>, example = json!({ "Color": "red" }))]
    choices: BTreeMap<String, String>,
    /// Tax class, by default `standard`.
    #[serde(default)]
    tax_class: TaxClass,
    /// What it consists of, if it is a bundle: up to 20 variants that are no bundles themselves. Absent or empty for a variant
    /// that is no bundle.
    #[serde(default)]
    #[schema(max_items = 20)]
    components: Vec<VariantComponent>,
}

impl SetVariant {
    fn parse(&self) -> Result<VariantDetails, Problem> {
        let mut fields = Fields::new();
        let barcode = self.barcode.as_deref().and_then(|text| fields.check("barcode", Barcode::parse(text.trim())));
        if self.weight_grams.is_some_and(|grams| !(1..=MAX_WEIGHT_GRAMS).contains(&grams)) {
            fields.refuse("weightGrams", format!("must be a number from 1 to {MAX_WEIGHT_GRAMS}"));
        }
        let components = components(&mut fields, &self.components);
        let (components,) = fields.all((components,))?;
        let (weight_grams, choices, tax_class) = (self.weight_grams, self.choices.clone(), self.tax_class.clone());
        Ok(VariantDetails { barcode, weight_grams, choices, tax_class, components })
    }
}

/// Parses the components of a bundle.
fn components(fields: &mut Fields, given: &[VariantComponent]) -> Option<Components> {
    let parsed = Components::parse(given.iter().copied().map(Component::from).collect());
    let field = |error: &ComponentsError| match error {
        ComponentsError::TooMany => "components".to_owned(),
        ComponentsError::Quantity(at) => format!("components[{at}].quantity"),
        ComponentsError::Repeated(at) => format!("components[{at}].variantId"),
    };
    parsed.map_err(|error| fields.refuse(&field(&error), error.to_string())).ok()
}

/// Replace a variant
///
/// Creates the variant with this SKU, or replaces it. An SKU is unique in the catalog and never changes; no two variants of a
/// product have the same choices. A product has at most 100 variants. A variant with `components` is a bundle: its components
/// are existing variants of any product, published or not, and no bundles. Without `weightGrams` it weighs what its
/// components weigh, which follows their changes within seconds. Requires the role `manager` or `admin`. Idempotent. Supports
/// optimistic concurrency with `If-Match`, the `ETag` of the product.
#[utoipa::path(
    put, path = "/v1/commerce/products/{id}/variants/{sku}", operation_id = "set_variant", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(
        ("id" = ProductId, Path, description = "Product ID"),
        ("sku" = String, Path, pattern = "^[A-Za-z0-9._-]{1,64}$", description = "SKU: 1 to 64 letters A-Z and a-z, digits, dots, underscores and hyphens", example = "SHOE-RED-42"),
        OptionalIfMatch,
    ),
    request_body = SetVariant,
    responses(
        (status = 200, description = "The product with the variant", body = ProductView),
        (status = 404, description = "`catalog.no_such_product`: no product with this ID"),
        (status = 409, description = "`catalog.sku_taken`: another product has a variant with this SKU; `catalog.choices_taken`: another variant has the same choices; `catalog.too_many_variants`: the product has 100 variants; `catalog.nested_bundle`: a component is a bundle, or the variant is a component of a bundle; `catalog.too_many_bundles`: a component is in 500 bundles"),
        (status = 422, description = "`catalog.choices_invalid`: not exactly one value of each option; `catalog.unknown_component`: no variant has the ID of a component; `catalog.own_component`: the variant is a component of itself; `catalog.product_too_large`: the product has more than 128 KiB"),
    )
)]
pub async fn set_variant(
    State(ctx): State<&'static Gallery>,
    call: Invocation,
    standing: Standing<Manager>,
    based_on: Option<IfMatch>,
    Path(VariantPath { id, sku }): Path<VariantPath>,
    Json(body): Json<SetVariant>,
) -> Result<Tagged<ProductView>, Problem> {
    let mut fields = Fields::of_parameters();
    let sku = fields.check("sku", Sku::parse(&sku));
    let ((sku,), details, now) = (fields.all((sku,))?, body.parse()?, ctx.clock.now());
    let wanted: BTreeSet<_> = details.components.variants().chain([Variant::id_of(id, &sku)]).collect();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, (read, mut entries)) = standing.with(ctx.store.product_and_entries(id, &wanted)).await?;
        let read = rules::existing(read)?;
        if let Some(tag) = based_on {
            tag.check(read.version)?;
        }
        let next = read.value.with_variant(sku.clone(), details.clone(), now).map_err(Refusal::from)?;
        let Some(next) = next else { return rules::shown(ctx, &read).await };
        // Components that are no longer there are known only now.
        ctx.store.add_entries(&mut entries, &bundle::affected(Some(&read.value), &next)).await?;
        let next = next.weighed(&entries.existing());
        let variant = next.variant(&sku).ok_or(Refusal::Product(ProductError::NoSuchVariant))?;
        let outbox = variant_changed(&call, &next, variant, read.version + 1, now)?;
        let claim = if read.value.variant(&sku).is_none() { Claim::NewSku(&sku) } else { Claim::None };
        match ctx.store.write_with(&read, next, claim, entries, &outbox).await {
            Ok(written) => return rules::shown(ctx, &written).await,
            Err(NotWritten::SkuTaken) => return Err(Refusal::SkuTaken.into()),
            Err(NotWritten::Bundle(error)) => return Err(Refusal::Bundle(error).into()),
            Err(NotWritten::Store(error)) => return Err(error.into()),
            Err(_) => retry.pause().await?,
        }
    }
}

/// Returns the events of a change or removal of a variant.
pub(super) fn variant_changed(
    call: &Invocation,
    next: &Product,
    variant: &Variant,
    revision: u64,
    now: Timestamp,
) -> Result<Outbox, Problem> {
    let mut outbox = rules::changed(call, next, revision, now)?;
    outbox.push(call.event(now, next.variant_fact(variant, revision)))?;
    Ok(outbox)
}
