use proptest::prelude::*;

use super::super::order::{ItemUnits, LineUnits};
use super::super::order_fixture::{EXCLUSIVE, Fixture, INCLUSIVE, location, placed_at, variant};
use super::super::order_return::{Receipt, ReturnReason, ToReturn, request};
use super::super::pricing::TaxRounding;
use super::super::shipment::{ToShip, Tracking, ship};
use super::*;
use types::Uuid;

/// The seller of tests.
pub fn seller() -> Seller {
    let address = ["Hafenstraße 1", "20457 Hamburg", "Deutschland"].map(str::to_owned).to_vec();
    Seller { name: "Atoll Handels GmbH".to_owned(), address, tax_number: "DE123456789".to_owned() }
}

fn issue(order: &Order, documents: &[Invoice], counter: InvoiceCounter) -> Option<Issued> {
    let (seller, prefix) = (seller(), InvoicePrefix::parse("RE").unwrap());
    let issuer = Issuer { seller: &seller, prefix: &prefix, counter };
    due(order, documents).map(|draft| draft.issue(order, issuer, placed_at()))
}

fn counter() -> InvoiceCounter {
    InvoiceCounter::new(InvoiceCounter::year_of(placed_at()))
}

fn shipped(order: &Order, line: usize, quantity: u32) -> Order {
    let units = vec![ItemUnits { line, variant_id: variant(line as u128 + 1), quantity }];
    let wanted = ToShip {
        request: Uuid::nil(),
        location_id: location(),
        units,
        tracking: Tracking::default(),
        without_payment: false,
    };
    ship(order, wanted, placed_at()).unwrap().order
}

fn immediate(fixture: Fixture) -> Order {
    Fixture { capture: CaptureMode::Immediate, ..fixture }.order()
}

#[test]
fn an_invoice_is_due_when_money_is_taken() {
    let on_shipment = Fixture::new(&[(2, 1_000, 190_000)]).order();
    assert_eq!(due(&on_shipment, &[]), None);
    let issued = issue(&shipped(&on_shipment, 0, 1), &[], counter()).unwrap();
    assert_eq!((issued.invoice.total, issued.invoice.number.to_string().as_str()), (2_490, "RE-2026-1"));
    assert_eq!((issued.order.counters.invoices, issued.counter.last), (1, 1));
    let paid = immediate(Fixture::new(&[(2, 1_000, 190_000)]));
    let issued = issue(&paid, &[], InvoiceCounter { last: 41, ..counter() }).unwrap();
    assert_eq!(issued.invoice.number.to_string(), "RE-2026-42");
    assert_eq!(issued.invoice.taxes, paid.totals.taxes);
}

#[test]
fn what_was_cancelled_before_is_not_billed_and_what_is_cancelled_later_is_credited() {
    let mut order = Fixture::new(&[(3, 333, 190_000)]).order();
    order.fulfilment.cancel_units(&[LineUnits { line: 0, quantity: 1 }]).unwrap();
    order = shipped(&order, 0, 1);
    let invoice = issue(&order, &[], counter()).unwrap().invoice;
    assert_eq!((invoice.lines[0].quantity, invoice.total), (2, 666 + 490));
    assert_eq!(due(&order, std::slice::from_ref(&invoice)), None, "nothing has changed");
    order.fulfilment.cancel_units(&[LineUnits { line: 0, quantity: 1 }]).unwrap();
    let credit = issue(&order, std::slice::from_ref(&invoice), counter()).unwrap().invoice;
    assert_eq!(credit.kind, InvoiceKind::CreditNote { corrects: invoice.number.clone() });
    assert_eq!((credit.lines[0].quantity, credit.total), (1, 333));
    assert_eq!(due(&order, &[invoice, credit]), None);
}

/// The order's own amounts are those of the hard cases; an invoice of all of it repeats them.
#[test]
fn published_amounts_are_on_the_invoice() {
    let totals = |fixture: Fixture| {
        let invoice = issue(&immediate(fixture), &[], counter()).unwrap().invoice;
        (invoice.net, invoice.tax, invoice.total)
    };
    // medusajs/medusa#14818: 24.99 + 10.75 % tax, shipping 6.44 untaxed.
    let case = Fixture { shipping: (644, 0), policy: EXCLUSIVE, ..Fixture::new(&[(1, 2_499, 107_500)]) };
    assert_eq!(totals(case), (3_143, 269, 3_412));
    // vendurehq/vendure#2662: 10 × 38.23 incl. 20 %.
    let case = Fixture { shipping: (0, 0), ..Fixture::new(&[(10, 3_823, 200_000)]) };
    assert_eq!(totals(case), (31_858, 6_372, 38_230));
    // spree/spree#6137: 8.50 and shipping 1.65, both incl. 7 %; by rate and by line.
    let by_rate = Fixture { shipping: (165, 70_000), ..Fixture::new(&[(1, 850, 70_000)]) };
    let by_line = Fixture { policy: TaxPolicy { rounding: TaxRounding::ByLine, ..INCLUSIVE }, ..by_rate.clone() };
    assert_eq!((totals(by_rate).1, totals(by_line).1), (66, 67));
}

/// vendurehq/vendure#3091: 25 × 399.00 incl. 9 %, −10 %; nothing is rounded per unit.
#[test]
fn a_discount_is_that_of_the_line() {
    let mut order = immediate(Fixture { shipping: (0, 0), ..Fixture::new(&[(25, 39_900, 90_000)]) });
    let totals = &mut order.lines[0].totals;
    (totals.amount, totals.tax) = (897_750, 74_126);
    totals.net = totals.amount - totals.tax;
    order.fulfilment.lines[0].gross = 897_750;
    let invoice = issue(&order, &[], counter()).unwrap().invoice;
    assert_eq!((invoice.lines[0].discount, invoice.net, invoice.tax), (99_750, 823_624, 74_126));
}

#[test]
fn an_order_that_was_never_paid_or_ended_before_gets_no_document() {
    let mut order = immediate(Fixture::new(&[(1, 1_000, 190_000)]));
    order.fulfilment.cancel().unwrap();
    assert_eq!(due(&order, &[]), None);
    let mut lapsed = immediate(Fixture::new(&[(1, 1_000, 190_000)]));
    lapsed.fulfilment.state = State::Lapsed;
    assert_eq!(due(&lapsed, &[]), None);
}

#[test]
fn a_year_has_numbers_of_its_own() {
    let at = |text: &str| InvoiceCounter::year_of(text.parse().unwrap());
    assert_eq!((at("2026-12-31T23:59:59Z"), at("2027-01-01T00:00:00Z")), (2026, 2027));
}

#[test]
fn the_invoice_keeps_the_address_when_the_order_loses_it() {
    let mut order = immediate(Fixture::new(&[(1, 1_000, 190_000)]));
    let invoice = issue(&order, &[], counter()).unwrap().invoice;
    order.contact = None;
    assert!(invoice.recipient.is_some());
    let late = issue(&order, &[], counter()).unwrap().invoice;
    assert_eq!((late.recipient, late.language), (None, Language::En));
}

#[derive(Debug, Clone)]
enum Step {
    Ship(usize, u32),
    Cancel(usize, u32),
    Return(usize, u32),
    Deliver,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let units = (0..3_usize, 1..4_u32);
    let step = prop_oneof![
        3 => units.clone().prop_map(|(line, units)| Step::Ship(line, units)),
        1 => units.clone().prop_map(|(line, units)| Step::Cancel(line, units)),
        2 => units.prop_map(|(line, units)| Step::Return(line, units)),
        3 => Just(Step::Deliver),
    ];
    proptest::collection::vec(step, 1..30)
}

/// Carries out a step. Returns what is owed to the buyer for it.
fn act(order: &mut Order, step: &Step) -> i64 {
    match *step {
        Step::Ship(line, quantity) => {
            let units = vec![ItemUnits { line, variant_id: variant(line as u128 + 1), quantity }];
            let wanted = ToShip {
                request: Uuid::nil(),
                location_id: location(),
                units,
                tracking: Tracking::default(),
                without_payment: false,
            };
            if let Ok(change) = ship(order, wanted, placed_at()) {
                *order = change.order;
            }
            0
        }
        Step::Cancel(line, quantity) => {
            let released = order.fulfilment.cancel_units(&[LineUnits { line, quantity }]);
            released.map(|released| released.refund).unwrap_or_default()
        }
        Step::Return(line, quantity) => {
            let units = vec![LineUnits { line, quantity }];
            let wanted = ToReturn { request: Uuid::nil(), units: units.clone(), reason: ReturnReason::Other };
            let Ok(change) = request(order, &wanted, placed_at()) else { return 0 };
            let receipt = Receipt { units, restocked: Vec::new() };
            let change = change.returned.receive(&change.order, &receipt, placed_at()).unwrap();
            *order = change.order;
            change.facts.0.refund_minor
        }
        Step::Deliver => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    /// Events arrive late, twice or not at all: whenever the consumer runs, one invoice is issued, numbers have no gaps, and
    /// documents sum to what the buyer keeps.
    #[test]
    fn documents_sum_to_what_the_buyer_keeps(
        lines in proptest::collection::vec((1..9_u32, 0..5_000_i64, prop_oneof![Just(190_000_u32), Just(70_000)]), 3),
        is_inclusive in any::<bool>(),
        is_immediate in any::<bool>(),
        steps in steps(),
    ) {
        let capture = if is_immediate { CaptureMode::Immediate } else { CaptureMode::OnShipment };
        let policy = if is_inclusive { INCLUSIVE } else { EXCLUSIVE };
        let mut order = Fixture { policy, capture, ..Fixture::new(&lines) }.order();
        let total = order.totals.total;
        let (mut documents, mut counter, mut gone) = (Vec::<Invoice>::new(), counter(), 0);
        for step in steps.iter().chain([&Step::Deliver]) {
            gone += act(&mut order, step);
            // Delivered twice.
            for _ in 0..2 {
                if matches!(step, Step::Deliver)
                    && let Some(issued) = issue(&order, &documents, counter)
                {
                    (order, counter) = (issued.order, issued.counter);
                    documents.push(issued.invoice);
                }
            }
        }
        let invoices = documents.iter().filter(|document| document.kind == InvoiceKind::Invoice);
        prop_assert_eq!(invoices.count(), usize::from(!documents.is_empty()));
        let sign = |document: &Invoice| if document.kind == InvoiceKind::Invoice { 1 } else { -1 };
        let sum = |amount: fn(&Invoice) -> i64| documents.iter().map(|one| sign(one) * amount(one)).sum::<i64>();
        if !documents.is_empty() {
            prop_assert_eq!(sum(|document| document.total), total - gone);
            prop_assert_eq!(sum(|document| document.net) + sum(|document| document.tax), total - gone);
            if gone == 0 {
                prop_assert_eq!((sum(|document| document.net), sum(|document| document.tax)), (order.totals.net, order.totals.tax));
            }
            if gone == total {
                prop_assert_eq!((sum(|document| document.net), sum(|document| document.tax)), (0, 0));
            }
        }
        for (index, document) in (1..).zip(&documents) {
            prop_assert_eq!(document.number.to_string(), format!("RE-2026-{index}"));
            for line in &document.lines {
                let stated = line.amount(document.policy);
                prop_assert_eq!(line.unit_price * i64::from(line.quantity) - line.discount, stated);
            }
        }
    }
}
