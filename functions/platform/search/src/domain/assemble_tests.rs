use contracts::catalog::{CategoryChanged, PriceListChanged};
use types::{CurrencyCode, ProductId, Uuid, VariantId};

use super::*;
use crate::domain::collections::PRODUCTS;
use crate::domain::product::{ListPrice, ProductSource, Stock};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    let lists: [(&str, Option<&str>, Option<Timestamp>); 4] = [
        ("eur", None, None),
        ("eur-sale", None, Some(at("2026-12-24T00:00:00.5Z"))),
        ("eur-de", Some("de"), None),
        ("usd", None, None),
    ];
    for (code, region, valid_until) in lists {
        let fact = PriceListChanged {
            price_list: code.to_owned(),
            title: code.to_owned(),
            currency: CurrencyCode::parse(&code[..3].to_uppercase()).unwrap(),
            region: region.map(str::to_owned),
            customer_group: None,
            valid_from: at("2026-01-01T00:00:00Z"),
            valid_until,
            revision: 1,
        };
        settings.price_lists = settings.price_lists.with(&fact).unwrap();
    }
    for (slug, parent) in [("shoes", Some("clothing")), ("clothing", None)] {
        let fact = CategoryChanged {
            slug: slug.to_owned(),
            title: slug.to_uppercase(),
            parent: parent.map(str::to_owned),
            position: 0,
            removed: false,
            revision: 1,
        };
        settings.categories = settings.categories.with(&fact).unwrap();
    }
    settings
}

fn variant(number: u128) -> VariantSnapshot {
    VariantSnapshot {
        variant_id: VariantId::new(Uuid::from_u128(number)),
        sku: format!("SHOE-{number}"),
        barcode: None,
        weight_grams: None,
        choices: [("color".to_owned(), format!("color {number}"))].into(),
        tax_class: None,
        components: Vec::new(),
    }
}

fn document() -> ProductDocument {
    let snapshot = ProductSnapshot {
        slug: "red-shoe".to_owned(),
        title: "Red shoe".to_owned(),
        description: Some("Made for running".to_owned()),
        attributes: [("Brand".to_owned(), "Acme".to_owned()), ("material".to_owned(), "wool".to_owned())].into(),
        categories: vec!["shoes".to_owned()],
        variants: vec![variant(1), variant(2)],
        media: Vec::new(),
    };
    let price = |code: &str, amount: i64| {
        let currency = CurrencyCode::parse(&code[..3].to_uppercase()).unwrap();
        (code.to_owned(), ListPrice { revision: 1, currency, amount_minor: Some(amount) })
    };
    let offer = Offer {
        prices: [
            price("eur", 2_000),
            price("eur-sale", 1_500),
            price("eur-de", 100),
            price("usd", 2_500),
            price("none", 1),
        ]
        .into(),
        stock: Some(Stock { revision: 1, available: true }),
    };
    ProductDocument {
        product_id: ProductId::new(Uuid::from_u128(9)),
        product: Some(ProductSource { revision: 1, snapshot: Some(snapshot) }),
        published_at: Some(at("2026-02-01T00:00:00Z")),
        offers: [(VariantId::new(Uuid::from_u128(1)), offer)].into(),
    }
}

fn put(document: &ProductDocument) -> Document {
    match change(document, 5, &settings()) {
        Change::Put(document) => *document,
        Change::Delete { .. } => panic!("the product is visible"),
    }
}

#[test]
fn prices_are_public_and_lowest_first_with_the_time_in_which_they_apply() {
    let document = put(&document());
    let prices: Vec<_> =
        document.variants[0].prices.iter().map(|price| (price.currency.as_str(), price.amount)).collect();
    assert_eq!(prices, [("EUR", 1_500), ("EUR", 2_000), ("USD", 2_500)]);
    // The sale ends within a second, which is the last one in which it applies.
    assert_eq!(document.variants[0].prices[0].valid_until, Some(at("2026-12-24T00:00:01Z").as_second()));
    assert!(document.variants[1].prices.is_empty());
}

#[test]
fn a_document_fits_its_collection_and_has_the_categories_above_its_own() {
    let document = put(&document());
    document.check(&PRODUCTS.indexed).unwrap();
    assert_eq!(document.facets[CATEGORY], ["clothing", "shoes"]);
    assert_eq!(document.facets[CATEGORY_TITLE], ["CLOTHING", "SHOES"]);
    assert_eq!(document.facets[BRAND], ["Acme"]);
    assert_eq!(document.facets[ATTRIBUTE], ["Brand=Acme", "material=wool"]);
    assert_eq!(document.texts[CODES], ["SHOE-1\nSHOE-2"]);
    assert_eq!((document.revision, document.created_at), (5, at("2026-02-01T00:00:00Z").as_second()));
}

#[test]
fn a_variant_without_known_stock_is_not_available_and_a_bundle_is() {
    let mut bundle = document();
    let availability = |document: &ProductDocument| -> Vec<bool> {
        put(document).variants.iter().map(|variant| variant.available).collect()
    };
    assert_eq!(availability(&bundle), [true, false]);
    let product = bundle.product.as_mut().unwrap().snapshot.as_mut().unwrap();
    let component = contracts::catalog::BundleComponent { variant_id: VariantId::new(Uuid::from_u128(1)), quantity: 2 };
    product.variants[1].components.push(component);
    assert_eq!(availability(&bundle), [true, true]);
}

#[test]
fn an_archived_product_is_deleted_from_the_index() {
    let mut document = document();
    document.product.as_mut().unwrap().snapshot = None;
    let id = document.product_id.to_string();
    assert_eq!(change(&document, 6, &settings()), Change::Delete { id, revision: 6 });
}

#[test]
fn texts_beyond_the_limits_of_the_engine_are_shortened() {
    let mut document = document();
    let product = document.product.as_mut().unwrap().snapshot.as_mut().unwrap();
    product.description = Some("ö".repeat(MAX_TEXT_BYTES));
    product.attributes = (0..80).map(|number| (format!("name{number}"), "v".repeat(200))).collect();
    put(&document).check(&PRODUCTS.indexed).unwrap();
}
