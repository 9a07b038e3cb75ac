//! Whatever a product has: its rows say all of it, in both formats.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use types::{ProductId, TaxClass, Uuid, VariantId, line, paragraphs};

use super::document::{self, VariantPrices};
use super::*;
use crate::domain::bundle::Component;
use crate::domain::import;
use crate::domain::options::ProductOption;
use crate::domain::price::Tier;
use crate::domain::product::Product;

/// Texts with all that formats and spreadsheets take for something else.
fn text(max: usize) -> impl Strategy<Value = String> {
    let odd = "[=+@'\";,\t\r\n{}\\\\\\[\\] ä東-]{0,4}";
    (odd, "\\PC{1,12}", odd).prop_filter_map("a text of the catalog", move |(before, text, after)| {
        line(&format!("{before}{text}{after}").replace(['\t', '\r', '\n'], ""), max).ok()
    })
}

fn description() -> impl Strategy<Value = String> {
    "[=+@'\",\t\r\n-]{0,3}[\\PC\n\t]{1,30}".prop_filter_map("paragraphs", |text| paragraphs(&text, 5_000).ok())
}

fn tiers() -> impl Strategy<Value = Tiers> {
    prop::collection::btree_map(2..1_000_u32, 0..1_000_000_000_000_i64, 0..4).prop_flat_map(|more| {
        (0..1_000_000_000_000_i64).prop_map(move |first| {
            let more = more
                .iter()
                .map(|(min_quantity, amount_minor)| Tier { min_quantity: *min_quantity, amount_minor: *amount_minor });
            Tiers::parse([Tier { min_quantity: 1, amount_minor: first }].into_iter().chain(more).collect()).unwrap()
        })
    })
}

/// What a variant of the generated product has, and its prices in some of three lists.
type Drawn = (Option<u32>, bool, bool, [Option<Tiers>; 3]);

fn drawn() -> impl Strategy<Value = Drawn> {
    let price = || prop::option::of(tiers());
    (prop::option::of(1..10_000_u32), any::<bool>(), any::<bool>(), [price(), price(), price()])
}

fn lists() -> Vec<Slug> {
    ["eur", "usd-sale", "yen"].map(|code| Slug::parse(code).unwrap()).into()
}

/// A product in any status with up to 60 variants.
pub fn product() -> impl Strategy<Value = (Product, VariantPrices)> {
    let details = (text(200), prop::option::of(description()), prop::collection::btree_map(text(30), text(200), 0..4));
    let rest = (prop::collection::btree_set("[a-z]{1,5}", 0..4), prop::collection::vec(drawn(), 0..60), 0..3_u8);
    (any::<u128>(), text(30), details, rest).prop_filter_map("a valid product", |(id, option, details, rest)| {
        let (categories, drawn, status) = rest;
        build(ProductId::new(Uuid::from_u128(id)), &option, details, &categories, drawn, status)
    })
}

fn build(
    id: ProductId,
    option: &str,
    (title, description, attributes): (String, Option<String>, BTreeMap<String, String>),
    categories: &BTreeSet<String>,
    drawn: Vec<Drawn>,
    status: u8,
) -> Option<(Product, VariantPrices)> {
    let values: Vec<_> = (0..50).map(|number| format!("={number}")).collect();
    let numbers = ProductOption {
        name: format!("{option}2").chars().take(30).collect(),
        values: vec!["a".into(), "b,\"".into()],
    };
    let options =
        Options::parse(vec![ProductOption { name: option.to_owned(), values: values.clone() }, numbers.clone()])
            .ok()?;
    let status = if drawn.is_empty() || status == 0 {
        Status::Draft
    } else if status == 1 {
        Status::Published
    } else {
        Status::Archived
    };
    let mut variants = Vec::new();
    for (at, (weight, has_barcode, is_bundle, prices)) in drawn.into_iter().enumerate() {
        let component = Component { variant_id: VariantId::new(Uuid::from_u128(7)), quantity: 3 };
        let choices =
            [(option.to_owned(), values[at % 50].clone()), (numbers.name.clone(), numbers.values[at / 50].clone())];
        variants.push(VariantPart {
            sku: Sku::parse(&format!("-{at}.x")).unwrap(),
            barcode: Some(has_barcode.then(|| Barcode::parse("036000291452").unwrap())),
            weight_grams: Some(weight),
            choices: Some(choices.into()),
            tax_class: Some(if is_bundle { TaxClass::parse("reduced").unwrap() } else { TaxClass::standard() }),
            components: Some(Components::parse(if is_bundle { vec![component] } else { vec![] }).unwrap()),
            prices: lists().into_iter().zip(prices).collect(),
        });
    }
    let product = ProductPart {
        id: Some(id),
        slug: Slug::parse("red-shoe").unwrap(),
        status: Some(status),
        title: Some(title),
        description: Some(description),
        attributes: crate::domain::details::attributes(&attributes).ok(),
        options: Some(options),
        categories: Some(categories.iter().map(|slug| Slug::parse(slug).unwrap()).collect()),
        media: None,
    };
    let row = ProductRow { product, variants };
    let made = import::applied(None, (id, Uuid::nil()), &row, None, Timestamp::UNIX_EPOCH).ok()??;
    let mut prices = VariantPrices::new();
    for (sku, list, tiers) in row.prices() {
        let variant = made.variant(sku)?.id;
        prices.entry(variant).or_default().extend(tiers.map(|tiers| (list.clone(), tiers.clone())));
    }
    Some((made, prices))
}

fn json_rows(product: &Product, prices: &VariantPrices) -> Vec<ProductRow> {
    let lines = document::lines(product, prices).into_iter().map(|line| serde_json::to_string(&line).unwrap());
    lines.map(|line| json::parse(serde_json::from_str(&line).unwrap()).unwrap()).collect()
}

/// The rows of a CSV file, as another implementation reads them.
fn csv_rows(product: &Product, prices: &VariantPrices) -> Vec<ProductRow> {
    let mut file = csv::header(&lists()).unwrap();
    for line in document::lines(product, prices) {
        file.extend(csv::rows(&line, &lists()).unwrap());
    }
    let mut reader = ::csv::Reader::from_reader(&file[..]);
    let names = reader.headers().unwrap().clone();
    let row = |record: ::csv::StringRecord| -> Map<String, Value> {
        let cells = names.iter().map(str::to_owned).zip(record.iter().map(Value::from));
        cells.collect()
    };
    reader.records().map(|record| csv::parse(&row(record.unwrap())).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_rows_of_a_product_change_nothing_and_make_the_same_product_elsewhere((product, prices) in product()) {
        for rows in [json_rows(&product, &prices), csv_rows(&product, &prices)] {
            let mut rows = rows.into_iter();
            let mut row = rows.next().unwrap();
            rows.try_for_each(|other| row.merge(other)).unwrap();
            let later = Timestamp::from_second(9).unwrap();
            let again = import::applied(Some(&product), (product.id, Uuid::max()), &row, Some(Vec::new()), later);
            prop_assert_eq!(again, Ok(None));
            let elsewhere = import::applied(None, (product.id, Uuid::nil()), &row, Some(Vec::new()), Timestamp::UNIX_EPOCH);
            let elsewhere = elsewhere.unwrap();
            prop_assert_eq!(elsewhere.as_ref(), Some(&product));
            for (sku, list, tiers) in row.prices() {
                let variant = product.variant(sku).unwrap().id;
                prop_assert_eq!(prices.get(&variant).and_then(|prices| prices.get(list)), tiers);
            }
            let named = row.prices().filter(|(.., tiers)| tiers.is_some()).count();
            prop_assert_eq!(named, prices.values().map(BTreeMap::len).sum::<usize>());
        }
    }

    #[test]
    fn no_row_breaks_the_parsers(cells in prop::collection::btree_map("id|slug|status|media|sku|price:a|weightGrams|options|x", ".{0,12}", 0..9)) {
        let fields: Map<_, _> = cells.iter().map(|(name, cell)| (name.clone(), json!(cell))).collect();
        for parsed in [csv::parse(&fields), json::parse(fields)] {
            if let Err(errors) = parsed {
                prop_assert!(!errors.is_empty() && errors.iter().all(|error| !error.rule.is_empty() && !error.remedy.is_empty()));
            }
        }
    }
}

fn refused(row: Value) -> Vec<(String, String)> {
    let Value::Object(fields) = row else { panic!("{row}") };
    let errors = json::parse(fields).unwrap_err();
    errors.into_iter().map(|error| (error.field, error.rule)).collect()
}

fn refused_cells(cells: &[(&str, &str)]) -> Vec<String> {
    let fields = cells.iter().map(|(name, cell)| ((*name).to_owned(), json!(cell))).collect();
    csv::parse(&fields).unwrap_err().into_iter().map(|error| error.field).collect()
}

#[test]
fn all_that_is_wrong_with_a_row_is_named() {
    let row = json!({
        "slug": "Red Shoe", "title": "", "options": [{ "name": "Size", "values": ["S", "s"] }], "categories": ["A"],
        "variants": [
            { "sku": "a b", "weightGrams": 0, "barcode": "1", "prices": { "eur": [] } },
            { "sku": "b" }, { "sku": "b", "taxClass": "X" },
        ],
    });
    let fields: Vec<_> = refused(row).into_iter().map(|(field, _)| field).collect();
    assert_eq!(
        fields,
        [
            "slug",
            "title",
            "options[0].values[1]",
            "categories[0]",
            "variants[0].sku",
            "variants[0].barcode",
            "variants[0].weightGrams",
            "variants[0].prices.eur",
            "variants[2].taxClass",
            "variants[2].sku",
        ]
    );
    assert_eq!(refused(json!({ "slug": "a", "price": 1 }))[0].1.split(',').next(), Some("unknown field `price`"));
    assert_eq!(refused(json!({}))[0], ("slug".to_owned(), "is required".to_owned()));
}

#[test]
fn amounts_are_whole_minor_units() {
    let price = |amount: Value| json!({ "slug": "a", "variants": [{ "sku": "a", "prices": { "eur": [{ "minQuantity": 1, "amountMinor": amount }] } }] });
    for wrong in [json!(12.5), json!("1250"), json!(-1)] {
        let (field, _) = refused(price(wrong)).remove(0);
        assert!(field.starts_with("variants[0].prices.eur"), "{field}");
    }
    for cell in ["12.50", "12,50", "1e3", "EUR 5", "5;6", "1250;10", "-1"] {
        assert_eq!(refused_cells(&[("slug", "a"), ("sku", "a"), ("price:eur", cell)]), ["price:eur"], "{cell}");
    }
    let cells = [("slug", "a"), ("sku", "a"), ("price:eur", " 1250 ; 10=1100;100=1000"), ("price:usd", "")];
    let fields = cells.iter().map(|(name, cell)| ((*name).to_owned(), json!(cell))).collect();
    let row = csv::parse(&fields).unwrap();
    let amounts: Vec<_> = row.prices().map(|(_, _, tiers)| tiers.map(|tiers| tiers.amount_for(10))).collect();
    assert_eq!(amounts, [Some(Some(1_100)), None]);
}

#[test]
fn columns_are_named_and_variants_need_an_sku() {
    assert_eq!(refused_cells(&[("slug", "a"), ("color", "red")]), ["color"]);
    assert_eq!(refused_cells(&[("slug", "a"), ("sku", ""), ("price:eur", "5")]), ["sku"]);
    assert_eq!(
        refused_cells(&[("slug", "a"), ("sku", "a"), ("choices", "red"), ("weightGrams", "1.5")]),
        ["choices", "weightGrams"]
    );
    assert_eq!(refused_cells(&[("slug", "a"), ("sku", "a b"), ("barcode", "36000291452")]), ["sku", "barcode"]);
    let fields = [("slug", json!("a")), ("title", json!("")), ("sku", json!(""))];
    let row = csv::parse(&fields.map(|(name, cell)| (name.to_owned(), cell)).into_iter().collect()).unwrap();
    assert_eq!((row.product.title, row.variants), (None, Vec::new()), "an empty title says nothing");
}
