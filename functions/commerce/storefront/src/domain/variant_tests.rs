use proptest::prelude::*;
use types::{CurrencyCode, Uuid};

use super::*;

fn id() -> VariantId {
    VariantId::new(Uuid::from_u128(1))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// The same number always means the same event.
fn event(number: u8) -> VariantFacts {
    let (revision, second) = (u64::from(number / 4) + 1, i64::from(number) * 7 % 50);
    let product_id = ProductId::new(Uuid::from_u128(2));
    match number % 4 {
        0 => {
            let choices = BTreeMap::from([("Size".to_owned(), number.to_string())]);
            let variant = number.is_multiple_of(8).then(|| VariantSnapshot {
                variant_id: id(),
                sku: format!("S{number}"),
                barcode: None,
                weight_grams: None,
                choices,
                tax_class: None,
                components: Vec::new(),
            });
            VariantFacts::of_variant(VariantChanged { variant_id: id(), product_id, revision, variant }, at(second))
        }
        1 => {
            let availability = if number % 8 == 1 { StockAvailability::InStock } else { StockAvailability::OutOfStock };
            let fact = AvailabilityChanged { variant_id: id(), product_id, availability, revision };
            VariantFacts::of_stock(&fact, at(second))
        }
        list => {
            let tiers = vec![contracts::catalog::PriceTier { min_quantity: 1, amount_minor: i64::from(number) }];
            let fact = PriceChanged {
                variant_id: id(),
                sku: "S".to_owned(),
                price_list: format!("list-{list}"),
                currency: CurrencyCode::parse("EUR").unwrap(),
                tiers: (!number.is_multiple_of(3)).then_some(tiers),
                revision,
            };
            VariantFacts::of_price(fact, at(second))
        }
    }
}

fn after(events: &[u8]) -> Option<VariantFacts> {
    events.iter().fold(None, |known, number| Some(event(*number).merged(known.as_ref())))
}

proptest! {
    #[test]
    fn any_order_and_repetition_of_events_gives_the_same_facts(
        (events, shuffled) in prop::collection::vec(0..40_u8, 1..30).prop_flat_map(|events| {
            let twice = [events.clone(), events.clone()].concat();
            (Just(events), Just(twice).prop_shuffle())
        }),
    ) {
        prop_assert_eq!(after(&events), after(&shuffled));
    }

    #[test]
    fn the_sequence_rises_with_every_change_but_that_of_the_time(events in prop::collection::vec(0..40_u8, 2..30)) {
        let mut known = event(events[0]);
        for number in events {
            let next = event(number).merged(Some(&known));
            let same = VariantFacts { as_of: known.as_of, product_id: known.product_id, ..next.clone() } == known;
            prop_assert_eq!(next.sequence() > known.sequence(), !same);
            known = next;
        }
    }
}
