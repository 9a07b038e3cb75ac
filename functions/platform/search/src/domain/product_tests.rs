use proptest::prelude::*;
use types::Uuid;

use super::*;

fn variant(number: u128) -> VariantId {
    VariantId::new(Uuid::from_u128(number))
}

fn snapshot(title: u64) -> Box<ProductSnapshot> {
    Box::new(ProductSnapshot {
        slug: "shoe".to_owned(),
        title: format!("Shoe {title}"),
        description: None,
        attributes: BTreeMap::new(),
        categories: Vec::new(),
        variants: Vec::new(),
        media: Vec::new(),
    })
}

/// An update whose content follows from its revision, as that of an event does.
fn update() -> impl Strategy<Value = Update> {
    let at = |second: u64| Timestamp::from_second(i64::try_from(second).unwrap()).unwrap();
    prop_oneof![
        (1..8_u64).prop_map(move |revision| match revision % 3 {
            0 => Update::Archived { revision },
            1 => Update::Published { revision, snapshot: snapshot(revision), published_at: Some(at(revision)) },
            _ => Update::Published { revision, snapshot: snapshot(revision), published_at: None },
        }),
        (1..3_u128, 0..2_u64, 1..6_u64).prop_map(|(number, list, revision)| {
            let currency = CurrencyCode::parse("EUR").unwrap();
            let amount_minor = (revision % 4 != 0).then_some(i64::try_from(revision).unwrap() * 100);
            let price = ListPrice { revision, currency, amount_minor };
            Update::Prices { variant_id: variant(number), prices: [(format!("list-{list}"), price)].into() }
        }),
        (1..3_u128, 1..6_u64).prop_map(|(number, revision)| {
            Update::Stock { variant_id: variant(number), stock: Stock { revision, available: revision % 2 == 0 } }
        }),
    ]
}

fn applied(updates: &[Update]) -> ProductDocument {
    let mut document = ProductDocument::new(ProductId::new(Uuid::from_u128(7)));
    for update in updates {
        document = document.with(update.clone()).unwrap_or(document);
    }
    document
}

proptest! {
    #[test]
    fn order_and_repetition_of_events_do_not_matter(
        (updates, shuffled) in prop::collection::vec(update(), 0..24).prop_flat_map(|updates| {
            let twice: Vec<_> = updates.iter().chain(&updates).cloned().collect();
            (Just(updates), Just(twice).prop_shuffle())
        }),
    ) {
        prop_assert_eq!(applied(&updates), applied(&shuffled));
    }

    #[test]
    fn the_newest_revision_of_each_source_remains(updates in prop::collection::vec(update(), 1..24)) {
        let document = applied(&updates);
        let newest = updates.iter().filter_map(|update| match update {
            Update::Published { revision, .. } | Update::Archived { revision } => Some(*revision),
            _ => None,
        });
        prop_assert_eq!(document.product.map(|product| product.revision), newest.max());
    }
}

#[test]
fn an_archived_product_stays_archived_when_an_older_event_arrives() {
    let document = applied(&[
        Update::Archived { revision: 3 },
        Update::Published { revision: 2, snapshot: snapshot(2), published_at: None },
    ]);
    assert!(!document.is_visible());
    let again = document.with(Update::Published { revision: 4, snapshot: snapshot(4), published_at: None }).unwrap();
    assert!(again.is_visible());
}
