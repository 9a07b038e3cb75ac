//! `PATCH /v1/commerce/products/{id}`: updates a product.
//!
//! Emits `catalog.product_changed.v1` if the product is published.

use std::collections::BTreeMap;

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Id, IfMatch, Invocation, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::ProductId;
use utoipa::ToSchema;

use crate::api::rules::{self, given};
use crate::api::texts::{AttributeValue, CategorySlug};
use crate::api::view::{NewPicture, ProductOption, ProductView};
use crate::ctx::Gallery;
use crate::domain::media::Picture;
use crate::domain::product::Change;
use crate::problem::Refusal;
use crate::store::{Claim, NotWritten};

/// Fields to update.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateProduct {
    /// Title.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "Red shoe")]
    title: Option<String>,
    /// Description. Null removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 5000, example = "Made of wool.")]
    #[expect(clippy::option_option, reason = "absent, null and a text mean three different changes")]
    description: Option<Option<String>>,
    /// Attributes in place of all earlier ones: values by names. At most 50; a name has 1 to 30 characters, a value 1 to 200.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = BTreeMap<String, AttributeValue>, nullable = false, example = json!({ "Material": "wool" }))]
    attributes: Option<BTreeMap<String, String>>,
    /// Options in place of all earlier ones. They must fit every variant.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, max_items = 3)]
    options: Option<Vec<ProductOption>>,
    /// Categories in place of all earlier ones, by their slugs.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<CategorySlug>, nullable = false, max_items = 10, example = json!(["shoes"]))]
    categories: Option<Vec<String>>,
    /// Pictures in place of all earlier ones, in the order in which they are shown.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, max_items = 20)]
    media: Option<Vec<NewPicture>>,
}

impl UpdateProduct {
    /// Returns the change without pictures, and the pictures.
    fn parse(&self) -> Result<(Change, Option<Vec<Picture>>), Problem> {
        let mut fields = Fields::new();
        let media = self.media.as_ref().and_then(|given| rules::media(&mut fields, given));
        let change = Change {
            title: self.title.as_deref().and_then(|text| rules::title(&mut fields, text)),
            description: self
                .description
                .as_ref()
                .map(|text| text.as_deref().and_then(|text| rules::description(&mut fields, text))),
            attributes: self.attributes.as_ref().and_then(|given| rules::attributes(&mut fields, given)),
            options: self.options.as_ref().and_then(|given| rules::options(&mut fields, given)),
            categories: self.categories.as_ref().and_then(|given| rules::categories(&mut fields, given)),
            media: None,
        };
        fields.all((Some(change),)).map(|(change,)| (change, media))
    }
}

/// Update a product
///
/// Absent fields stay unchanged. `media` may name your published media items with the purpose `product`, and the pictures that the
/// product shows already, also those of others. Requires the role `manager` or `admin`. Supports optimistic concurrency with `If-Match`.
#[utoipa::path(
    patch, path = "/v1/commerce/products/{id}", operation_id = "update_product", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(
        ("id" = ProductId, Path, description = "Product ID"),
        OptionalIfMatch,
    ),
    request_body = UpdateProduct,
    responses(
        (status = 200, description = "The updated product", body = ProductView),
        (status = 404, description = "`catalog.no_such_product`: no product with this ID"),
        (status = 409, description = "`catalog.options_in_use`: a variant does not fit the new options; `catalog.media_not_published`: the caller has no published picture with an ID of `media`"),
        (status = 422, description = "`catalog.product_too_large`: the product has more than 128 KiB; `catalog.unknown_category`: no category has a slug of `categories`"),
    )
)]
pub async fn update_product(
    State(ctx): State<&'static Gallery>,
    call: Invocation,
    standing: Standing<Manager>,
    based_on: Option<IfMatch>,
    Path(Id { id }): Path<Id<ProductId>>,
    Json(body): Json<UpdateProduct>,
) -> Result<Tagged<ProductView>, Problem> {
    let (now, (change, pictures)) = (ctx.clock.now(), body.parse()?);
    let mut retry = ConflictRetry::default();
    loop {
        let wanted = pictures.as_deref().unwrap_or_default();
        let (_, (read, known)) = standing.with(ctx.store.product_and_media(id, standing.user_id(), wanted)).await?;
        let read = rules::existing(read)?;
        if let Some(tag) = based_on {
            tag.check(read.version)?;
        }
        let media =
            pictures.as_ref().map(|pictures| rules::resolve(pictures, &read.value.media, &known)).transpose()?;
        let change = Change { media, ..change.clone() };
        let Some(next) = read.value.changed(change, now).map_err(Refusal::from)? else {
            return rules::shown(ctx, &read).await;
        };
        let outbox = rules::changed(&call, &next, read.version + 1, now)?;
        match ctx.store.write(&read, next, Claim::None, &outbox).await {
            Ok(written) => return rules::shown(ctx, &written).await,
            Err(NotWritten::NoSuchCategory(slug)) => return Err(Refusal::UnknownCategory(slug).into()),
            Err(NotWritten::Store(error)) => return Err(error.into()),
            Err(_) => retry.pause().await?,
        }
    }
}
