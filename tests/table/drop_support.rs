//! A drop: a thousand buyers at once for five hundred units of a component of a bundle.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{StreamExt, stream};
use kit::auth::GuestKey;
use orders::domain::address::{Address, AddressLine, MAX_LINE_CHARS};
use orders::domain::cart::{Cart, CartDetails};
use orders::domain::location::CountryCode;
use orders::domain::shipping::ShippingCode;
use serde_json::json;
use tests::Cost;
use tokio::time::Instant;
use types::{BuyerId, CartId, CurrencyCode, EmailAddress, PersonName, VariantId};

use crate::orders_carts_support::Who;
use crate::orders_checkout_support::{Desk, bundle};

/// Number of buyers.
pub const BUYERS: usize = 1_000;
/// Number of units.
pub const UNITS: usize = 500;
const PARTS: u16 = 32;
/// If each attempt read all parts, these alone would take 200,000.
const MAX_READ_UNITS: f64 = 160_000.0;

/// What the buyers got.
pub struct Figures {
    /// Number of replies by status and problem code.
    pub replies: BTreeMap<(u16, String), usize>,
    /// How long each buyer waited, sorted: from the start of all of them to the reply.
    pub waits: Vec<Duration>,
    /// Round trips to the table in sequence of each request, sorted.
    pub rounds: Vec<u32>,
    /// Read units of all requests.
    pub read_units: f64,
    /// Units on hand that are free, and those that are reserved.
    pub units: (i64, i64),
}

impl Figures {
    /// Half of the buyers want the variant itself, half a bundle that has one unit of it. Each waits for the table as on AWS. `begin`
    /// is called when all of them are ready.
    pub async fn of_drop(begin: impl FnOnce()) -> Self {
        let (desk, distance) = Desk::far().await;
        let part = desk.shop.assortment(1).await[0];
        let units = i64::try_from(UNITS).unwrap();
        desk.stock(&[part], units, &json!({ "parts": PARTS })).await;
        let bundle = bundle(&desk, &[(part, 1)]).await;
        let mut buyers = Vec::new();
        for number in 0..BUYERS {
            buyers.push(buyer(&desk, if number % 2 == 0 { part } else { bundle }).await);
        }
        distance.begin();
        begin();
        let started = Instant::now();
        let replies: Vec<_> = stream::iter(&buyers)
            .map(async |(who, cart)| {
                let placed = desk.place(who, cart, "1").await;
                (placed, started.elapsed())
            })
            .buffer_unordered(BUYERS)
            .collect()
            .await;
        let mut figures = Self {
            replies: BTreeMap::new(),
            waits: Vec::new(),
            rounds: Vec::new(),
            read_units: 0.0,
            units: desk.units(part).await,
        };
        for (placed, wait) in replies {
            let code = placed.body["code"].as_str().unwrap_or_default().to_owned();
            *figures.replies.entry((placed.status, code)).or_default() += 1;
            figures.waits.push(wait);
            let cost = Cost::of_header(&placed.server_timing);
            figures.rounds.push(cost.rounds);
            figures.read_units += cost.read_units;
        }
        figures.waits.sort_unstable();
        figures.rounds.sort_unstable();
        figures
    }

    /// Panics unless every unit was sold once, every other buyer got the same refusal, and few attempts read all parts.
    pub fn check(&self) {
        let (placed, refused) = ((201, String::new()), (409, "orders.out_of_stock".to_owned()));
        assert_eq!(self.replies, BTreeMap::from([(placed, UNITS), (refused, BUYERS - UNITS)]));
        assert_eq!(self.units, (0, i64::try_from(UNITS).unwrap()));
        assert!(self.read_units < MAX_READ_UNITS, "{} read units", self.read_units);
    }
}

/// A guest with a cart of one unit, ready to be ordered.
async fn buyer(desk: &Desk, variant: VariantId) -> (Who, String) {
    let line = |text: &str| AddressLine::parse(text, MAX_LINE_CHARS).unwrap();
    let address = Address {
        name: PersonName::parse("Ann").unwrap(),
        company: None,
        line1: line("Hauptstr. 1"),
        line2: None,
        postal_code: Some(line("10115")),
        city: line("Berlin"),
        state: None,
        country: CountryCode::parse("DE").unwrap(),
        phone: None,
    };
    let key = GuestKey::generate().unwrap();
    let (owner, now) = (BuyerId::Guest(key.hash()), desk.clock.now());
    let details = CartDetails {
        email: Some(EmailAddress::parse("ann@example.com").unwrap()),
        shipping_address: Some(address),
        shipping_method: Some(ShippingCode::parse("parcel").unwrap()),
        ..CartDetails::default()
    };
    let cart = Cart::new(CartId::generate(), owner, CurrencyCode::parse("EUR").unwrap(), now)
        .with_line(variant, 1, Some(1_000), now)
        .unwrap()
        .with_details(details, now);
    desk.ctx.store.create_guest_cart(&cart).await.unwrap();
    (Who::Guest(key.expose().to_owned()), cart.id.to_string())
}
