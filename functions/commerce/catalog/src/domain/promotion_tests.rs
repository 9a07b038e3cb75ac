//! However events come: what reduced a price when is the same.

use proptest::prelude::*;
use types::Uuid;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn euro() -> CurrencyCode {
    CurrencyCode::parse("EUR").unwrap()
}

fn product(number: u8) -> ProductId {
    ProductId::new(Uuid::from_u128(number.into()))
}

fn variant(number: u8) -> VariantId {
    VariantId::new(Uuid::from_u128(number.into()))
}

fn fact(promotion: u8, revision: u64, reduction: Option<PublicReduction>) -> PromotionChanged {
    PromotionChanged {
        promotion_id: PromotionId::new(Uuid::from_u128(promotion.into())),
        name: format!("Sale {promotion}, {revision}"),
        valid_from: at(0),
        valid_until: None,
        reduction,
        revision,
    }
}

fn ten_percent(target: PromotedVariants) -> PublicReduction {
    PublicReduction { rate_millionths: 100_000, target, currency: None, priority: 0, group: None, exclusive: false }
}

/// The table: copies and reductions, as the consumer writes them.
#[derive(Debug, Clone, Default, PartialEq)]
struct Stored {
    copies: std::collections::BTreeMap<PromotionId, PromotionCopy>,
    reductions: std::collections::BTreeMap<Reach, Reductions>,
}

impl Stored {
    /// Does what the consumer does on an event.
    fn take(&mut self, event: &(PromotionChanged, Timestamp)) {
        let (fact, occurred_at) = event.clone();
        let (id, number) = (fact.promotion_id, fact.revision);
        let known = self.copies.entry(id).or_insert_with(|| PromotionCopy::nothing(id));
        if let Some(next) = known.with(Revision::of(fact, occurred_at)) {
            *known = next;
        }
        let version = u64::try_from(known.revisions.len()).unwrap();
        for reach in known.affected(number) {
            let none = Reductions::none(reach);
            let reductions = self.reductions.entry(reach).or_insert(none);
            if let Some(next) = reductions.with(&known.course(reach, version)) {
                *reductions = next;
            }
        }
    }

    /// What a price of 1,000 becomes at a moment, for a variant of a product.
    fn price(&self, (of, which): (u8, u8), now: Timestamp) -> i64 {
        let reaches = [Reach::Everything, Reach::Product(product(of)), Reach::Variant(variant(which))];
        let known = reaches.iter().filter_map(|reach| self.reductions.get(reach));
        let courses: Vec<_> = known.flat_map(|reductions| &reductions.courses).collect();
        reduced(1_000, &euro(), &courses, now).0
    }
}

#[test]
fn a_promotion_that_turns_to_other_variants_leaves_the_earlier_ones() {
    let mut stored = Stored::default();
    let products = |ids: &[u8]| PromotedVariants::Products { ids: ids.iter().map(|id| product(*id)).collect() };
    stored.take(&(fact(1, 1, Some(ten_percent(products(&[1, 2])))), at(10)));
    stored.take(&(fact(1, 2, Some(ten_percent(products(&[2])))), at(20)));
    stored.take(&(fact(1, 3, None), at(30)));
    let prices = |product: u8| [9, 10, 20, 30].map(|second| stored.price((product, 0), at(second)));
    assert_eq!((prices(1), prices(2), prices(3)), ([1_000, 900, 1_000, 1_000], [1_000, 900, 900, 1_000], [1_000; 4]));
}

#[test]
fn reductions_stack_by_priority_except_in_groups_and_with_exclusive_ones() {
    let terms = |rate: u32, group: Option<&str>, exclusive: bool| Terms {
        valid_from: at(0),
        valid_until: None,
        rate: Rate::from_millionths(rate).unwrap(),
        currency: None,
        priority: 1_000_000 - rate,
        group: group.map(str::to_owned),
        exclusive,
    };
    let price = |all: &[Terms]| {
        let course = |(number, terms): (u128, &Terms)| Course {
            promotion_id: PromotionId::new(Uuid::from_u128(number)),
            name: String::new(),
            version: 1,
            records: vec![ReductionRecord { from: at(0), terms: Some(terms.clone()) }],
        };
        let courses: Vec<_> = (1..).zip(all).map(course).collect();
        let (amount, applied) = reduced(999, &euro(), &courses.iter().collect::<Vec<_>>(), at(1));
        (amount, applied.iter().map(|promotion| promotion.rate.millionths()).collect::<Vec<_>>())
    };
    // 999 less 20 % is 799.2, and less 10 % of that 719.1; each step is rounded.
    assert_eq!(price(&[terms(100_000, None, false), terms(200_000, None, false)]), (719, vec![200_000, 100_000]));
    let group = [terms(100_000, Some("a"), false), terms(200_000, Some("a"), false), terms(100_000, Some("b"), false)];
    assert_eq!(price(&group), (719, vec![200_000, 100_000]));
    assert_eq!(price(&[terms(100_000, None, false), terms(300_000, None, true)]), (699, vec![300_000]));
    assert_eq!(price(&[terms(300_000, None, false), terms(200_000, None, true)]), (699, vec![300_000]));
    let only = |currency: &str| Terms { currency: CurrencyCode::parse(currency).ok(), ..terms(100_000, None, false) };
    assert_eq!((price(&[only("USD")]), price(&[only("EUR")])), ((999, vec![]), (899, vec![100_000])));
    assert_eq!(price(&[terms(0, None, false)]), (999, vec![]));
    assert_eq!(price(&[terms(1_000_000, None, false)]), (0, vec![1_000_000]));
}

#[test]
fn copies_and_reductions_are_bounded_and_keep_what_applies() {
    let id = PromotionId::new(Uuid::from_u128(1));
    let mut copy = PromotionCopy::nothing(id);
    for number in 1..=200_u64 {
        let reduction = PublicReduction {
            rate_millionths: 1_000 * u32::try_from(number).unwrap(),
            ..ten_percent(PromotedVariants::Everything)
        };
        copy = copy.with(Revision::of(fact(1, number, Some(reduction)), at(0))).unwrap();
    }
    assert_eq!((copy.revisions.len(), copy.revisions[0].revision), (MAX_REVISIONS, 151));
    assert_eq!(copy.with(Revision::of(fact(1, 3, None), at(0))), None, "older than all that is kept");
    // One that goes on, and many that ended later than it began.
    let mut reductions = Reductions::none(Reach::Everything).with(&copy.course(Reach::Everything, 1)).unwrap();
    for number in 2..=2_000_u32 {
        let terms =
            Terms { valid_until: Some(at(i64::from(number))), ..copy.revisions[0].reduction.clone().unwrap().0 };
        let records = vec![ReductionRecord { from: at(0), terms: Some(terms) }];
        let promotion_id = PromotionId::new(Uuid::from_u128(number.into()));
        reductions = reductions.with(&Course { promotion_id, name: String::new(), version: 1, records }).unwrap();
    }
    assert_eq!(reductions.courses.iter().map(|course| course.records.len()).sum::<usize>(), MAX_RECORDS);
    assert_eq!(reductions.courses[0].promotion_id, id);
    assert_eq!(reductions.courses[1].end(), at(2_000));
}

fn target() -> impl Strategy<Value = PromotedVariants> {
    let ids = || prop::collection::vec(0..4_u8, 1..4);
    prop_oneof![
        Just(PromotedVariants::Everything),
        ids().prop_map(|ids| PromotedVariants::Products { ids: ids.into_iter().map(product).collect() }),
        ids().prop_map(|ids| PromotedVariants::Variants { ids: ids.into_iter().map(variant).collect() }),
    ]
}

/// The events of three promotions, each with growing revisions and times.
fn events() -> impl Strategy<Value = Vec<(PromotionChanged, Timestamp)>> {
    let change = (0..3_u8, 1..20_i64, prop::option::weighted(0.8, (target(), 1..9_u32)), 0..100_i64, 0..80_i64);
    prop::collection::vec(change, 1..12).prop_map(|changes| {
        let (mut revisions, mut now) = ([0_u64; 3], 0);
        let event =
            |(promotion, gap, reduction, from, length): (u8, i64, Option<(PromotedVariants, u32)>, i64, i64)| {
                let revision = &mut revisions[usize::from(promotion)];
                *revision += 1;
                now += gap;
                let reduction = reduction.map(|(target, tenths)| PublicReduction {
                    rate_millionths: tenths * 100_000,
                    ..ten_percent(target)
                });
                let valid_until = (length > 0).then(|| at(from + length));
                let fact =
                    PromotionChanged { valid_from: at(from), valid_until, ..fact(promotion, *revision, reduction) };
                (fact, at(now))
            };
        changes.into_iter().map(event).collect()
    })
}

fn in_order(events: &[(PromotionChanged, Timestamp)]) -> Stored {
    let mut stored = Stored::default();
    for event in events {
        stored.take(event);
    }
    stored
}

proptest! {
    #[test]
    fn neither_the_order_of_events_nor_their_number_changes_a_price(
        (events, delivered) in events().prop_flat_map(|events| {
            let twice: Vec<_> = [events.clone(), events.clone()].concat();
            (Just(events), Just(twice).prop_shuffle())
        }),
    ) {
        let (expected, mut found) = (in_order(&events), in_order(&delivered));
        // A replay may find a newer copy, and derives the same from it.
        for event in &delivered {
            found.take(event);
        }
        for second in 0..200 {
            for of in 0..4 {
                for which in 0..4 {
                    prop_assert_eq!(found.price((of, which), at(second)), expected.price((of, which), at(second)));
                }
            }
        }
        let mut again = found.clone();
        for event in &delivered {
            again.take(event);
        }
        prop_assert_eq!(again, found);
    }

    #[test]
    fn a_price_is_what_the_revisions_of_its_time_say(events in events(), second in 0..200_i64, of in 0..4_u8, which in 0..4_u8) {
        let mut stored = Stored::default();
        let known: Vec<_> = events.iter().filter(|(_, from)| *from <= at(second)).collect();
        for event in &events {
            stored.take(event);
        }
        let newest = |promotion: u128| {
            let of_promotion = known.iter().filter(|(fact, _)| fact.promotion_id.uuid().as_u128() == promotion);
            of_promotion.max_by_key(|(fact, _)| fact.revision)
        };
        let mut expected = 1_000;
        for (fact, _) in (0..3).filter_map(newest) {
            let applies = fact.valid_from <= at(second) && fact.valid_until.is_none_or(|until| at(second) < until);
            let is_for = |reduction: &&PublicReduction| match &reduction.target {
                PromotedVariants::Everything => true,
                PromotedVariants::Products { ids } => ids.contains(&product(of)),
                PromotedVariants::Variants { ids } => ids.contains(&variant(which)),
            };
            if let Some(reduction) = fact.reduction.as_ref().filter(is_for).filter(|_| applies) {
                expected -= Rate::from_millionths(reduction.rate_millionths).unwrap().of(expected);
            }
        }
        prop_assert_eq!(stored.price((of, which), at(second)), expected);
    }
}
