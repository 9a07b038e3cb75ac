//! Recommendations: builds that are interrupted, race or fail, erasure, and products that change between two builds.

use std::collections::BTreeSet;
use std::time::Duration;

use contracts::identity::{AccountReclaimed, UserDeleted};
use contracts::orders::StockAvailability;
use kit::Deadline;
use kit::sqs::Done;
use recommendations::consumers::build_model::{Run, build_until};
use recommendations::consumers::forget_user::forget_user;
use serde_json::json;
use testkit::finished;
use types::UserId;

use crate::orders_support::event;
use crate::recommendations_support::{Good, SESSION, Shop};

/// Sessions of other visitors with these products.
async fn visitors(shop: &Shop, count: usize, goods: &[Good]) {
    for number in 0..count {
        assert_eq!(shop.view(None, &format!("session-of-visitor-{number:04}"), goods).await.status, 204);
    }
}

fn is_viewed(found: &[(types::ProductId, String)], good: Good) -> bool {
    found.contains(&(good.id, "viewed".to_owned()))
}

async fn erase(shop: &Shop, user_id: UserId) {
    let forgotten = finished(forget_user(shop.consumer, event(UserDeleted { user_id }), Deadline::never()).await);
    assert_eq!(forgotten.unwrap(), Done::Applied);
}

#[tokio::test]
async fn what_visitors_view_and_buy_is_recommended_after_the_next_build() {
    let shop = Shop::start().await;
    let [boot, sock, bag, other] = shop.goods("shoes").await;
    assert_eq!(shop.ask("").await.body, json!({ "items": [] }), "before the first build");
    visitors(&shop, 3, &[boot, sock]).await;
    visitors(&shop, 3, &[bag, other]).await;
    // The same visitors went on: a session has all batches.
    assert_eq!(shop.buy(shop.order(None, &[boot, bag])).await, Done::Applied);
    shop.build().await;
    assert!(shop.services.keys().iter().all(|key| key.starts_with("snapshots/recommendations/models/")));
    let next = shop.recommended(&[boot], "next").await;
    assert!(is_viewed(&next, sock), "{next:?}");
    let together = shop.recommended(&[boot], "together").await;
    assert_eq!(together[0], (bag.id, "bought".to_owned()));
}

#[tokio::test]
async fn products_that_change_after_the_build_are_hidden_and_shown_within_seconds() {
    let shop = Shop::start().await;
    let [boot, sock, bag] = shop.goods("shoes").await;
    visitors(&shop, 3, &[boot, sock]).await;
    shop.build().await;
    assert!(is_viewed(&shop.recommended(&[boot], "next").await, sock));
    assert_eq!(shop.stock(sock, 2, StockAvailability::OutOfStock).await, Done::Applied);
    assert!(!is_viewed(&shop.recommended(&[boot], "next").await, sock));
    assert_eq!(shop.stock(sock, 3, StockAvailability::LowStock).await, Done::Applied);
    assert!(is_viewed(&shop.recommended(&[boot], "next").await, sock));
    assert_eq!(shop.archive(sock, 2).await, Done::Applied);
    assert!(!is_viewed(&shop.recommended(&[boot], "next").await, sock));
    // Events that come again, or late, change nothing.
    assert_eq!(shop.archive(sock, 2).await, Done::Duplicate);
    assert_eq!(shop.publish(sock, 1, "shoes").await, Done::Duplicate);
    assert_eq!(shop.stock(sock, 2, StockAvailability::InStock).await, Done::Duplicate);
    assert!(!is_viewed(&shop.recommended(&[boot], "next").await, sock));
    // The next build knows the change itself.
    shop.build().await;
    let found = shop.recommended(&[boot], "next").await;
    assert!(found.iter().all(|(id, _)| *id != sock.id) && found.iter().all(|(id, _)| *id != bag.id), "{found:?}");
}

#[tokio::test]
async fn a_build_that_is_stopped_after_each_part_has_the_same_result() {
    let shop = Shop::start().await;
    let [boot, sock] = shop.goods("shoes").await;
    visitors(&shop, 3, &[boot, sock]).await;
    let mut runs = 0;
    while build_until(shop.building, Deadline::after(Duration::ZERO)).await.unwrap() == Run::Paused {
        runs += 1;
        assert!(runs < 1_000, "runs without end");
    }
    assert!(runs > 100, "each run reads one part");
    assert!(is_viewed(&shop.recommended(&[boot], "next").await, sock));
    // Within the hour there is nothing to do; files of unfinished builds are deleted a day later.
    assert_eq!(build_until(shop.building, Deadline::never()).await, Ok(Run::Nothing));
    let builds = || shop.services.keys().iter().filter(|key| key.contains("/builds/")).count();
    assert_eq!(builds(), runs);
}

#[tokio::test]
async fn of_runs_that_race_one_publishes_and_the_model_is_whole() {
    let shop = Shop::start_with_conflicts().await;
    let [boot, sock] = shop.goods("shoes").await;
    visitors(&shop, 3, &[boot, sock]).await;
    for _ in 0..3 {
        shop.clock.advance(Duration::from_hours(1));
        let run = || build_until(shop.building, Deadline::never());
        let runs = futures::join!(run(), run(), run());
        let runs = [runs.0.unwrap(), runs.1.unwrap(), runs.2.unwrap()];
        let published = runs.iter().filter(|run| **run == Run::Published).count();
        assert!(published <= 1, "{runs:?}");
        // A conflict that nobody caused may stop all of them: the next run continues.
        if published == 0 {
            assert_eq!(build_until(shop.building, Deadline::never()).await, Ok(Run::Published));
        }
        assert!(is_viewed(&shop.recommended(&[boot], "next").await, sock));
    }
}

#[tokio::test]
async fn a_file_that_is_lost_or_changed_leaves_the_loaded_model_in_use() {
    let shop = Shop::start().await;
    let [boot, sock] = shop.goods("shoes").await;
    visitors(&shop, 3, &[boot, sock]).await;
    shop.build().await;
    assert!(is_viewed(&shop.recommended(&[boot], "next").await, sock));
    let before: BTreeSet<_> = shop.services.keys().into_iter().collect();
    shop.build().await;
    let after: BTreeSet<_> = shop.services.keys().into_iter().collect();
    let new = after.difference(&before).next().unwrap();
    let mut bytes = shop.services.object(new).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    shop.services.put(new, &bytes);
    assert!(is_viewed(&shop.recommended(&[boot], "next").await, sock));
    // Changes of products show meanwhile.
    shop.stock(sock, 2, StockAvailability::OutOfStock).await;
    assert!(!is_viewed(&shop.recommended(&[boot], "next").await, sock));
    shop.stock(sock, 3, StockAvailability::InStock).await;
    assert!(is_viewed(&shop.recommended(&[boot], "next").await, sock));
    // The next build replaces it.
    shop.build().await;
    assert!(is_viewed(&shop.recommended(&[boot], "next").await, sock));
}

#[tokio::test]
async fn an_address_begins_sixty_sessions_of_guests_an_hour_and_those_go_on() {
    let shop = Shop::start().await;
    let [boot, sock] = shop.goods("shoes").await;
    visitors(&shop, 60, &[boot]).await;
    let refused = shop.view(None, SESSION, &[boot]).await;
    assert_eq!((refused.status, &refused.body["code"]), (429, &json!("request.limit_exceeded")), "{}", refused.body);
    assert_eq!(shop.view(None, "session-of-visitor-0000", &[sock]).await.status, 204);
    let (_, token) = shop.person("ann@example.com").await;
    assert_eq!(shop.view(Some(&token), SESSION, &[boot]).await.status, 204);
    shop.clock.advance(Duration::from_hours(1));
    assert_eq!(shop.view(None, SESSION, &[boot]).await.status, 204);
}

#[tokio::test]
async fn a_build_after_the_erasure_of_a_user_has_forgotten_them() {
    let shop = Shop::start().await;
    let [boot, sock] = shop.goods("shoes").await;
    let (user, token) = shop.person("ann@example.com").await;
    assert_eq!(shop.view(Some(&token), SESSION, &[boot, sock]).await.status, 204);
    assert_eq!(shop.buy(shop.order(Some(user), &[boot, sock])).await, Done::Applied);
    shop.build().await;
    assert!(is_viewed(&shop.recommended(&[boot], "next").await, sock));
    // A build that began before the erasure is under way.
    shop.clock.advance(Duration::from_hours(1));
    assert_eq!(build_until(shop.building, Deadline::after(Duration::ZERO)).await, Ok(Run::Paused));
    erase(&shop, user).await;
    let items = shop.table.items().await;
    let left = items.iter().filter(|item| format!("{item:?}").contains(&user.to_string()));
    assert_eq!(left.count(), 1, "only the mark of the erasure names the user");
    shop.clock.advance(Duration::from_hours(2));
    assert_eq!(build_until(shop.building, Deadline::never()).await, Ok(Run::Published));
    let found = shop.recommended(&[boot], "next").await;
    assert_eq!(found, [], "nobody else viewed or bought anything");
    assert_eq!(shop.recommended(&[boot], "together").await, []);
    // What comes late writes nothing.
    assert_eq!(shop.buy(shop.order(Some(user), &[boot, sock])).await, Done::Duplicate);
    assert_eq!(shop.view(Some(&token), SESSION, &[boot, sock]).await.status, 204);
    shop.build().await;
    assert_eq!(shop.recommended(&[boot], "together").await, []);
    assert_eq!(shop.recommended(&[boot], "next").await, []);
}

#[tokio::test]
async fn a_takeover_discards_what_was_there_and_the_account_continues() {
    let shop = Shop::start().await;
    let [boot, sock, bag] = shop.goods("shoes").await;
    let (user_id, token) = shop.person("ann@example.com").await;
    assert_eq!(shop.view(Some(&token), SESSION, &[boot, sock]).await.status, 204);
    let reclaimed = event(AccountReclaimed { user_id });
    let discarded = finished(forget_user(shop.consumer, reclaimed, Deadline::never()).await);
    assert_eq!(discarded.unwrap(), Done::Applied);
    assert_eq!(shop.view(Some(&token), SESSION, &[boot, bag]).await.status, 204);
    shop.build().await;
    let found = shop.recommended(&[boot], "next").await;
    assert!(is_viewed(&found, bag) && !is_viewed(&found, sock), "{found:?}");
}

#[tokio::test]
async fn sessions_of_a_user_and_a_guest_with_the_same_id_are_apart() {
    let shop = Shop::start().await;
    let [boot, sock, bag] = shop.goods("shoes").await;
    let (user, token) = shop.person("ann@example.com").await;
    shop.view(None, SESSION, &[boot, bag]).await;
    shop.view(Some(&token), SESSION, &[boot, sock]).await;
    erase(&shop, user).await;
    shop.build().await;
    let found = shop.recommended(&[boot], "next").await;
    assert!(is_viewed(&found, bag) && !is_viewed(&found, sock), "{found:?}");
}

#[tokio::test]
async fn views_expire_although_the_table_still_has_them() {
    let shop = Shop::start().await;
    let [boot, sock] = shop.goods("shoes").await;
    visitors(&shop, 3, &[boot, sock]).await;
    shop.clock.advance(Duration::from_hours(30 * 24 + 1));
    shop.build().await;
    assert_eq!(shop.recommended(&[boot], "next").await, []);
}

#[tokio::test]
async fn views_without_consent_are_refused_and_nothing_is_stored() {
    let shop = Shop::start().await;
    let good = shop.good("shoes").await;
    let count = shop.table.items().await.len();
    let view = json!({ "productId": good.id, "viewedAt": shop.clock.now() });
    let body = |session: &str, consent: bool, count: usize| json!({ "sessionId": session, "consent": consent, "views": vec![view.clone(); count] });
    for (refused, field) in [
        (body(SESSION, false, 1), "consent"),
        (body("short", true, 1), "sessionId"),
        (body(SESSION, true, 0), "views"),
        (body(SESSION, true, 21), "views"),
    ] {
        let reply = shop.record(None, &refused).await;
        assert_eq!((reply.status, reply.body["errors"][0]["field"].as_str()), (422, Some(field)), "{}", reply.body);
    }
    assert_eq!(shop.table.items().await.len(), count);
}
