//! Confirmed orders as they are stored, for tests of what happens after that.

use crate::{Cloud, LOCATIONS, Reply, User};
use ::money::Rate;
use contracts::payments::CaptureMode;
use dynamo::{Entity, Key, Outbox, Table};
use jiff::Timestamp;
use kit::auth::GuestKey;
use orders::domain::address::{Address, AddressLine, MAX_LINE_CHARS};
use orders::domain::cart::Language;
use orders::domain::cart_pricing::SettingsVersions;
use orders::domain::location::CountryCode;
use orders::domain::order::{Fulfilment, Item, Line, State};
use orders::domain::order_number::OrderNumber;
use orders::domain::placed::{
    Contact, Counters, Happened, HistoryEntry, Order, OrderLine, OrderShipping, OrderTotals, PaymentFacts, Terms,
};
use orders::domain::pricing::{LineTotals, RateTotals, TaxPolicy, TaxRounding};
use orders::domain::shipping::ShippingCode;
use orders::domain::stock::{Component, Taken};
use orders::store::{OrderEntry, Orders};
use serde::{Deserialize, Serialize};
use serde_json::json;
use types::Uuid;
use types::{BuyerId, CartId, CurrencyCode, EmailAddress, LocationId, OrderId, PersonName, ProductId, VariantId};

/// What an order is of.
#[derive(Debug, Clone, Copy)]
pub struct OrderSample {
    /// The order.
    pub id: OrderId,
    /// Who placed it.
    pub buyer: BuyerId,
    /// The variant of its only line.
    pub variant: VariantId,
    /// The location that holds its units.
    pub location: LocationId,
    /// Number of units, for 10.00 EUR each.
    pub quantity: u32,
    /// When money is captured.
    pub capture: CaptureMode,
}

/// A confirmed order with one line, whose prices include 19 % tax, and 4.90 EUR of shipping.
///
/// # Panics
///
/// Never: all its values are valid.
pub fn confirmed_order(sample: OrderSample) -> Order {
    let OrderSample { id, buyer, variant: variant_id, location: location_id, quantity, capture } = sample;
    let rate = Rate::from_millionths(190_000).expect("a rate");
    let totals = |gross: i64| {
        let tax = rate.included_in(gross);
        LineTotals { subtotal: gross, discounts: Vec::new(), amount: gross, net: gross - tax, tax, tax_rate: rate }
    };
    let (line, shipping) = (totals(1_000 * i64::from(quantity)), totals(490));
    let (net, tax) = (line.net + shipping.net, line.tax + shipping.tax);
    let held = vec![Taken { variant_id, location_id, part: 0, quantity }];
    let items = vec![Item { component: Component { variant_id, quantity: 1 }, held, shipped: 0 }];
    let units = Line {
        ordered: quantity,
        cancelled: 0,
        returning: 0,
        returned: 0,
        gross: line.gross(),
        cancelled_gross: 0,
        backordered: 0,
        items,
    };
    let placed_at: Timestamp = Timestamp::now();
    Order {
        id,
        number: OrderNumber::of(id, 0),
        cart_id: CartId::generate(),
        buyer: Some(buyer),
        guest_keys: Vec::new(),
        contact: Some(contact()),
        lines: vec![OrderLine {
            variant_id,
            product_id: ProductId::generate(),
            sku: "MUG-1".to_owned(),
            title: "Coffee mug".to_owned(),
            choices: [("Color".to_owned(), "red".to_owned())].into(),
            unit_price: 1_000,
            totals: line,
        }],
        fulfilment: Fulfilment { state: State::Confirmed, lines: vec![units], shipping_gross: shipping.gross() },
        shipping: OrderShipping {
            code: ShippingCode::parse("parcel").expect("a code"),
            name: "Parcel".to_owned(),
            totals: shipping,
        },
        totals: OrderTotals {
            currency: CurrencyCode::parse("EUR").expect("a currency"),
            policy: TaxPolicy { prices_include_tax: true, rounding: TaxRounding::ByLine },
            taxes: vec![RateTotals { rate, net, tax }],
            discount: 0,
            net,
            tax,
            total: net + tax,
        },
        promotions: Vec::new(),
        uses: Vec::new(),
        terms: Terms { versions: SettingsVersions::default(), capture, return_days: 14 },
        payment: PaymentFacts::default(),
        cancellations: Vec::new(),
        counters: Counters::default(),
        history: vec![
            HistoryEntry { at: placed_at, what: Happened::Placed },
            HistoryEntry { at: placed_at, what: Happened::Confirmed },
        ],
        entry_version: 1,
        placed_at,
    }
}

fn contact() -> Contact {
    let line = |text: &str| AddressLine::parse(text, MAX_LINE_CHARS).expect("a line");
    Contact {
        email: EmailAddress::parse("guest@example.com").expect("an address"),
        language: Language::De,
        shipping_address: Address {
            name: PersonName::parse("Ada Lovelace").expect("a name"),
            company: None,
            line1: line("Invalidenstr. 116"),
            line2: None,
            postal_code: Some(line("10115")),
            city: line("Berlin"),
            state: None,
            country: CountryCode::parse("DE").expect("a country"),
            phone: None,
        },
        billing_address: None,
    }
}

/// The counted numbers of a level: the same item, without its settings.
#[derive(Debug, Serialize, Deserialize)]
pub struct LevelCounts {
    /// The variant.
    pub variant_id: VariantId,
    /// The location.
    pub location_id: LocationId,
}

impl Entity for LevelCounts {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        Key::new("stock", self.variant_id, format!("level#{}", self.location_id))
    }
}

/// A guest's order in the deployment that tests share.
#[derive(Debug)]
pub struct GuestOrder {
    /// The order's path.
    pub path: String,
    /// The order.
    pub order: Order,
    /// The guest's key.
    pub key: GuestKey,
    /// The guest's address.
    pub email: String,
}

impl Cloud {
    /// A confirmed order of a guest with three units, which ten units on hand are reserved for.
    ///
    /// # Panics
    ///
    /// If the cloud does not store it.
    pub async fn guest_order(&self, manager: &User, capture: CaptureMode) -> GuestOrder {
        let variant = self.stocked_variant(manager).await;
        assert_eq!(self.add_units(manager, &variant, 10).await.status, 201);
        let key = GuestKey::generate().expect("random bytes");
        let sample = OrderSample {
            id: OrderId::generate(),
            buyer: BuyerId::Guest(key.hash()),
            variant: variant.parse().expect("an ID"),
            location: LOCATIONS[0].parse().expect("an ID"),
            quantity: 3,
            capture,
        };
        let mut order = confirmed_order(sample);
        let email = format!("guest-{}@example.com", sample.id);
        if let Some(contact) = &mut order.contact {
            contact.email = EmailAddress::parse(&email).expect("an address");
        }
        let client = aws_sdk_dynamodb::Client::new(&self.sdk().await);
        let table = Table::<Orders>::new(client, self.table_name());
        let units = LevelCounts { variant_id: sample.variant, location_id: sample.location };
        let none = Outbox::none();
        let stored = table.transaction().create(&order, &none).create(&OrderEntry::of(&order), &none);
        let stored = stored.count(&units, "free", -3, 0..=1_000_000);
        assert!(stored.commit().await.is_ok(), "the order is stored");
        GuestOrder { path: format!("/v1/commerce/orders/{}", sample.id), order, key, email }
    }

    /// Ships units of an order.
    pub async fn ship(&self, manager: &User, order: &GuestOrder, quantity: u32) -> Reply {
        let body =
            json!({ "locationId": LOCATIONS[0], "units": [{ "line": 0, "quantity": quantity }], "carrier": "DHL" });
        let call = self.call("POST", &format!("{}/shipments", order.path)).bearer(&manager.access_token);
        call.header("idempotency-key", &Uuid::now_v7().to_string()).json(&body).send().await
    }

    /// Requests the return of units as the guest.
    pub async fn request_return(&self, order: &GuestOrder, quantity: u32) -> Reply {
        let body = json!({ "lines": [{ "line": 0, "quantity": quantity }], "reason": "not_wanted" });
        let call = self.call("POST", &format!("{}/returns", order.path)).header("guest-key", order.key.expose());
        call.header("idempotency-key", &Uuid::now_v7().to_string()).json(&body).send().await
    }
}
