//! The lowest price before a reduction, against cases of the directive and against brute force day by day.

use proptest::prelude::*;
use types::{CurrencyCode, ProductId, Uuid};

use super::*;
use crate::domain::names::Sku;
use crate::domain::price::{Tier, Tiers};
use crate::domain::price_list::Scope;

const DAY: i64 = 24 * 60 * 60;

fn day(number: i64) -> Timestamp {
    Timestamp::from_second(number * DAY).unwrap()
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn buyer() -> Buyer {
    Buyer { currency: CurrencyCode::parse("EUR").unwrap(), region: None, customer_group: None }
}

fn list(from: i64, until: Option<i64>) -> PriceList {
    let scope = Scope { currency: buyer().currency, region: None, customer_group: None };
    PriceList { title: "List".to_owned(), scope, valid_from: day(from), valid_until: until.map(day) }
}

/// A price in a list, with what it became on which day.
fn price(code: &str, records: &[(i64, Option<i64>)]) -> Price {
    let none = Price::none(ProductId::new(Uuid::nil()), Sku::parse("A").unwrap(), slug(code));
    records.iter().fold(none, |price, (from, amount)| {
        let tiers = amount.map(|amount_minor| Tiers::parse(vec![Tier { min_quantity: 1, amount_minor }]).unwrap());
        price.changed(tiers, day(*from)).unwrap_or(price)
    })
}

/// The offer on a day, of one list that always applies.
fn on(records: &[(i64, Option<i64>)], today: i64) -> Option<Offer> {
    let lists = PriceLists::default().with(&slug("base"), list(0, None), day(0)).unwrap().unwrap();
    offer(&lists, &[price("base", records)], &buyer(), 1, day(today))
}

fn lowest(records: &[(i64, Option<i64>)], today: i64) -> Option<i64> {
    on(records, today).unwrap().reduction.map(|reduction| reduction.lowest_prior_minor)
}

#[test]
fn the_thirty_days_before_the_reduction_count_and_not_the_last_thirty() {
    let records = [(0, Some(100)), (50, Some(80))];
    for today in [50, 60, 90, 400] {
        assert_eq!(lowest(&records, today), Some(100), "on day {today}");
    }
    assert_eq!(lowest(&records, 49), None);
}

#[test]
fn a_rise_shortly_before_a_reduction_does_not_help() {
    let records = [(0, Some(100)), (45, Some(150)), (50, Some(120))];
    assert_eq!(lowest(&records, 50), Some(100));
    // After thirty days of the higher price it counts.
    assert_eq!(lowest(&[(0, Some(100)), (45, Some(150)), (75, Some(120))], 75), Some(150));
    assert_eq!(lowest(&[(0, Some(100)), (45, Some(150)), (74, Some(120))], 74), Some(100));
}

#[test]
fn a_further_reduction_belongs_to_the_first_and_a_rise_ends_it() {
    let records = [(0, Some(100)), (50, Some(80)), (60, Some(70))];
    let reduction = on(&records, 61).unwrap().reduction.unwrap();
    assert_eq!((reduction.since, reduction.lowest_prior_minor), (day(50), 100));
    assert_eq!(lowest(&[(0, Some(100)), (50, Some(80)), (60, Some(90))], 61), None);
    assert_eq!(lowest(&[(0, Some(100)), (50, Some(80)), (60, Some(90)), (62, Some(85))], 63), Some(80));
}

#[test]
fn a_list_that_begins_reduces_the_price_and_its_end_restores_it() {
    let lists = PriceLists::default().with(&slug("base"), list(0, None), day(0)).unwrap().unwrap();
    let lists = lists.with(&slug("sale"), list(40, Some(50)), day(10)).unwrap().unwrap();
    let prices = [price("base", &[(0, Some(100)), (20, Some(90)), (30, Some(100))]), price("sale", &[(10, Some(70))])];
    let on = |today: i64| offer(&lists, &prices, &buyer(), 1, day(today)).unwrap();
    let sale = on(45);
    assert_eq!((sale.amount_minor, sale.list), (70, slug("sale")));
    assert_eq!(sale.reduction, Some(Reduction { since: day(40), lowest_prior_minor: 90 }));
    assert_eq!((on(50).amount_minor, on(50).reduction, on(39).amount_minor), (100, None, 100));
    let german = Buyer { region: Some(slug("de")), ..buyer() };
    assert_eq!(offer(&lists, &prices, &german, 1, day(45)).unwrap().amount_minor, 70);
    let dollars = Buyer { currency: CurrencyCode::parse("USD").unwrap(), ..buyer() };
    assert_eq!(offer(&lists, &prices, &dollars, 1, day(45)), None);
}

#[test]
fn a_new_price_is_no_reduction() {
    assert_eq!(lowest(&[(5, Some(100))], 6), None);
    assert_eq!(lowest(&[(0, Some(100)), (5, None), (9, Some(80))], 9), None);
    assert_eq!(on(&[(5, Some(100))], 4), None);
}

/// What is paid on each day up to today, and the reduction that follows from that alone.
fn brute_force(paid: &[Option<i64>]) -> Option<(i64, i64)> {
    let mut began = None;
    for today in 1..paid.len() {
        match (paid[today - 1], paid[today]) {
            (Some(before), Some(now)) if now < before => began = began.or(Some(today)),
            (before, now) if before == now => {}
            _ => began = None,
        }
    }
    let began = began?;
    let prior = paid[began.saturating_sub(30)..began].iter().flatten().min()?;
    Some((i64::try_from(began).unwrap(), *prior))
}

proptest! {
    #[test]
    fn the_answer_is_that_of_brute_force(
        base in prop::collection::vec((1..40_i64, prop::option::weighted(0.9, 1..6_i64)), 1..12),
        sale in prop::collection::vec((1..40_i64, prop::option::weighted(0.9, 1..6_i64)), 0..6),
        (from, length) in (0..200_i64, prop::option::of(1..60_i64)), today in 0..260_i64,
    ) {
        let spread = |gaps: &[(i64, Option<i64>)]| {
            let days = gaps.iter().scan(-1, |day, (gap, amount)| { *day += gap; Some((*day, *amount)) });
            days.collect::<Vec<_>>()
        };
        let lists = PriceLists::default().with(&slug("base"), list(0, None), day(0)).unwrap().unwrap();
        let lists = lists.with(&slug("sale"), list(from, length.map(|length| from + length)), day(0)).unwrap().unwrap();
        let prices = [price("base", &spread(&base)), price("sale", &spread(&sale))];
        let offer_on = |today: i64| offer(&lists, &prices, &buyer(), 1, day(today));
        let paid: Vec<_> = (0..=today).map(|day| offer_on(day).map(|offer| offer.amount_minor)).collect();
        let found = offer_on(today).and_then(|offer| offer.reduction);
        let found = found.map(|reduction| (reduction.since.as_second() / DAY, reduction.lowest_prior_minor));
        prop_assert_eq!(found, brute_force(&paid));
    }
}
