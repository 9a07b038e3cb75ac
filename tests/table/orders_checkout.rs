//! Orders from the cart to the end of the payment, with the cases in which other shops failed.

use contracts::orders::{OrderCancelled, OrderFacts, OrderPlaced};
use contracts::payments::{PaymentCaptured, PaymentStarted};
use dynamo::{Outbox, Read};
use futures::future::join_all;
use kit::sqs::Done;
use orders::domain::stock::Taken;
use orders::store::{Orders, Store};
use serde_json::json;
use types::{Uuid, VariantId};

use crate::orders_carts_support::{Who, ten_percent};
use crate::orders_checkout_support::{Desk, bundle, code, no_details, payment};

#[tokio::test]
async fn an_order_is_held_paid_and_read_by_its_buyer_alone() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 5, &no_details()).await;
    let (guest, order) = desk.order(&[(goods, 2)]).await;
    assert_eq!((order["state"].as_str().unwrap(), order["totalMinor"].as_i64().unwrap()), ("held", 2_490));
    assert_eq!(desk.units(goods).await, (3, 2));
    let quote = desk.quotes.verify(order["quote"].as_str().unwrap(), desk.clock.now()).unwrap();
    assert_eq!((quote.amount, quote.number.as_str()), (2_490, order["number"].as_str().unwrap()));
    // By its number too, in small letters; for managers; and for nobody else.
    let number = order["number"].as_str().unwrap().to_lowercase();
    assert_eq!(desk.get(&guest, &number).await.body["id"], order["id"]);
    let id = order["id"].as_str().unwrap();
    let seen = desk.get(&desk.shop.manager(), id).await;
    assert_eq!((seen.status, seen.body["quote"].is_null()), (200, true));
    let ann = desk.shop.person("ann@example.com").await;
    for stranger in [Who::Guest("another".to_owned()), ann.who.clone()] {
        assert_eq!(code(&desk.get(&stranger, id).await), "orders.no_such_order");
        assert_eq!(code(&desk.cancel(&stranger, &order, "1", &json!({})).await), "orders.no_such_order");
    }
    assert_eq!(desk.get(&Who::Nobody, id).await.status, 401);
    // medusajs/medusa#13301: the client's confirmation and the webhook, each several times.
    desk.hear(PaymentStarted { payment: payment(&order) }).await.unwrap();
    assert_eq!(desk.state(&guest, &order).await, "paying");
    let captured = || PaymentCaptured { payment: payment(&order), captured_minor: 2_490 };
    let heard = join_all((0..20).map(|_| desk.hear(captured()))).await;
    let applied = heard.iter().filter(|heard| matches!(heard, Ok(Done::Applied))).count();
    assert_eq!(applied, 1, "{heard:?}");
    assert_eq!(desk.hear(PaymentStarted { payment: payment(&order) }).await.unwrap(), Done::Duplicate);
    let confirmed = desk.get(&guest, id).await.body;
    assert_eq!((confirmed["state"].as_str().unwrap(), confirmed["quote"].is_null()), ("confirmed", true));
    assert_eq!(confirmed["payment"]["capturedMinor"], 2_490);
}

/// A token may say more than the account has by now.
#[tokio::test]
async fn a_manager_whose_session_has_ended_reads_no_order_of_others() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 5, &no_details()).await;
    let (guest, order) = desk.order(&[(goods, 1)]).await;
    let id = order["id"].as_str().unwrap();
    assert_eq!(desk.get(&desk.shop.manager(), id).await.status, 200);
    assert_eq!(desk.shop.identity.with_session(&desk.shop.token, "logout", None).await.status, 204);
    let late = desk.get(&desk.shop.manager(), id).await;
    assert_eq!((late.status, code(&late)), (401, "auth.session_ended".to_owned()));
    // A holder of the key of the order reads it.
    assert_eq!(desk.get(&guest, id).await.status, 200);
}

#[tokio::test]
async fn two_bundles_are_checked_as_one() {
    // medusajs/medusa#16502: 5 units, two bundles of 3 each.
    let desk = Desk::start().await;
    let part = desk.shop.assortment(1).await[0];
    desk.stock(&[part], 5, &no_details()).await;
    let (one, other) = (bundle(&desk, &[(part, 3)]).await, bundle(&desk, &[(part, 3)]).await);
    let limit = json!({ "total": 1 });
    let promotion = Uuid::now_v7().to_string();
    assert_eq!(desk.shop.set_promotion(&promotion, &ten_percent(&["ONCE"], &limit)).await.status, 200);
    let (cart, guest) = desk.filled(&Who::Nobody, &[(one, 1), (other, 1)]).await;
    desk.shop.add_code(&guest, &cart, "ONCE").await;
    let refused = desk.place(&guest, &cart, "1").await;
    assert_eq!((refused.status, code(&refused).as_str()), (409, "orders.out_of_stock"));
    assert!(refused.body["detail"].as_str().unwrap().contains(&part.to_string()), "{}", refused.body);
    assert_eq!(desk.units(part).await, (5, 0));
    // No use was counted, so the code still works.
    desk.shop.set_line(&guest, &cart, other, 0).await;
    let placed = desk.place(&guest, &cart, "2").await;
    assert_eq!(placed.status, 201, "{}", placed.body);
    assert_eq!((placed.body["discountMinor"].as_i64(), desk.units(part).await), (Some(100), (2, 3)));
}

/// A shop that has one unit of one variant.
async fn one_unit() -> (Desk, VariantId) {
    let desk = Desk::start_with_conflicts().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 1, &no_details()).await;
    (desk, goods)
}

/// How often two buyers want one unit; `LAST_UNIT_ROUNDS=1000` is meant for a longer run.
fn rounds() -> u32 {
    std::env::var("LAST_UNIT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(10)
}

#[tokio::test]
async fn the_last_unit_goes_to_one_buyer() {
    // magento/magento2#6363, saleor/saleor#543.
    let (mut desk, mut goods) = one_unit().await;
    for round in 1..=rounds() {
        let (one, other) =
            (desk.filled(&Who::Nobody, &[(goods, 1)]).await, desk.filled(&Who::Nobody, &[(goods, 1)]).await);
        let both = join_all([desk.place(&one.1, &one.0, "1"), desk.place(&other.1, &other.0, "1")]).await;
        let mut statuses: Vec<u16> = both.iter().map(|reply| reply.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "round {round}");
        assert_eq!(desk.units(goods).await, (0, 1), "round {round}");
        // The unit is there again for the next two.
        let (order, buyer) = if both[0].status == 201 { (&both[0], &one.1) } else { (&both[1], &other.1) };
        assert_eq!(desk.cancel(buyer, &order.body, "1", &json!({})).await.status, 200);
        assert_eq!(desk.units(goods).await, (1, 0), "round {round}");
        if round.is_multiple_of(100) {
            // A network address creates a bounded number of guests' carts.
            (desk, goods) = one_unit().await;
        }
    }
}

#[tokio::test]
async fn a_code_that_is_limited_per_account_or_address_is_used_once_by_each() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 50, &no_details()).await;
    for (name, limits) in [("MEMBER", json!({ "perAccount": 1 })), ("ADDRESS", json!({ "perEmail": 1 }))] {
        let promotion = Uuid::now_v7().to_string();
        assert_eq!(desk.shop.set_promotion(&promotion, &ten_percent(&[name], &limits)).await.status, 200);
    }
    let (ann, bob) = (desk.shop.person("ann@example.com").await, desk.shop.person("bob@example.com").await);
    // The address of an order is what its details say, not that of the account.
    let uses = [
        (&ann.who, "MEMBER", 201),
        (&ann.who, "MEMBER", 409),
        (&bob.who, "MEMBER", 201),
        (&Who::Nobody, "ADDRESS", 201),
        (&Who::Nobody, "ADDRESS", 409),
        (&bob.who, "ADDRESS", 409),
    ];
    let mut sold = 0;
    for (number, (who, name, status)) in uses.into_iter().enumerate() {
        let (cart, who) = desk.filled(who, &[(goods, 1)]).await;
        assert_eq!(desk.shop.add_code(&who, &cart, name).await.status, 200);
        let placed = desk.place(&who, &cart, &number.to_string()).await;
        assert_eq!(placed.status, status, "{number}: {}", placed.body);
        if status == 201 {
            sold += 1;
        } else {
            assert_eq!(code(&placed), "orders.code_not_usable");
            assert_eq!(desk.shop.remove_code(&who, &cart, name).await.status, 204);
        }
        assert_eq!(desk.units(goods).await, (50 - sold, sold), "{number}: an order that was refused holds nothing");
        if status == 409 {
            // Without the code it can be placed.
            assert_eq!(desk.place(&who, &cart, &format!("{number}-without")).await.status, 201);
            sold += 1;
        }
    }
}

#[tokio::test]
async fn the_same_request_places_one_order() {
    // shopware/shopware#11245: the same order twice at once; its use is counted once.
    let desk = Desk::start_with_conflicts().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 5, &no_details()).await;
    let promotion = Uuid::now_v7().to_string();
    let limits = json!({ "total": 5, "perEmail": 1 });
    assert_eq!(desk.shop.set_promotion(&promotion, &ten_percent(&["ONCE"], &limits)).await.status, 200);
    let (cart, guest) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
    desk.shop.add_code(&guest, &cart, "ONCE").await;
    let all = join_all((0..10).map(|_| desk.place(&guest, &cart, "same"))).await;
    for reply in &all {
        assert_eq!((reply.status, &reply.body["id"]), (201, &all[0].body["id"]), "{}", reply.body);
    }
    assert_eq!(desk.units(goods).await, (4, 1));
    // Another cart with this key is another request, and the cart is gone.
    let (other, _) = desk.shop.cart(&guest).await;
    assert_eq!(code(&desk.place(&guest, &other, "same").await), "request.idempotency_key_reused");
    assert_eq!(code(&desk.place(&guest, &cart, "another").await), "orders.no_such_cart");
}

#[tokio::test]
async fn the_parts_that_are_read_after_a_conflict_have_the_units() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    // Two units in each part.
    let location = desk.stock(&[goods], 12, &json!({ "parts": 6, "backorderLimit": 5 })).await;
    let store = Store::new(desk.shop.table.of::<Orders>());
    let wanted = |part, quantity| Taken { variant_id: goods, location_id: location, part, quantity };
    let read = store.parts_with(&[wanted(4, 2), wanted(0, 2), wanted(2, 3), wanted(9, 1)]).await.unwrap();
    let parts: Vec<(u16, i64)> = read[&goods].iter().map(|part| (part.part, part.free)).collect();
    assert_eq!(parts, [(4, 2), (0, 2)]);
    // Part 0 has three only with units that have not arrived.
    assert!(store.parts_with(&[wanted(0, 3)]).await.unwrap().is_empty());
    assert!(store.parts_with(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_duplicate_of_the_request_that_took_the_last_unit_gets_its_order() {
    let desk = Desk::start_with_conflicts().await;
    let goods = desk.shop.assortment(1).await[0];
    for round in 0..5 {
        desk.stock(&[goods], 1, &no_details()).await;
        let (cart, guest) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
        // Those that meet the first one read the stock again, and find it empty.
        let all = join_all((0..4).map(|_| desk.place(&guest, &cart, "same"))).await;
        for reply in &all {
            assert_eq!((reply.status, &reply.body["id"]), (201, &all[0].body["id"]), "round {round}: {}", reply.body);
        }
        assert_eq!(desk.units(goods).await, (0, round + 1));
    }
    // Another request for the same units is refused.
    let (cart, guest) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
    assert_eq!(code(&desk.place(&guest, &cart, "same").await), "orders.out_of_stock");
}

#[tokio::test]
async fn a_code_with_one_use_is_used_by_one_order_and_given_back() {
    // vendurehq/vendure#4660, saleor/saleor#15855.
    let desk = Desk::start_with_conflicts().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 50, &no_details()).await;
    let promotion = Uuid::now_v7().to_string();
    let limits = json!({ "total": 1 });
    assert_eq!(desk.shop.set_promotion(&promotion, &ten_percent(&["ONCE"], &limits)).await.status, 200);
    let mut carts = Vec::new();
    for _ in 0..4 {
        let (cart, guest) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
        assert_eq!(desk.shop.add_code(&guest, &cart, "ONCE").await.status, 200);
        carts.push((cart, guest));
    }
    let all = join_all(carts.iter().map(|(cart, guest)| desk.place(guest, cart, "1"))).await;
    let placed: Vec<usize> = (0..4).filter(|index| all[*index].status == 201).collect();
    assert_eq!(placed.len(), 1, "{:?}", all.iter().map(|reply| &reply.body).collect::<Vec<_>>());
    let refused = all.iter().find(|reply| reply.status != 201).unwrap();
    assert_eq!((refused.status, code(refused).as_str()), (409, "orders.code_not_usable"));
    assert_eq!(desk.units(goods).await, (49, 1), "an order that was refused holds nothing");
    // A cancelled order gives its use back, a lapsed one too.
    let (order, guest) = (&all[placed[0]].body, &carts[placed[0]].1);
    assert_eq!(desk.cancel(guest, order, "1", &json!({})).await.status, 200);
    let next = (placed[0] + 1) % 4;
    let second = desk.place(&carts[next].1, &carts[next].0, "2").await;
    assert_eq!(second.status, 201, "{}", second.body);
    desk.wait(603);
    desk.sweep().await.unwrap();
    let next = (placed[0] + 2) % 4;
    assert_eq!(desk.place(&carts[next].1, &carts[next].0, "2").await.status, 201);
}

#[tokio::test]
async fn a_price_that_rose_is_told_once_and_one_that_fell_is_passed_on() {
    // vendurehq/vendure#664, shopperlabs/shopper#614.
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 5, &no_details()).await;
    let (cart, guest) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
    desk.shop.hear_price(goods, "base", 1_500, 2).await.unwrap();
    let refused = desk.place(&guest, &cart, "1").await;
    assert_eq!((refused.status, code(&refused).as_str()), (409, "orders.price_changed"));
    assert!(refused.body["detail"].as_str().unwrap().contains("1990 minor units"), "{}", refused.body);
    assert_eq!(desk.units(goods).await, (5, 0));
    let placed = desk.place(&guest, &cart, "2").await;
    assert_eq!((placed.status, placed.body["totalMinor"].as_i64()), (201, Some(1_990)));
    // A buyer who says what it may cost has seen the price.
    let (cart, guest) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
    desk.shop.hear_price(goods, "base", 1_600, 3).await.unwrap();
    let body = |total: i64| json!({ "cartId": cart, "expectedTotalMinor": total });
    assert_eq!(code(&desk.place_with(&guest, "1", &body(2_089)).await), "orders.price_changed");
    assert_eq!(desk.place_with(&guest, "2", &body(2_090)).await.status, 201);
    let (cart, guest) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
    desk.shop.hear_price(goods, "base", 800, 4).await.unwrap();
    assert_eq!(desk.place(&guest, &cart, "1").await.body["totalMinor"], 1_290);
}

#[tokio::test]
async fn a_cart_that_changed_or_lacks_something_is_refused() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 5, &no_details()).await;
    let (cart, guest) = desk.shop.cart(&Who::Nobody).await;
    assert_eq!(code(&desk.place(&guest, &cart, "1").await), "orders.cart_empty");
    desk.shop.set_line(&guest, &cart, goods, 1).await;
    assert_eq!(code(&desk.place(&guest, &cart, "1").await), "orders.details_missing");
    let (cart, guest) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
    let body = |version: u64| json!({ "cartId": cart, "cartVersion": version });
    assert_eq!(code(&desk.place_with(&guest, "1", &body(1)).await), "orders.cart_changed");
    assert_eq!(desk.place_with(&guest, "1", &body(3)).await.status, 201);
    assert_eq!(desk.place_with(&Who::Nobody, "1", &body(3)).await.status, 401);
}

#[tokio::test]
async fn an_order_that_costs_nothing_is_confirmed_at_once() {
    // medusajs/medusa#14899: a discount larger than the cart.
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 5, &no_details()).await;
    let free = json!({ "name": "Free", "effect": { "kind": "order_amount", "amountMinor": 5_000 }, "currency": "EUR",
        "validFrom": "2026-01-01T00:00:00Z", "codes": ["GIFT"], "limits": {} });
    let set = desk.shop.set_promotion(&Uuid::now_v7().to_string(), &free).await;
    assert_eq!(set.status, 200, "{}", set.body);
    let shipping = json!({ "name": "Shipping", "effect": { "kind": "free_shipping" },
        "validFrom": "2026-01-01T00:00:00Z", "codes": [], "limits": {} });
    assert_eq!(desk.shop.set_promotion(&Uuid::now_v7().to_string(), &shipping).await.status, 200);
    let (cart, guest) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
    desk.shop.add_code(&guest, &cart, "GIFT").await;
    let placed = desk.place(&guest, &cart, "1").await.body;
    assert_eq!((placed["totalMinor"].as_i64(), placed["state"].as_str()), (Some(0), Some("confirmed")), "{placed}");
    assert!(placed["quote"].is_null());
    assert!(desk.published().await.contains(&"orders.order_confirmed".to_owned()));
    assert_eq!(desk.cancel(&guest, &placed, "1", &json!({})).await.body["state"], "cancelled");
}

#[tokio::test]
async fn units_are_sold_before_they_arrive_up_to_the_limit() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 1, &json!({ "parts": 1, "backorderLimit": 2 })).await;
    let (_, _) = desk.order(&[(goods, 3)]).await;
    assert_eq!(desk.units(goods).await, (-2, 3));
    let (cart, guest) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
    assert_eq!(code(&desk.place(&guest, &cart, "1").await), "orders.out_of_stock");
}

#[tokio::test]
async fn orders_are_listed_for_their_buyer_and_by_state_for_managers() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 50, &no_details()).await;
    let ann = desk.shop.person("ann@example.com").await;
    let mut numbers = Vec::new();
    for round in 0..5 {
        let (cart, _) = desk.filled(&ann.who, &[(goods, 1)]).await;
        let placed = desk.place(&ann.who, &cart, &format!("key-{round}")).await;
        assert_eq!(placed.status, 201, "{}", placed.body);
        numbers.insert(0, placed.body["number"].as_str().unwrap().to_owned());
        desk.wait(60);
    }
    let (_, _) = desk.order(&[(goods, 1)]).await;
    let names = |reply: &testkit::Reply| -> Vec<String> {
        let items = reply.body["items"].as_array().unwrap_or_else(|| panic!("{}", reply.body));
        items.iter().map(|item| item["number"].as_str().unwrap().to_owned()).collect()
    };
    let first = desk.list(&ann.who, "limit=2").await;
    let second = desk.list(&ann.who, &format!("limit=3&cursor={}", first.body["nextCursor"].as_str().unwrap())).await;
    assert_eq!([names(&first), names(&second)].concat(), numbers);
    let bob = desk.shop.person("bob@example.com").await;
    assert!(names(&desk.list(&bob.who, "").await).is_empty());
    let manager = desk.shop.manager();
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = desk.list_all(&manager, &format!("state=held&limit=2{cursor}")).await;
        all.extend(names(&page));
        let Some(next) = page.body["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!((all.len(), &all[1..]), (6, numbers.as_slice()));
    let start = desk.clock.now() - jiff::SignedDuration::from_secs(250);
    let end = desk.clock.now() - jiff::SignedDuration::from_secs(90);
    let range = desk.list_all(&manager, &format!("state=held&from={start}&to={end}")).await;
    assert_eq!(names(&range), numbers[1..4]);
    assert!(names(&desk.list_all(&manager, "state=closed").await).is_empty());
    assert_eq!(desk.list_all(&manager, "state=sold").await.status, 422);
    assert_eq!(desk.list_all(&manager, "").await.status, 422);
    assert_eq!(desk.list_all(&ann.who, "state=held").await.status, 403);
}

#[tokio::test]
async fn availability_follows_orders() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 6, &no_details()).await;
    let (guest, order) = desk.order(&[(goods, 6)]).await;
    let facts = OrderFacts {
        order_id: order["id"].as_str().unwrap().parse().unwrap(),
        number: order["number"].as_str().unwrap().to_owned(),
        user_id: None,
        currency: order["currency"].as_str().unwrap().parse().unwrap(),
        total_minor: 0,
        placed_at: desk.clock.now(),
    };
    let told = async || {
        let items = desk.shop.table.items().await;
        let stock = items.iter().find(|item| {
            item["pk"].as_s().unwrap() == &format!("orders#stock#{goods}") && item["sk"].as_s().unwrap() == "variant"
        });
        let outbox = stock.unwrap().get("outbox").map(|text| Outbox::parse(text.as_s().unwrap()).unwrap());
        outbox.map(|events| events[0].data["availability"].as_str().unwrap().to_owned())
    };
    let placed = OrderPlaced { order: facts.clone(), lines: Vec::new() };
    assert_eq!(desk.refresh(placed.clone()).await.unwrap(), Done::Applied);
    assert_eq!(told().await.as_deref(), Some("out_of_stock"));
    assert_eq!(desk.refresh(placed).await.unwrap(), Done::Duplicate);
    desk.cancel(&guest, &order, "1", &json!({})).await;
    let cancelled = OrderCancelled { order: facts, lines: Vec::new(), is_complete: true, capture_total_minor: None };
    assert_eq!(desk.refresh(cancelled).await.unwrap(), Done::Applied);
    assert_eq!(told().await.as_deref(), Some("in_stock"));
}

#[tokio::test]
async fn a_closed_shop_takes_no_orders() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 6, &no_details()).await;
    let closed = json!({ "isOpen": false, "captureMode": "on_shipment", "returnDays": 30, "seller": null, "invoicePrefix": "A" });
    let set = kit::http::endpoint(
        orders::api::set_checkout_settings::set_checkout_settings,
        desk.ctx,
        crate::identity_support::stage(),
    );
    assert_eq!(desk.shop.settings(&set, Some(0), "", Some(&closed)).await.status, 200);
    assert_eq!(desk.shop.settings(&set, Some(0), "", Some(&closed)).await.status, 412);
    let (cart, guest) = desk.filled(&Who::Nobody, &[(goods, 1)]).await;
    assert_eq!(code(&desk.place(&guest, &cart, "1").await), "orders.checkout_closed");
    let open =
        json!({ "isOpen": true, "captureMode": "on_shipment", "returnDays": 30, "seller": null, "invoicePrefix": "A" });
    assert_eq!(desk.shop.settings(&set, Some(1), "", Some(&open)).await.status, 200);
    let placed = desk.place(&guest, &cart, "1").await.body;
    assert_eq!((&placed["payment"]["captureMode"], &placed["returnDays"]), (&json!("on_shipment"), &json!(30)));
}

#[tokio::test]
async fn later_settings_and_prices_do_not_change_an_order() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 5, &no_details()).await;
    let (guest, order) = desk.order(&[(goods, 1)]).await;
    let rates = json!([{ "taxClass": "standard", "country": "DE", "rate": 70_000 }]);
    let taxes = json!({ "pricesIncludeTax": false, "rounding": "by_line", "rates": rates });
    let set = kit::http::endpoint(
        orders::api::set_tax_settings::set_tax_settings,
        desk.ctx,
        crate::identity_support::stage(),
    );
    assert_eq!(desk.shop.settings(&set, Some(1), "", Some(&taxes)).await.status, 200);
    desk.shop.hear_price(goods, "base", 2_000, 2).await.unwrap();
    let kept = desk.get(&guest, order["id"].as_str().unwrap()).await.body;
    for part in ["lines", "shipping", "taxes", "pricesIncludeTax", "totalMinor"] {
        assert_eq!((kept[part].is_null(), &kept[part]), (false, &order[part]), "{part}");
    }
    assert_eq!(kept["totalMinor"], 1_490);
    let (_, next) = desk.order(&[(goods, 1)]).await;
    // 20.00 and 4.90, and 7 % of each on top.
    assert_eq!(next["totalMinor"], 2_000 + 490 + 140 + 34);
    let store = Store::new(desk.shop.table.of::<Orders>());
    for (order, version) in [(&order, 1), (&next, 2)] {
        let id = order["id"].as_str().unwrap().parse().unwrap();
        let read = store.order(id, Read::Strong).await.unwrap().unwrap();
        assert_eq!(read.value.terms.versions.taxes, version, "the version of the settings that it was priced with");
    }
}

#[tokio::test]
async fn a_version_of_a_users_cart_never_names_two_contents() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 50, &no_details()).await;
    let ann = desk.shop.person("ann@example.com").await;
    // One tab shows the cart, another one orders it and fills it again.
    let (cart, _) = desk.filled(&ann.who, &[(goods, 5)]).await;
    let shown = json!({ "cartId": cart, "cartVersion": 3 });
    assert_eq!(desk.place(&ann.who, &cart, "1").await.status, 201);
    assert_eq!(code(&desk.place(&ann.who, &cart, "2").await), "orders.cart_empty");
    desk.filled(&ann.who, &[(goods, 1)]).await;
    assert_eq!(code(&desk.place_with(&ann.who, "3", &shown).await), "orders.cart_changed");
    let current = json!({ "cartId": cart, "cartVersion": 6 });
    assert_eq!(desk.place_with(&ann.who, "4", &current).await.status, 201);
}
