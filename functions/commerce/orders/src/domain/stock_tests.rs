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

fn shop() -> impl Strategy<Value = (BTreeMap<VariantId, u32>, BTreeMap<VariantId, Vec<Part>>, usize)> {
    let one = (0..3_u128, 0..4_u16, -3..10_i64, 0..4_u32).prop_map(|(location, part, free, backorder_limit)| Part {
        location_id: place(location),
        part,
        free,
        backorder_limit,
    });
    let parts = proptest::collection::vec(one, 0..10).prop_map(|mut parts| {
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
}
