//! `POST /v1/commerce/products`: creates a product. Requires `Idempotency-Key`.

use std::collections::BTreeMap;

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox, Versioned};
use kit::auth::{Manager, Standing};
use kit::http::{Created, Fields, IdempotencyKey, Json, Problem};
use serde::Deserialize;
use types::ProductId;
use utoipa::ToSchema;

use crate::api::rules;
use crate::api::texts::{AttributeValue, CategorySlug};
use crate::api::view::{NewPicture, ProductOption, ProductView};
use crate::ctx::Gallery;
use crate::domain::details::Details;
use crate::domain::names::Slug;
use crate::domain::product::{NewProduct, Product};
use crate::problem::Refusal;
use crate::store::NotWritten;

/// Request to create a product.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateProduct {
    /// Slug: the name in URLs. By default it is derived from the title.
    #[schema(min_length = 1, max_length = 100, example = "red-shoe")]
    slug: Option<String>,
    /// Title.
    #[schema(min_length = 1, max_length = 200, example = "Red shoe")]
    title: String,
    /// Description.
    #[schema(min_length = 1, max_length = 5000, example = "Made of wool.")]
    description: Option<String>,
    /// Attributes: values by names. At most 50; a name has 1 to 30 characters, a value 1 to 200.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, AttributeValue>, example = json!({ "Material": "wool" }))]
    attributes: BTreeMap<String, String>,
    /// Options that variants choose from.
    #[serde(default)]
    #[schema(max_items = 3)]
    options: Vec<ProductOption>,
    /// Categories that list the product once it is published, by their slugs.
    #[serde(default)]
    #[schema(value_type = Vec<CategorySlug>, max_items = 10, example = json!(["shoes"]))]
    categories: Vec<String>,
    /// Pictures, in the order in which they are shown.
    #[serde(default)]
    #[schema(max_items = 20)]
    media: Vec<NewPicture>,
}

impl CreateProduct {
    fn parse(&self) -> Result<NewProduct, Problem> {
        let mut fields = Fields::new();
        let title = rules::title(&mut fields, &self.title);
        let description = self.description.as_deref().and_then(|text| rules::description(&mut fields, text));
        let attributes = rules::attributes(&mut fields, &self.attributes);
        let options = rules::options(&mut fields, &self.options);
        let categories = rules::categories(&mut fields, &self.categories);
        let media = rules::media(&mut fields, &self.media);
        let slug = match (&self.slug, &title) {
            (Some(text), _) => rules::slug(&mut fields, text),
            (None, Some(title)) => {
                let slug = Slug::of_title(title);
                fields.check("slug", slug.ok_or("is required, because the title has no letters a-z and no digits"))
            }
            (None, None) => None,
        };
        let (title, attributes, options, categories, media, slug) =
            fields.all((title, attributes, options, categories, media, slug))?;
        let details = Details { title, description, attributes };
        Ok(NewProduct { slug, details, options, categories, media })
    }
}

/// Create a product
///
/// Creates a draft without variants. Add variants with `PUT /v1/commerce/products/{id}/variants/{sku}`, then publish it.
/// `media` names up to 20 of your published media items with the purpose `product`. Requires the role `manager` or `admin`. A slug
/// that another product had earlier may be used. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/commerce/products", operation_id = "create_product", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(IdempotencyKey),
    request_body = CreateProduct,
    responses(
        (status = 201, description = "Product created", body = ProductView),
        (status = 409, description = "`catalog.slug_taken`: another product has the slug; `catalog.media_not_published`: the caller has no published picture with an ID of `media`"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body; `catalog.product_too_large`: the product has more than 128 KiB; `catalog.unknown_category`: no category has a slug of `categories`"),
    )
)]
pub async fn create_product(
    State(ctx): State<&'static Gallery>,
    standing: Standing<Manager>,
    attempt: IdempotencyKey,
    Json(body): Json<CreateProduct>,
) -> Result<Created<ProductView>, Problem> {
    let (now, new) = (ctx.clock.now(), body.parse()?);
    let id = ProductId::new(attempt.derive_id("create_product", &standing.user_id().to_string()));
    let mut retry = ConflictRetry::default();
    loop {
        let found = ctx.store.claim_and_media(id, &new.slug, standing.user_id(), &new.media);
        let (_, (read, media)) = standing.with(found).await?;
        if let Some(before) = read.product {
            return created(ctx, &same_as_before(before, &new)?).await;
        }
        let media = rules::resolve(&new.media, &[], &media)?;
        let product = Product::new(id, new.clone(), media, now).map_err(Refusal::from)?;
        match ctx.store.create(&product, read.claim.as_ref(), &Outbox::none()).await {
            Ok(()) => return created(ctx, &product).await,
            Err(NotWritten::Exists(before)) => return created(ctx, &same_as_before(*before, &new)?).await,
            Err(NotWritten::NoSuchCategory(slug)) => return Err(Refusal::UnknownCategory(slug).into()),
            Err(NotWritten::SlugTaken) => return Err(Refusal::SlugTaken.into()),
            Err(NotWritten::Store(error)) => return Err(error.into()),
            Err(_) => retry.pause().await?,
        }
    }
}

/// Returns the existing product if the request is the same, for a retry with the same key.
fn same_as_before(before: Versioned<Product>, new: &NewProduct) -> Result<Product, Refusal> {
    before.value.was_created_from(new).then_some(before.value).ok_or(Refusal::KeyReused)
}

async fn created(ctx: &Gallery, product: &Product) -> Result<Created<ProductView>, Problem> {
    let view = ProductView::of(product, &ctx.files, ctx.clock.now()).await?;
    Ok(Created::at(format!("/v1/commerce/admin/products/{}", product.id), view))
}
