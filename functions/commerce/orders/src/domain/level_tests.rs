//! Additions and removals.

use proptest::prelude::*;
use types::Uuid;

use super::*;

fn level(parts: u16, free: i64, others: Vec<i64>, reserved: i64) -> Level {
    let settings = StockSettings { parts, backorder_limit: 3, incoming: 0 };
    let (variant, location) = (VariantId::new(Uuid::from_u128(1)), LocationId::new(Uuid::from_u128(2)));
    let used_parts = u16::try_from(others.len() + 1).unwrap().max(parts);
    let on_hand = free + others.iter().sum::<i64>() + reserved;
    Level::new(StockLevel { used_parts, on_hand, free, ..StockLevel::new(variant, location, settings, 1) }, others)
}

fn quantity(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

fn pairs(changes: &[PartChange]) -> Vec<(u16, i64)> {
    changes.iter().map(|change| (change.part, change.by)).collect()
}

#[test]
fn new_units_go_to_the_present_parts_in_equal_shares() {
    assert_eq!(pairs(&level(1, 0, vec![], 0).divided(quantity(7)).unwrap()), [(0, 7)]);
    let spread = level(3, 5, vec![0, 0], 0);
    assert_eq!(pairs(&spread.divided(quantity(7)).unwrap()), [(0, 3), (1, 2), (2, 2)]);
    assert_eq!(pairs(&spread.divided(quantity(1)).unwrap()), [(0, 1)]);
    let owing = level(2, -3, vec![5], 3);
    assert_eq!(pairs(&owing.divided(quantity(7)).unwrap()), [(0, 5), (1, 2)]);
    assert_eq!(pairs(&owing.divided(quantity(2)).unwrap()), [(0, 2)]);
    // It once had more parts.
    assert_eq!(pairs(&level(1, 0, vec![4, 4], 0).divided(quantity(7)).unwrap()), [(0, 7)]);
}

#[test]
fn units_are_removed_from_the_fullest_parts_and_never_from_orders() {
    let stock = level(3, 1, vec![5, 2], 10);
    assert_eq!(pairs(&stock.divided(quantity(-6)).unwrap()), [(1, -5), (2, -1)]);
    assert_eq!(stock.divided(quantity(-9)), Err(AdjustmentError::NotEnough { free: 8 }));
    // Three units were sold on back-order: of the five in the other part, two are free.
    let owing = level(2, -3, vec![5], 3);
    assert_eq!(owing.divided(quantity(-3)), Err(AdjustmentError::NotEnough { free: 2 }));
    assert_eq!(pairs(&owing.divided(quantity(-2)).unwrap()), [(1, -2)]);
}

#[test]
fn units_on_hand_are_bounded() {
    let full = level(1, MAX_ON_HAND, vec![], 0);
    assert_eq!(full.divided(quantity(1)), Err(AdjustmentError::TooMany { on_hand: MAX_ON_HAND }));
}

#[test]
fn fewer_parts_leave_the_units_of_the_others_where_they_are() {
    let stock = level(4, 1, vec![1, 1, 1], 0);
    let fewer = stock.with(StockSettings { parts: 1, ..stock.stock.settings }, 2);
    assert_eq!((fewer.stock.settings.parts, fewer.stock.used_parts, fewer.stock.revision), (1, 4, 2));
    assert_eq!((fewer.free(), fewer.parts().len()), (4, 4));
}

/// What happens to a level: parts are set, or units are added or removed.
#[derive(Debug, Clone, Copy)]
enum Step {
    Parts(u16),
    Units(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![1 => (1..=MAX_PARTS).prop_map(Step::Parts), 4 => (-60..100_i64).prop_map(Step::Units)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn movements_sum_to_the_units_on_hand_and_no_part_falls_below_zero(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let (mut stock, mut moved) = (level(1, 0, vec![], 0), 0);
        for step in steps {
            match step {
                Step::Parts(parts) => {
                    stock = stock.with(StockSettings { parts, ..stock.stock.settings }, 2);
                }
                Step::Units(units) => {
                    let Ok(quantity) = Quantity::new(units) else { continue };
                    match stock.divided(quantity) {
                        Ok(changes) => {
                            prop_assert_eq!(changes.iter().map(|change| change.by).sum::<i64>(), units);
                            prop_assert!(changes.iter().all(|change| change.part < stock.stock.used_parts));
                            stock = stock.after(quantity, &changes);
                            moved += units;
                        }
                        Err(error) => prop_assert_eq!(error, AdjustmentError::NotEnough { free: moved }),
                    }
                }
            }
            prop_assert_eq!((stock.stock.on_hand, stock.free(), stock.reserved()), (moved, moved, 0));
            prop_assert!(stock.parts().iter().all(|part| part.free >= 0));
            prop_assert!(moved >= 0);
        }
    }
}
