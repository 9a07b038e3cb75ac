//! The page of a product for web clients.

use std::collections::BTreeMap;

use contracts::catalog::{BundleComponent, VariantSnapshot};
use contracts::orders::StockAvailability;
use futures::future::try_join_all;
use jiff::Timestamp;
use kit::file_urls::{FileUrls, UrlError};
use serde::Serialize;
use types::{ProductId, VariantId};
use utoipa::ToSchema;

use crate::api::card_view::{CategoryLink, PagePicture, PublicPrice};
use crate::domain::page::ProductPage;
use crate::domain::price_list::PriceLists;
use crate::domain::stock;
use crate::domain::tree::Tree;
use crate::store::Shared;

/// Component of a bundle.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PageComponent {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Units of it in one bundle.
    #[schema(example = 6)]
    pub quantity: u32,
    /// Product ID. Null while it is not known, or the product is not published.
    pub product_id: Option<ProductId>,
    /// SKU. Null while it is not known, or the product is not published.
    #[schema(example = "GLASS-RED")]
    pub sku: Option<String>,
    /// The value of each option of its product, by the option's name.
    #[schema(example = json!({ "Color": "red" }))]
    pub choices: BTreeMap<String, String>,
    /// Availability. Null while it is not known.
    pub availability: Option<StockAvailability>,
}

impl PageComponent {
    fn of(component: &BundleComponent, page: &ProductPage) -> Self {
        let known = page.components.get(&component.variant_id);
        Self {
            variant_id: component.variant_id,
            quantity: component.quantity,
            product_id: known.and_then(|known| known.product_id),
            sku: known.and_then(|known| known.sku.clone()),
            choices: known.map(|known| known.choices.clone()).unwrap_or_default(),
            availability: known.and_then(|known| known.availability),
        }
    }
}

/// Variant on the page of its product.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PageVariant {
    /// Variant ID.
    pub id: VariantId,
    /// SKU.
    #[schema(example = "SHOE-RED-42")]
    pub sku: String,
    /// The value of each option of the product, by the option's name.
    #[schema(example = json!({ "Color": "red" }))]
    pub choices: BTreeMap<String, String>,
    /// Availability; of a bundle, that of its scarcest component. Null while it is not known.
    pub availability: Option<StockAvailability>,
    /// Lowest public price by currency, before promotions. Empty if no public list that applies now has one.
    pub prices: Vec<PublicPrice>,
    /// What it consists of, if it is a bundle. Empty otherwise.
    pub components: Vec<PageComponent>,
}

impl PageVariant {
    fn of(at: usize, variant: &VariantSnapshot, page: &ProductPage, lists: &PriceLists, now: Timestamp) -> Self {
        let offers = lists.offers(now, |list| page.amount(list, at));
        Self {
            id: variant.variant_id,
            sku: variant.sku.clone(),
            choices: variant.choices.clone(),
            availability: page.sales.get(at).and_then(|sale| sale.availability),
            prices: offers.into_iter().map(PublicPrice::from).collect(),
            components: variant.components.iter().map(|component| PageComponent::of(component, page)).collect(),
        }
    }
}

/// Page of a product.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductPageView {
    /// Product ID.
    pub id: ProductId,
    /// Revision of the product that the page shows: its `ETag` in the catalog.
    #[schema(example = 7)]
    pub revision: u64,
    /// Slug.
    #[schema(example = "red-shoe")]
    pub slug: String,
    /// Title.
    #[schema(example = "Red shoe")]
    pub title: String,
    /// Description. Null if there is none.
    #[schema(example = "Made of wool.")]
    pub description: Option<String>,
    /// Attributes: values by names.
    #[schema(example = json!({ "Material": "wool" }))]
    pub attributes: BTreeMap<String, String>,
    /// Pictures, in the order in which they are shown.
    pub pictures: Vec<PagePicture>,
    /// Path to the first category of the product, from the top. Empty if it is in none.
    pub breadcrumb: Vec<CategoryLink>,
    /// Categories.
    pub categories: Vec<CategoryLink>,
    /// Variants, in the order in which they were added.
    pub variants: Vec<PageVariant>,
    /// Best availability of a variant. Null while it is not known.
    pub availability: Option<StockAvailability>,
    /// Time of the newest event that the page shows.
    #[serde(serialize_with = "types::time::millis")]
    pub as_of: Timestamp,
}

impl ProductPageView {
    /// Shows a page at a time.
    pub async fn of(
        id: ProductId,
        page: &ProductPage,
        shared: &Shared,
        files: &FileUrls,
        now: Timestamp,
    ) -> Result<Self, UrlError> {
        let product = &page.product;
        let pictures = try_join_all(product.media.iter().map(|picture| PagePicture::of(picture, files, now))).await?;
        let variants = product.variants.iter().enumerate();
        let categories = product.categories.iter().filter_map(|slug| shared.tree.get(slug));
        Ok(Self {
            id,
            revision: page.revision,
            slug: product.slug.clone(),
            title: product.title.clone(),
            description: product.description.clone(),
            attributes: product.attributes.clone(),
            pictures,
            breadcrumb: breadcrumb(&product.categories, &shared.tree),
            categories: categories.map(CategoryLink::from).collect(),
            variants: variants.map(|(at, variant)| PageVariant::of(at, variant, page, &shared.lists, now)).collect(),
            availability: page.sales.iter().fold(None, |known, sale| stock::best(known, sale.availability)),
            as_of: page.as_of,
        })
    }

    /// True if it has URLs that expire.
    pub fn expires(&self) -> bool {
        self.pictures.iter().any(|picture| picture.urls_expire_at.is_some())
    }
}

/// Returns the path to the first category that exists.
pub fn breadcrumb(categories: &[String], tree: &Tree) -> Vec<CategoryLink> {
    let paths = categories.iter().map(|slug| tree.path(slug));
    let first = paths.into_iter().find(|path| !path.is_empty()).unwrap_or_default();
    first.into_iter().map(CategoryLink::from).collect()
}
