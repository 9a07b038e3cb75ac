//! Carts of users and guests: whose they are, what they cost, and changes at the same time.

use contracts::identity::{AccountReclaimed, UserDeleted};
use futures::future::join_all;
use kit::Deadline;
use orders::consumers::forget_user::forget_user;
use serde_json::{Value, json};
use types::{UserId, VariantId};

use crate::orders_carts_support::{Who, details, ten_percent};
use crate::orders_support::{Shop, event};

fn quantities(cart: &Value) -> Vec<(String, u64)> {
    let lines = cart["lines"].as_array().unwrap().iter();
    lines.map(|line| (line["variantId"].as_str().unwrap().to_owned(), line["quantity"].as_u64().unwrap())).collect()
}

#[tokio::test]
async fn a_cart_is_priced_with_what_the_catalog_and_the_shop_say() {
    let shop = Shop::start().await;
    let variants = shop.assortment(2).await;
    let ann = shop.person("ann@example.com").await;
    let (cart, who) = shop.cart(&ann.who).await;
    assert_eq!(shop.set_line(&who, &cart, variants[0], 2).await.body["lines"][0]["seenUnitPriceMinor"], 1_000);
    assert_eq!(shop.set_line(&who, &cart, variants[1], 1).await.status, 200);
    assert_eq!(shop.set_details(&who, &cart, &details()).await.status, 200);
    let priced = shop.priced(&who, &cart, "").await;
    let totals = &priced.body["totals"];
    assert_eq!(
        (&totals["totalMinor"], &totals["taxMinor"], &totals["taxesAreKnown"]),
        (&json!(3_490), &json!(557), &json!(true))
    );
    assert_eq!((&priced.body["problems"], &priced.body["explanation"]), (&json!([]), &Value::Null));
    // A group has its own prices, at once.
    shop.hear_list("wholesale", Some("wholesale"), 1).await.unwrap();
    shop.hear_price(variants[0], "wholesale", 700, 1).await.unwrap();
    assert_eq!(shop.set_group(ann.id, Some("wholesale")).await.status, 200);
    let explained = shop.priced(&who, &cart, "explain=1").await.body;
    assert_eq!(explained["totals"]["totalMinor"], 2_890);
    let candidates = &explained["explanation"]["lines"][0]["prices"];
    assert_eq!((&candidates[0]["priceList"], &candidates[1]["priceList"]), (&json!("wholesale"), &json!("base")));
    let tax = &explained["explanation"]["taxes"][0];
    assert_eq!(
        (&tax["base"], &tax["amountMinor"], &tax["exactTax"], &tax["taxMinor"]),
        (&json!("rate"), &json!(2_890), &json!("461.4285"), &json!(461))
    );
}

#[tokio::test]
async fn a_price_that_rises_is_told_until_the_line_is_set_again() {
    // vendurehq/vendure#664: in the cart at 10.00, then 15.00, then 8.00.
    let shop = Shop::start().await;
    let variant = shop.assortment(1).await[0];
    let (cart, who) = shop.cart(&Who::Nobody).await;
    shop.set_line(&who, &cart, variant, 1).await;
    shop.hear_price(variant, "base", 1_500, 2).await.unwrap();
    let rose = async || shop.priced(&who, &cart, "").await.body["lines"][0]["priceRose"].clone();
    assert_eq!(rose().await, true);
    shop.set_line(&who, &cart, variant, 1).await;
    assert_eq!(rose().await, false);
    shop.hear_price(variant, "base", 800, 3).await.unwrap();
    assert_eq!(rose().await, false);
    assert!(shop.hear_price(variant, "base", 9_999, 2).await.is_ok(), "an old event changes nothing");
    assert_eq!(shop.priced(&who, &cart, "").await.body["lines"][0]["unitPriceMinor"], 800);
}

#[tokio::test]
async fn a_cart_of_somebody_else_does_not_exist() {
    let shop = Shop::start().await;
    let variant = shop.assortment(1).await[0];
    let (ann, bob) = (shop.person("ann@example.com").await, shop.person("bob@example.com").await);
    let (of_ann, _) = shop.cart(&ann.who).await;
    let (of_guest, guest) = shop.cart(&Who::Nobody).await;
    let (_, other_guest) = shop.cart(&Who::Nobody).await;
    let strangers = [
        (&of_ann, &bob.who),
        (&of_ann, &guest),
        (&of_guest, &ann.who),
        (&of_guest, &other_guest),
        (&of_guest, &Who::Guest("no key of ours".to_owned())),
    ];
    for (cart, who) in strangers {
        let replies = [
            shop.priced(who, cart, "").await,
            shop.set_line(who, cart, variant, 1).await,
            shop.set_details(who, cart, &details()).await,
            shop.add_code(who, cart, "SPRING").await,
            shop.remove_code(who, cart, "SPRING").await,
        ];
        for reply in replies {
            assert_eq!((reply.status, &reply.body["code"]), (404, &json!("orders.no_such_cart")), "{}", reply.body);
        }
    }
    for reply in
        [shop.priced(&Who::Nobody, &of_guest, "").await, shop.set_line(&Who::Nobody, &of_ann, variant, 1).await]
    {
        assert_eq!((reply.status, &reply.body["code"]), (401, &json!("auth.token_missing")));
        assert!(reply.body["detail"].as_str().unwrap().contains("Guest-Key"), "{}", reply.body);
    }
    assert_eq!(shop.merge(&Who::Both(bob.token.clone(), "wrong".to_owned()), &of_guest).await.status, 404);
}

#[tokio::test]
async fn bad_input_is_refused_with_field_rule_and_remedy() {
    let shop = Shop::start().await;
    let variants = shop.assortment(51).await;
    let (cart, who) = shop.cart(&Who::Nobody).await;
    for (currency, detail) in [("XXX", "price list"), ("eur", ""), ("", "")] {
        let refused = shop.create_cart(&Who::Nobody, currency).await;
        assert_eq!(refused.status, 422, "{currency}");
        assert_eq!(refused.body["errors"][0]["field"], "currency");
        assert!(refused.body["errors"][0]["message"].as_str().unwrap().contains(detail), "{}", refused.body);
    }
    for quantity in [10_001, 1_000_000_000] {
        let refused = shop.set_line(&who, &cart, variants[0], quantity).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!("quantity")));
    }
    let unknown = shop.set_line(&who, &cart, VariantId::generate(), 1).await;
    assert_eq!((unknown.status, &unknown.body["code"]), (404, &json!("orders.no_such_variant")));
    // Removing what is not there is no error, whatever it is.
    assert_eq!(shop.set_line(&who, &cart, VariantId::generate(), 0).await.status, 200);
    for variant in &variants[..50] {
        assert_eq!(shop.set_line(&who, &cart, *variant, 1).await.status, 200);
    }
    let full = shop.set_line(&who, &cart, variants[50], 1).await;
    assert_eq!((full.status, &full.body["code"]), (409, &json!("orders.cart_full")));
    let archived = contracts::catalog::ProductArchived {
        product_id: types::ProductId::new(types::Uuid::from_u128(7)),
        revision: 2,
        variant_ids: variants.clone(),
    };
    shop.hear(archived).await.unwrap();
    let gone = shop.set_line(&who, &cart, variants[0], 2).await;
    assert_eq!((gone.status, &gone.body["code"]), (409, &json!("orders.not_for_sale")));
    assert_eq!(shop.set_line(&who, &cart, variants[0], 0).await.status, 200);
    let problems = shop.priced(&who, &cart, "").await.body["problems"].clone();
    assert_eq!((&problems[0]["code"], &problems[0]["variantId"]), (&json!("not_for_sale"), &json!(variants[1])));
}

#[tokio::test]
async fn changes_of_a_cart_at_the_same_time_are_all_kept() {
    let shop = Shop::start_with_conflicts().await;
    let variants = shop.assortment(6).await;
    let (cart, who) = shop.cart(&Who::Nobody).await;
    let replies = join_all(variants.iter().map(|variant| shop.set_line(&who, &cart, *variant, 3))).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(shop.priced(&who, &cart, "").await.body["lines"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn a_user_has_one_cart_however_often_it_is_created() {
    let shop = Shop::start_with_conflicts().await;
    shop.assortment(1).await;
    let ann = shop.person("ann@example.com").await;
    let replies = join_all((0..8).map(|_| shop.create_cart(&ann.who, "EUR"))).await;
    let first = &replies[0].body["cart"]["id"];
    assert!(
        replies.iter().all(|reply| reply.status == 201 && reply.body["cart"]["id"] == *first),
        "{:?}",
        replies[0].body
    );
    assert!(replies.iter().all(|reply| reply.body["guestKey"].is_null()));
}

#[tokio::test]
async fn the_guests_cart_is_taken_over_once() {
    // vendurehq/vendure#3153: account cart {A 1, B 1}, guest cart {A 3}; the merge came twice.
    let shop = Shop::start_with_conflicts().await;
    let variants = shop.assortment(2).await;
    let (a, b) = (variants[0], variants[1]);
    let ann = shop.person("ann@example.com").await;
    let (own, user) = shop.cart(&ann.who).await;
    shop.set_line(&user, &own, a, 1).await;
    shop.set_line(&user, &own, b, 1).await;
    let (guests, guest) = shop.cart(&Who::Nobody).await;
    shop.set_line(&guest, &guests, a, 3).await;
    let Who::Guest(key) = &guest else { panic!("a guest has a key") };
    let both = Who::Both(ann.token.clone(), key.clone());
    let expected = vec![(a.to_string(), 3), (b.to_string(), 1)];
    for reply in join_all((0..4).map(|_| shop.merge(&both, &guests))).await {
        assert_eq!((reply.status, quantities(&reply.body)), (200, expected.clone()), "{}", reply.body);
    }
    assert_eq!(quantities(&shop.merge(&both, &guests).await.body), expected);
    assert_eq!(shop.priced(&guest, &guests, "").await.status, 404, "the guest's cart is gone");
    // A user without a cart gets the guest's.
    let bob = shop.person("bob@example.com").await;
    let (guests, guest) = shop.cart(&Who::Nobody).await;
    shop.set_line(&guest, &guests, a, 3).await;
    let Who::Guest(key) = &guest else { panic!("a guest has a key") };
    let merged = shop.merge(&Who::Both(bob.token.clone(), key.clone()), &guests).await;
    assert_eq!((merged.status, quantities(&merged.body).len()), (200, 1), "{}", merged.body);
    let missing = shop.merge(&bob.who, &guests).await;
    assert_eq!((missing.status, &missing.body["errors"][0]["field"]), (422, &json!("Guest-Key")));
}

#[tokio::test]
async fn a_deleted_user_leaves_nothing_and_gets_no_new_cart() {
    let shop = Shop::start().await;
    let variant = shop.assortment(1).await[0];
    let ann = shop.person("ann@example.com").await;
    let (cart, who) = shop.cart(&ann.who).await;
    shop.set_line(&who, &cart, variant, 1).await;
    shop.set_group(ann.id, Some("wholesale")).await;
    let deleted = || event(UserDeleted { user_id: ann.id });
    for _ in 0..2 {
        forget_user(shop.consumer, deleted(), Deadline::never()).await.unwrap();
    }
    assert_eq!(held(&shop, ann.id).await, ["forgotten"]);
    assert_eq!(shop.create_cart(&ann.who, "EUR").await.status, 404);
    let refused = shop.set_group(ann.id, Some("wholesale")).await;
    assert_eq!((refused.status, &refused.body["code"]), (404, &json!("orders.no_such_user")));
    let (guests, guest) = shop.cart(&Who::Nobody).await;
    let Who::Guest(key) = guest else { panic!("a guest has a key") };
    assert_eq!(shop.merge(&Who::Both(ann.token.clone(), key), &guests).await.status, 404);
    assert_eq!(held(&shop, ann.id).await, ["forgotten"]);
}

#[tokio::test]
async fn after_a_takeover_the_registrants_cart_is_gone_and_a_later_one_stays() {
    let shop = Shop::start().await;
    shop.assortment(1).await;
    let ann = shop.person("ann@example.com").await;
    shop.cart(&ann.who).await;
    let mut early = event(AccountReclaimed { user_id: ann.id });
    early.occurred_at = "2026-01-01T00:00:00Z".parse().unwrap();
    forget_user(shop.consumer, early.clone(), Deadline::never()).await.unwrap();
    assert_eq!(held(&shop, ann.id).await, ["cart"]);
    early.occurred_at = "2100-01-01T00:00:00Z".parse().unwrap();
    forget_user(shop.consumer, early, Deadline::never()).await.unwrap();
    assert_eq!(held(&shop, ann.id).await, Vec::<String>::new());
}

/// The sort keys of what is held on a user.
async fn held(shop: &Shop, user: UserId) -> Vec<String> {
    let items = shop.table.items().await.into_iter();
    let of_user = items.filter(|item| item["pk"].as_s().unwrap() == &format!("orders#user#{user}"));
    of_user.map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

#[tokio::test]
async fn a_network_address_creates_a_bounded_number_of_guest_carts() {
    let shop = Shop::start().await;
    shop.assortment(1).await;
    let mut statuses = Vec::new();
    for _ in 0..31 {
        let replies = join_all((0..10).map(|_| shop.create_cart(&Who::Nobody, "EUR"))).await;
        statuses.extend(replies.iter().map(|reply| reply.status));
    }
    let made = statuses.iter().filter(|status| **status == 201).count();
    // The window may have ended in between.
    assert!((300..=310).contains(&made) && statuses.iter().all(|status| [201, 429].contains(status)), "{made}");
    let code = ten_percent(&["CODE"], &json!({}));
    assert_eq!(shop.set_promotion("019a0c70-3333-7aaa-8bbb-000000000001", &code).await.status, 200);
}
