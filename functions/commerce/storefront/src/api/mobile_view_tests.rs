use std::collections::BTreeMap;

use contracts::catalog::{PriceListChanged, ProductMedia, ProductSnapshot, VariantSnapshot};
use types::Uuid;

use super::*;
use crate::domain::fit::MAX_MOBILE_BYTES;
use crate::domain::page::{ProductPage, Sale};
use crate::domain::tree::{Tree, TreePart, part_of};

/// The widest character in JSON: four bytes. Quotation marks take two.
const WIDE: &str = "\u{1f97e}";

fn files(base: &str) -> FileUrls {
    let config = aws_sdk_s3::Config::builder().behavior_version_latest().build();
    FileUrls::new(aws_sdk_s3::Client::from_conf(config), "files").behind(Some(base.to_owned()))
}

/// The largest product that the catalog allows, in the largest category.
fn largest(variants: usize) -> (ProductPage, Shared) {
    let currency = CurrencyCode::parse("EUR").unwrap();
    let slug = "s".repeat(100);
    let options = ["a", "b", "c"].map(|name| (name.repeat(30), WIDE.repeat(50)));
    let variant = |number: usize| VariantSnapshot {
        variant_id: VariantId::new(Uuid::from_u128(u128::try_from(number).unwrap())),
        sku: "K".repeat(64),
        barcode: None,
        weight_grams: None,
        choices: options.clone().into(),
        tax_class: None,
        components: Vec::new(),
    };
    let media = ProductMedia {
        media_id: MediaId::new(Uuid::from_u128(1)),
        alt: Some(WIDE.repeat(300)),
        path: Some(format!("published/{}/", Uuid::from_u128(1))),
    };
    let product = ProductSnapshot {
        slug: slug.clone(),
        title: WIDE.repeat(200),
        description: Some(WIDE.repeat(5_000)),
        attributes: BTreeMap::new(),
        categories: vec![slug.clone()],
        variants: (0..variants).map(variant).collect(),
        media: vec![media; 20],
    };
    let sale = Sale { sequence: 1, availability: Some(StockAvailability::OutOfStock) };
    let page = ProductPage {
        revision: u64::MAX,
        product,
        sales: vec![sale; variants],
        prices: BTreeMap::from([("eur".to_owned(), vec![Some(1_000_000_000_000); variants])]),
        components: BTreeMap::new(),
        since: Timestamp::UNIX_EPOCH,
        as_of: Timestamp::UNIX_EPOCH,
    };
    let list = PriceListChanged {
        price_list: "eur".to_owned(),
        title: String::new(),
        currency,
        region: None,
        customer_group: None,
        valid_from: Timestamp::UNIX_EPOCH,
        valid_until: None,
        revision: 1,
    };
    let category = contracts::catalog::CategoryChanged {
        slug: slug.clone(),
        title: WIDE.repeat(100),
        parent: None,
        position: 0,
        removed: false,
        revision: 1,
    };
    let part = TreePart::empty(part_of(&slug)).with(category, Timestamp::UNIX_EPOCH);
    (page, Shared { lists: PriceLists::default().with(list), tree: Tree::of([part]) })
}

fn bytes(view: &impl Serialize) -> usize {
    serde_json::to_vec(view).unwrap().len()
}

#[tokio::test]
async fn the_largest_product_fits_with_some_of_its_variants() {
    let (page, shared) = largest(100);
    let currency = CurrencyCode::parse("EUR").unwrap();
    // As long as a URL may be.
    let base = format!("https://{}.example.com", "m".repeat(400));
    let files = files(&base);
    let shop = Shop { shared: &shared, files: &files, currency: &currency, now: Timestamp::UNIX_EPOCH };
    let shown = MobileProduct::of(ProductId::new(Uuid::from_u128(1)), &page, shop).await.unwrap();
    assert!(bytes(&shown) <= MAX_MOBILE_BYTES, "{}", bytes(&shown));
    assert!(shown.thumbnail_url.as_ref().is_some_and(|url| url.len() > 400));
    assert_eq!((shown.variant_count, shown.picture_count), (100, 20));
    assert!(!shown.variants.is_empty(), "without any variant the page is of no use");
    let short = &shown.variants[0].label;
    assert!(short.chars().count() <= MAX_LABEL_CHARS, "{short}");
}

#[tokio::test]
async fn as_many_of_the_largest_cards_are_shown_as_fit_and_the_url_that_is_too_long_is_not() {
    let (page, shared) = largest(1);
    let currency = CurrencyCode::parse("EUR").unwrap();
    let card = Card::of(ProductId::new(Uuid::from_u128(1)), &page);
    for (base, has_url) in [(400, true), (600, false)] {
        let files = files(&format!("https://{}.example.com", "m".repeat(base)));
        let shop = Shop { shared: &shared, files: &files, currency: &currency, now: Timestamp::UNIX_EPOCH };
        let cards = MobileCard::all(&vec![card.clone(); 24], shop).await.unwrap();
        assert_eq!(cards[0].thumbnail_url.is_some(), has_url);
        let home = MobileHome::fitting(&cards, &currency, Some(Timestamp::UNIX_EPOCH));
        assert!(bytes(&home) <= MAX_MOBILE_BYTES, "{}", bytes(&home));
        assert!(home.products.len() >= 3, "{}", home.products.len());
        let all = MobileHome { products: cards[..=home.products.len()].to_vec(), ..home };
        assert!(bytes(&all) > MAX_MOBILE_BYTES, "one more would have fitted");
    }
}
