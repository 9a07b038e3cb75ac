//! The lowest price before a reduction, against cases of the directive and against brute force day by day.

use contracts::orders::PromotedVariants;
use money::Rate;
use proptest::prelude::*;
use types::{CurrencyCode, ProductId, PromotionId, Uuid};

use super::*;
use crate::domain::names::Sku;
use crate::domain::price::{Tier, Tiers};
use crate::domain::price_list::Scope;
use crate::domain::promotion::{PromotionCopy, Reach, Revision, Terms};

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

fn known<'a>(lists: &'a PriceLists, prices: &'a [Price]) -> Priced<'a> {
    Priced { lists, prices, reductions: &[] }
}

/// The offer on a day, of one list that always applies.
fn on(records: &[(i64, Option<i64>)], today: i64) -> Option<Offer> {
    let lists = PriceLists::default().with(&slug("base"), list(0, None), day(0)).unwrap().unwrap();
    offer(known(&lists, &[price("base", records)]), &buyer(), 1, day(today))
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
    let on = |today: i64| offer(known(&lists, &prices), &buyer(), 1, day(today)).unwrap();
    let sale = on(45);
    assert_eq!((sale.amount_minor, sale.list), (70, slug("sale")));
    assert_eq!(sale.reduction, Some(Reduction { since: day(40), lowest_prior_minor: 90 }));
    assert_eq!((on(50).amount_minor, on(50).reduction, on(39).amount_minor), (100, None, 100));
    let german = Buyer { region: Some(slug("de")), ..buyer() };
    assert_eq!(offer(known(&lists, &prices), &german, 1, day(45)).unwrap().amount_minor, 70);
    let dollars = Buyer { currency: CurrencyCode::parse("USD").unwrap(), ..buyer() };
    assert_eq!(offer(known(&lists, &prices), &dollars, 1, day(45)), None);
}

#[test]
fn a_new_price_is_no_reduction() {
    assert_eq!(lowest(&[(5, Some(100))], 6), None);
    assert_eq!(lowest(&[(0, Some(100)), (5, None), (9, Some(80))], 9), None);
    assert_eq!(on(&[(5, Some(100))], 4), None);
}

#[test]
fn a_promotion_reduces_the_price_and_its_end_restores_it() {
    let shop = Shop::new(&[(0, Some(1_000))]).promoted(1, day(40), terms(40, Some(50), 200_000));
    let promoted = shop.on(45).unwrap();
    assert_eq!((promoted.amount_minor, promoted.list_amount_minor), (800, 1_000));
    assert_eq!(promoted.promotions.iter().map(|promotion| promotion.name.as_str()).collect::<Vec<_>>(), ["Sale 1"]);
    assert_eq!(promoted.reduction, Some(Reduction { since: day(40), lowest_prior_minor: 1_000 }));
    for today in [39, 50, 400] {
        let offer = shop.on(today).unwrap();
        assert_eq!(
            (offer.amount_minor, offer.promotions, offer.reduction),
            (1_000, Vec::new(), None),
            "on day {today}"
        );
    }
}

#[test]
fn a_promotion_is_compared_with_the_thirty_days_before_it_and_not_with_an_earlier_price() {
    // The price was raised shortly before.
    let raised = Shop::new(&[(0, Some(1_000)), (45, Some(1_500))]).promoted(1, day(50), terms(50, None, 200_000));
    let offer = raised.on(60).unwrap();
    assert_eq!((offer.amount_minor, offer.reduction.unwrap().lowest_prior_minor), (1_200, 1_000));
    // It was lowered long ago, which is no part of the promotion.
    let lowered = Shop::new(&[(0, Some(1_000)), (10, Some(900))]).promoted(1, day(80), terms(80, None, 200_000));
    assert_eq!(lowered.on(90).unwrap().reduction, Some(Reduction { since: day(80), lowest_prior_minor: 900 }));
    // It is raised while the promotion applies: what was paid before counts.
    let rising = Shop::new(&[(0, Some(1_000)), (60, Some(1_200))]).promoted(1, day(50), terms(50, None, 200_000));
    assert_eq!(rising.on(70).unwrap().reduction, Some(Reduction { since: day(60), lowest_prior_minor: 800 }));
    // A new product has no earlier price.
    let new = Shop::new(&[(50, Some(1_000))]).promoted(1, day(50), terms(50, None, 200_000));
    assert_eq!((new.on(60).unwrap().amount_minor, new.on(60).unwrap().reduction), (800, None));
}

#[test]
fn a_promotion_that_grows_belongs_to_its_beginning() {
    let shop = Shop::new(&[(0, Some(1_000))]).promoted(1, day(40), terms(40, None, 100_000)).promoted(
        1,
        day(60),
        terms(40, None, 300_000),
    );
    let offer = shop.on(61).unwrap();
    assert_eq!(
        (offer.amount_minor, offer.reduction),
        (700, Some(Reduction { since: day(40), lowest_prior_minor: 1_000 }))
    );
    // A second promotion that follows at once does, too; one after a gap does not.
    let followed = Shop::new(&[(0, Some(1_000))])
        .promoted(1, day(0), terms(40, Some(50), 100_000))
        .promoted(2, day(0), terms(50, Some(60), 300_000))
        .promoted(3, day(0), terms(70, None, 300_000));
    assert_eq!(followed.on(55).unwrap().reduction.unwrap().since, day(40));
    assert_eq!(followed.on(75).unwrap().reduction, Some(Reduction { since: day(70), lowest_prior_minor: 700 }));
}

/// One list that always applies, and promotions of every variant.
#[derive(Debug, Clone)]
struct Shop {
    lists: PriceLists,
    prices: Vec<Price>,
    copies: Vec<PromotionCopy>,
}

impl Shop {
    fn new(records: &[(i64, Option<i64>)]) -> Self {
        let lists = PriceLists::default().with(&slug("base"), list(0, None), day(0)).unwrap().unwrap();
        Self { lists, prices: vec![price("base", records)], copies: Vec::new() }
    }

    /// The shop with another revision of a promotion.
    fn promoted(mut self, number: u8, from: Timestamp, terms: Option<Terms>) -> Self {
        let promotion_id = PromotionId::new(Uuid::from_u128(number.into()));
        let at = self.copies.iter().position(|copy| copy.promotion_id == promotion_id);
        let copy = at.map_or_else(|| PromotionCopy::nothing(promotion_id), |at| self.copies.swap_remove(at));
        let revision = copy.revisions.last().map_or(1, |last| last.revision + 1);
        let reduction = terms.map(|terms| (terms, PromotedVariants::Everything));
        let revision = Revision { revision, name: format!("Sale {number}"), from, reduction };
        self.copies.push(copy.with(revision).unwrap());
        self
    }

    fn on(&self, today: i64) -> Option<Offer> {
        let courses = self.copies.iter().map(|copy| copy.course(Reach::Everything, 1));
        let none = Reductions::none(Reach::Everything);
        let reductions = [courses.fold(none, |reductions, course| reductions.with(&course).unwrap())];
        let known = Priced { lists: &self.lists, prices: &self.prices, reductions: &reductions };
        offer(known, &buyer(), 1, day(today))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "no terms end a promotion")]
fn terms(from: i64, until: Option<i64>, rate: u32) -> Option<Terms> {
    let rate = Rate::from_millionths(rate).unwrap();
    let (valid_from, valid_until) = (day(from), until.map(day));
    Some(Terms { valid_from, valid_until, rate, currency: None, priority: 0, group: None, exclusive: false })
}

/// What is paid on each day up to today and whether a promotion applies, and the reduction that follows from that alone.
fn brute_force(paid: &[(Option<i64>, bool)]) -> Option<(i64, i64)> {
    let (mut fell, mut promoted) = (None, None);
    for today in 0..paid.len() {
        let (now, is_promoted) = paid[today];
        let before = today.checked_sub(1).and_then(|before| paid[before].0);
        let rose = now.is_none() || before.is_none() || before < now;
        if rose {
            (fell, promoted) = (None, None);
        } else if now < before {
            fell = fell.or(Some(today));
        }
        promoted = if is_promoted { promoted.or(Some(today)) } else { None };
    }
    let began = if paid.last()?.1 { promoted } else { fell }?;
    let prior = paid[began.saturating_sub(30)..began].iter().filter_map(|(amount, _)| *amount).min()?;
    Some((i64::try_from(began).unwrap(), prior))
}

type Gaps = Vec<(i64, Option<i64>)>;

/// Days between changes of a price, as days of the changes.
fn spread(gaps: &Gaps) -> Gaps {
    let days = gaps.iter().scan(-1, |day, (gap, amount)| {
        *day += gap;
        Some((*day, *amount))
    });
    days.collect()
}

/// A revision of a promotion: which one, days since the last revision, and its terms.
type Edit = (u8, i64, Option<(i64, Option<i64>, u32)>);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let terms = (0..200_i64, prop::option::of(1..60_i64), 1..4_u32);
    let terms = terms.prop_map(|(from, length, tenths)| (from, length.map(|length| from + length), tenths * 100_000));
    prop::collection::vec((1..4_u8, 0..60_i64, prop::option::weighted(0.8, terms)), 0..8)
}

fn edited(mut shop: Shop, edits: &[Edit]) -> Shop {
    let mut today = 0;
    for (number, gap, change) in edits {
        today += gap;
        shop = shop.promoted(*number, day(today), change.and_then(|(from, until, rate)| terms(from, until, rate)));
    }
    shop
}

proptest! {
    #[test]
    fn the_answer_is_that_of_brute_force(
        base in prop::collection::vec((1..40_i64, prop::option::weighted(0.9, 1..6_i64)), 1..12),
        sale in prop::collection::vec((1..40_i64, prop::option::weighted(0.9, 1..6_i64)), 0..6),
        (from, length) in (0..200_i64, prop::option::of(1..60_i64)), today in 0..260_i64,
    ) {
        let lists = PriceLists::default().with(&slug("base"), list(0, None), day(0)).unwrap().unwrap();
        let lists = lists.with(&slug("sale"), list(from, length.map(|length| from + length)), day(0)).unwrap().unwrap();
        let prices = [price("base", &spread(&base)), price("sale", &spread(&sale))];
        let offer_on = |today: i64| offer(known(&lists, &prices), &buyer(), 1, day(today));
        let paid: Vec<_> = (0..=today).map(|day| (offer_on(day).map(|offer| offer.amount_minor), false)).collect();
        let found = offer_on(today).and_then(|offer| offer.reduction);
        let found = found.map(|reduction| (reduction.since.as_second() / DAY, reduction.lowest_prior_minor));
        prop_assert_eq!(found, brute_force(&paid));
    }

    #[test]
    fn with_promotions_the_answer_is_that_of_brute_force_and_never_above_what_was_paid(
        base in prop::collection::vec((1..40_i64, prop::option::weighted(0.9, 1..6_i64)), 1..8),
        edits in edits(), today in 0..260_i64,
    ) {
        let base: Gaps = base.into_iter().map(|(gap, amount)| (gap, amount.map(|amount| amount * 1_000))).collect();
        let shop = edited(Shop::new(&spread(&base)), &edits);
        let paid: Vec<_> = (0..=today)
            .map(|day| shop.on(day).map_or((None, false), |offer| (Some(offer.amount_minor), !offer.promotions.is_empty())))
            .collect();
        let found = shop.on(today).and_then(|offer| offer.reduction);
        let found = found.map(|reduction| (reduction.since.as_second() / DAY, reduction.lowest_prior_minor));
        prop_assert_eq!(found, brute_force(&paid));
        if let Some((since, lowest)) = found {
            let since = usize::try_from(since).unwrap();
            let window = &paid[since.saturating_sub(30)..since];
            prop_assert!(window.iter().filter_map(|(amount, _)| *amount).all(|amount| lowest <= amount));
        }
    }

    #[test]
    fn a_later_revision_of_a_promotion_changes_nothing_before_it(
        edits in edits(), number in 1..4_u8, gap in 1..40_i64, change in prop::option::of((0..200_i64, 1..4_u32)),
    ) {
        let shop = edited(Shop::new(&[(0, Some(1_000))]), &edits);
        let now = edits.iter().map(|(_, gap, _)| gap).sum::<i64>() + gap;
        let later = shop.clone().promoted(number, day(now), change.and_then(|(from, tenths)| terms(from, None, tenths * 100_000)));
        let amounts = |shop: &Shop| (0..now).map(|day| shop.on(day).map(|offer| offer.amount_minor)).collect::<Vec<_>>();
        prop_assert_eq!(amounts(&shop), amounts(&later));
    }
}
