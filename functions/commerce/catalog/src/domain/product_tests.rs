//! Whatever is done to a product, in whatever order: its invariants hold.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use types::TaxClass;

use super::*;
use crate::domain::bundle::Components;
use crate::domain::options::{Choices, OptionsError, ProductOption};

fn option(name: &str, values: &[&str]) -> ProductOption {
    ProductOption { name: name.to_owned(), values: values.iter().map(|value| (*value).to_owned()).collect() }
}

fn new(options: Vec<ProductOption>) -> NewProduct {
    let details = Details { title: "Shoe".to_owned(), description: None, attributes: BTreeMap::new() };
    NewProduct {
        slug: Slug::parse("shoe").unwrap(),
        details,
        options: Options::parse(options).unwrap(),
        categories: BTreeSet::new(),
        media: Vec::new(),
    }
}

fn product(options: Vec<ProductOption>) -> Product {
    Product::new(ProductId::new(Uuid::from_u128(7)), new(options), Vec::new(), at(0)).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn sku(text: &str) -> Sku {
    Sku::parse(text).unwrap()
}

fn choices(pairs: &[(&str, &str)]) -> Choices {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn details(pairs: &[(&str, &str)]) -> VariantDetails {
    VariantDetails {
        barcode: None,
        weight_grams: None,
        choices: choices(pairs),
        tax_class: TaxClass::standard(),
        components: Components::default(),
    }
}

#[test]
fn a_variant_has_exactly_one_value_per_option() {
    let shoe = product(vec![option("Color", &["red", "blue"]), option("Size", &["42"])]);
    let refused = |pairs: &[(&str, &str)]| shoe.with_variant(sku("a"), details(pairs), at(1)).unwrap_err();
    let missing = ProductError::Choices(ChoicesError::Missing("Size".to_owned()));
    assert_eq!(refused(&[("Color", "red")]), missing);
    let unknown = ProductError::Choices(ChoicesError::Unknown("Width".to_owned()));
    assert_eq!(refused(&[("Color", "red"), ("Size", "42"), ("Width", "D")]), unknown);
    let wrong = ProductError::Choices(ChoicesError::Value("Color".to_owned()));
    assert_eq!(refused(&[("Color", "green"), ("Size", "42")]), wrong);
    let red = shoe.with_variant(sku("a"), details(&[("Color", "red"), ("Size", "42")]), at(1)).unwrap().unwrap();
    let twin = red.with_variant(sku("b"), details(&[("Color", "red"), ("Size", "42")]), at(2)).unwrap_err();
    assert_eq!(twin, ProductError::SameChoices(sku("a")));
    let fewer = Options::parse(vec![option("Color", &["red"])]).unwrap();
    let change = Change { options: Some(fewer), ..Change::default() };
    let in_use = ProductError::OptionsInUse(sku("a"), ChoicesError::Unknown("Size".to_owned()));
    assert_eq!(red.changed(change, at(2)), Err(in_use));
}

#[test]
fn options_and_values_are_distinct_and_bounded() {
    let refused = |options: Vec<ProductOption>| Options::parse(options).unwrap_err();
    assert_eq!(refused(vec![option("Size", &["1"]), option("size", &["1"])]), OptionsError::NameRepeated(1));
    assert_eq!(refused(vec![option("Size", &["s", "S"])]), OptionsError::ValueRepeated(0, 1));
    assert_eq!(refused(vec![option("Size", &[])]), OptionsError::ValueCount(0));
    assert_eq!(refused(vec![option("a", &["1"]); 4]), OptionsError::TooMany);
    assert!(refused(vec![option(" ", &["1"])]).to_string().contains("[0].name must not be empty"));
}

#[test]
fn a_product_without_variants_is_not_published_and_the_last_variant_of_a_published_one_stays() {
    let shoe = product(Vec::new());
    assert_eq!(shoe.published(at(1)), Err(ProductError::NoVariants));
    let shoe = shoe.with_variant(sku("a"), details(&[]), at(1)).unwrap().unwrap();
    let shoe = shoe.published(at(2)).unwrap().unwrap();
    assert_eq!(shoe.published(at(3)), Ok(None));
    assert_eq!(shoe.without_variant(&sku("a"), at(3)), Err(ProductError::LastVariant));
    assert_eq!(shoe.without_variant(&sku("b"), at(3)), Err(ProductError::NoSuchVariant));
    let archived = shoe.archived(at(4)).unwrap();
    assert_eq!(archived.changed_fact(5), None);
    assert_eq!(archived.archived_fact(5).variant_ids, [shoe.variants[0].id]);
    assert!(archived.without_variant(&sku("a"), at(5)).unwrap().variants.is_empty());
    assert_eq!(archived.archived(at(5)), None);
}

#[test]
fn a_repeated_request_is_told_from_another_one() {
    let shoe = product(vec![option("Size", &["1"])]);
    assert!(shoe.was_created_from(&new(vec![option("Size", &["1"])])));
    assert!(!shoe.was_created_from(&new(vec![option("Size", &["2"])])));
    let renamed = shoe.renamed(Slug::parse("boot").unwrap(), at(1)).unwrap();
    assert!(renamed.was_created_from(&new(vec![option("Size", &["1"])])));
    assert_eq!(renamed.renamed(Slug::parse("boot").unwrap(), at(2)), None);
}

#[test]
fn a_product_that_fits_no_event_is_refused() {
    let mut large = new(Vec::new());
    large.details.description = Some("\u{1F45F}".repeat(MAX_PRODUCT_BYTES / 4));
    assert_eq!(Product::new(ProductId::new(Uuid::nil()), large, Vec::new(), at(0)), Err(ProductError::TooLarge));
}

#[derive(Debug, Clone)]
enum Step {
    Options(u8),
    Variant { sku: u8, color: u8, size: u8 },
    Remove(u8),
    Publish,
    Archive,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (0..4_u8).prop_map(Step::Options),
        5 => (0..6_u8, 0..3_u8, 0..3_u8).prop_map(|(sku, color, size)| Step::Variant { sku, color, size }),
        2 => (0..6_u8).prop_map(Step::Remove),
        1 => Just(Step::Publish),
        1 => Just(Step::Archive),
    ]
}

fn apply(product: &Product, step: &Step, now: Timestamp) -> Result<Option<Product>, ProductError> {
    match step {
        Step::Options(kind) => {
            let color = option("color", &["0", "1", "2"][..3 - usize::from(*kind % 2)]);
            let size = option("size", &["0", "1"]);
            let options = if *kind < 2 { vec![color, size] } else { vec![color] };
            product.changed(Change { options: Some(Options::parse(options).unwrap()), ..Change::default() }, now)
        }
        Step::Variant { sku, color, size } => {
            let (color, size) = (color.to_string(), size.to_string());
            let pairs = [("color", color.as_str()), ("size", size.as_str())];
            let count = product.options.as_slice().len();
            product.with_variant(self::sku(&format!("v{sku}")), details(&pairs[..count]), now)
        }
        Step::Remove(number) => product.without_variant(&sku(&format!("v{number}")), now).map(Some),
        Step::Publish => product.published(now),
        Step::Archive => Ok(product.archived(now)),
    }
}

proptest! {
    #[test]
    fn every_variant_fits_the_options_and_no_two_are_alike(steps in prop::collection::vec(step(), 0..60)) {
        let mut product = product(vec![option("color", &["0", "1", "2"])]);
        for (second, step) in (1..).zip(&steps) {
            if let Ok(Some(next)) = apply(&product, step, at(second)) {
                prop_assert_eq!(next.id, product.id);
                product = next;
            }
            let mut combinations = BTreeSet::new();
            for variant in &product.variants {
                let options = product.options.as_slice();
                prop_assert_eq!(variant.details.choices.len(), options.len());
                prop_assert!(options.iter().all(|option| option.values.contains(&variant.details.choices[&option.name])));
                prop_assert!(combinations.insert(variant.details.choices.clone()));
            }
            prop_assert!(!product.is_published() || !product.variants.is_empty());
            let skus: BTreeSet<_> = product.variants.iter().map(|variant| &variant.sku).collect();
            prop_assert_eq!(skus.len(), product.variants.len());
        }
    }
}
