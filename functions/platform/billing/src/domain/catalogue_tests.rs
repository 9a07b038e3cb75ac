//! The catalogue.

use types::Uuid;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    let product = ProductCode::parse("atoll").unwrap();
    let tax_class = TaxClass::standard();
    catalogue.set_product(Product { code: product.clone(), name: "Atoll".to_owned(), tax_class }).unwrap();
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
    let reused = NewPrice { code: PriceCode::parse("other").unwrap(), ..new_price(2, 1_099) };
    assert_eq!(catalogue.publish(reused, at(9)), Err(CatalogueError::PriceIsPublished));
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

#[test]
fn what_is_retired_is_not_offered_until_it_is_set_again() {
    let (mut catalogue, family) = (catalogue(), PlanCode::parse("family").unwrap());
    let price = catalogue.publish(new_price(1, 999), at(0)).unwrap();
    let offered = |catalogue: &Catalogue| {
        let offers = catalogue.offers();
        offers.iter().map(|offer| (offer.plan.code.to_string(), offer.prices.len())).collect::<Vec<_>>()
    };
    assert_eq!(offered(&catalogue), [("family".to_owned(), 1)]);
    assert_eq!((catalogue.retire_price(&price.code), catalogue.retire_price(&price.code)), (Some(true), Some(false)));
    assert_eq!(offered(&catalogue), [("family".to_owned(), 0)]);
    assert_eq!(catalogue.publish(new_price(2, 1_099), at(1)).map(|price| price.version), Ok(2));
    assert_eq!(offered(&catalogue), [("family".to_owned(), 1)]);
    catalogue.retire_product(&ProductCode::parse("atoll").unwrap()).unwrap();
    assert!(offered(&catalogue).is_empty() && catalogue.is_offered(&family));
    catalogue.retire_plan(&family).unwrap();
    assert!(!catalogue.is_offered(&family) && catalogue.plan(&family).is_some());
    assert_eq!(catalogue.retire_plan(&PlanCode::parse("gold").unwrap()), None);
    assert_eq!(catalogue.plans().filter(|listed| listed.is_retired).count(), 1);
}

#[test]
fn offers_are_ordered_by_product_and_rank() {
    let mut catalogue = catalogue();
    let family = catalogue.plan(&PlanCode::parse("family").unwrap()).unwrap().clone();
    for (code, rank) in [("a-large", 30), ("z-small", 10)] {
        catalogue.set_plan(Plan { code: PlanCode::parse(code).unwrap(), rank, ..family.clone() }).unwrap();
    }
    let codes: Vec<_> = catalogue.offers().iter().map(|offer| offer.plan.code.to_string()).collect();
    assert_eq!(codes, ["z-small", "family", "a-large"]);
}

#[test]
fn the_number_of_entries_is_bounded_and_known_ones_can_still_be_replaced() {
    let mut catalogue = catalogue();
    let product = |number: usize| Product {
        code: ProductCode::parse(&format!("product-{number}")).unwrap(),
        name: "Another".to_owned(),
        tax_class: TaxClass::standard(),
    };
    for number in 1..MAX_PRODUCTS {
        catalogue.set_product(product(number)).unwrap();
    }
    assert_eq!(catalogue.set_product(product(MAX_PRODUCTS)), Err(CatalogueError::TooManyProducts));
    assert_eq!(catalogue.set_product(product(1)), Ok(()));
    let price = |number: usize| NewPrice {
        code: PriceCode::parse(&format!("price-{number}")).unwrap(),
        ..new_price(number as u128, 999)
    };
    for number in 0..MAX_PRICES {
        catalogue.publish(price(number), at(0)).unwrap();
    }
    assert_eq!(catalogue.publish(price(MAX_PRICES), at(0)), Err(CatalogueError::TooManyPrices));
    assert!(catalogue.publish(NewPrice { id: PriceId::new(Uuid::from_u128(9_999)), ..price(1) }, at(1)).is_ok());
}

#[test]
fn the_largest_catalogue_is_far_below_the_limit_of_an_item() {
    let mut catalogue = catalogue();
    let family = catalogue.plan(&PlanCode::parse("family").unwrap()).unwrap().clone();
    let long = |prefix: &str, number: usize| format!("{prefix:a<27}{number:03}");
    let name = |number| EntitlementName::parse(&long("e", number)).unwrap();
    let entitlements: Entitlements =
        (0..MAX_ENTITLEMENTS).map(|number| (name(number), Allowance::Limit(u64::MAX))).collect();
    for number in 1..MAX_PLANS {
        let code = PlanCode::parse(&long("p", number)).unwrap();
        let (name, entitlements) = ("n".repeat(MAX_NAME_CHARS), entitlements.clone());
        catalogue.set_plan(Plan { code, name, entitlements, ..family.clone() }).unwrap();
    }
    for number in 0..MAX_PRICES {
        let code = PriceCode::parse(&long("c", number)).unwrap();
        catalogue.publish(NewPrice { code, ..new_price(number as u128, MAX_AMOUNT) }, at(0)).unwrap();
    }
    // The table stores numbers shorter than JSON does, and names the same.
    let bytes = serde_json::to_string(&catalogue).unwrap().len();
    assert!(bytes < 300_000, "{bytes}");
    assert_eq!(serde_json::from_str::<Catalogue>(&serde_json::to_string(&catalogue).unwrap()).unwrap(), catalogue);
}
