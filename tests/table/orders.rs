//! Stock under races and repeated requests: units are neither lost nor made, and no flip of the availability is missed.

use std::collections::BTreeMap;

use contracts::catalog::ProductArchived;
use contracts::identity::UserDeleted;
use futures::future::join_all;
use kit::consumer::{Done, Failure};
use kit::http::endpoint;
use serde_json::json;
use testkit::Reply;
use types::{LocationId, UserId, VariantId};

use crate::identity_support::stage;
use crate::orders_support::{Place, Shop, published};

/// Units on hand, free and the sum of the movements; fails unless they agree.
async fn units(shop: &Shop, place: Place) -> i64 {
    let stock = shop.stock(place.variant).await.body;
    let level = stock["levels"].as_array().unwrap().iter().find(|level| level["locationId"] == json!(place.location));
    let level = level.unwrap();
    let listed = shop.movements(place, "limit=100").await.body;
    let moved: i64 = listed["items"].as_array().unwrap().iter().map(|item| item["quantity"].as_i64().unwrap()).sum();
    assert_eq!((&level["onHand"], &level["free"], &level["reserved"]), (&json!(moved), &json!(moved), &json!(0)));
    moved
}

#[tokio::test]
async fn ten_adjustments_with_one_key_are_one_movement() {
    let shop = Shop::start_with_conflicts().await;
    let place = shop.stocked(4).await;
    let replies = join_all((0..10).map(|_| shop.adjust(place, "a", 7))).await;
    let is_same = |reply: &&Reply| reply.status == 201 && reply.body["id"] == replies[0].body["id"];
    let others: Vec<_> = replies.iter().filter(|reply| !is_same(reply)).collect();
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(units(&shop, place).await, 7);
    assert_eq!(shop.adjust(place, "a", 8).await.body["code"], "request.idempotency_key_reused");
    let elsewhere = Place { location: LocationId::generate(), ..place };
    assert_eq!(shop.adjust(elsewhere, "a", 7).await.body["code"], "request.idempotency_key_reused");
}

#[tokio::test]
async fn the_stock_of_all_variants_is_listed_by_variant_and_by_availability() {
    let shop = Shop::start().await;
    let mut places = Vec::new();
    for units in [0, 1, 5, 6, 0, 100] {
        let place = shop.stocked(if units == 100 { 32 } else { 1 }).await;
        if units > 0 {
            assert_eq!(shop.adjust(place, &format!("{units}"), units).await.status, 201);
        }
        places.push((place.variant.to_string(), units));
    }
    places.sort();
    let mut found = Vec::new();
    let mut query = "limit=4".to_owned();
    loop {
        let page = shop.stocks(&query).await;
        assert_eq!(page.status, 200, "{}", page.body);
        for item in page.body["items"].as_array().unwrap() {
            assert_eq!(*item, shop.stock(item["variantId"].as_str().unwrap().parse().unwrap()).await.body);
            let free = item["levels"][0]["free"].as_i64().unwrap();
            found.push((item["variantId"].as_str().unwrap().to_owned(), free));
        }
        let Some(next) = page.body["nextCursor"].as_str() else { break };
        query = format!("limit=4&cursor={next}");
    }
    assert_eq!(found, places);
    for (availability, range) in [("out_of_stock", 0..1), ("low_stock", 1..6), ("in_stock", 6..i64::MAX)] {
        let page = shop.stocks(&format!("availability={availability}")).await.body;
        let wanted: Vec<_> = places.iter().filter(|(_, units)| range.contains(units)).collect();
        assert_eq!(page["items"].as_array().unwrap().len(), wanted.len(), "{availability}");
    }
    assert_eq!(shop.stocks("availability=few").await.status, 422);
}

#[tokio::test]
async fn of_many_that_remove_the_last_units_as_many_succeed_as_there_are_units() {
    for parts in [1, 4] {
        let shop = Shop::start_with_conflicts().await;
        let place = shop.stocked(parts).await;
        assert_eq!(shop.adjust(place, "first", 6).await.status, 201);
        let keys: Vec<_> = (0..12).map(|number| format!("k{number}")).collect();
        let mut removed = 0;
        // Who met others too often is asked to try again, and does.
        for _ in 0..20 {
            let replies = join_all(keys.iter().map(|key| shop.adjust(place, key, -1))).await;
            removed = replies.iter().filter(|reply| reply.status == 201).count();
            assert!(replies.iter().all(|reply| [201, 409, 503].contains(&reply.status)));
            if replies.iter().all(|reply| reply.status != 503) {
                break;
            }
        }
        assert_eq!((removed, units(&shop, place).await), (6, 0));
        assert_eq!(shop.stock(place.variant).await.body["availability"], "out_of_stock");
    }
}

#[tokio::test]
async fn no_flip_is_missed_while_units_are_moved_at_several_locations_at_once() {
    let shop = Shop::start_with_conflicts().await;
    let first = shop.stocked(3).await;
    let second = Place { location: LocationId::generate(), ..first };
    assert_eq!(shop.set_location(second.location, true).await.status, 200);
    assert_eq!(shop.set_stock(second, &json!({})).await.status, 200);
    for round in 0..8 {
        let changes = [(first, 3), (second, 3), (first, -3), (second, -3), (first, 1), (second, -1)];
        let adjust = |(at, (place, quantity)): (usize, (Place, i64))| {
            let shop = &shop;
            async move { shop.adjust(place, &format!("{round}-{at}"), quantity).await }
        };
        let replies = join_all(changes.into_iter().enumerate().map(adjust)).await;
        assert!(replies.iter().all(|reply| [201, 409, 503].contains(&reply.status)));
        let free = units(&shop, first).await + units(&shop, second).await;
        let expected = match free {
            0 => "out_of_stock",
            1..=5 => "low_stock",
            _ => "in_stock",
        };
        assert_eq!(shop.stock(first.variant).await.body["availability"], expected, "{free} units in round {round}");
    }
}

#[tokio::test]
async fn parts_may_become_fewer_and_their_units_stay() {
    let shop = Shop::start().await;
    let place = shop.stocked(32).await;
    assert_eq!(shop.adjust(place, "a", 100).await.status, 201);
    assert_eq!(shop.set_stock(place, &json!({ "parts": 1 })).await.body["onHand"], 100);
    assert_eq!(shop.adjust(place, "b", 5).await.status, 201);
    assert_eq!(shop.adjust(place, "c", -105).await.status, 201);
    assert_eq!(units(&shop, place).await, 0);
}

#[tokio::test]
async fn closed_locations_do_not_make_a_variant_available() {
    let shop = Shop::start().await;
    let place = shop.stocked(1).await;
    assert_eq!(shop.set_location(place.location, false).await.status, 200);
    assert_eq!(shop.adjust(place, "a", 100).await.status, 201);
    assert_eq!(shop.stock(place.variant).await.body["availability"], "out_of_stock");
    assert_eq!(shop.told().await, BTreeMap::new());
    assert_eq!(shop.set_location(place.location, true).await.status, 200);
    // The next change notices.
    assert_eq!(shop.adjust(place, "b", 1).await.status, 201);
    assert_eq!(shop.told().await, BTreeMap::from([(3, "in_stock".to_owned())]));
}

#[tokio::test]
async fn a_shop_has_twenty_locations_at_most_also_if_many_are_added_at_once() {
    let shop = Shop::start_with_conflicts().await;
    let ids: Vec<_> = (0..24).map(|_| LocationId::generate()).collect();
    for _ in 0..20 {
        let replies = join_all(ids.iter().map(|id| shop.set_location(*id, true))).await;
        assert!(replies.iter().all(|reply| [200, 409, 503].contains(&reply.status)));
        if replies.iter().all(|reply| reply.status != 503) {
            break;
        }
    }
    assert_eq!(shop.locations().await.body["items"].as_array().unwrap().len(), 20);
    assert_eq!(shop.set_location(LocationId::generate(), true).await.body["code"], "orders.too_many_locations");
}

#[tokio::test]
async fn of_many_changes_of_settings_on_one_version_one_succeeds() {
    let shop = Shop::start_with_conflicts().await;
    let set = endpoint(orders::api::set_tax_settings::set_tax_settings, shop.ctx, stage());
    let rates = |rate: u32| json!({ "pricesIncludeTax": true, "rounding": "by_line", "rates": [{ "taxClass": "a", "country": "DE", "rate": rate }] });
    let bodies: Vec<_> = (1..9).map(rates).collect();
    let replies = join_all(bodies.iter().map(|body| shop.settings(&set, Some(0), "", Some(body)))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().all(|reply| [200, 412].contains(&reply.status)));
    let get = endpoint(orders::api::get_tax_settings::get_tax_settings, shop.ctx, stage());
    let winner = replies.iter().find(|reply| reply.status == 200).unwrap();
    assert_eq!(shop.settings(&get, None, "", None).await.body, winner.body);
}

#[tokio::test]
async fn a_product_with_a_hundred_variants_is_copied_once() {
    let shop = Shop::start().await;
    let variants: Vec<_> = (0..100).map(|_| VariantId::generate()).collect();
    let (newer, older) = (published(&variants, 5), published(&variants, 2));
    assert_eq!(shop.hear(newer.clone()).await.unwrap(), Done::Applied);
    assert_eq!(shop.hear(older).await.unwrap(), Done::Duplicate);
    assert_eq!(shop.hear(newer).await.unwrap(), Done::Duplicate);
    for variant in [variants[0], variants[99]] {
        let stock = shop.stock(variant).await.body;
        assert_eq!((&stock["sku"], &stock["title"], &stock["levels"]), (&json!("S5"), &json!("Shoe"), &json!([])));
    }
}

#[tokio::test]
async fn events_that_come_late_and_repeatedly_end_in_the_newest_copy() {
    let shop = Shop::start().await;
    let variant = VariantId::generate();
    let newer = published(&[variant], 4);
    let archived = ProductArchived { product_id: newer.product_id, revision: 3, variant_ids: vec![variant] };
    assert_eq!(shop.hear(archived.clone()).await.unwrap(), Done::Applied);
    for done in [Done::Applied, Done::Duplicate] {
        assert_eq!(shop.hear(published(&[variant], 2)).await.unwrap(), done);
        let stock = shop.stock(variant).await.body;
        assert_eq!((&stock["sku"], &stock["title"]), (&json!("S2"), &json!(null)), "it is archived");
    }
    assert_eq!(shop.hear(newer).await.unwrap(), Done::Applied);
    assert_eq!(shop.hear(archived).await.unwrap(), Done::Duplicate);
    let stock = shop.stock(variant).await.body;
    assert_eq!((&stock["sku"], &stock["title"]), (&json!("S4"), &json!("Shoe")));
    let strange = shop.hear(UserDeleted { user_id: UserId::generate() }).await;
    assert!(matches!(strange, Err(Failure::Poison(_))), "{strange:?}");
}
