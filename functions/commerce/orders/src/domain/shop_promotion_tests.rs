//! Terms of promotions, what they publish, and what an order counts.

use money::Rate;
use types::{GuestKeyHash, ProductId};

use super::super::names::PromotionCategory;
use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn rate(millionths: u32) -> Rate {
    Rate::from_millionths(millionths).unwrap()
}

fn terms() -> PromotionTerms {
    PromotionTerms {
        name: "Sale".to_owned(),
        effect: Effect::LinePercentage { rate: rate(100_000), target: Target::Everything },
        currency: None,
        min_subtotal_minor: 0,
        group: None,
        exclusive: false,
        priority: 0,
        valid_from: at(100),
        valid_until: Some(at(200)),
        codes: Vec::new(),
        limits: UseLimits::default(),
    }
}

fn code(number: usize) -> PromotionCode {
    PromotionCode::parse(&format!("CODE{number}")).unwrap()
}

fn promotion(number: u128, terms: PromotionTerms) -> ShopPromotion {
    ShopPromotion { id: PromotionId::new(Uuid::from_u128(number)), created_at: at(0), terms }
}

#[test]
fn terms_that_do_not_fit_are_refused() {
    let refused = |terms: PromotionTerms| terms.checked().unwrap_err();
    assert!(terms().checked().is_ok());
    assert_eq!(refused(PromotionTerms { valid_until: Some(at(100)), ..terms() }), TermsError::Empty);
    assert_eq!(refused(PromotionTerms { codes: vec![code(1), code(1)], ..terms() }), TermsError::Codes);
    assert_eq!(refused(PromotionTerms { codes: (0..=MAX_CODES).map(code).collect(), ..terms() }), TermsError::Codes);
    assert_eq!(refused(PromotionTerms { min_subtotal_minor: 1, ..terms() }), TermsError::CurrencyMissing);
    assert_eq!(refused(PromotionTerms { min_subtotal_minor: -1, ..terms() }), TermsError::MinSubtotal);
    let amount = |amount_minor| PromotionTerms { effect: Effect::OrderAmount { amount_minor }, ..terms() };
    assert_eq!((refused(amount(5)), refused(amount(0))), (TermsError::CurrencyMissing, TermsError::Amount));
    let limits = UseLimits { total: Some(1), ..UseLimits::default() };
    assert_eq!(refused(PromotionTerms { limits, ..terms() }), TermsError::LimitsNeedCodes);
    let limits = UseLimits { per_email: Some(0), ..UseLimits::default() };
    assert_eq!(refused(PromotionTerms { limits, codes: vec![code(1)], ..terms() }), TermsError::Limits);
    assert_eq!(refused(PromotionTerms { priority: 1_001, ..terms() }), TermsError::Priority);
    let set = |buy, get| Effect::BuyGet { buy, get, rate: rate(1), target: Target::Everything };
    assert_eq!(refused(PromotionTerms { effect: set(0, 1), ..terms() }), TermsError::Units);
    assert_eq!(refused(PromotionTerms { effect: set(1, 1_001), ..terms() }), TermsError::Units);
    let nothing = Effect::LinePercentage { rate: rate(1), target: Target::Products { ids: Vec::new() } };
    assert_eq!(refused(PromotionTerms { effect: nothing, ..terms() }), TermsError::Targets);
}

#[test]
fn a_percentage_of_categories_needs_a_condition() {
    let target = Target::Categories { slugs: vec![PromotionCategory::parse("shoes").unwrap()] };
    let of_lines = Effect::LinePercentage { rate: rate(5), target: target.clone() };
    let reduced = PromotionTerms { effect: of_lines, ..terms() };
    assert_eq!(reduced.clone().checked(), Err(TermsError::ReducedCategories));
    let with_code = PromotionTerms { codes: vec![code(1)], ..reduced };
    assert_eq!(promotion(1, with_code.clone().checked().unwrap()).fact(3).reduction, None);
    let sets = Effect::BuyGet { buy: 1, get: 1, rate: rate(1), target };
    assert!(PromotionTerms { effect: sets, ..terms() }.checked().is_ok());
}

#[test]
fn only_an_unconditional_percentage_of_lines_is_published_as_a_reduction() {
    let reduction = |terms| promotion(1, terms).fact(3).reduction;
    assert_eq!(reduction(terms()).map(|reduction| reduction.rate_millionths), Some(100_000));
    let ids = vec![ProductId::new(Uuid::from_u128(9))];
    let products = Effect::LinePercentage { rate: rate(5), target: Target::Products { ids: ids.clone() } };
    let published = reduction(PromotionTerms { effect: products, ..terms() }).unwrap();
    assert_eq!(published.target, PromotedVariants::Products { ids });
    assert_eq!(reduction(PromotionTerms { codes: vec![code(1)], ..terms() }), None);
    assert_eq!(reduction(PromotionTerms { min_subtotal_minor: 1, ..terms() }), None);
    assert_eq!(reduction(PromotionTerms { effect: Effect::OrderPercentage { rate: rate(5) }, ..terms() }), None);
    let fact = promotion(1, terms()).fact(3);
    assert_eq!((fact.revision, fact.valid_from, fact.valid_until), (3, at(100), Some(at(200))));
}

#[test]
fn promotions_without_codes_are_bounded_and_ended_ones_make_room() {
    let add = |all: AutomaticPromotions, number: u128| all.with(&promotion(number, terms()), at(150));
    let full = (1..=20).try_fold(AutomaticPromotions::default(), add).unwrap();
    assert_eq!(full.as_slice().len(), MAX_AUTOMATIC);
    assert_eq!(full.with(&promotion(21, terms()), at(150)), Err(TooManyAutomatic));
    assert!(full.with(&promotion(20, terms()), at(150)).is_ok(), "a known one can change");
    let with_code = PromotionTerms { codes: vec![code(1)], ..terms() };
    assert_eq!(full.with(&promotion(20, with_code), at(150)).unwrap().as_slice().len(), 19);
    let later = PromotionTerms { valid_until: None, ..terms() };
    assert_eq!(full.with(&promotion(21, later), at(200)).unwrap().as_slice().len(), 1, "the others have ended");
}

#[test]
fn uses_are_counted_where_there_is_a_limit_and_say_nothing_of_the_customer() {
    let limits = UseLimits { total: Some(100), per_account: Some(2), per_email: Some(1) };
    let limited = promotion(1, PromotionTerms { limits, codes: vec![code(1)], ..terms() });
    let (user, email) = (UserId::new(Uuid::from_u128(5)), EmailAddress::parse("ann@example.com").unwrap());
    let of = |buyer| limited.uses_of(buyer, Some(&email));
    let by_user = of(BuyerId::User(user));
    assert_eq!(by_user.iter().map(|of| of.limit).collect::<Vec<_>>(), [100, 2, 1]);
    assert_eq!(of(BuyerId::Guest(GuestKeyHash::of("a"))).len(), 2, "a guest has no account");
    // PrestaShop/PrestaShop#16370: the limit of a guest's address was not counted.
    let customers: Vec<_> = by_user.iter().filter_map(|of| of.customer).collect();
    let other = UseToCount::of_email(PromotionId::new(Uuid::from_u128(2)), &email);
    assert!(customers[0] != customers[1] && customers[1] != other, "promotions cannot be linked by their customers");
    assert_eq!(promotion(1, terms()).uses_of(BuyerId::User(user), Some(&email)), []);
}
