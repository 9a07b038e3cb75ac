use types::{GuestKeyHash, LocationId};

use super::super::order_fixture::{Fixture, placed_at, variant};
use super::super::placed::HistoryEntry;
use super::super::shipment::Tracking;
use super::*;

fn shipment(state: ShipmentState) -> Shipment {
    Shipment {
        order_id: OrderId::new(Uuid::from_u128(7)),
        number: 2,
        request: Uuid::nil(),
        location_id: LocationId::new(Uuid::nil()),
        units: Vec::new(),
        tracking: Tracking { carrier: Some("DHL".to_owned()), number: Some("JD0146".to_owned()) },
        capture: 0,
        shipped_at: placed_at(),
        state,
    }
}

fn guest_order() -> Order {
    let mut order = Fixture::new(&[(2, 1_000, 190_000)]).order();
    order.buyer = Some(BuyerId::Guest(GuestKeyHash::of("key")));
    order
}

fn data(request: &Request) -> &Message {
    match request {
        Request::User(request) => &request.message,
        Request::Guest(request) => &request.message,
    }
}

fn refunded(number: u128) -> Subject {
    Subject::Refunded { refund_id: RefundId::new(Uuid::from_u128(number)), amount: 1_234 }
}

#[test]
fn users_are_told_through_their_preferences_and_guests_by_the_address_of_the_order() {
    let order = Fixture::new(&[(2, 1_000, 190_000)]).order();
    let (record, request) = notice(&order, &Subject::Placed, placed_at()).unwrap();
    assert_eq!((record.cause.as_str(), data(&request).template.as_str()), ("placed", "order_placed"));
    assert_eq!(data(&request).data["lines"], "2 × Product 1");
    assert_eq!(data(&request).data["total"], "24.90 EUR");
    let Request::User(request) = request else { panic!("the buyer is a user") };
    assert_eq!((request.recipients.len(), request.category), (1, Category::Account));
    let (_, request) = notice(&guest_order(), &refunded(1), placed_at()).unwrap();
    let Request::Guest(request) = request else { panic!("the buyer is a guest") };
    assert_eq!((request.email.as_str(), request.language.as_deref()), ("ada@example.com", Some("de")));
    assert_eq!(request.message.data["amount"], "12.34 EUR");
}

#[test]
fn nobody_gets_mail_for_an_order_that_a_stranger_placed_without_paying() {
    let mut order = guest_order();
    let cancelled = Subject::Cancelled { event: Uuid::from_u128(3), units: order.sold(), is_complete: true };
    assert_eq!(notice(&order, &Subject::Placed, placed_at()), None);
    assert_eq!(notice(&order, &cancelled, placed_at()), None);
    assert!(notice(&order, &Subject::Confirmed, placed_at()).is_some());
    order.history.push(HistoryEntry { at: placed_at(), what: Happened::Confirmed });
    assert!(notice(&order, &cancelled, placed_at()).is_some());
    order.contact = None;
    assert_eq!(notice(&order, &Subject::Confirmed, placed_at()), None, "the address was erased");
    order.buyer = None;
    assert_eq!(notice(&order, &Subject::Confirmed, placed_at()), None, "the order belongs to nobody");
}

#[test]
fn a_guest_gets_no_mail_for_an_order_that_cost_nothing_until_the_shop_ships_it() {
    let mut order = guest_order();
    order.totals.total = 0;
    order.history.push(HistoryEntry { at: placed_at(), what: Happened::Confirmed });
    let cancelled = Subject::Cancelled { event: Uuid::from_u128(3), units: order.sold(), is_complete: true };
    assert_eq!(notice(&order, &Subject::Confirmed, placed_at()), None);
    assert_eq!(notice(&order, &cancelled, placed_at()), None);
    let shipment = shipment(ShipmentState::Shipped);
    let shipped = Subject::Shipped { shipment, units: order.sold(), is_last: true };
    assert!(notice(&order, &shipped, placed_at()).is_some());
    order.buyer = Fixture::new(&[(2, 1_000, 190_000)]).order().buyer;
    assert!(notice(&order, &Subject::Confirmed, placed_at()).is_some(), "a user's own address is proven");
}

#[test]
fn messages_contain_nothing_that_the_buyer_wrote() {
    let mut order = guest_order();
    order.history.push(HistoryEntry { at: placed_at(), what: Happened::Confirmed });
    let subjects = [
        Subject::Confirmed,
        Subject::Shipped { shipment: shipment(ShipmentState::Shipped), units: order.sold(), is_last: true },
        Subject::Delivered(shipment(ShipmentState::Shipped)),
        Subject::Cancelled { event: Uuid::nil(), units: order.sold(), is_complete: false },
        refunded(1),
    ];
    for subject in subjects {
        let (_, request) = notice(&order, &subject, placed_at()).unwrap();
        let text = format!("{:?}", data(&request));
        for private in ["Ayşe", "Straße", "Berlin", "ada@"] {
            assert!(!text.contains(private), "{text}");
        }
    }
}

#[test]
fn each_cause_is_told_once_and_a_cancelled_shipment_not_at_all() {
    let order = Fixture::new(&[(2, 1_000, 190_000)]).order();
    let id = |subject: &Subject| match notice(&order, subject, placed_at()).unwrap().1 {
        Request::User(request) => request.notification_id,
        Request::Guest(request) => request.notification_id,
    };
    assert_eq!(id(&refunded(1)), id(&refunded(1)));
    assert_ne!(id(&refunded(1)), id(&refunded(2)));
    let cancelled = shipment(ShipmentState::Cancelled { cancelled_at: placed_at() });
    assert_eq!(notice(&order, &Subject::Delivered(cancelled), placed_at()), None);
}

#[test]
fn long_orders_are_shortened_and_parts_of_bundles_have_no_number() {
    let lines: Vec<_> = (0..13).map(|_| (1, 100, 0)).collect();
    let order = Fixture::new(&lines).order();
    let (_, request) = notice(&order, &Subject::Confirmed, placed_at()).unwrap();
    assert_eq!(data(&request).data["lines"].split("\n\n").count(), 10);
    assert_eq!(data(&request).data["more"], "3");
    let mut units = order.sold();
    units.truncate(1);
    units[0].variant_id = variant(1_001);
    let shipped = Subject::Shipped { shipment: shipment(ShipmentState::Shipped), units, is_last: false };
    let (_, request) = notice(&order, &shipped, placed_at()).unwrap();
    assert_eq!(data(&request).data["lines"], "Product 1");
    assert!(!data(&request).data.contains_key("is_last") && data(&request).data["tracking"] == "JD0146");
}
