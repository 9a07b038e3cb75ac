//! Products in lists, prices, categories and pictures of pages for web clients.

use contracts::catalog::ProductMedia;
use contracts::orders::StockAvailability;
use futures::future::try_join_all;
use jiff::Timestamp;
use kit::file_urls::{FileUrl, FileUrls, UrlError};
use serde::Serialize;
use types::{CurrencyCode, MediaId, ProductId};
use utoipa::ToSchema;

use crate::domain::card::Card;
use crate::domain::price_list::{Offer, PriceLists};
use crate::domain::tree::Node;

/// Name of the file of a picture that is shown alone.
pub const LARGE: &str = "large";
/// Name of the file of a picture that is shown in lists.
pub const THUMBNAIL: &str = "medium";

/// Lowest price of one unit that everybody gets everywhere, in a currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicPrice {
    /// Currency.
    pub currency: CurrencyCode,
    /// Price of one unit in minor units of the currency: 1250 for EUR 12.50.
    #[schema(example = 1250)]
    pub amount_minor: i64,
    /// Code of the price list.
    #[schema(example = "eur")]
    pub price_list: String,
}

impl From<Offer> for PublicPrice {
    fn from(Offer { currency, amount_minor, price_list }: Offer) -> Self {
        Self { currency, amount_minor, price_list }
    }
}

/// A category with its name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CategoryLink {
    /// Slug.
    #[schema(example = "shoes")]
    pub slug: String,
    /// Title.
    #[schema(example = "Shoes")]
    pub title: String,
}

impl From<Node<'_>> for CategoryLink {
    fn from(node: Node<'_>) -> Self {
        Self { slug: node.slug.to_owned(), title: node.facts.title.clone() }
    }
}

/// Picture of a page.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PagePicture {
    /// Media ID.
    pub media_id: MediaId,
    /// Alternative text: what the picture shows. Null if there is none.
    #[schema(example = "The shoe from the side")]
    pub alt: Option<String>,
    /// URL of a JPEG of at most 1280 pixels on the longer side. Null while it is not known, and in lists.
    #[schema(example = "https://media.example.com/published/product/large.jpg")]
    pub url: Option<String>,
    /// URL of a JPEG of at most 640 pixels on the longer side. Null while it is not known.
    #[schema(example = "https://media.example.com/published/product/medium.jpg")]
    pub thumbnail_url: Option<String>,
    /// Time until which the URLs are valid. Null if they do not expire.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub urls_expire_at: Option<Timestamp>,
}

impl PagePicture {
    /// A picture with both URLs.
    pub async fn of(picture: &ProductMedia, files: &FileUrls, now: Timestamp) -> Result<Self, UrlError> {
        let large = file(picture, LARGE, files, now).await?;
        Ok(Self { url: large.map(|file| file.url), ..Self::in_list(picture, files, now).await? })
    }

    /// A picture in a list, with the URL of its thumbnail.
    pub async fn in_list(picture: &ProductMedia, files: &FileUrls, now: Timestamp) -> Result<Self, UrlError> {
        let thumbnail = file(picture, THUMBNAIL, files, now).await?;
        let urls_expire_at = thumbnail.as_ref().and_then(|file| file.expires_at);
        let (media_id, alt) = (picture.media_id, picture.alt.clone());
        Ok(Self { media_id, alt, url: None, thumbnail_url: thumbnail.map(|file| file.url), urls_expire_at })
    }
}

/// Returns the URL of a file of a picture; none while the path of its files is not known.
pub async fn file(
    picture: &ProductMedia,
    name: &str,
    files: &FileUrls,
    now: Timestamp,
) -> Result<Option<FileUrl>, UrlError> {
    match &picture.path {
        Some(path) => files.url(&format!("{path}{name}.jpg"), now).await.map(Some),
        None => Ok(None),
    }
}

/// A product in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductCard {
    /// Product ID.
    pub id: ProductId,
    /// Slug.
    #[schema(example = "red-shoe")]
    pub slug: String,
    /// Title.
    #[schema(example = "Red shoe")]
    pub title: String,
    /// First picture. Null if there is none.
    pub picture: Option<PagePicture>,
    /// Lowest price of a variant by currency, before promotions. Empty if no public list that applies now has one.
    pub prices: Vec<PublicPrice>,
    /// Best availability of a variant. Null while it is not known.
    pub availability: Option<StockAvailability>,
}

impl ProductCard {
    /// Shows a card at a time.
    pub async fn of(card: &Card, lists: &PriceLists, files: &FileUrls, now: Timestamp) -> Result<Self, UrlError> {
        let picture = match &card.picture {
            Some(picture) => Some(PagePicture::in_list(picture, files, now).await?),
            None => None,
        };
        let offers = lists.offers(now, |list| card.prices.get(list).copied());
        Ok(Self {
            id: card.product_id,
            slug: card.slug.clone(),
            title: card.title.clone(),
            picture,
            prices: offers.into_iter().map(PublicPrice::from).collect(),
            availability: card.availability,
        })
    }

    /// Shows cards at a time.
    pub async fn all(
        cards: impl IntoIterator<Item = &Card>,
        lists: &PriceLists,
        files: &FileUrls,
        now: Timestamp,
    ) -> Result<Vec<Self>, UrlError> {
        try_join_all(cards.into_iter().map(|card| Self::of(card, lists, files, now))).await
    }

    /// True if it has a URL that expires.
    pub fn expires(&self) -> bool {
        self.picture.as_ref().is_some_and(|picture| picture.urls_expire_at.is_some())
    }
}
