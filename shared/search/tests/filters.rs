//! Filters, counts and prices of variants.

#![cfg(test)]

mod shop;

use search_engine::{Changes, Document, FacetName, Filter, Index, SearchQuery, Sort, Synonyms, build};
use shop::{PRODUCTS, product};

/// A shirt: red in M, blue in L (sold out), blue in M for 30.
fn shirt() -> Document {
    let mut shirt = product("shirt", "Shirt");
    shirt.variants = vec![
        shop::variant(&[("color", "red"), ("size", "M")], true, 1_000),
        shop::variant(&[("color", "blue"), ("size", "L")], false, 2_000),
        shop::variant(&[("color", "blue"), ("size", "M")], true, 3_000),
    ];
    shirt
}

fn option(name: &str, value: &str) -> Filter {
    Filter::Values { name: FacetName::Option(name.into()), values: vec![value.into()] }
}

#[test]
fn filters_on_options_hold_within_one_variant() {
    let index = Index::open(&PRODUCTS, build(&PRODUCTS, [shirt()], &Synonyms::default(), &[]).unwrap().bytes).unwrap();
    let changes = Changes::new(&index);
    let count = |filters: Vec<Filter>| {
        let query = SearchQuery { filters, currency: Some("EUR".into()), ..SearchQuery::default() };
        index.search(&query, &changes).unwrap().total
    };
    assert_eq!(count(vec![option("color", "red"), option("size", "M")]), 1);
    assert_eq!(count(vec![option("color", "red"), option("size", "L")]), 0, "no variant is both");
    assert_eq!(count(vec![option("size", "L"), Filter::InStock]), 0);
    assert_eq!(count(vec![option("color", "blue"), Filter::Price { min: None, max: Some(1_500) }]), 0);
    assert_eq!(count(vec![option("color", "blue"), Filter::InStock, Filter::Price { min: Some(2_500), max: None }]), 1);

    let facets = vec![FacetName::Option("color".into()), FacetName::Option("size".into())];
    let query = SearchQuery {
        filters: vec![option("color", "red")],
        facets,
        currency: Some("EUR".into()),
        ..SearchQuery::default()
    };
    let result = index.search(&query, &changes).unwrap();
    let counted: Vec<Vec<(&str, usize)>> = result
        .facets
        .iter()
        .map(|facet| facet.values.iter().map(|value| (value.value.as_str(), value.count)).collect())
        .collect();
    assert_eq!(counted, [vec![("blue", 1), ("red", 1)], vec![("M", 1)]], "a filter does not restrict its own facet");
    assert_eq!(result.hits[0].price, Some(1_000));
    assert_eq!(result.prices.map(|span| (span.min, span.max)), Some((1_000, 1_000)));
}

#[test]
fn the_price_at_the_time_of_the_search_counts() {
    let mut sale = product("sale", "Chair");
    sale.variants = vec![shop::variant(&[], true, 5_000)];
    sale.variants[0].prices.insert(0, shop::price_during(4_000, 100, 200));
    let mut other = product("other", "Chair");
    other.variants = vec![shop::variant(&[], true, 4_500)];
    let index =
        Index::open(&PRODUCTS, build(&PRODUCTS, [sale, other], &Synonyms::default(), &[]).unwrap().bytes).unwrap();
    let cheapest = |at| {
        let query =
            SearchQuery { at, currency: Some("EUR".into()), sort: Sort::PriceAscending, ..SearchQuery::default() };
        let result = index.search(&query, &Changes::new(&index)).unwrap();
        (result.hits[0].id.clone(), result.hits[0].price)
    };
    assert_eq!(cheapest(99), ("other".to_owned(), Some(4_500)));
    assert_eq!(cheapest(100), ("sale".to_owned(), Some(4_000)));
    assert_eq!(cheapest(200), ("other".to_owned(), Some(4_500)));
}
