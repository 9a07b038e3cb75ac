//! Pages for mobile clients: the same items as for web clients, in at most 4 KiB.

use contracts::orders::StockAvailability;
use futures::future::try_join_all;
use jiff::Timestamp;
use kit::file_urls::{FileUrls, UrlError};
use serde::Serialize;
use types::{CurrencyCode, MediaId, ProductId, VariantId};
use utoipa::ToSchema;

use crate::api::card_view::{CategoryLink, THUMBNAIL, file};
use crate::domain::card::Card;
use crate::domain::fit::{MAX_URL_BYTES, fitting, shortened};
use crate::domain::page::ProductPage;
use crate::domain::price_list::{Offer, PriceLists};
use crate::store::Shared;

/// Maximum length of a title in a list in characters.
const MAX_CARD_TITLE_CHARS: usize = 60;
/// Maximum length of the excerpt of a description in characters.
const MAX_EXCERPT_CHARS: usize = 160;
/// Maximum length of the title of a category in characters.
const MAX_CATEGORY_CHARS: usize = 40;
/// Maximum length of the label of a variant in characters.
const MAX_LABEL_CHARS: usize = 60;

/// Product in a list for mobile clients.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MobileCard {
    /// Product ID.
    pub id: ProductId,
    /// Slug.
    #[schema(example = "red-shoe")]
    pub slug: String,
    /// Title, shortened to 60 characters.
    #[schema(example = "Red shoe")]
    pub title: String,
    /// Media ID of the first picture. Null if there is none.
    pub media_id: Option<MediaId>,
    /// URL of its thumbnail. Null without a picture, and if the URL is longer than 512 bytes.
    #[schema(example = "https://media.example.com/published/product/medium.jpg")]
    pub thumbnail_url: Option<String>,
    /// Lowest price of a variant in minor units of the requested currency. Null if no public list that applies now has one.
    #[schema(example = 1250)]
    pub amount_minor: Option<i64>,
    /// Best availability of a variant. Null while it is not known.
    pub availability: Option<StockAvailability>,
}

/// What cards and pages are shown with.
#[derive(Debug, Clone, Copy)]
pub struct Shop<'a> {
    /// Price lists and categories.
    pub shared: &'a Shared,
    /// URLs of published files.
    pub files: &'a FileUrls,
    /// Currency of prices.
    pub currency: &'a CurrencyCode,
    /// The time.
    pub now: Timestamp,
}

impl Shop<'_> {
    fn amount(&self, lists: &PriceLists, amount: impl Fn(&str) -> Option<i64>) -> Option<i64> {
        let is_asked = |offer: &Offer| offer.currency == *self.currency;
        lists.offers(self.now, amount).into_iter().find(is_asked).map(|offer| offer.amount_minor)
    }
}

impl MobileCard {
    /// Shows a card.
    pub async fn of(card: &Card, shop: Shop<'_>) -> Result<Self, UrlError> {
        let thumbnail = match &card.picture {
            Some(picture) => file(picture, THUMBNAIL, shop.files, shop.now).await?,
            None => None,
        };
        Ok(Self {
            id: card.product_id,
            slug: card.slug.clone(),
            title: shortened(&card.title, MAX_CARD_TITLE_CHARS),
            media_id: card.picture.as_ref().map(|picture| picture.media_id),
            thumbnail_url: thumbnail.map(|file| file.url).filter(|url| url.len() <= MAX_URL_BYTES),
            amount_minor: shop.amount(&shop.shared.lists, |list| card.prices.get(list).copied()),
            availability: card.availability,
        })
    }

    /// Shows cards.
    pub async fn all(cards: impl IntoIterator<Item = &Card>, shop: Shop<'_>) -> Result<Vec<Self>, UrlError> {
        try_join_all(cards.into_iter().map(|card| Self::of(card, shop))).await
    }
}

/// Home page for mobile clients.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MobileHome {
    /// Currency of all prices.
    pub currency: CurrencyCode,
    /// Products: in turn the best-selling and the newest ones that are not shown yet, as many as fit into 4 KiB.
    pub products: Vec<MobileCard>,
    /// Time of the newest event that the page shows. Null before the page was built first.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub as_of: Option<Timestamp>,
}

impl MobileHome {
    /// The page with as many products as fit.
    pub fn fitting(cards: &[MobileCard], currency: &CurrencyCode, as_of: Option<Timestamp>) -> Self {
        fitting(cards, |products| Self { currency: currency.clone(), products: products.to_vec(), as_of })
    }
}

/// Category for mobile clients.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MobileCategory {
    /// Slug.
    #[schema(example = "shoes")]
    pub slug: String,
    /// Title.
    #[schema(example = "Shoes")]
    pub title: String,
    /// Currency of all prices.
    pub currency: CurrencyCode,
    /// Products, newest first: as many of the requested ones as fit into 4 KiB.
    pub items: Vec<MobileCard>,
    /// What to send as `cursor` for the next page. Null on the last one.
    pub next_cursor: Option<String>,
    /// Time of the newest event that the page shows.
    #[serde(serialize_with = "types::time::millis")]
    pub as_of: Timestamp,
}

/// Variant of a product for mobile clients.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MobileVariant {
    /// Variant ID.
    pub id: VariantId,
    /// Its choices in the order of the options' names, shortened to 60 characters.
    #[schema(example = "red, 42")]
    pub label: String,
    /// Price of one unit in minor units of the requested currency. Null if no public list that applies now has one.
    #[schema(example = 1250)]
    pub amount_minor: Option<i64>,
    /// Availability. Null while it is not known.
    pub availability: Option<StockAvailability>,
}

/// Page of a product for mobile clients.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MobileProduct {
    /// Product ID.
    pub id: ProductId,
    /// Slug.
    #[schema(example = "red-shoe")]
    pub slug: String,
    /// Title.
    #[schema(example = "Red shoe")]
    pub title: String,
    /// Media ID of the first picture. Null if there is none.
    pub media_id: Option<MediaId>,
    /// URL of its thumbnail. Null without a picture, and if the URL is longer than 512 bytes.
    #[schema(example = "https://media.example.com/published/product/medium.jpg")]
    pub thumbnail_url: Option<String>,
    /// Lowest price of a variant in minor units of the requested currency. Null if no public list that applies now has one.
    #[schema(example = 1250)]
    pub amount_minor: Option<i64>,
    /// Best availability of a variant. Null while it is not known.
    pub availability: Option<StockAvailability>,
    /// Revision of the product that the page shows.
    #[schema(example = 7)]
    pub revision: u64,
    /// Beginning of the description, of at most 160 characters. Null if there is none.
    #[schema(example = "Made of wool.")]
    pub excerpt: Option<String>,
    /// Currency of all prices.
    pub currency: CurrencyCode,
    /// The category that the product is in, with its title shortened to 40 characters. Null if it is in none.
    pub category: Option<CategoryLink>,
    /// Number of pictures.
    #[schema(example = 3)]
    pub picture_count: usize,
    /// Number of variants.
    #[schema(example = 12)]
    pub variant_count: usize,
    /// Variants: as many as fit into 4 KiB. The page for web clients has all.
    pub variants: Vec<MobileVariant>,
    /// Time of the newest event that the page shows.
    #[serde(serialize_with = "types::time::millis")]
    pub as_of: Timestamp,
}

impl MobileProduct {
    /// Shows a page with as many variants as fit.
    pub async fn of(id: ProductId, page: &ProductPage, shop: Shop<'_>) -> Result<Self, UrlError> {
        let product = &page.product;
        let card = MobileCard::of(&Card::of(id, page), shop).await?;
        let categories = product.categories.iter().filter_map(|slug| shop.shared.tree.get(slug));
        let category = categories.map(CategoryLink::from).next();
        let short = |link: CategoryLink| CategoryLink { title: shortened(&link.title, MAX_CATEGORY_CHARS), ..link };
        let empty = Self {
            id,
            slug: card.slug,
            title: product.title.clone(),
            media_id: card.media_id,
            thumbnail_url: card.thumbnail_url,
            amount_minor: card.amount_minor,
            availability: card.availability,
            revision: page.revision,
            excerpt: product.description.as_deref().map(|text| shortened(text, MAX_EXCERPT_CHARS)),
            currency: shop.currency.clone(),
            category: category.map(short),
            picture_count: product.media.len(),
            variant_count: product.variants.len(),
            variants: Vec::new(),
            as_of: page.as_of,
        };
        let variants: Vec<_> = (0..product.variants.len()).filter_map(|at| variant(page, at, shop)).collect();
        Ok(fitting(&variants, |variants| Self { variants: variants.to_vec(), ..empty.clone() }))
    }
}

fn variant(page: &ProductPage, at: usize, shop: Shop<'_>) -> Option<MobileVariant> {
    let variant = page.product.variants.get(at)?;
    let choices: Vec<_> = variant.choices.values().map(String::as_str).collect();
    Some(MobileVariant {
        id: variant.variant_id,
        label: shortened(&choices.join(", "), MAX_LABEL_CHARS),
        amount_minor: shop.amount(&shop.shared.lists, |list| page.amount(list, at)),
        availability: page.sales.get(at).and_then(|sale| sale.availability),
    })
}

#[cfg(test)]
#[path = "mobile_view_tests.rs"]
mod tests;
