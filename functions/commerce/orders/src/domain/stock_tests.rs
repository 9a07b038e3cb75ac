//! Needs and routes.

use proptest::prelude::*;

use super::*;

fn id(number: u128) -> VariantId {
    VariantId::new(types::Uuid::from_u128(number))
}

fn place(number: u128) -> LocationId {
    LocationId::new(types::Uuid::from_u128(number))
}

fn part(location: u128, part: u16, free: i64) -> Part {
    Part { location_id: place(location), part, free, backorder_limit: 0 }
}

fn bundle(number: u128, component: u128, quantity: u32) -> Wanted {
    let components = vec![Component { variant_id: id(component), quantity }];
    Wanted { variant_id: id(number), quantity: 1, components }
}

fn plain(number: u128, quantity: u32) -> Wanted {
    Wanted { variant_id: id(number), quantity, components: Vec::new() }
}

#[test]
fn two_bundles_that_share_a_component_are_checked_as_one() {
    // medusajs/medusa#16502: five units of X; two bundles need three each.
    let needs = needs(&[bundle(10, 1, 3), bundle(11, 1, 3)]).unwrap();
    assert_eq!(needs, BTreeMap::from([(id(1), 6)]));
    let parts = BTreeMap::from([(id(1), vec![part(100, 0, 5)])]);
    assert_eq!(route(&needs, &parts, &[place(100)], 0), Err(OutOfStock(BTreeMap::from([(id(1), 5)]))));
}

#[test]
fn needs_have_bounds() {
    let many: Vec<Wanted> = (0..=80).map(|number| plain(number, 1)).collect();
    assert_eq!(needs(&many), Err(TooMuch::Items));
    assert!(needs(&many[..80]).is_ok());
    assert_eq!(needs(&[plain(1, 6_000), plain(1, 4_001)]), Err(TooMuch::Units(id(1))));
    assert_eq!(needs(&[plain(1, u32::MAX), bundle(2, 1, u32::MAX)]), Err(TooMuch::Units(id(1))));
}

#[test]
fn one_location_that_has_everything_goes_before_priority() {
    let needs = BTreeMap::from([(id(1), 2), (id(2), 1)]);
    let parts = BTreeMap::from([(id(1), vec![part(100, 0, 2), part(200, 0, 9)]), (id(2), vec![part(200, 0, 9)])]);
    let taken = route(&needs, &parts, &[place(100), place(200)], 0).unwrap();
    assert!(taken.iter().all(|taken| taken.location_id == place(200)), "{taken:?}");
}

#[test]
fn units_on_hand_go_before_back_orders() {
    let on_backorder = Part { backorder_limit: 5, ..part(100, 0, 0) };
    let parts = BTreeMap::from([(id(1), vec![on_backorder, part(100, 1, 3)])]);
    let taken = |units| route(&BTreeMap::from([(id(1), units)]), &parts, &[place(100)], 0).unwrap();
    assert_eq!(taken(3).iter().map(|taken| (taken.part, taken.quantity)).collect::<Vec<_>>(), [(1, 3)]);
    assert_eq!(taken(8).iter().map(|taken| taken.quantity).sum::<u32>(), 8);
}

/// The parts of variant 1 at location 100, with these free units.
fn parts_of(free: &[i64]) -> BTreeMap<VariantId, Vec<Part>> {
    BTreeMap::from([(id(1), (0..).zip(free).map(|(number, free)| part(100, number, *free)).collect())])
}

#[test]
fn the_parts_to_read_first_had_enough_units() {
    let needs = BTreeMap::from([(id(1), 2)]);
    let chosen = |free: &[i64], start| -> Vec<u16> {
        sample(&needs, &parts_of(free), &[place(100)], start).iter().map(|taken| taken.part).collect()
    };
    assert_eq!(chosen(&[2; 8], 0), [0, 1, 2, 3]);
    assert_eq!(chosen(&[2; 8], 6), [6, 7, 0, 1]);
    assert_eq!(chosen(&[1, 2, 0, 5, 1, 0, 1], 1), [3, 1]);
    // All parts are read if there are few, if no part has enough, and if the units are not there.
    for free in [&[9; SAMPLE_PARTS][..], &[1; 8], &[0; 8]] {
        assert!(chosen(free, 0).is_empty(), "{free:?}");
    }
    // So are they for back-orders, and before the first reading.
    let mut on_backorder = parts_of(&[0; 8]);
    on_backorder.get_mut(&id(1)).unwrap()[0].backorder_limit = 9;
    assert!(sample(&needs, &on_backorder, &[place(100)], 0).is_empty());
    assert!(sample(&needs, &BTreeMap::new(), &[place(100)], 0).is_empty());
}

#[test]
fn after_a_conflict_every_part_comes_first_as_often() {
    let (needs, all) = (BTreeMap::from([(id(1), 2)]), parts_of(&[9; 32]));
    let first = |start| {
        let chosen = sample(&needs, &all, &[place(100)], start);
        let some = BTreeMap::from([(id(1), chosen.iter().map(|taken| part(100, taken.part, 9)).collect())]);
        route(&needs, &some, &[place(100)], 0).unwrap()[0].part
    };
    assert_eq!((0..32).map(first).collect::<std::collections::BTreeSet<_>>().len(), 32);
}

fn shop() -> impl Strategy<Value = (BTreeMap<VariantId, u32>, BTreeMap<VariantId, Vec<Part>>, usize)> {
    let one = (0..3_u128, 0..6_u16, -3..10_i64, 0..4_u32).prop_map(|(location, part, free, backorder_limit)| Part {
        location_id: place(location),
        part,
        free,
        backorder_limit,
    });
    let parts = proptest::collection::vec(one, 0..24).prop_map(|mut parts| {
        parts.sort_by_key(|part| (part.location_id, part.part));
        parts.dedup_by_key(|part| (part.location_id, part.part));
        parts
    });
    (
        proptest::collection::btree_map((0..4_u128).prop_map(id), 1..15_u32, 1..4),
        proptest::collection::btree_map((0..4_u128).prop_map(id), parts, 0..4),
        any::<usize>(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]
    #[test]
    fn a_route_takes_exactly_the_needs_and_never_more_than_a_part_has((needs, parts, start) in shop()) {
        let locations = [place(0), place(1)];
        match route(&needs, &parts, &locations, start) {
            Ok(taken) => {
                for (variant, units) in &needs {
                    let sum: u32 = taken.iter().filter(|taken| taken.variant_id == *variant).map(|taken| taken.quantity).sum();
                    prop_assert_eq!(sum, *units);
                }
                let mut seen = std::collections::BTreeSet::new();
                for taken in &taken {
                    prop_assert!(seen.insert((taken.variant_id, taken.location_id, taken.part)), "one action per item");
                    prop_assert!(locations.contains(&taken.location_id));
                    let part = of_location(&parts, taken.variant_id, taken.location_id).find(|part| part.part == taken.part);
                    prop_assert!(i64::from(taken.quantity) <= part.unwrap().available());
                }
            }
            Err(OutOfStock(short)) => {
                prop_assert!(!short.is_empty());
                for (variant, there) in short {
                    prop_assert!(i64::from(needs[&variant]) > there);
                    prop_assert_eq!(there, available(&parts, variant, &locations));
                }
            }
        }
    }

    #[test]
    fn the_parts_to_read_first_are_open_and_each_would_do((needs, parts, start) in shop()) {
        let locations = [place(0), place(1)];
        let chosen = sample(&needs, &parts, &locations, start);
        let mut seen = std::collections::BTreeSet::new();
        for taken in &chosen {
            prop_assert!(seen.insert((taken.variant_id, taken.location_id, taken.part)), "each is read once");
            prop_assert!(locations.contains(&taken.location_id));
            prop_assert_eq!(taken.quantity, needs[&taken.variant_id]);
            let part = of_location(&parts, taken.variant_id, taken.location_id).find(|part| part.part == taken.part);
            prop_assert!(part.unwrap().free >= i64::from(taken.quantity));
        }
        let variants: std::collections::BTreeSet<_> = chosen.iter().map(|taken| taken.variant_id).collect();
        prop_assert!(chosen.is_empty() || variants.into_iter().eq(needs.keys().copied()), "all variants or none");
    }
}
