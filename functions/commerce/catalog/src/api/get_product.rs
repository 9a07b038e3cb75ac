//! `GET /v1/commerce/products/{id}`: a published product, by its ID or slug.

use axum::extract::State;
use dynamo::{Read, Versioned};
use kit::http::{Cacheable, Id, IfNoneMatch, Path, Problem};
use types::ProductId;

use crate::api::view::ProductView;
use crate::ctx::PublicGallery;
use crate::domain::names::Slug;
use crate::domain::product::Product;
use crate::problem::Refusal;
use crate::store::BySlug;

/// How long clients and caches may use a response without asking again, in seconds.
const MAX_AGE_SECONDS: u32 = 60;

/// Get a product
///
/// Returns a published product by its ID or slug. Public: no authentication. An earlier slug redirects to the current one,
/// unless another product has it now. Clients and caches may keep the response for 60 seconds, and then ask again with
/// `If-None-Match`. A new slug is found after about a second.
#[utoipa::path(
    get, path = "/v1/commerce/products/{id}", operation_id = "get_product", tag = "catalog",
    params(
        ("id" = String, Path, min_length = 1, max_length = 100, description = "Product ID or slug", example = "red-shoe"),
        IfNoneMatch,
    ),
    responses(
        (status = 200, description = "The product", body = ProductView),
        (status = 301, description = "The product has another slug: see `Location`"),
        (status = 304, description = "The client has the current version"),
        (status = 404, description = "`catalog.no_such_product`: no published product with this ID or slug"),
    )
)]
pub async fn get_product(
    State(ctx): State<&'static PublicGallery>,
    known: IfNoneMatch,
    Path(Id { id }): Path<Id<String>>,
) -> Result<Cacheable<ProductView>, Problem> {
    if let Ok(id) = id.parse::<ProductId>() {
        let product = ctx.store.product(id, Read::Eventual).await?;
        return shown(ctx, &published(product)?, &known).await;
    }
    let slug = Slug::parse(&id).map_err(|_| Refusal::NoSuchProduct)?;
    let claimed = match ctx.store.by_slug(&slug).await? {
        BySlug::Current(product) => return shown(ctx, &product, &known).await,
        BySlug::Claimed(id) => id,
        BySlug::Unknown => return Err(Refusal::NoSuchProduct.into()),
    };
    let product = published(ctx.store.product(claimed, Read::Eventual).await?)?;
    if product.value.slug == slug {
        return shown(ctx, &product, &known).await;
    }
    Ok(Cacheable::moved(format!("/v1/commerce/products/{}", product.value.slug), MAX_AGE_SECONDS))
}

fn published(found: Option<Versioned<Product>>) -> Result<Versioned<Product>, Refusal> {
    found.filter(|product| product.value.is_published()).ok_or(Refusal::NoSuchProduct)
}

/// URLs that expire are always sent anew, so that clients do not keep them for longer than they are valid.
async fn shown(
    ctx: &PublicGallery,
    product: &Versioned<Product>,
    known: &IfNoneMatch,
) -> Result<Cacheable<ProductView>, Problem> {
    let view = ProductView::of(&product.value, &ctx.files, ctx.clock.now()).await?;
    let expires = view.expires();
    let response = Cacheable::of_version(product.version, MAX_AGE_SECONDS, view);
    Ok(if expires { response } else { response.unless_known(known) })
}
