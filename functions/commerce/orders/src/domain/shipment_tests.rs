use proptest::prelude::*;

use super::super::order::LineUnits;
use super::super::order_fixture::{Fixture, location, placed_at, variant};
use super::super::settlement::OrderFact;
use super::*;

fn units(line: usize, quantity: u32) -> ItemUnits {
    ItemUnits { line, variant_id: variant(line as u128 + 1), quantity }
}

fn wanted(units: &[ItemUnits]) -> ToShip {
    let request = Uuid::from_u128(1);
    ToShip {
        request,
        location_id: location(),
        units: units.to_vec(),
        tracking: Tracking::default(),
        without_payment: false,
    }
}

#[test]
fn a_shipment_captures_its_lines_and_the_first_one_the_shipping() {
    let order = Fixture::new(&[(3, 1_000, 190_000), (1, 500, 190_000)]).order();
    let first = ship(&order, wanted(&[units(0, 2)]), placed_at()).unwrap();
    assert_eq!((first.fact.capture_minor, first.fact.is_last, first.shipment.number), (2_490, false, 1));
    assert_eq!(first.fact.lines[0].gross_minor, 2_000);
    let second = ship(&first.order, wanted(&[units(0, 1), units(1, 1)]), placed_at()).unwrap();
    assert_eq!((second.fact.capture_minor, second.fact.is_last, second.shipment.number), (1_500, true, 2));
    let error = ship(&second.order, wanted(&[units(0, 1)]), placed_at()).unwrap_err();
    assert!(matches!(error, ShipmentError::Order(NotPossible::State(_))));
}

/// medusajs/medusa#11703, #12401, paynl/magento2-plugin#220: ship 2, cancel the shipment twice, ship again.
#[test]
fn a_cancelled_shipment_gives_its_units_back_once_and_is_not_captured_twice() {
    let order = Fixture::new(&[(2, 1_000, 190_000)]).order();
    let shipped = ship(&order, wanted(&[units(0, 2)]), placed_at()).unwrap();
    let cancelled = shipped.shipment.cancel(&shipped.order, placed_at()).unwrap().unwrap();
    assert_eq!(cancelled.units, shipped.units);
    assert_eq!(cancelled.shipment.cancel(&cancelled.order, placed_at()), Ok(None));
    let again = ship(&cancelled.order, wanted(&[units(0, 2)]), placed_at()).unwrap();
    assert_eq!((again.shipment.number, again.fact.capture_minor), (2, 0), "it was captured with the first shipment");
    assert_eq!(again.order.payment.capture_requested, order.totals.total);
}

fn cancelled(step: &super::super::settlement::Step) -> (Option<i64>, Vec<(i64, Option<i64>)>) {
    let end = step.facts.iter().find_map(|fact| match fact {
        OrderFact::Cancelled(fact) => fact.capture_total_minor,
        _ => None,
    });
    let due = step.facts.iter().filter_map(|fact| match fact {
        OrderFact::RefundDue(fact) => Some((fact.amount_minor, fact.capture_total_minor)),
        _ => None,
    });
    (end, due.collect())
}

#[test]
fn a_cancellation_that_leaves_nothing_to_be_shipped_ends_the_captures() {
    let order = Fixture::new(&[(3, 1_000, 190_000)]).order();
    let one = ship(&order, wanted(&[units(0, 1)]), placed_at()).unwrap().order;
    let cancel = |order: &Order, id, quantity| {
        let units = [LineUnits { line: 0, quantity }];
        order.after_cancellation(Uuid::from_u128(id), &units, placed_at()).unwrap().unwrap()
    };
    // A unit remains to be shipped.
    let partly = cancel(&one, 1, 1);
    assert_eq!(cancelled(&partly), (None, vec![]));
    let rest = cancel(&partly.order, 2, 1);
    assert_eq!(cancelled(&rest), (Some(1_490), vec![]));
    // An order that is captured at once has no captures of shipments.
    let immediate = Fixture { capture: CaptureMode::Immediate, ..Fixture::new(&[(2, 1_000, 190_000)]) }.order();
    let one = ship(&immediate, wanted(&[units(0, 1)]), placed_at()).unwrap().order;
    assert_eq!(cancelled(&cancel(&one, 1, 1)).0, None);
}

#[test]
fn the_sum_of_captures_does_not_fall_when_a_shipment_is_undone() {
    let order = Fixture::new(&[(3, 1_000, 190_000)]).order();
    let one = ship(&order, wanted(&[units(0, 1)]), placed_at()).unwrap();
    let two = ship(&one.order, wanted(&[units(0, 2)]), placed_at()).unwrap();
    let undone = two.shipment.cancel(&two.order, placed_at()).unwrap().unwrap().order;
    let all = [LineUnits { line: 0, quantity: 2 }];
    let step = undone.after_cancellation(Uuid::from_u128(1), &all, placed_at()).unwrap().unwrap();
    // What was captured for it goes back, so it is captured before it is refunded.
    assert_eq!(cancelled(&step), (Some(3_490), vec![(2_000, Some(3_490))]));
    assert_eq!(step.order.payment.capture_requested, 1_490);
}

#[test]
fn a_delivered_shipment_is_delivered_once_and_cannot_be_cancelled() {
    let order = Fixture::new(&[(1, 1_000, 190_000)]).order();
    let shipped = ship(&order, wanted(&[units(0, 1)]), placed_at()).unwrap();
    let delivered = shipped.shipment.deliver(&shipped.order, placed_at()).unwrap().unwrap();
    assert_eq!(delivered.shipment.deliver(&delivered.order, placed_at()), Ok(None));
    assert_eq!(delivered.shipment.cancel(&delivered.order, placed_at()), Err(ShipmentError::Delivered));
    let cancelled = shipped.shipment.cancel(&shipped.order, placed_at()).unwrap().unwrap();
    assert_eq!(cancelled.shipment.deliver(&cancelled.order, placed_at()), Err(ShipmentError::Cancelled));
    assert_eq!(cancelled.shipment.track(&Tracking::default()), Err(ShipmentError::Cancelled));
}

#[test]
fn the_same_request_is_recognized_whatever_the_order_of_its_units() {
    let order = Fixture::new(&[(2, 1_000, 190_000), (2, 500, 190_000)]).order();
    let shipped = ship(&order, wanted(&[units(0, 2), units(1, 1)]), placed_at()).unwrap();
    assert!(shipped.shipment.is_of(&wanted(&[units(1, 1), units(0, 2)])));
    for other in [&[units(0, 2)][..], &[units(0, 2), units(1, 2)], &[units(0, 1), units(1, 1)]] {
        assert!(!shipped.shipment.is_of(&wanted(other)));
    }
}

#[test]
fn the_entries_of_all_shipments_are_bounded_and_components_count_more() {
    let mut order = Fixture::new(&[(9, 1_000, 190_000), (9, 500, 190_000)]).order();
    let one = ship(&order, wanted(&[units(0, 1), units(1, 1)]), placed_at()).unwrap();
    assert_eq!(one.order.counters.shipped_entries, 2);
    let undone = one.shipment.cancel(&one.order, placed_at()).unwrap().unwrap().order;
    assert_eq!(undone.counters.shipped_entries, 2, "its event was published");
    // The first line is a bundle: what is shipped of it is not the variant that was ordered.
    order.lines[0].variant_id = variant(900);
    order.counters.shipped_entries = MAX_SHIPPED_ENTRIES - ENTRIES_OF_COMPONENT;
    let full = ship(&order, wanted(&[units(0, 1)]), placed_at()).unwrap().order;
    assert_eq!(full.counters.shipped_entries, MAX_SHIPPED_ENTRIES);
    assert_eq!(ship(&full, wanted(&[units(1, 1)]), placed_at()), Err(ShipmentError::TooManyEntries));
    order.counters.shipped_entries += 1;
    assert_eq!(ship(&order, wanted(&[units(0, 1)]), placed_at()), Err(ShipmentError::TooManyEntries));
    assert!(ship(&order, wanted(&[units(1, 1)]), placed_at()).is_ok(), "an entry of a line has room");
}

/// What facts owe to the buyer.
fn owed(facts: &[OrderFact]) -> i64 {
    let due = |fact: &OrderFact| match fact {
        OrderFact::RefundDue(due) => due.amount_minor,
        _ => 0,
    };
    facts.iter().map(due).sum()
}

#[test]
fn a_refund_of_a_unit_is_what_was_captured_for_it() {
    // 7 units for 1.00: cancel one, ship one, return it; and the same with the shipment first.
    for ships_first in [true, false] {
        let mut order = Fixture { shipping: (0, 0), ..Fixture::new(&[(7, 100, 190_000)]) }.order();
        order.fulfilment.lines[0].gross = 100;
        let one = [LineUnits { line: 0, quantity: 1 }];
        let mut captured = 0;
        for ships in [ships_first, !ships_first] {
            if ships {
                let change = ship(&order, wanted(&[units(0, 1)]), placed_at()).unwrap();
                (order, captured) = (change.order, change.fact.capture_minor);
            } else {
                order.fulfilment.cancel_units(&one).unwrap();
            }
        }
        order.fulfilment.request_return(&one).unwrap();
        assert_eq!(order.fulfilment.receive_return(&one), Ok(captured));
    }
}

#[test]
fn nothing_is_shipped_whose_money_cannot_be_captured_unless_a_manager_says_so() {
    let mut order = Fixture::new(&[(2, 1_000, 190_000)]).order();
    order = ship(&order, wanted(&[units(0, 1)]), placed_at()).unwrap().order;
    order.payment.is_closed = true;
    let refused = ship(&order, wanted(&[units(0, 1)]), placed_at());
    assert_eq!(refused, Err(ShipmentError::PaymentEnded { capture_minor: 1_000 }));
    let unpaid = ToShip { without_payment: true, ..wanted(&[units(0, 1)]) };
    let shipped = ship(&order, unpaid, placed_at()).unwrap();
    assert_eq!((shipped.fact.capture_minor, shipped.order.payment.capture_requested), (0, 1_490));
    // What was captured before, or is not captured by shipments, is not held back.
    order.payment.capture_requested = 2_490;
    assert!(ship(&order, wanted(&[units(0, 1)]), placed_at()).is_ok());
    (order.payment.capture_requested, order.terms.capture) = (1_490, CaptureMode::Immediate);
    assert!(ship(&order, wanted(&[units(0, 1)]), placed_at()).is_ok());
}

#[derive(Debug, Clone)]
enum Step {
    Ship(usize, u32),
    CancelShipment(usize),
    CancelUnits(usize, u32),
    Return(usize, u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..3_usize, 1..4_u32).prop_map(|(line, units)| Step::Ship(line, units)),
        1 => (0..6_usize).prop_map(Step::CancelShipment),
        1 => (0..3_usize, 1..3_u32).prop_map(|(line, units)| Step::CancelUnits(line, units)),
        1 => (0..3_usize, 1..3_u32).prop_map(|(line, units)| Step::Return(line, units)),
    ];
    proptest::collection::vec(step, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn captures_sum_to_what_was_shipped_and_movements_to_what_left(
        lines in proptest::collection::vec((1..9_u32, 1..5_000_i64, Just(190_000_u32)), 3),
        steps in steps(),
    ) {
        let mut order = Fixture::new(&lines).order();
        let total = order.totals.total;
        let (mut shipments, mut captured, mut on_hand) = (Vec::<Shipment>::new(), 0, 0_i64);
        let (mut gone, mut due, mut requests) = (0, 0, 0);
        for step in steps {
            requests += 1;
            match step {
                Step::Ship(line, quantity) => {
                    if let Ok(change) = ship(&order, wanted(&[units(line, quantity)]), placed_at()) {
                        prop_assert!(change.fact.capture_minor >= 0);
                        captured += change.fact.capture_minor;
                        prop_assert_eq!(change.fact.capture_total_minor, Some(captured));
                        on_hand -= change.units.iter().map(|taken| i64::from(taken.quantity)).sum::<i64>();
                        shipments.push(change.shipment);
                        order = change.order;
                    }
                }
                Step::CancelShipment(index) => {
                    if let Some(shipment) = shipments.get_mut(index)
                        && let Ok(Some(change)) = shipment.cancel(&order, placed_at())
                    {
                        on_hand += change.units.iter().map(|taken| i64::from(taken.quantity)).sum::<i64>();
                        *shipment = change.shipment;
                        order = change.order;
                    }
                }
                Step::CancelUnits(line, quantity) => {
                    let wanted = [LineUnits { line, quantity }];
                    let released = order.fulfilment.clone().cancel_units(&wanted);
                    if let Ok(Some(step)) = order.after_cancellation(Uuid::from_u128(requests), &wanted, placed_at()) {
                        gone += released.unwrap().refund;
                        due += owed(&step.facts);
                        order = step.order;
                    }
                }
                Step::Return(line, quantity) => {
                    let wanted = [LineUnits { line, quantity }];
                    if order.fulfilment.request_return(&wanted).is_ok() {
                        let refund = order.fulfilment.receive_return(&wanted).unwrap();
                        (gone, due) = (gone + refund, due + refund);
                    }
                }
            }
            let shipped: i64 = order.fulfilment.lines.iter().flat_map(|line| &line.items).map(|item| i64::from(item.shipped)).sum();
            prop_assert_eq!(on_hand, -shipped);
            // No refund exceeds what was captured for its units, to the cent.
            prop_assert!(due <= captured, "{due} of {captured}");
            prop_assert!(captured <= total + due);
        }
        let is_done = order.fulfilment.lines.iter().flat_map(|line| &line.items).all(|item| item.open() == 0);
        if is_done && order.fulfilment.state != super::super::order::State::Cancelled {
            prop_assert_eq!(captured - due, total - gone);
        }
    }
}
