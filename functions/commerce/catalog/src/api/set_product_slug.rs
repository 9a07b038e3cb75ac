//! `PUT /v1/commerce/products/{id}/slug`: changes the slug of a product.
//!
//! Emits `catalog.product_changed.v1` if the product is published.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Id, IfMatch, Invocation, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::ProductId;
use utoipa::ToSchema;

use crate::api::rules;
use crate::api::view::ProductView;
use crate::ctx::Gallery;
use crate::domain::names::Slug;
use crate::problem::Refusal;
use crate::store::{Claim, NotWritten};

/// Request to change a slug.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetProductSlug {
    /// Slug: lower-case letters a-z, digits, and single hyphens between them.
    #[schema(min_length = 1, max_length = 100, example = "red-shoe")]
    slug: String,
}

impl SetProductSlug {
    fn parse(&self) -> Result<Slug, Problem> {
        let mut fields = Fields::new();
        let slug = rules::slug(&mut fields, &self.slug);
        fields.all((slug,)).map(|(slug,)| slug)
    }
}

/// Replace the slug
///
/// The earlier slug redirects to the new one, until another product takes it. A slug that another product had earlier may be
/// used. Requires the role `manager` or `admin`. Idempotent. Supports optimistic concurrency with `If-Match`.
#[utoipa::path(
    put, path = "/v1/commerce/products/{id}/slug", operation_id = "set_product_slug", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(
        ("id" = ProductId, Path, description = "Product ID"),
        OptionalIfMatch,
    ),
    request_body = SetProductSlug,
    responses(
        (status = 200, description = "The product with its new slug", body = ProductView),
        (status = 404, description = "`catalog.no_such_product`: no product with this ID"),
        (status = 409, description = "`catalog.slug_taken`: another product has the slug"),
    )
)]
pub async fn set_product_slug(
    State(ctx): State<&'static Gallery>,
    call: Invocation,
    standing: Standing<Manager>,
    based_on: Option<IfMatch>,
    Path(Id { id }): Path<Id<ProductId>>,
    Json(body): Json<SetProductSlug>,
) -> Result<Tagged<ProductView>, Problem> {
    let (now, slug) = (ctx.clock.now(), body.parse()?);
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.product_and_claim(id, &slug)).await?;
        let (product, claim) = (rules::existing(read.product)?, read.claim);
        if let Some(tag) = based_on {
            tag.check(product.version)?;
        }
        let Some(next) = product.value.renamed(slug.clone(), now) else {
            return rules::shown(ctx, &product).await;
        };
        let outbox = rules::changed(&call, &next, product.version + 1, now)?;
        match ctx.store.write(&product, next, Claim::Slug(claim.as_ref()), &outbox).await {
            Ok(written) => return rules::shown(ctx, &written).await,
            Err(NotWritten::SlugTaken) => return Err(Refusal::SlugTaken.into()),
            Err(NotWritten::Store(error)) => return Err(error.into()),
            Err(_) => retry.pause().await?,
        }
    }
}
