//! The catalogue.

use types::Uuid;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    let product = ProductCode::parse("atoll").unwrap();
    catalogue.set_product(Product { code: product.clone(), name: "Atoll".to_owned(), tax_class: TaxClass::standard() });
    let devices = EntitlementName::parse("devices").unwrap();
    let plan = Plan {
        code: PlanCode::parse("family").unwrap(),
        product,
        name: "Family".to_owned(),
        rank: 20,
        entitlements: BTreeMap::from([(devices, Allowance::Limit(10))]),
    };
    catalogue.set_plan(plan).unwrap();
    catalogue
}

fn new_price(id: u128, amount: i64) -> NewPrice {
    NewPrice {
        id: PriceId::new(Uuid::from_u128(id)),
        code: PriceCode::parse("family-month-eur").unwrap(),
        plan: PlanCode::parse("family").unwrap(),
        interval: Interval::Month,
        amount,
        currency: CurrencyCode::parse("EUR").unwrap(),
        trial_days: 14,
    }
}

#[test]
fn a_published_price_never_changes_and_a_new_version_is_for_new_subscriptions() {
    let mut catalogue = catalogue();
    let first = catalogue.publish(new_price(1, 999), at(0)).unwrap();
    assert_eq!(catalogue.publish(new_price(1, 999), at(5)), Ok(first.clone()), "idempotent");
    assert_eq!(catalogue.publish(new_price(1, 1_099), at(5)), Err(CatalogueError::PriceIsPublished));
    let second = catalogue.publish(new_price(2, 1_099), at(9)).unwrap();
    assert_eq!((first.version, second.version), (1, 2));
    assert_eq!(catalogue.current(&first.code), Some(&second));
    assert_eq!(catalogue.price(first.id), Some(&first));
}

#[test]
fn versions_of_a_price_have_one_plan_interval_and_currency() {
    let mut catalogue = catalogue();
    catalogue.publish(new_price(1, 999), at(0)).unwrap();
    let yearly = NewPrice { interval: Interval::Year, ..new_price(2, 9_999) };
    assert_eq!(catalogue.publish(yearly, at(1)), Err(CatalogueError::OtherPrice));
}

#[test]
fn wrong_prices_and_plans_are_refused() {
    let mut catalogue = catalogue();
    assert_eq!(catalogue.publish(new_price(1, -1), at(0)), Err(CatalogueError::NegativeAmount));
    let long = NewPrice { trial_days: MAX_TRIAL_DAYS + 1, ..new_price(1, 1) };
    assert_eq!(catalogue.publish(long, at(0)), Err(CatalogueError::TrialTooLong));
    let gold = NewPrice { plan: PlanCode::parse("gold").unwrap(), ..new_price(1, 1) };
    assert_eq!(catalogue.publish(gold, at(0)), Err(CatalogueError::NoSuchPlan));
    let plan = catalogue.plan(&PlanCode::parse("family").unwrap()).unwrap().clone();
    let other = Plan { product: ProductCode::parse("other").unwrap(), ..plan };
    assert_eq!(catalogue.set_plan(other), Err(CatalogueError::NoSuchProduct));
}

#[test]
fn entitlements_are_data_and_what_is_not_named_is_not_allowed() {
    let catalogue = catalogue();
    let allowance = |plan: &str, name: &str| {
        catalogue.allowance(&PlanCode::parse(plan).unwrap(), &EntitlementName::parse(name).unwrap())
    };
    assert!(allowance("family", "devices").permits(10) && !allowance("family", "devices").permits(11));
    assert!(!allowance("family", "seats").permits(1) && !allowance("gold", "devices").permits(1));
    assert!(Allowance::Unlimited.permits(u64::MAX) && Allowance::Allowed(true).permits(1));
}
