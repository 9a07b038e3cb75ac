//! Single orders: holds, cancelled shipments, bundles, and shipping costs that go back.

use contracts::payments::CaptureMode;

use super::super::placed::Order;
use super::super::placed_fixture::{at, one_line, order, place, variant};
use super::*;

#[test]
fn a_hold_ends_by_the_clock_and_a_payment_only_by_the_provider() {
    // woocommerce/woocommerce-gateway-stripe#5759.
    let mut order = one_line(1, 100, CaptureMode::Immediate).fulfilment;
    assert!(order.lapse(at(601)).is_err());
    order.start_payment(at(601)).unwrap();
    assert!(order.lapse(at(100_000)).is_err());
    assert_eq!(order.pay(at(100_000)).0, PaymentOutcome::Confirmed);
    let mut late = one_line(1, 100, CaptureMode::Immediate).fulfilment;
    assert_eq!(late.start_payment(at(602)), Err(NotPossible::HoldEnded));
}

#[test]
fn a_cancelled_shipment_is_counted_once() {
    // medusajs/medusa#12401, paynl/magento2-plugin#220: ship 2, cancel the shipment twice, ship again.
    let mut order = one_line(2, 100, CaptureMode::Immediate).fulfilment;
    order.pay(at(1));
    let units = [ItemUnits { line: 0, variant_id: variant(1), quantity: 2 }];
    let shipped = order.ship(place(100), &units).unwrap();
    assert_eq!(order.state, State::Closed);
    let back: Vec<(usize, Taken)> = shipped.iter().map(|taken| (0, *taken)).collect();
    order.unship(&back).unwrap();
    assert_eq!(order.unship(&back), Err(NotPossible::Units { available: 0 }));
    assert_eq!(order.ship(place(100), &units).unwrap(), shipped);
}

/// A bundle of a unit of variant 1 and one of variant 2, and a unit of variant 3.
fn with_bundle(capture: CaptureMode) -> Order {
    let item = |number: u128, quantity: u32| {
        let held = vec![Taken { variant_id: variant(number), location_id: place(100), part: 0, quantity }];
        Item { component: Component { variant_id: variant(number), quantity: 1 }, held, shipped: 0 }
    };
    let line = |ordered, gross, items| {
        let (cancelled, returning, returned, cancelled_gross) = (0, 0, 0, 0);
        Line { ordered, cancelled, returning, returned, gross, cancelled_gross, backordered: 0, items }
    };
    order(1, vec![line(2, 1_001, vec![item(1, 2), item(2, 2)]), line(1, 300, vec![item(3, 1)])], 490, capture, at(0))
}

#[test]
fn a_bundle_of_which_a_component_never_leaves_can_be_cancelled() {
    let mut order = with_bundle(CaptureMode::OnShipment).fulfilment;
    order.pay(at(1));
    let component = |number| [ItemUnits { line: 0, variant_id: variant(number), quantity: 1 }];
    let shipped = order.ship(place(100), &component(1)).unwrap();
    assert_eq!((order.lines[0].shipped(), order.lines[0].cancellable()), (0, 2));
    // The component that was shipped counts for the bundle that remains.
    let released = order.cancel_units(&[LineUnits { line: 0, quantity: 1 }]).unwrap();
    assert_eq!((released.units.iter().map(|taken| taken.quantity).sum::<u32>(), released.refund), (2, 500));
    assert_eq!((order.lines[0].items[0].open(), order.lines[0].items[1].open()), (0, 1));
    // The other one never arrives: the rest is cancelled, and the component is given up.
    let released = order.cancel_units(&[LineUnits { line: 0, quantity: 1 }]).unwrap();
    assert_eq!((released.units.len(), released.refund), (1, 501));
    assert_eq!(released.units[0].variant_id, variant(2));
    assert_eq!(order.ship(place(100), &component(2)), Err(NotPossible::Units { available: 0 }));
    // It turns out that it had not left: nobody wants it, so it is free again.
    let back: Vec<(usize, Taken)> = shipped.iter().map(|taken| (0, *taken)).collect();
    assert_eq!((order.unship(&back).unwrap(), order.state), (shipped, State::Confirmed));
    order.ship(place(100), &[ItemUnits { line: 1, variant_id: variant(3), quantity: 1 }]).unwrap();
    assert_eq!(order.state, State::Closed);
}

#[test]
fn shipping_costs_go_back_whether_units_are_returned_first_or_cancelled_first() {
    for returned_first in [true, false] {
        let mut order = with_bundle(CaptureMode::Immediate).fulfilment;
        order.pay(at(1));
        order.ship(place(100), &[ItemUnits { line: 1, variant_id: variant(3), quantity: 1 }]).unwrap();
        let mut refund = 0;
        for returns in [returned_first, !returned_first] {
            if returns {
                let units = [LineUnits { line: 1, quantity: 1 }];
                order.request_return(&units).unwrap();
                refund += order.receive_return(&units).unwrap();
            } else {
                refund += order.cancel_units(&[LineUnits { line: 0, quantity: 2 }]).unwrap().refund;
            }
        }
        assert_eq!((refund, order.shipping_gross, order.state), (1_001 + 300 + 490, 0, State::Closed));
    }
}
