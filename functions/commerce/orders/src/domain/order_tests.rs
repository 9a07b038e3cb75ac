//! Random interleavings of buyers, the clock, the provider and the warehouse, against stock that counts every unit.

use std::collections::BTreeMap;

use proptest::prelude::*;
use types::Uuid;

use super::super::stock::{Part, Wanted, needs, route};
use super::*;

const VARIANTS: [u128; 3] = [1, 2, 3];
const LOCATIONS: [u128; 2] = [100, 200];
/// A bundle of two units of variant 1 and one of variant 2.
const BUNDLE: u128 = 9;

fn place(number: u128) -> LocationId {
    LocationId::new(Uuid::from_u128(number))
}

fn id(number: u128) -> VariantId {
    VariantId::new(Uuid::from_u128(number))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

type Place = (VariantId, LocationId, u16);

#[derive(Debug, Clone)]
enum Action {
    Place(Vec<(u128, u32)>),
    StartPayment,
    Pay,
    ClosePayment,
    Lapse,
    Cancel,
    CancelUnits(u32),
    Ship(usize, u32),
    Unship,
    RequestReturn(u32),
    ReceiveReturn(u32, bool),
    Adjust(usize, i64),
    Wait(i64),
}

fn actions() -> impl Strategy<Value = Vec<(usize, Action)>> {
    let lines = proptest::collection::vec((prop_oneof![Just(1), Just(2), Just(3), Just(BUNDLE)], 1..4_u32), 1..4);
    let action = prop_oneof![
        4 => lines.prop_map(Action::Place),
        3 => Just(Action::StartPayment),
        3 => Just(Action::Pay),
        1 => Just(Action::ClosePayment),
        2 => Just(Action::Lapse),
        1 => Just(Action::Cancel),
        2 => (0..4_u32).prop_map(Action::CancelUnits),
        4 => (0..LOCATIONS.len(), 0..4_u32).prop_map(|(location, units)| Action::Ship(location, units)),
        1 => Just(Action::Unship),
        2 => (0..4_u32).prop_map(Action::RequestReturn),
        2 => (0..4_u32, any::<bool>()).prop_map(|(units, restock)| Action::ReceiveReturn(units, restock)),
        1 => (0..3_usize, -4..6_i64).prop_map(|(variant, units)| Action::Adjust(variant, units)),
        2 => prop_oneof![0..20_i64, 300..900_i64].prop_map(Action::Wait),
    ];
    proptest::collection::vec((0..8_usize, action), 0..80)
}

/// An order, and what a warehouse and a bank know of it.
struct Known {
    order: Fulfilment,
    placed: Fulfilment,
    paid: bool,
    refunded: i64,
    shipments: Vec<(usize, Taken)>,
}

struct World {
    now: i64,
    free: BTreeMap<Place, i64>,
    on_hand: BTreeMap<Place, i64>,
    orders: Vec<Known>,
}

fn key(taken: &Taken) -> Place {
    (taken.variant_id, taken.location_id, taken.part)
}

/// Distributes routed units to lines, as an order stores them.
fn lines_of(wanted: &[Wanted], mut taken: Vec<Taken>) -> Vec<Line> {
    wanted
        .iter()
        .map(|wanted| {
            let own = vec![Component { variant_id: wanted.variant_id, quantity: 1 }];
            let components = if wanted.components.is_empty() { own } else { wanted.components.clone() };
            let items = components.into_iter().map(|component| {
                let mut left = component.quantity * wanted.quantity;
                let mut held = Vec::new();
                for taken in taken.iter_mut().filter(|taken| taken.variant_id == component.variant_id) {
                    let units = taken.quantity.min(left);
                    taken.quantity -= units;
                    left -= units;
                    held.push(Taken { quantity: units, ..*taken });
                }
                held.retain(|taken| taken.quantity > 0);
                Item { component, held, shipped: 0 }
            });
            Line {
                ordered: wanted.quantity,
                cancelled: 0,
                returning: 0,
                returned: 0,
                gross: 1_001,
                cancelled_gross: 0,
                items: items.collect(),
            }
        })
        .collect()
}

impl World {
    fn new() -> Self {
        let places: Vec<Place> = VARIANTS
            .iter()
            .flat_map(|variant| LOCATIONS.iter().map(move |location| (id(*variant), place(*location), 0)))
            .collect();
        let full: BTreeMap<Place, i64> = places.into_iter().map(|place| (place, 6)).collect();
        Self { now: 0, free: full.clone(), on_hand: full, orders: Vec::new() }
    }

    fn put_back(&mut self, units: &[Taken]) {
        for taken in units {
            *self.free.get_mut(&key(taken)).unwrap() += i64::from(taken.quantity);
        }
    }

    fn place(&mut self, lines: &[(u128, u32)]) {
        let bundle = [Component { variant_id: id(1), quantity: 2 }, Component { variant_id: id(2), quantity: 1 }];
        let wanted: Vec<Wanted> = lines
            .iter()
            .map(|(variant, quantity)| Wanted {
                variant_id: id(*variant),
                quantity: *quantity,
                components: if *variant == BUNDLE { bundle.to_vec() } else { Vec::new() },
            })
            .collect();
        let needs = needs(&wanted).unwrap();
        let mut parts: BTreeMap<VariantId, Vec<Part>> = BTreeMap::new();
        for ((variant, location_id, part), free) in &self.free {
            let part = Part { location_id: *location_id, part: *part, free: *free, backorder_limit: 0 };
            parts.entry(*variant).or_default().push(part);
        }
        let locations = LOCATIONS.map(place);
        let routed = route(&needs, &parts, &locations, 0);
        // Buyers take over what lapsed orders hold.
        let lapsed = (0..self.orders.len()).filter(|index| self.orders[*index].order.has_lapsed(at(self.now)));
        let taken = match (routed, lapsed.into_iter().next()) {
            (Ok(taken), _) => taken,
            (Err(_), None) => return,
            (Err(_), Some(index)) => {
                let released = self.orders[index].order.lapse(at(self.now)).unwrap();
                self.put_back(&released);
                return self.place(lines);
            }
        };
        for taken in &taken {
            *self.free.get_mut(&key(taken)).unwrap() -= i64::from(taken.quantity);
        }
        let state = State::Held { until: at(self.now) + HOLD };
        let order = Fulfilment { state, lines: lines_of(&wanted, taken), shipping_gross: 490 };
        self.orders.push(Known { placed: order.clone(), order, paid: false, refunded: 0, shipments: Vec::new() });
    }

    fn act(&mut self, index: usize, action: &Action) {
        let now = at(self.now);
        match action {
            Action::Place(lines) => return self.place(lines),
            Action::Wait(seconds) => self.now += seconds,
            Action::Adjust(variant, units) => {
                let place = (id(VARIANTS[*variant]), place(LOCATIONS[0]), 0);
                if self.free[&place] + units >= 0 {
                    *self.free.get_mut(&place).unwrap() += units;
                    *self.on_hand.get_mut(&place).unwrap() += units;
                }
            }
            _ => {}
        }
        let count = self.orders.len();
        let Some(known) = index.checked_rem(count).and_then(|index| self.orders.get_mut(index)) else { return };
        let every = |units: u32| -> Vec<LineUnits> {
            (0..known.order.lines.len()).map(|line| LineUnits { line, quantity: units }).collect()
        };
        let mut free = Vec::new();
        let mut restocked = Vec::new();
        match action {
            Action::StartPayment => drop(known.order.start_payment(now)),
            Action::Pay => match known.order.pay() {
                PaymentOutcome::Confirmed => known.paid = true,
                PaymentOutcome::AlreadyConfirmed | PaymentOutcome::Unwanted => {}
            },
            Action::ClosePayment => free = known.order.close_payment(),
            Action::Lapse => free = known.order.lapse(now).unwrap_or_default(),
            Action::Cancel => {
                let released = known.order.cancel().unwrap_or_default();
                known.refunded += if known.paid { released.refund } else { 0 };
                free = released.units;
            }
            Action::CancelUnits(units) => {
                let released = known.order.cancel_units(&every(*units)).unwrap_or_default();
                known.refunded += released.refund;
                free = released.units;
            }
            Action::Ship(location, units) => {
                let location = place(LOCATIONS[*location]);
                let line = usize::try_from(*units).unwrap() % known.order.lines.len();
                let item = &known.order.lines[line].items[0];
                let wanted = ItemUnits { line, variant_id: item.component.variant_id, quantity: *units };
                for taken in known.order.ship(location, &[wanted]).unwrap_or_default() {
                    *self.on_hand.get_mut(&key(&taken)).unwrap() -= i64::from(taken.quantity);
                    known.shipments.push((line, taken));
                }
            }
            Action::Unship => {
                if let Some(last) = known.shipments.last().copied()
                    && known.order.unship(&[last]).is_ok()
                {
                    known.shipments.pop();
                    *self.on_hand.get_mut(&key(&last.1)).unwrap() += i64::from(last.1.quantity);
                }
            }
            Action::RequestReturn(units) => drop(known.order.request_return(&every(*units))),
            Action::ReceiveReturn(units, restock) => {
                let wanted = every(*units);
                if let Ok(refund) = known.order.receive_return(&wanted) {
                    known.refunded += refund;
                    if *restock {
                        restocked = known
                            .order
                            .lines
                            .iter()
                            .flat_map(|line| line.items.iter().map(|item| item.component))
                            .collect();
                    }
                }
                for component in &restocked {
                    let place = (component.variant_id, place(LOCATIONS[1]), 0);
                    let quantity = i64::from(component.quantity * units);
                    *self.free.get_mut(&place).unwrap() += quantity;
                    *self.on_hand.get_mut(&place).unwrap() += quantity;
                }
            }
            Action::Place(_) | Action::Adjust(..) | Action::Wait(_) => {}
        }
        self.put_back(&free);
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let mut held: BTreeMap<Place, i64> = BTreeMap::new();
        for known in &self.orders {
            for taken in known.order.lines.iter().flat_map(|line| &line.items).flat_map(|item| &item.held) {
                *held.entry(key(taken)).or_default() += i64::from(taken.quantity);
            }
            check_order(known)?;
        }
        for (place, free) in &self.free {
            prop_assert!(*free >= 0, "{place:?}");
            prop_assert_eq!(self.on_hand[place], free + held.get(place).unwrap_or(&0), "{:?}", place);
        }
        Ok(())
    }
}

fn check_order(known: &Known) -> Result<(), TestCaseError> {
    let order = &known.order;
    let all: i64 = known.placed.lines.iter().map(|line| line.gross).sum::<i64>() + known.placed.shipping_gross;
    prop_assert!((0..=all).contains(&known.refunded), "{}", known.refunded);
    prop_assert!(known.paid || known.refunded == 0, "only what was paid goes back");
    for line in &order.lines {
        prop_assert!(line.returned <= line.returning && line.returning <= line.shipped());
        for item in &line.items {
            let units = item.component.quantity;
            if !matches!(order.state, State::Cancelled | State::Lapsed) {
                prop_assert_eq!(line.ordered * units, item.open() + item.shipped + line.cancelled * units);
            }
        }
    }
    let ended = matches!(order.state, State::Cancelled | State::Lapsed);
    prop_assert!(!ended || order.lines.iter().flat_map(|line| &line.items).all(|item| item.held.is_empty()));
    if known.paid && order.state == State::Cancelled {
        prop_assert_eq!(known.refunded, all);
    }
    if order.lines.iter().all(|line| line.returned + line.cancelled == line.ordered && line.returned > 0) {
        prop_assert_eq!(known.refunded, all);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn no_unit_and_no_money_is_lost_or_made(actions in actions()) {
        let mut world = World::new();
        for (order, action) in actions {
            world.act(order, &action);
            world.check()?;
        }
    }
}

fn one_line(quantity: u32, gross: i64) -> Fulfilment {
    let component = Component { variant_id: id(1), quantity: 1 };
    let held = vec![Taken { variant_id: id(1), location_id: place(100), part: 0, quantity }];
    let items = vec![Item { component, held, shipped: 0 }];
    let line = Line { ordered: quantity, cancelled: 0, returning: 0, returned: 0, gross, cancelled_gross: 0, items };
    Fulfilment { state: State::Held { until: at(600) }, lines: vec![line], shipping_gross: 0 }
}

#[test]
fn money_that_comes_after_the_end_is_unwanted_and_revives_nothing() {
    // woocommerce/woocommerce#11867, vendurehq/vendure#3065.
    let mut lapsed = one_line(1, 100);
    lapsed.lapse(at(602)).unwrap();
    assert_eq!((lapsed.pay(), lapsed.state), (PaymentOutcome::Unwanted, State::Lapsed));
    let mut cancelled = one_line(1, 100);
    cancelled.cancel().unwrap();
    assert_eq!((cancelled.pay(), cancelled.state), (PaymentOutcome::Unwanted, State::Cancelled));
}

#[test]
fn a_hold_ends_by_the_clock_and_a_payment_only_by_the_provider() {
    // woocommerce/woocommerce-gateway-stripe#5759.
    let mut order = one_line(1, 100);
    assert!(order.lapse(at(601)).is_err());
    order.start_payment(at(601)).unwrap();
    assert!(order.lapse(at(100_000)).is_err());
    assert_eq!(order.pay(), PaymentOutcome::Confirmed);
    let mut late = one_line(1, 100);
    assert_eq!(late.start_payment(at(602)), Err(NotPossible::HoldEnded));
}

#[test]
fn both_confirmations_of_one_payment_have_one_effect() {
    // medusajs/medusa#13301.
    let mut order = one_line(1, 100);
    assert_eq!((order.pay(), order.pay()), (PaymentOutcome::Confirmed, PaymentOutcome::AlreadyConfirmed));
}

#[test]
fn a_cancelled_shipment_is_counted_once() {
    // medusajs/medusa#12401: ship 2, cancel the shipment twice, ship again.
    let mut order = one_line(2, 100);
    order.pay();
    let units = [ItemUnits { line: 0, variant_id: id(1), quantity: 2 }];
    let shipped = order.ship(place(100), &units).unwrap();
    assert_eq!(order.state, State::Closed);
    let back: Vec<(usize, Taken)> = shipped.iter().map(|taken| (0, *taken)).collect();
    order.unship(&back).unwrap();
    assert_eq!(order.unship(&back), Err(NotPossible::Units { available: 0 }));
    assert_eq!(order.ship(place(100), &units).unwrap(), shipped);
}
