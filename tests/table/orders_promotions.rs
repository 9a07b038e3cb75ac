//! Promotions, their codes, and how often they are used, under races.

use dynamo::TransactionError;
use futures::future::join_all;
use orders::domain::shop_promotion::UseToCount;
use orders::store::{Orders, count_uses, return_uses};
use serde_json::json;
use types::{PromotionId, Uuid};

use crate::orders_carts_support::{Who, details, ten_percent};
use crate::orders_support::Shop;

fn id(number: u32) -> String {
    format!("019a0c70-3333-7aaa-8bbb-{number:012}")
}

#[tokio::test]
async fn a_promotion_is_created_changed_and_listed() {
    let shop = Shop::start().await;
    let body = ten_percent(&["spring"], &json!({ "total": 5 }));
    let made = shop.set_promotion(&id(1), &body).await;
    assert_eq!(
        (made.status, &made.body["codes"][0], &made.body["used"]),
        (200, &json!("SPRING"), &json!(0)),
        "{}",
        made.body
    );
    assert_eq!(shop.set_promotion(&id(1), &body).await.body, made.body, "repeated");
    let other = shop.set_promotion(&id(2), &ten_percent(&["SUMMER", "spring"], &json!({}))).await;
    assert_eq!((other.status, &other.body["code"]), (409, &json!("orders.code_taken")));
    // The code moves once the first promotion gave it up.
    assert_eq!(shop.set_promotion(&id(1), &ten_percent(&["autumn"], &json!({}))).await.status, 200);
    assert_eq!(shop.set_promotion(&id(2), &ten_percent(&["spring"], &json!({}))).await.status, 200);
    let listed = shop.promotions("limit=1").await.body;
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["id"]), (1, &json!(id(2))));
    let cursor = listed["nextCursor"].as_str().unwrap();
    assert_eq!(shop.promotions(&format!("cursor={cursor}")).await.body["items"][0]["id"], id(1));
    assert_eq!(shop.promotion(&id(3)).await.body["code"], "orders.no_such_promotion");
    let refused = shop.set_promotion(&id(4), &ten_percent(&[], &json!({ "total": 5 }))).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!("limits")));
}

#[tokio::test]
async fn of_promotions_for_one_code_at_the_same_time_one_gets_it() {
    let shop = Shop::start_with_conflicts().await;
    let body = ten_percent(&["RACE"], &json!({}));
    let ids: Vec<String> = (1..=6).map(id).collect();
    let replies = join_all(ids.iter().map(|id| shop.set_promotion(id, &body))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().all(|reply| reply.status == 200 || reply.body["code"] == "orders.code_taken"));
}

#[tokio::test]
async fn promotions_without_codes_are_bounded_also_at_the_same_time() {
    let shop = Shop::start_with_conflicts().await;
    let body = ten_percent(&[], &json!({}));
    for number in 0..16 {
        assert_eq!(shop.set_promotion(&id(number), &body).await.status, 200);
    }
    let ids: Vec<String> = (16..24).map(id).collect();
    let mut replies = Vec::new();
    for some in ids.chunks(4) {
        replies.extend(join_all(some.iter().map(|id| shop.set_promotion(id, &body))).await);
    }
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 4);
    assert!(replies.iter().all(|reply| reply.status == 200 || reply.body["code"] == "orders.too_many_promotions"));
}

#[tokio::test]
async fn a_code_with_limit_one_is_counted_once_by_two_orders_at_the_same_time() {
    // vendurehq/vendure#4660, shopware/shopware#11245, saleor/saleor#15855.
    let shop = Shop::start_with_conflicts().await;
    let table = shop.table.of::<Orders>();
    let promotion_id: PromotionId = id(1).parse().unwrap();
    let uses = [
        UseToCount { promotion_id, customer: None, limit: 1 },
        UseToCount { promotion_id, customer: Some(Uuid::from_u128(9)), limit: 1 },
    ];
    for _ in 0..20 {
        let orders = join_all((0..2).map(|_| count_uses(table.transaction(), &uses).commit())).await;
        let refused = orders.iter().filter(|order| matches!(order, Err(TransactionError::Cancelled(_)))).count();
        assert_eq!((refused, orders.iter().filter(|order| order.is_ok()).count()), (1, 1));
        // The order lapses and gives its uses back.
        return_uses(table.transaction(), &uses).commit().await.unwrap();
    }
    assert!(return_uses(table.transaction(), &uses).commit().await.is_err(), "what was not used is not given back");
}

#[tokio::test]
async fn a_used_up_code_is_told_in_the_cart_and_one_that_has_ended_is_not_added() {
    let shop = Shop::start().await;
    let variant = shop.assortment(1).await[0];
    let (cart, who) = shop.cart(&Who::Nobody).await;
    shop.set_line(&who, &cart, variant, 1).await;
    shop.set_details(&who, &cart, &details()).await;
    shop.set_promotion(&id(1), &ten_percent(&["ONCE"], &json!({ "total": 1 }))).await;
    assert_eq!(shop.add_code(&who, &cart, "once").await.body["codes"], json!(["ONCE"]));
    let priced = shop.priced(&who, &cart, "").await.body;
    assert_eq!((&priced["codes"][0]["state"], &priced["totals"]["discountMinor"]), (&json!("applied"), &json!(100)));
    let uses = [UseToCount { promotion_id: id(1).parse().unwrap(), customer: None, limit: 1 }];
    count_uses(shop.table.of::<Orders>().transaction(), &uses).commit().await.unwrap();
    let priced = shop.priced(&who, &cart, "").await.body;
    assert_eq!(
        (&priced["codes"][0]["state"], &priced["problems"][0]["code"]),
        (&json!("used_up"), &json!("code_not_usable"))
    );
    assert_eq!(shop.promotion(&id(1)).await.body["used"], 1);
    assert_eq!(shop.remove_code(&who, &cart, "Once").await.status, 204);
    assert_eq!(shop.priced(&who, &cart, "").await.body["problems"], json!([]));
    let unknown = shop.add_code(&who, &cart, "NOTHING").await;
    assert_eq!((unknown.status, &unknown.body["code"]), (404, &json!("orders.no_such_code")));
    let mut ended = ten_percent(&["OLD"], &json!({}));
    ended["validUntil"] = json!("2026-02-01T00:00:00Z");
    shop.set_promotion(&id(2), &ended).await;
    let refused = shop.add_code(&who, &cart, "OLD").await;
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("orders.code_not_usable")));
    shop.set_promotion(&id(3), &ten_percent(&["MEMBERS"], &json!({ "perAccount": 1 }))).await;
    let refused = shop.add_code(&who, &cart, "MEMBERS").await;
    assert!(refused.body["detail"].as_str().unwrap().contains("Sign in"), "{}", refused.body);
}

#[tokio::test]
async fn a_code_that_moved_to_another_promotion_is_judged_by_that_one() {
    let shop = Shop::start().await;
    let variant = shop.assortment(1).await[0];
    let (cart, who) = shop.cart(&Who::Nobody).await;
    shop.set_line(&who, &cart, variant, 1).await;
    shop.set_promotion(&id(1), &ten_percent(&["MOVING"], &json!({}))).await;
    shop.add_code(&who, &cart, "MOVING").await;
    shop.set_promotion(&id(1), &ten_percent(&["OTHER"], &json!({}))).await;
    assert_eq!(shop.priced(&who, &cart, "").await.body["codes"][0]["state"], "ended");
    shop.set_promotion(&id(2), &ten_percent(&["MOVING"], &json!({ "total": 1 }))).await;
    assert_eq!(shop.priced(&who, &cart, "").await.body["codes"][0]["state"], "applied");
    let uses = [UseToCount { promotion_id: id(2).parse().unwrap(), customer: None, limit: 1 }];
    count_uses(shop.table.of::<Orders>().transaction(), &uses).commit().await.unwrap();
    assert_eq!(shop.priced(&who, &cart, "").await.body["codes"][0]["state"], "used_up");
}
