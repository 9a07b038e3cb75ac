//! Products in requests and responses.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use jiff::Timestamp;
use kit::file_urls::{FileUrl, FileUrls, UrlError};
use serde::{Deserialize, Serialize};
use types::{MediaId, ProductId, TaxClass, VariantId};
use utoipa::ToSchema;

use crate::api::texts::OptionValue;
use crate::domain::bundle::Component;
use crate::domain::media::ShownPicture;
use crate::domain::options;
use crate::domain::product::{Product, Status};
use crate::domain::variant::Variant;

/// Status of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    /// Not yet visible to the public.
    Draft,
    /// Visible to the public.
    Published,
    /// No longer visible to the public.
    Archived,
}

impl From<Status> for ProductStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Draft => Self::Draft,
            Status::Published => Self::Published,
            Status::Archived => Self::Archived,
        }
    }
}

/// Option of a product, such as the color, with the values that variants choose from.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProductOption {
    /// Name, unique in the product without regard to case and diacritics.
    #[schema(min_length = 1, max_length = 30, example = "Color")]
    pub name: String,
    /// Values, unique in the option without regard to case and diacritics. Each has 1 to 50 characters.
    #[schema(value_type = Vec<OptionValue>, min_items = 1, max_items = 50, example = json!(["red", "blue"]))]
    pub values: Vec<String>,
}

impl ProductOption {
    /// Returns the option as the domain has it, before its rules are checked.
    pub fn to_domain(&self) -> options::ProductOption {
        options::ProductOption { name: self.name.clone(), values: self.values.clone() }
    }

    fn of(option: &options::ProductOption) -> Self {
        Self { name: option.name.clone(), values: option.values.clone() }
    }
}

/// Component of a bundle.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VariantComponent {
    /// Variant ID. It is not a bundle itself.
    pub variant_id: VariantId,
    /// Units of it in one bundle.
    #[schema(minimum = 1, maximum = 1000, example = 6)]
    pub quantity: u32,
}

impl From<VariantComponent> for Component {
    fn from(VariantComponent { variant_id, quantity }: VariantComponent) -> Self {
        Self { variant_id, quantity }
    }
}

impl From<&Component> for VariantComponent {
    fn from(Component { variant_id, quantity }: &Component) -> Self {
        Self { variant_id: *variant_id, quantity: *quantity }
    }
}

/// Variant of a product: what is sold and kept in stock.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductVariant {
    /// Variant ID. It follows from product and SKU.
    pub id: VariantId,
    /// SKU, unique in the catalog.
    #[schema(example = "SHOE-RED-42")]
    pub sku: String,
    /// Barcode: a GTIN of 8, 12, 13 or 14 digits. Null if unknown.
    #[schema(example = "4006381333931")]
    pub barcode: Option<String>,
    /// Weight in grams. Null if unknown, and for a bundle that weighs what its components weigh.
    #[schema(example = 750)]
    pub weight_grams: Option<u32>,
    /// The value of each option of the product, by the option's name.
    #[schema(example = json!({ "Color": "red" }))]
    pub choices: BTreeMap<String, String>,
    /// Tax class.
    pub tax_class: TaxClass,
    /// What it consists of, if it is a bundle. Empty otherwise.
    pub components: Vec<VariantComponent>,
    /// Weight of all components in grams. Null if it is no bundle, or if the weight of a component is unknown.
    #[schema(example = 4500)]
    pub components_weight_grams: Option<u32>,
}

impl ProductVariant {
    fn of(variant: &Variant) -> Self {
        let details = variant.details.clone();
        Self {
            id: variant.id,
            sku: variant.sku.to_string(),
            barcode: details.barcode.map(String::from),
            weight_grams: details.weight_grams,
            choices: details.choices,
            tax_class: details.tax_class,
            components: details.components.as_slice().iter().map(VariantComponent::from).collect(),
            components_weight_grams: variant.components_weight_grams,
        }
    }
}

/// Picture that a product is to show.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewPicture {
    /// ID of a published media item of the caller with the purpose `product`, or of a picture that the product shows already.
    pub media_id: MediaId,
    /// Alternative text: what the picture shows, for those who do not see it.
    #[schema(min_length = 1, max_length = 300, example = "The shoe from the side")]
    pub alt: Option<String>,
}

/// Picture of a product.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductPicture {
    /// Media ID.
    pub media_id: MediaId,
    /// Alternative text: what the picture shows. Null if there is none.
    #[schema(example = "The shoe from the side")]
    pub alt: Option<String>,
    /// URL of a JPEG of at most 1280 pixels on the longer side. Null while it is not known, and in lists.
    #[schema(example = "https://media.example.com/published/product/large.jpg")]
    pub url: Option<String>,
    /// URL of a JPEG of at most 640 pixels on the longer side. Null while it is not known; in lists only the first picture has
    /// one.
    #[schema(example = "https://media.example.com/published/product/medium.jpg")]
    pub thumbnail_url: Option<String>,
    /// Time until the URLs are valid. Null if they do not expire.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub urls_expire_at: Option<Timestamp>,
}

/// Name of the variant of a picture that is shown alone.
const LARGE: &str = "large";
/// Name of the variant of a picture that is shown in lists.
const THUMBNAIL: &str = "medium";

impl ProductPicture {
    /// The view of a picture with both URLs.
    async fn of(picture: &ShownPicture, files: &FileUrls, now: Timestamp) -> Result<Self, UrlError> {
        let large = file(picture, LARGE, files, now).await?;
        Ok(Self { url: large.map(|file| file.url), ..Self::with_thumbnail(picture, files, now).await? })
    }

    async fn with_thumbnail(picture: &ShownPicture, files: &FileUrls, now: Timestamp) -> Result<Self, UrlError> {
        let thumbnail = file(picture, THUMBNAIL, files, now).await?;
        let urls_expire_at = thumbnail.as_ref().and_then(|file| file.expires_at);
        Ok(Self { thumbnail_url: thumbnail.map(|file| file.url), urls_expire_at, ..Self::bare(picture) })
    }

    fn bare(picture: &ShownPicture) -> Self {
        let ShownPicture { media_id, alt, .. } = picture.clone();
        Self { media_id, alt, url: None, thumbnail_url: None, urls_expire_at: None }
    }
}

/// Returns the URL of a file of a picture; none while the path of its files is not known.
async fn file(
    picture: &ShownPicture,
    name: &str,
    files: &FileUrls,
    now: Timestamp,
) -> Result<Option<FileUrl>, UrlError> {
    match &picture.path {
        Some(path) => files.url(&format!("{path}{name}.jpg"), now).await.map(Some),
        None => Ok(None),
    }
}

/// A product.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductView {
    /// Product ID.
    pub id: ProductId,
    /// Slug: the name in URLs.
    #[schema(example = "red-shoe")]
    pub slug: String,
    /// Status.
    pub status: ProductStatus,
    /// Title.
    #[schema(example = "Red shoe")]
    pub title: String,
    /// Description. Null if there is none.
    #[schema(example = "Made of wool.")]
    pub description: Option<String>,
    /// Attributes: values by names.
    #[schema(example = json!({ "Material": "wool" }))]
    pub attributes: BTreeMap<String, String>,
    /// Options.
    pub options: Vec<ProductOption>,
    /// Variants, in the order in which they were added.
    pub variants: Vec<ProductVariant>,
    /// Categories, by their slugs.
    #[schema(example = json!(["shoes"]))]
    pub categories: Vec<String>,
    /// Pictures, in the order in which they are shown.
    pub media: Vec<ProductPicture>,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    pub created_at: Timestamp,
    /// Time of the last change.
    #[serde(serialize_with = "types::time::millis")]
    pub changed_at: Timestamp,
    /// Time of the last publication. Null before the first one.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub published_at: Option<Timestamp>,
}

impl ProductView {
    /// The view of a product, with the URLs of all pictures.
    pub async fn of(product: &Product, files: &FileUrls, now: Timestamp) -> Result<Self, UrlError> {
        let media = try_join_all(product.media.iter().map(|picture| ProductPicture::of(picture, files, now))).await?;
        Ok(Self::with(product, media))
    }

    /// The view of a product in a list, with the thumbnail of the first picture alone: signing URLs takes time.
    pub async fn in_list(product: &Product, files: &FileUrls, now: Timestamp) -> Result<Self, UrlError> {
        let mut media: Vec<_> = product.media.iter().map(ProductPicture::bare).collect();
        if let (Some(first), Some(picture)) = (media.first_mut(), product.media.first()) {
            *first = ProductPicture::with_thumbnail(picture, files, now).await?;
        }
        Ok(Self::with(product, media))
    }

    /// True if it has URLs that expire.
    pub fn expires(&self) -> bool {
        self.media.iter().any(|picture| picture.urls_expire_at.is_some())
    }

    fn with(product: &Product, media: Vec<ProductPicture>) -> Self {
        let details = product.details.clone();
        Self {
            id: product.id,
            slug: product.slug.to_string(),
            status: product.status.into(),
            title: details.title,
            description: details.description,
            attributes: details.attributes,
            options: product.options.as_slice().iter().map(ProductOption::of).collect(),
            variants: product.variants.iter().map(ProductVariant::of).collect(),
            categories: product.categories.iter().map(ToString::to_string).collect(),
            media,
            created_at: product.created_at,
            changed_at: product.changed_at,
            published_at: product.published_at,
        }
    }
}
