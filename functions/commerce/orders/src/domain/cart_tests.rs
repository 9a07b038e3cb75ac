//! Changes of carts, and taking over the cart of a guest.

use proptest::prelude::*;
use types::{GuestKeyHash, Uuid};

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn variant(number: u8) -> VariantId {
    VariantId::new(Uuid::from_u128(u128::from(number)))
}

fn currency(code: &str) -> CurrencyCode {
    CurrencyCode::parse(code).unwrap()
}

fn code(text: &str) -> PromotionCode {
    PromotionCode::parse(text).unwrap()
}

fn promotion(number: u128) -> PromotionId {
    PromotionId::new(Uuid::from_u128(number))
}

fn of_user() -> Cart {
    Cart::new_of_user(UserId::new(Uuid::from_u128(7)), currency("EUR"), at(0))
}

fn of_guest() -> Cart {
    let guest = BuyerId::Guest(GuestKeyHash::of("key"));
    Cart::new(CartId::new(Uuid::from_u128(8)), guest, currency("EUR"), at(0))
}

fn with(cart: Cart, lines: &[(u8, u32)]) -> Cart {
    let set = |cart: Cart, (number, quantity): &(u8, u32)| {
        cart.with_line(variant(*number), *quantity, Some(100), at(1)).unwrap()
    };
    lines.iter().fold(cart, set)
}

fn quantities(cart: &Cart) -> Vec<(VariantId, u32)> {
    cart.lines.iter().map(|line| (line.variant_id, line.quantity)).collect()
}

#[test]
fn a_quantity_is_absolute_and_zero_removes_the_line() {
    let cart = with(of_user(), &[(1, 2), (2, 1), (1, 5)]);
    assert_eq!(quantities(&cart), [(variant(1), 5), (variant(2), 1)]);
    let cart = with(cart, &[(1, 0), (3, 0)]);
    assert_eq!(quantities(&cart), [(variant(2), 1)]);
    assert_eq!((cart.line(variant(2)).unwrap().seen_unit_price_minor, cart.line(variant(1))), (Some(100), None));
}

#[test]
fn lines_and_codes_are_bounded() {
    let full: Vec<(u8, u32)> = (0..50).map(|number| (number, 1)).collect();
    let cart = with(of_user(), &full);
    assert_eq!(cart.with_line(variant(99), 1, None, at(2)), Err(CartError::TooManyLines));
    assert!(cart.with_line(variant(0), 9, None, at(2)).is_ok() && cart.with_line(variant(99), 0, None, at(2)).is_ok());
    let add = |cart: Cart, number: u128| cart.with_code(code(&format!("CODE{number}")), promotion(number), at(2));
    let cart = (1..=5).try_fold(of_user(), add).unwrap();
    assert_eq!(add(cart.clone(), 6), Err(CartError::TooManyCodes));
    let again = add(cart.clone(), 3).unwrap();
    assert_eq!(again.codes, cart.codes);
    assert_eq!(again.without_code(&code("code3"), at(3)).codes.len(), 4);
}

#[test]
fn a_guests_cart_ends_thirty_days_after_its_last_change() {
    let day = 24 * 60 * 60;
    let cart = with(of_guest(), &[(1, 1)]);
    assert_eq!(cart.expires_at(), Some(at(1 + 30 * day)));
    assert!(cart.exists_at(at(30 * day)) && !cart.exists_at(at(1 + 30 * day)));
    assert_eq!(of_user().expires_at(), None);
}

#[test]
fn the_guests_quantity_wins_and_a_second_merge_changes_nothing() {
    // vendurehq/vendure#3153: account cart {A 1, B 1}, guest cart {A 3}; the merge event came twice.
    let (account, guest) = (with(of_user(), &[(1, 1), (2, 1)]), with(of_guest(), &[(1, 3)]));
    let merged = account.merged(&guest, at(5)).unwrap();
    assert_eq!(quantities(&merged), [(variant(1), 3), (variant(2), 1)]);
    assert_eq!((merged.id, merged.owner), (account.id, account.owner));
    assert_eq!(merged.merged(&guest, at(5)).unwrap(), merged);
}

#[test]
fn codes_are_united_and_missing_details_come_from_the_guest() {
    let account = of_user().with_code(code("MINE"), promotion(1), at(1)).unwrap();
    let guest = of_guest().with_code(code("THEIRS"), promotion(2), at(1)).unwrap();
    let email = EmailAddress::parse("guest@example.com").unwrap();
    let details = CartDetails { email: Some(email.clone()), language: Language::De, ..CartDetails::default() };
    let merged = account.merged(&guest.with_details(details, at(2)), at(3)).unwrap();
    let codes: Vec<&str> = merged.codes.iter().map(|code| code.code.as_str()).collect();
    assert_eq!((codes, merged.details.email), (vec!["MINE", "THEIRS"], Some(email)));
    let full: Vec<(u8, u32)> = (0..50).map(|number| (number, 1)).collect();
    assert_eq!(with(of_user(), &full).merged(&with(of_guest(), &[(99, 1)]), at(3)), Err(CartError::TooManyLines));
}

#[test]
fn currencies_are_never_mixed() {
    let guest = with(of_guest().in_currency(currency("USD"), at(1)), &[(1, 3)]);
    let merged = with(of_user(), &[(1, 1), (2, 1)]).merged(&guest, at(5)).unwrap();
    let seen: Vec<_> = merged.lines.iter().map(|line| line.seen_unit_price_minor).collect();
    assert_eq!(
        (merged.currency, seen),
        (currency("USD"), vec![Some(100), None]),
        "a price in euros was not seen in dollars"
    );
    // A guest who chose nothing changes no currency.
    let empty = of_guest().in_currency(currency("USD"), at(1));
    assert_eq!(with(of_user(), &[(1, 1)]).merged(&empty, at(5)).unwrap().currency, currency("EUR"));
}

fn lines() -> impl Strategy<Value = Vec<(u8, u32)>> {
    prop::collection::vec((0..30_u8, 0..200_u32), 0..40)
}

proptest! {
    #[test]
    fn a_cart_has_one_line_per_variant_with_the_quantity_that_was_last_set(changes in lines()) {
        let cart = with(of_user(), &changes);
        let mut expected: std::collections::BTreeMap<VariantId, u32> = std::collections::BTreeMap::new();
        for (number, quantity) in &changes {
            expected.insert(variant(*number), *quantity);
        }
        expected.retain(|_, quantity| *quantity > 0);
        prop_assert_eq!(cart.lines.len(), expected.len());
        prop_assert_eq!(quantities(&cart).into_iter().collect::<std::collections::BTreeMap<_, _>>(), expected);
    }

    #[test]
    fn a_merge_keeps_every_line_and_repeating_it_changes_nothing(mine in lines(), theirs in lines()) {
        let (account, guest) = (with(of_user(), &mine), with(of_guest(), &theirs));
        let Ok(merged) = account.merged(&guest, at(9)) else { return Ok(()) };
        for line in &account.lines {
            let expected = guest.line(line.variant_id).map_or(line.quantity, |guest| guest.quantity);
            prop_assert_eq!(merged.line(line.variant_id).map(|line| line.quantity), Some(expected));
        }
        for line in &guest.lines {
            prop_assert_eq!(merged.line(line.variant_id).map(|line| line.quantity), Some(line.quantity));
        }
        prop_assert_eq!(merged.merged(&guest, at(9)), Ok(merged));
    }
}
