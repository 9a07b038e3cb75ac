//! What orders keep of deleted users, and of an account that was taken over.

use contracts::identity::{AccountReclaimed, UserDeleted};
use contracts::payments::PaymentCaptured;
use kit::Deadline;
use orders::consumers::forget_user::forget_user;
use serde_json::{Value, json};

use crate::orders_checkout_support::{Desk, code, no_details, payment};

/// Everything in the table that is about an order, as one text.
async fn stored(desk: &Desk, order: &Value) -> String {
    let pk = format!("orders#order#{}", order["id"].as_str().unwrap());
    let items = desk.shop.table.items().await.into_iter();
    items.filter(|item| item["pk"].as_s().unwrap() == &pk).map(|item| format!("{item:?}")).collect::<Vec<_>>().concat()
}

/// The number of orders in a user's list.
async fn pointers(desk: &Desk, user: types::UserId) -> usize {
    let pk = format!("orders#user#{user}");
    let items = desk.shop.table.items().await.into_iter();
    let of_user = items.filter(|item| item["pk"].as_s().unwrap() == &pk);
    of_user.filter(|item| item["sk"].as_s().unwrap().starts_with("order#")).count()
}

#[tokio::test]
async fn orders_of_a_deleted_user_keep_their_money_and_nothing_personal() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 5, &no_details()).await;
    let ann = desk.shop.person("ann@example.com").await;
    let (cart, _) = desk.filled(&ann.who, &[(goods, 2)]).await;
    let order = desk.place(&ann.who, &cart, "1").await.body;
    desk.hear(PaymentCaptured { payment: payment(&order), captured_minor: 2_490 }).await.unwrap();
    let personal: Vec<String> = {
        let details = crate::orders_carts_support::details();
        let address = &details["shippingAddress"];
        let texts = [&details["email"], &address["line1"], &address["city"]];
        let texts = texts.into_iter().map(|text| text.as_str().unwrap().to_owned());
        texts.chain([ann.id.to_string()]).collect()
    };
    let before = stored(&desk, &order).await;
    assert!(personal.iter().all(|text| before.contains(text)), "{before}");
    let deleted = desk.event(UserDeleted { user_id: ann.id });
    for _ in 0..2 {
        forget_user(desk.consumer, deleted.clone(), Deadline::never()).await.unwrap();
    }
    let after = stored(&desk, &order).await;
    assert!(personal.iter().all(|text| !after.contains(text)), "{after}");
    assert_eq!(pointers(&desk, ann.id).await, 0);
    let manager = desk.shop.manager();
    let seen = desk.get(&manager, order["id"].as_str().unwrap()).await.body;
    assert_eq!((seen["totalMinor"].as_i64(), seen["payment"]["capturedMinor"].as_i64()), (Some(2_490), Some(2_490)));
    // Where units are held is for managers.
    let mut lines = seen["lines"].clone();
    assert_eq!(lines[0]["held"].take()[0]["quantity"], 2);
    lines[0]["held"] = json!([]);
    assert_eq!((&lines, desk.units(goods).await), (&order["lines"], (3, 2)));
    // It can still be cancelled, and its money goes back.
    assert_eq!(desk.cancel(&manager, &order, "1", &json!({})).await.body["state"], "cancelled");
    assert!(desk.published().await.contains(&"orders.refund_due".to_owned()));
}

#[tokio::test]
async fn the_owner_of_a_reclaimed_account_sees_no_order_from_before() {
    let desk = Desk::start().await;
    let goods = desk.shop.assortment(1).await[0];
    desk.stock(&[goods], 5, &no_details()).await;
    let ann = desk.shop.person("ann@example.com").await;
    let place = async |key: &str| {
        let (cart, _) = desk.filled(&ann.who, &[(goods, 1)]).await;
        desk.place(&ann.who, &cart, key).await.body
    };
    let early = place("1").await;
    desk.wait(60);
    let reclaimed = desk.event(AccountReclaimed { user_id: ann.id });
    desk.wait(60);
    let late = place("2").await;
    // The event is late and comes twice.
    for _ in 0..2 {
        forget_user(desk.consumer, reclaimed.clone(), Deadline::never()).await.unwrap();
    }
    let listed = desk.list(&ann.who, "").await.body;
    let numbers: Vec<_> = listed["items"].as_array().unwrap().iter().map(|item| &item["number"]).collect();
    assert_eq!(numbers, [&late["number"]]);
    let id = early["id"].as_str().unwrap();
    assert_eq!(code(&desk.get(&ann.who, id).await), "orders.no_such_order");
    assert_eq!(code(&desk.get(&ann.who, early["number"].as_str().unwrap()).await), "orders.no_such_order");
    assert_eq!(code(&desk.cancel(&ann.who, &early, "3", &json!({})).await), "orders.no_such_order");
    assert_eq!(desk.get(&ann.who, late["id"].as_str().unwrap()).await.status, 200);
    // It is shipped as it was placed.
    let seen = desk.get(&desk.shop.manager(), id).await.body;
    assert_eq!(seen["totalMinor"], early["totalMinor"]);
    assert!(!stored(&desk, &early).await.contains(&ann.id.to_string()));
}
