//! Orders for tests.

#![allow(clippy::missing_panics_doc, reason = "a fixture of tests")]

use std::collections::BTreeMap;

use contracts::payments::CaptureMode;
use jiff::Timestamp;
use money::Rate;
use types::{
    BuyerId, CartId, CurrencyCode, EmailAddress, LocationId, OrderId, PersonName, ProductId, UserId, Uuid, VariantId,
};

use super::address::{Address, AddressLine, MAX_LINE_CHARS};
use super::cart::Language;
use super::cart_pricing::SettingsVersions;
use super::location::CountryCode;
use super::order::{Fulfilment, Item, Line, State};
use super::order_number::OrderNumber;
use super::placed::{Contact, Counters, Order, OrderLine, OrderShipping, OrderTotals, PaymentFacts, Terms};
use super::pricing::{TaxPolicy, TaxRounding, UnpricedLine, UnpricedShipping, price};
use super::promotion::Promotion;
use super::shipping::ShippingCode;
use super::stock::{Component, Taken};

/// Time at which the order was placed.
pub fn placed_at() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

/// The location that holds all units.
pub fn location() -> LocationId {
    LocationId::new(Uuid::from_u128(100))
}

/// The variant of a line; a component of a bundle has a number above 1000.
pub fn variant(number: u128) -> VariantId {
    VariantId::new(Uuid::from_u128(number))
}

/// Prices include taxes, which are rounded per rate.
pub const INCLUSIVE: TaxPolicy = TaxPolicy { prices_include_tax: true, rounding: TaxRounding::ByRate };
/// Prices do not include taxes, which are rounded per line.
pub const EXCLUSIVE: TaxPolicy = TaxPolicy { prices_include_tax: false, rounding: TaxRounding::ByLine };

/// What an order consists of.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// Quantity, unit price and tax rate in millionths of each line.
    pub lines: Vec<(u32, i64, u32)>,
    /// Price and tax rate in millionths of the shipping.
    pub shipping: (i64, u32),
    /// Policy.
    pub policy: TaxPolicy,
    /// Currency.
    pub currency: &'static str,
    /// When money is captured.
    pub capture: CaptureMode,
    /// Promotions.
    pub promotions: Vec<Promotion>,
}

impl Fixture {
    /// An order in euros, whose prices include taxes.
    pub fn new(lines: &[(u32, i64, u32)]) -> Self {
        Self {
            lines: lines.to_vec(),
            shipping: (490, 190_000),
            policy: INCLUSIVE,
            currency: "EUR",
            capture: CaptureMode::OnShipment,
            promotions: Vec::new(),
        }
    }

    /// The order, confirmed, with all units at one location.
    pub fn order(&self) -> Order {
        let rate = |millionths| Rate::from_millionths(millionths).unwrap();
        let numbered = (1..).zip(&self.lines);
        let unpriced: Vec<UnpricedLine> = numbered
            .clone()
            .map(|(number, (quantity, unit_price, tax))| UnpricedLine {
                variant_id: variant(number),
                product_id: ProductId::new(Uuid::from_u128(number)),
                unit_price: *unit_price,
                quantity: *quantity,
                tax_rate: rate(*tax),
            })
            .collect();
        let shipping = UnpricedShipping { price: self.shipping.0, tax_rate: rate(self.shipping.1) };
        let totals = price(&unpriced, Some(shipping), &self.promotions, self.policy).unwrap();
        let line = |(unpriced, totals): (&UnpricedLine, &super::pricing::LineTotals)| OrderLine {
            variant_id: unpriced.variant_id,
            product_id: unpriced.product_id,
            sku: format!("SKU-{}", unpriced.variant_id.uuid().as_u128()),
            title: format!("Product {}", unpriced.variant_id.uuid().as_u128()),
            choices: BTreeMap::new(),
            unit_price: unpriced.unit_price,
            totals: totals.clone(),
        };
        let units = |(unpriced, totals): (&UnpricedLine, &super::pricing::LineTotals)| {
            let UnpricedLine { variant_id, quantity, .. } = *unpriced;
            let held = vec![Taken { variant_id, location_id: location(), part: 0, quantity }];
            let items = vec![Item { component: Component { variant_id, quantity: 1 }, held, shipped: 0 }];
            Line {
                ordered: quantity,
                cancelled: 0,
                returning: 0,
                returned: 0,
                gross: totals.gross(),
                cancelled_gross: 0,
                backordered: 0,
                items,
            }
        };
        let shipping_totals = totals.shipping.clone().unwrap();
        let id = OrderId::new(Uuid::from_u128(7));
        Order {
            id,
            number: OrderNumber::of(id, 0),
            cart_id: CartId::new(Uuid::from_u128(8)),
            buyer: Some(BuyerId::User(UserId::new(Uuid::from_u128(9)))),
            guest_keys: Vec::new(),
            contact: Some(contact()),
            lines: unpriced.iter().zip(&totals.lines).map(line).collect(),
            fulfilment: Fulfilment {
                state: State::Confirmed,
                lines: unpriced.iter().zip(&totals.lines).map(units).collect(),
                shipping_gross: shipping_totals.gross(),
            },
            shipping: OrderShipping {
                code: ShippingCode::parse("standard").unwrap(),
                name: "Standard shipping".to_owned(),
                totals: shipping_totals,
            },
            totals: OrderTotals {
                currency: CurrencyCode::parse(self.currency).unwrap(),
                policy: self.policy,
                taxes: totals.taxes,
                discount: totals.discount,
                net: totals.net,
                tax: totals.tax,
                total: totals.total,
            },
            promotions: Vec::new(),
            uses: Vec::new(),
            terms: Terms { versions: SettingsVersions::default(), capture: self.capture, return_days: 14 },
            payment: PaymentFacts::default(),
            cancellations: Vec::new(),
            counters: Counters::default(),
            history: Vec::new(),
            entry_version: 1,
            placed_at: placed_at(),
        }
    }
}

/// A contact with an address in Germany.
pub fn contact() -> Contact {
    let line = |text: &str| AddressLine::parse(text, MAX_LINE_CHARS).unwrap();
    Contact {
        email: EmailAddress::parse("ada@example.com").unwrap(),
        language: Language::De,
        shipping_address: Address {
            name: PersonName::parse("Ayşe Ğürsoy-Müller").unwrap(),
            company: None,
            line1: line("Große Straße 7"),
            line2: Some(line("Hinterhaus, 3. OG")),
            postal_code: Some(line("10115")),
            city: line("Berlin"),
            state: None,
            country: CountryCode::parse("DE").unwrap(),
            phone: None,
        },
        billing_address: None,
    }
}
