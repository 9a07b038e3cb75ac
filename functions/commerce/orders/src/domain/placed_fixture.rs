//! Orders for tests.

use contracts::payments::{CaptureMode, PaymentProviderName};
use jiff::Timestamp;
use money::Rate;
use types::{
    BuyerId, CartId, CurrencyCode, EmailAddress, LocationId, OrderId, PaymentId, PersonName, ProductId, UserId,
};
use types::{Uuid, VariantId};

use super::address::{Address, AddressLine, MAX_LINE_CHARS};
use super::cart::Language;
use super::cart_pricing::SettingsVersions;
use super::location::CountryCode;
use super::order::{Fulfilment, Item, Line};
use super::order_number::OrderNumber;
use super::placed::{Contact, Counters, Happened, HistoryEntry, Order, OrderLine, OrderShipping, OrderTotals};
use super::placed::{PaymentFacts, Terms};
use super::pricing::{LineTotals, TaxPolicy, TaxRounding};
use super::settlement::PaymentSource;
use super::shipping::ShippingCode;
use super::stock::{Component, Taken};

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

pub fn variant(number: u128) -> VariantId {
    VariantId::new(Uuid::from_u128(number))
}

pub fn place(number: u128) -> LocationId {
    LocationId::new(Uuid::from_u128(number))
}

pub fn source() -> PaymentSource {
    PaymentSource { id: PaymentId::new(Uuid::from_u128(77)), provider: PaymentProviderName::Stripe, started_at: None }
}

pub fn amounts(gross: i64) -> LineTotals {
    let tax_rate = Rate::from_millionths(190_000).unwrap();
    let tax = tax_rate.included_in(gross);
    LineTotals { subtotal: gross, discounts: Vec::new(), amount: gross, net: gross - tax, tax, tax_rate }
}

pub fn contact() -> Contact {
    let line = |text: &str| AddressLine::parse(text, MAX_LINE_CHARS).unwrap();
    let address = Address {
        name: PersonName::parse("Ada Lovelace").unwrap(),
        company: None,
        line1: line("Invalidenstr. 116"),
        line2: None,
        postal_code: Some(line("10115")),
        city: line("Berlin"),
        state: None,
        country: CountryCode::parse("DE").unwrap(),
        phone: None,
    };
    let email = EmailAddress::parse("ada@example.com").unwrap();
    Contact { email, language: Language::De, shipping_address: address, billing_address: None }
}

/// An order of these lines, placed at a time.
pub fn order(number: u128, lines: Vec<Line>, shipping: i64, capture: CaptureMode, now: Timestamp) -> Order {
    let total = lines.iter().map(|line| line.gross).sum::<i64>() + shipping;
    let text = |line: &Line| OrderLine {
        variant_id: line.items[0].component.variant_id,
        product_id: ProductId::new(Uuid::from_u128(5)),
        sku: "SKU-1".to_owned(),
        title: "Lamp".to_owned(),
        choices: [("colour".to_owned(), "red".to_owned())].into(),
        unit_price: line.gross / i64::from(line.ordered),
        totals: amounts(line.gross),
    };
    let id = OrderId::new(Uuid::from_u128(number));
    Order {
        id,
        number: OrderNumber::of(id, 0),
        cart_id: CartId::new(Uuid::from_u128(3)),
        buyer: Some(BuyerId::User(UserId::new(Uuid::from_u128(4)))),
        guest_keys: Vec::new(),
        contact: Some(contact()),
        lines: lines.iter().map(text).collect(),
        shipping: OrderShipping {
            code: ShippingCode::parse("parcel").unwrap(),
            name: "Parcel".to_owned(),
            totals: amounts(shipping),
        },
        totals: OrderTotals {
            currency: CurrencyCode::parse("EUR").unwrap(),
            policy: TaxPolicy { prices_include_tax: true, rounding: TaxRounding::ByRate },
            taxes: Vec::new(),
            discount: 0,
            net: total,
            tax: 0,
            total,
        },
        promotions: Vec::new(),
        uses: Vec::new(),
        terms: Terms { versions: SettingsVersions::default(), capture, return_days: 14 },
        fulfilment: Fulfilment::new(lines, shipping, total, now),
        payment: PaymentFacts::default(),
        cancellations: Vec::new(),
        counters: Counters::default(),
        history: vec![HistoryEntry { at: now, what: Happened::Placed }],
        entry_version: 1,
        placed_at: now,
    }
}

/// An order of one line of units of variant 1, all from location 100.
pub fn one_line(quantity: u32, gross: i64, capture: CaptureMode) -> Order {
    let component = Component { variant_id: variant(1), quantity: 1 };
    let held = vec![Taken { variant_id: variant(1), location_id: place(100), part: 0, quantity }];
    let items = vec![Item { component, held, shipped: 0 }];
    let line = Line {
        ordered: quantity,
        cancelled: 0,
        returning: 0,
        returned: 0,
        gross,
        cancelled_gross: 0,
        backordered: 0,
        items,
    };
    order(1, vec![line], 0, capture, at(0))
}
