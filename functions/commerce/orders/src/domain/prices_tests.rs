//! Which price is a buyer's, and copies under events in any order.

use proptest::prelude::*;

use super::*;

fn currency(code: &str) -> CurrencyCode {
    CurrencyCode::parse(code).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn list(code: &str, revision: u64) -> PriceListChanged {
    PriceListChanged {
        price_list: code.to_owned(),
        title: code.to_owned(),
        currency: currency("EUR"),
        region: None,
        customer_group: None,
        valid_from: at(0),
        valid_until: None,
        revision,
    }
}

fn lists(facts: impl IntoIterator<Item = PriceListChanged>) -> PriceListCopies {
    facts.into_iter().fold(PriceListCopies::default(), |lists, fact| lists.after(fact).unwrap_or(lists))
}

fn price(pairs: &[(u32, i64)]) -> PriceCopy {
    let tier = |(min_quantity, amount_minor): &(u32, i64)| CopiedTier {
        min_quantity: *min_quantity,
        amount_minor: *amount_minor,
    };
    PriceCopy { revision: 1, tiers: pairs.iter().map(tier).collect() }
}

/// The lowest price at second 100, and its list.
fn lowest(
    lists: &PriceListCopies,
    prices: &[(&str, PriceCopy)],
    region: Option<&str>,
    group: Option<&str>,
    quantity: u32,
) -> Option<(i64, String)> {
    let prices = prices.iter().map(|(code, price)| ((*code).to_owned(), price.clone())).collect();
    let (euro, region) = (currency("EUR"), region.map(|code| RegionCode::parse(code).unwrap()));
    let group = group.map(|code| GroupCode::parse(code).unwrap());
    let query = PriceQuery { currency: &euro, region: region.as_ref(), group: group.as_ref(), now: at(100) };
    let found = lists.unit_prices(&prices, query, quantity).into_iter().next();
    found.map(|price| (price.amount_minor, price.price_list))
}

#[test]
fn a_region_has_its_own_price_and_no_other_regions() {
    // medusajs/medusa#6091: the price of another region was taken.
    let of = |code: &str, region: &str| PriceListChanged { region: Some(region.to_owned()), ..list(code, 1) };
    let lists = lists([list("world", 1), of("eu", "eu"), of("uk", "uk")]);
    let prices = [("world", price(&[(1, 2_000)])), ("eu", price(&[(1, 1_500)])), ("uk", price(&[(1, 1_000)]))];
    let in_region = |region| lowest(&lists, &prices, region, None, 1).map(|(amount, _)| amount);
    assert_eq!(
        (in_region(Some("eu")), in_region(Some("uk")), in_region(Some("us")), in_region(None)),
        (Some(1_500), Some(1_000), Some(2_000), Some(2_000))
    );
}

#[test]
fn the_tier_of_the_quantity_counts_in_every_list() {
    // medusajs/medusa#11819 and #15994: tiers were ignored.
    let lists = lists([list("base", 1), PriceListChanged { customer_group: Some("b2b".to_owned()), ..list("b2b", 1) }]);
    let prices = [("base", price(&[(1, 500), (10, 450), (100, 300)])), ("b2b", price(&[(1, 480), (50, 400)]))];
    let of = |group, quantity| lowest(&lists, &prices, group, Some("b2b").filter(|_| group.is_some()), quantity);
    let amounts = |group: Option<&str>| {
        [1, 9, 10, 50, 100, u32::MAX].map(|quantity| lowest(&lists, &prices, None, group, quantity).unwrap().0)
    };
    assert_eq!(amounts(None), [500, 500, 450, 450, 300, 300]);
    assert_eq!(amounts(Some("b2b")), [480, 480, 450, 400, 300, 300]);
    assert_eq!(of(None, 0), None, "nothing is bought");
}

#[test]
fn a_list_counts_while_it_is_valid_and_in_its_currency() {
    let until = |code: &str, from, until| PriceListChanged {
        valid_from: at(from),
        valid_until: Some(at(until)),
        ..list(code, 1)
    };
    let dollars = PriceListChanged { currency: currency("USD"), ..list("usd", 1) };
    let lists =
        lists([list("base", 1), until("past", 0, 100), until("now", 100, 101), until("later", 101, 200), dollars]);
    let cheap = |code: &'static str, amount| (code, price(&[(1, amount)]));
    let prices = [cheap("base", 900), cheap("past", 100), cheap("now", 800), cheap("later", 200), cheap("usd", 1)];
    assert_eq!(lowest(&lists, &prices, None, None, 1), Some((800, "now".to_owned())));
    assert!(lists.has_currency(&currency("USD")) && !lists.has_currency(&currency("JPY")));
    // A price in a list that is not known yet does not count, and neither does a removed one.
    assert_eq!(lowest(&lists, &[cheap("unknown", 1)], None, None, 1), None);
    assert_eq!(lowest(&lists, &[("base", price(&[]))], None, None, 1), None);
}

proptest! {
    #[test]
    fn the_highest_revision_of_each_list_wins_in_whatever_order_and_however_often_events_come(
        mut facts in prop::collection::vec((0..4_u8, 1..6_u64), 1..20),
    ) {
        let fact = |(code, revision): &(u8, u64)| PriceListChanged {
            valid_from: at(i64::try_from(*revision).unwrap()),
            ..list(&format!("l{code}"), *revision)
        };
        let known = lists(facts.iter().map(fact));
        for (code, revision) in &facts {
            prop_assert_eq!(known.after(fact(&(*code, *revision))), None, "a repeated event is no news");
        }
        facts.sort_unstable();
        prop_assert_eq!(lists(facts.iter().map(fact)), known);
    }

    #[test]
    fn no_list_that_applies_has_a_lower_price(
        amounts in prop::collection::vec((0..1_000_i64, any::<bool>()), 1..10),
        quantity in 1..20_u32,
    ) {
        let regional = |(number, (_, is_regional)): (usize, &(i64, bool))| PriceListChanged {
            region: is_regional.then(|| "eu".to_owned()),
            ..list(&format!("l{number}"), 1)
        };
        let lists = lists(amounts.iter().enumerate().map(regional));
        let codes: Vec<String> = (0..amounts.len()).map(|number| format!("l{number}")).collect();
        let prices: Vec<_> =
            codes.iter().zip(&amounts).map(|(code, (amount, _))| (code.as_str(), price(&[(1, *amount)]))).collect();
        let expected = amounts.iter().filter(|(_, is_regional)| !is_regional).map(|(amount, _)| *amount).min();
        prop_assert_eq!(lowest(&lists, &prices, None, None, quantity).map(|(amount, _)| amount), expected);
        let everywhere = amounts.iter().map(|(amount, _)| *amount).min();
        prop_assert_eq!(lowest(&lists, &prices, Some("eu"), None, quantity).map(|(amount, _)| amount), everywhere);
    }
}
