use proptest::prelude::*;

use super::super::order::ItemUnits;
use super::super::order_fixture::{Fixture, location, placed_at, variant};
use super::super::shipment::{ToShip, Tracking, ship};
use super::*;

fn shipped(fixture: &Fixture) -> (Order, Vec<Shipment>) {
    let order = fixture.order();
    let units = (0..order.lines.len()).map(|line| ItemUnits {
        line,
        variant_id: variant(line as u128 + 1),
        quantity: order.fulfilment.lines[line].ordered,
    });
    let wanted = ToShip {
        request: Uuid::from_u128(1),
        location_id: location(),
        units: units.collect(),
        tracking: Tracking::default(),
        without_payment: false,
    };
    let change = ship(&order, wanted, placed_at()).unwrap();
    (change.order, vec![change.shipment])
}

fn to_return(units: &[(usize, u32)]) -> ToReturn {
    let units = units.iter().map(|(line, quantity)| LineUnits { line: *line, quantity: *quantity }).collect();
    ToReturn { request: Uuid::from_u128(2), units, reason: ReturnReason::NotWanted }
}

fn receipt(units: &[(usize, u32)], restocked: &[(u128, u32)]) -> Receipt {
    let restocked = restocked
        .iter()
        .map(|(number, quantity)| Restocked {
            variant_id: variant(*number),
            location_id: location(),
            quantity: *quantity,
        })
        .collect();
    Receipt { units: to_return(units).units, restocked }
}

/// solidusio/solidus#512, medusajs/medusa#13883: refunds telescope to what was paid.
#[test]
fn partial_returns_refund_exactly_what_was_paid() {
    let (mut order, _) = shipped(&Fixture::new(&[(3, 333, 190_000), (1, 500, 70_000)]));
    let mut refunds = Vec::new();
    for units in [&[(0, 1)][..], &[(0, 1), (1, 1)], &[(0, 1)]] {
        let requested = request(&order, &to_return(units), placed_at()).unwrap();
        let change = requested.returned.receive(&requested.order, &receipt(units, &[]), placed_at()).unwrap();
        let due = change.facts.1.unwrap();
        assert_eq!(change.facts.0.refund_minor, due.amount_minor);
        refunds.push(due.amount_minor);
        order = change.order;
    }
    assert_eq!(refunds, [333, 833, 333 + 490], "the last one with the shipping, since the buyer keeps nothing");
    assert_eq!(refunds.iter().sum::<i64>(), order.totals.total);
    assert_eq!(order.payment.refunded_or_due(), order.totals.total);
}

#[test]
fn a_receipt_settles_a_return_once_and_what_was_not_received_can_be_returned_later() {
    let (order, _) = shipped(&Fixture::new(&[(3, 1_000, 190_000)]));
    let requested = request(&order, &to_return(&[(0, 3)]), placed_at()).unwrap();
    let partly = receipt(&[(0, 2)], &[(1, 1)]);
    let change = requested.returned.receive(&requested.order, &partly, placed_at()).unwrap();
    assert_eq!(change.facts.0.refund_minor, 2_000);
    assert!(change.returned.is_settled_by(&partly));
    assert!(!change.returned.is_settled_by(&receipt(&[(0, 2)], &[])));
    assert_eq!(change.returned.receive(&change.order, &partly, placed_at()), Err(ReturnError::Settled));
    let rest = request(&change.order, &to_return(&[(0, 1)]), placed_at()).unwrap();
    let rejected = rest.returned.reject(&rest.order, "used".to_owned(), placed_at()).unwrap();
    assert!(request(&rejected.order, &to_return(&[(0, 1)]), placed_at()).is_ok());
    assert!(request(&rejected.order, &to_return(&[(0, 2)]), placed_at()).is_err(), "two are back already");
    assert_eq!(rejected.returned.reject(&rejected.order, "used".to_owned(), placed_at()), Err(ReturnError::Settled));
}

#[test]
fn no_more_is_restocked_or_received_than_came_back() {
    let (order, _) = shipped(&Fixture::new(&[(3, 1_000, 190_000), (1, 1_000, 190_000)]));
    let requested = request(&order, &to_return(&[(0, 2)]), placed_at()).unwrap();
    let receive = |receipt: &Receipt| requested.returned.receive(&requested.order, receipt, placed_at());
    let too_many = ReturnError::Restock { variant_id: variant(1), received: 1 };
    assert_eq!(receive(&receipt(&[(0, 1)], &[(1, 1), (1, 1)])), Err(too_many));
    let unknown = ReturnError::Restock { variant_id: variant(2), received: 0 };
    assert_eq!(receive(&receipt(&[(0, 1)], &[(2, 1)])), Err(unknown));
    assert_eq!(receive(&receipt(&[(0, 3)], &[])), Err(NotPossible::Units { available: 2 }.into()));
    assert_eq!(receive(&receipt(&[(1, 1)], &[])), Err(NotPossible::NoSuchLine.into()));
    let nothing = receive(&receipt(&[], &[])).unwrap();
    assert_eq!((nothing.facts.0.refund_minor, nothing.facts.1), (0, None));
}

#[test]
fn the_lines_of_all_returns_are_bounded() {
    let (mut order, _) = shipped(&Fixture::new(&[(3, 1_000, 190_000), (1, 1_000, 190_000)]));
    order.counters.returned_entries = MAX_RETURNED_ENTRIES - 1;
    let both = to_return(&[(0, 1), (1, 1)]);
    assert_eq!(request(&order, &both, placed_at()), Err(ReturnError::TooManyEntries));
    let last = request(&order, &to_return(&[(0, 1)]), placed_at()).unwrap();
    assert_eq!(last.order.counters.returned_entries, MAX_RETURNED_ENTRIES);
    assert_eq!(request(&last.order, &to_return(&[(1, 1)]), placed_at()), Err(ReturnError::TooManyEntries));
    // What was requested before can still be received.
    assert!(last.returned.receive(&last.order, &receipt(&[(0, 1)], &[]), placed_at()).is_ok());
}

#[test]
fn the_period_begins_with_the_delivery_of_the_line() {
    let (order, mut shipments) = shipped(&Fixture::new(&[(1, 1_000, 190_000)]));
    let units = to_return(&[(0, 1)]).units;
    let day = |days: i64| placed_at() + SignedDuration::from_hours(24 * days);
    assert_eq!(check_period(&order, &shipments, &units, day(14)), Ok(()));
    let late = day(14) + SignedDuration::from_secs(1);
    assert_eq!(check_period(&order, &shipments, &units, late), Err(ReturnError::TooLate(day(14))));
    shipments[0].state = ShipmentState::Delivered { delivered_at: day(3) };
    assert_eq!(check_period(&order, &shipments, &units, day(17)), Ok(()));
    assert_eq!(check_period(&order, &shipments, &units, day(18)), Err(ReturnError::TooLate(day(17))));
}

proptest! {
    #[test]
    fn any_split_of_a_full_return_refunds_what_was_paid(
        lines in proptest::collection::vec((1..7_u32, 0..5_000_i64, Just(190_000_u32)), 1..4),
        parts in proptest::collection::vec((0..4_usize, 1..4_u32, any::<bool>()), 1..60),
    ) {
        let (mut order, _) = shipped(&Fixture::new(&lines));
        let mut refunded = 0;
        for (line, quantity, is_rejected) in parts {
            let Ok(change) = request(&order, &to_return(&[(line, quantity)]), placed_at()) else { continue };
            if is_rejected {
                order = change.returned.reject(&change.order, "no".to_owned(), placed_at()).unwrap().order;
                continue;
            }
            let change = change.returned.receive(&change.order, &receipt(&[(line, quantity)], &[]), placed_at()).unwrap();
            refunded += change.facts.0.refund_minor;
            order = change.order;
            prop_assert!(refunded <= order.totals.total);
            prop_assert_eq!(order.payment.refunded_or_due(), refunded);
        }
        if order.fulfilment.lines.iter().all(|line| line.returned == line.ordered) {
            prop_assert_eq!(refunded, order.totals.total);
        }
    }
}
