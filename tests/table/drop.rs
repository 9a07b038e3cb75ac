//! A drop: a thousand buyers at once for five hundred units of a component of a bundle. Figures are printed
//! (`cargo test -p tests --test table drop -- --nocapture`) and stand in docs/adr/0042-reservations.md.

use std::collections::BTreeMap;
use std::time::Instant;

use futures::{StreamExt, stream};
use kit::auth::GuestKey;
use orders::domain::address::{Address, AddressLine, MAX_LINE_CHARS};
use orders::domain::cart::{Cart, CartDetails};
use orders::domain::location::CountryCode;
use orders::domain::shipping::ShippingCode;
use serde_json::json;
use tests::Cost;
use types::{BuyerId, CartId, CurrencyCode, EmailAddress, PersonName, VariantId};

use crate::orders_carts_support::Who;
use crate::orders_checkout::bundle;
use crate::orders_checkout_support::Desk;

const BUYERS: usize = 1_000;
const UNITS: i64 = 500;
const PARTS: u16 = 32;

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_buyers_get_five_hundred_units_and_nobody_is_told_to_try_again() {
    let desk = Desk::start_with_conflicts().await;
    let part = desk.shop.assortment(1).await[0];
    desk.stock(&[part], UNITS, &json!({ "parts": PARTS })).await;
    // Half of the buyers want the variant itself, half a bundle that has one unit of it.
    let bundle = bundle(&desk, &[(part, 1)]).await;
    let mut buyers = Vec::new();
    for number in 0..BUYERS {
        buyers.push(buyer(&desk, if number % 2 == 0 { part } else { bundle }).await);
    }
    let started = Instant::now();
    let replies: Vec<(u16, String, u128, u32)> = stream::iter(&buyers)
        .map(async |(who, cart)| {
            let placed = desk.place(who, cart, "1").await;
            let code = placed.body["code"].as_str().unwrap_or_default().to_owned();
            let rounds = Cost::of_header(&placed.server_timing).rounds;
            (placed.status, code, started.elapsed().as_millis(), rounds)
        })
        .buffer_unordered(BUYERS)
        .collect()
        .await;
    let mut counts: BTreeMap<(u16, &str), usize> = BTreeMap::new();
    for (status, code, ..) in &replies {
        *counts.entry((*status, code.as_str())).or_default() += 1;
    }
    let mut ends: Vec<u128> = replies.iter().map(|reply| reply.2).collect();
    ends.sort_unstable();
    println!(
        "p50 {} ms, p99 {} ms, all {} ms: {counts:?}",
        ends[BUYERS / 2],
        ends[BUYERS * 99 / 100],
        ends[BUYERS - 1]
    );
    let mut rounds: Vec<u32> = replies.iter().map(|reply| reply.3).collect();
    rounds.sort_unstable();
    println!(
        "round trips in sequence: p50 {}, p99 {}, most {}",
        rounds[BUYERS / 2],
        rounds[BUYERS * 99 / 100],
        rounds[BUYERS - 1]
    );
    let sold = usize::try_from(UNITS).unwrap();
    assert_eq!(counts, BTreeMap::from([((201, ""), sold), ((409, "orders.out_of_stock"), BUYERS - sold)]));
    assert_eq!(desk.units(part).await, (0, UNITS));
}
