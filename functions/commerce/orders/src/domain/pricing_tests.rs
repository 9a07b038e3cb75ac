//! Published amounts, and properties over random carts.

use money::share;
use proptest::prelude::*;
use types::Uuid;

use super::super::promotion::{Effect, Target};
use super::*;

fn rate(millionths: u32) -> Rate {
    Rate::from_millionths(millionths).unwrap()
}

fn line(number: u128, unit_price: i64, quantity: u32, tax: u32) -> UnpricedLine {
    let (variant_id, product_id) = (VariantId::new(Uuid::from_u128(number)), ProductId::new(Uuid::from_u128(number)));
    UnpricedLine { variant_id, product_id, categories: Vec::new(), unit_price, quantity, tax_rate: rate(tax) }
}

fn promotion(number: u128, effect: Effect) -> Promotion {
    Promotion { id: Uuid::from_u128(number), effect, min_subtotal: 0, group: None, exclusive: false }
}

const fn policy(prices_include_tax: bool, rounding: TaxRounding) -> TaxPolicy {
    TaxPolicy { prices_include_tax, rounding }
}

fn by_rate(lines: &[UnpricedLine], promotions: &[Promotion]) -> Totals {
    price(lines, None, promotions, policy(true, TaxRounding::ByRate)).unwrap()
}

#[test]
fn a_promotion_for_categories_reduces_the_lines_of_their_products() {
    let slug = |text: &str| PromotionCategory::parse(text).unwrap();
    let target = Target::Categories { slugs: vec![slug("shoes"), slug("sale")] };
    let half = promotion(9, Effect::LinePercentage { rate: rate(500_000), target });
    let mut lines = [line(1, 1_000, 1, 0), line(2, 1_000, 1, 0), line(3, 1_000, 1, 0)];
    lines[0].categories = vec![slug("hats"), slug("sale")];
    lines[1].categories = vec![slug("hats")];
    let totals = by_rate(&lines, &[half]);
    assert_eq!(totals.lines.iter().map(|line| line.amount).collect::<Vec<_>>(), [500, 1_000, 1_000]);
}

#[test]
fn tax_on_top_and_untaxed_shipping_give_one_total() {
    // medusajs/medusa#14818: 24.99 + 10.75 % tax, shipping 6.44 untaxed.
    let shipping = UnpricedShipping { price: 644, tax_rate: Rate::ZERO };
    let totals = price(&[line(1, 2499, 1, 107_500)], Some(shipping), &[], policy(false, TaxRounding::ByRate)).unwrap();
    assert_eq!((totals.tax, totals.total), (269, 3412));
}

#[test]
fn an_included_tax_is_rounded_on_the_line_and_not_on_the_unit() {
    // vendurehq/vendure#2662: 10 × 38.23 with 20 % included.
    let totals = by_rate(&[line(1, 3823, 10, 200_000)], &[]);
    assert_eq!((totals.total, totals.net, totals.tax), (38_230, 31_858, 6_372));
    // vendurehq/vendure#3091: 25 × 399.00 with 9 % included, 10 % off.
    let ten = promotion(9, Effect::LinePercentage { rate: rate(100_000), target: Target::Everything });
    let totals = by_rate(&[line(1, 39_900, 25, 90_000)], &[ten]);
    assert_eq!((totals.discount, totals.total, totals.net, totals.tax), (99_750, 897_750, 823_624, 74_126));
}

#[test]
fn the_policy_decides_whether_a_rate_or_a_line_is_rounded() {
    // spree/spree#6137: 8.50 and shipping 1.65, both with 7 % included.
    let shipping = UnpricedShipping { price: 165, tax_rate: rate(70_000) };
    let totals = |rounding| price(&[line(1, 850, 1, 70_000)], Some(shipping), &[], policy(true, rounding)).unwrap();
    let taxes = |totals: &Totals| (totals.tax, totals.lines.first().unwrap().tax, totals.shipping.clone().unwrap().tax);
    assert_eq!(taxes(&totals(TaxRounding::ByRate)), (66, 55, 11));
    assert_eq!(taxes(&totals(TaxRounding::ByLine)), (67, 56, 11));
}

#[test]
fn a_percentage_is_rounded_half_up() {
    // saleor/saleor#12040: 25 % off 19.99.
    let quarter = promotion(9, Effect::LinePercentage { rate: rate(250_000), target: Target::Everything });
    let totals = by_rate(&[line(1, 1999, 1, 0)], &[quarter]);
    assert_eq!((totals.discount, totals.total), (500, 1_499));
}

#[test]
fn discounts_end_at_zero() {
    // medusajs/medusa#14899: a cart of 8.00 with 10 % and 10.00 off.
    let ten = promotion(8, Effect::OrderPercentage { rate: rate(100_000) });
    let fixed = promotion(9, Effect::OrderAmount { amount_minor: 1_000 });
    let totals = by_rate(&[line(1, 800, 1, 200_000)], &[ten, fixed]);
    assert_eq!((totals.discount, totals.tax, totals.total), (800, 0, 0));
}

#[test]
fn only_units_in_the_cart_are_given_away() {
    // medusajs/medusa#8829: buy 10 get 20, with 10 in the cart, and with more.
    let get = promotion(9, Effect::BuyGet { buy: 10, get: 20, rate: rate(1_000_000), target: Target::Everything });
    for (quantity, free) in [(9, 0), (10, 0), (11, 1), (30, 20), (35, 20), (41, 21)] {
        let totals = by_rate(&[line(1, 100, quantity, 0)], std::slice::from_ref(&get));
        assert_eq!(totals.discount, free * 100, "{quantity}");
    }
    let two = [line(1, 500, 1, 0), line(2, 300, 1, 0)];
    let pair = promotion(9, Effect::BuyGet { buy: 1, get: 1, rate: rate(1_000_000), target: Target::Everything });
    assert_eq!(by_rate(&two, &[pair]).discount, 300, "the cheapest is free");
    let nothing = promotion(9, Effect::BuyGet { buy: 0, get: 0, rate: rate(1_000_000), target: Target::Everything });
    assert_eq!(by_rate(&two, &[nothing]).discount, 0);
}

#[test]
fn of_a_group_the_best_applies_and_an_exclusive_promotion_if_it_is_better_than_all() {
    let cart = [line(1, 10_000, 1, 0)];
    let grouped = |number, millionths| Promotion {
        group: Some("season".to_owned()),
        ..promotion(number, Effect::OrderPercentage { rate: rate(millionths) })
    };
    assert_eq!(by_rate(&cart, &[grouped(1, 100_000), grouped(2, 200_000)]).discount, 2_000);
    let fixed = promotion(3, Effect::OrderAmount { amount_minor: 500 });
    let stacked = by_rate(&cart, &[grouped(1, 100_000), grouped(2, 200_000), fixed.clone()]);
    assert_eq!(stacked.discount, 2_500);
    let alone =
        |millionths| Promotion { exclusive: true, ..promotion(4, Effect::OrderPercentage { rate: rate(millionths) }) };
    assert_eq!(by_rate(&cart, &[fixed.clone(), alone(40_000)]).discount, 500);
    assert_eq!(by_rate(&cart, &[fixed, alone(60_000)]).discount, 600);
}

#[test]
fn a_promotion_waits_for_its_threshold() {
    let free = Promotion { min_subtotal: 5_000, ..promotion(1, Effect::FreeShipping) };
    let total = |unit_price| {
        let shipping = UnpricedShipping { price: 490, tax_rate: rate(200_000) };
        price(
            &[line(1, unit_price, 1, 0)],
            Some(shipping),
            std::slice::from_ref(&free),
            policy(true, TaxRounding::ByRate),
        )
        .unwrap()
        .total
    };
    assert_eq!((total(4_999), total(5_000)), (5_489, 5_000));
}

#[test]
fn a_cart_beyond_all_bounds_is_refused() {
    let huge = [line(1, i64::MAX, u32::MAX, 0)];
    assert_eq!(price(&huge, None, &[], policy(true, TaxRounding::ByRate)), Err(TotalTooLarge));
    let largest = [line(1, MAX_TOTAL_MINOR, 1, 1_000_000)];
    assert_eq!(price(&largest, None, &[], policy(false, TaxRounding::ByRate)).unwrap().total, 2 * MAX_TOTAL_MINOR);
}

fn lines() -> impl Strategy<Value = Vec<UnpricedLine>> {
    let tax = prop_oneof![Just(0), Just(50_000), Just(70_000), Just(107_500), Just(190_000), 0..=1_000_000_u32];
    let unit = prop_oneof![Just(0_i64), 1..50_i64, 1..100_000_i64, 1..1_000_000_000_i64];
    let one = (1..6_u128, unit, prop_oneof![1..4_u32, 1..500_u32], tax);
    proptest::collection::vec(one.prop_map(|(id, unit, quantity, tax)| line(id, unit, quantity, tax)), 0..8)
}

fn promotions() -> impl Strategy<Value = Vec<Promotion>> {
    let target = prop_oneof![
        Just(Target::Everything),
        (1..6_u128).prop_map(|id| Target::Products { ids: vec![ProductId::new(Uuid::from_u128(id))] }),
        (1..6_u128).prop_map(|id| Target::Variants { ids: vec![VariantId::new(Uuid::from_u128(id))] }),
    ];
    let effect = (0..5_u8, 0..=1_000_000_u32, 1..5_u32, 1..5_u32, 1..200_000_i64, target).prop_map(
        |(kind, millionths, buy, get, amount_minor, target)| match kind {
            0 => Effect::LinePercentage { rate: rate(millionths), target },
            1 => Effect::BuyGet { buy, get, rate: rate(millionths), target },
            2 => Effect::OrderPercentage { rate: rate(millionths) },
            3 => Effect::OrderAmount { amount_minor },
            _ => Effect::FreeShipping,
        },
    );
    let group = prop_oneof![Just(None), Just(Some("a".to_owned())), Just(Some("b".to_owned()))];
    let one = (10..30_u128, effect, 0..20_000_i64, group, proptest::bool::weighted(0.2)).prop_map(
        |(id, effect, min_subtotal, group, exclusive)| Promotion {
            id: Uuid::from_u128(id),
            effect,
            min_subtotal,
            group,
            exclusive,
        },
    );
    proptest::collection::vec(one, 0..5)
}

fn check_sums(totals: &Totals) -> Result<(), TestCaseError> {
    let all: Vec<&LineTotals> = totals.lines.iter().chain(&totals.shipping).collect();
    for line in &all {
        prop_assert!(line.amount >= 0 && line.net >= 0 && line.tax >= 0, "{line:?}");
        let discounts: i64 = line.discounts.iter().map(|discount| discount.amount).sum();
        prop_assert_eq!(line.subtotal - discounts, line.amount);
    }
    prop_assert_eq!(all.iter().map(|line| line.gross()).sum::<i64>(), totals.total);
    prop_assert_eq!(all.iter().map(|line| line.net).sum::<i64>(), totals.net);
    prop_assert_eq!(all.iter().map(|line| line.tax).sum::<i64>(), totals.tax);
    prop_assert_eq!(totals.taxes.iter().map(|rate| rate.net + rate.tax).sum::<i64>(), totals.total);
    prop_assert_eq!(all.iter().map(|line| line.subtotal - line.amount).sum::<i64>(), totals.discount);
    Ok(())
}

/// The number of random carts: few enough for each run of the unit tests; `PROPTEST_CASES=1000000` tries more.
fn cases(usual: u32) -> ProptestConfig {
    let is_set = std::env::var_os("PROPTEST_CASES").is_some();
    if is_set { ProptestConfig::default() } else { ProptestConfig::with_cases(usual) }
}

proptest! {
    #![proptest_config(cases(20_000))]
    #[test]
    fn parts_sum_to_totals_and_refunds_to_what_was_paid(
        lines in lines(),
        shipping in proptest::option::of((0..10_000_i64, 0..=300_000_u32)),
        promotions in promotions(),
        prices_include_tax in any::<bool>(),
        by_line in any::<bool>(),
        cut in any::<u32>(),
    ) {
        let rounding = if by_line { TaxRounding::ByLine } else { TaxRounding::ByRate };
        let shipping = shipping.map(|(price, tax)| UnpricedShipping { price, tax_rate: rate(tax) });
        let Ok(totals) = price(&lines, shipping, &promotions, policy(prices_include_tax, rounding)) else {
            return Ok(());
        };
        check_sums(&totals)?;
        if prices_include_tax {
            let amounts: i64 = totals.lines.iter().chain(&totals.shipping).map(|line| line.amount).sum();
            prop_assert_eq!(amounts, totals.total, "a tax that is included changes no price");
        }
        for (line, totals) in lines.iter().zip(&totals.lines) {
            let first = cut % (line.quantity + 1);
            let refunds = share(totals.gross(), first, line.quantity)
                + (share(totals.gross(), line.quantity, line.quantity) - share(totals.gross(), first, line.quantity));
            prop_assert_eq!(refunds, totals.gross());
        }
        let undiscounted = price(&lines, shipping, &[], policy(prices_include_tax, rounding)).unwrap();
        prop_assert!(totals.total <= undiscounted.total + i64::try_from(lines.len()).unwrap() + 1);
    }
}
