//! What carts and promotions ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use contracts::identity::{AccountReclaimed, UserDeleted};
use kit::Deadline;
use kit::http::endpoint;
use orders::consumers::forget_user::forget_user;
use serde_json::json;
use testkit::finished;
use tests::{budget, cost};
use types::VariantId;

use crate::identity_support::stage;
use crate::orders_carts_support::{Who, details, ten_percent};
use crate::orders_support::{Shop, event, published};

fn id(number: u32) -> String {
    format!("019a0c70-3333-7aaa-8bbb-{number:012}")
}

#[tokio::test]
async fn carts_keep_to_their_budget() {
    let shop = Shop::start().await;
    let variants = shop.assortment(10).await;
    let ann = shop.person("ann@example.com").await;
    // Price lists and cart together, with the standing; then the cart, unless the user was deleted.
    budget("orders-create-cart", "user", &shop.create_cart(&ann.who, "EUR").await);
    budget("orders-create-cart", "user, again", &shop.create_cart(&ann.who, "EUR").await);
    // Price lists and the count of the network address together; then the cart.
    budget("orders-create-cart", "guest", &shop.create_cart(&Who::Nobody, "EUR").await);
    let (cart, who) = shop.cart(&ann.who).await;
    // Cart, variant, price lists, regions and customer in one call, with the standing; then the cart.
    budget("orders-set-cart-line", "added", &shop.set_line(&who, &cart, variants[0], 1).await);
    budget("orders-set-cart-line", "unchanged", &shop.set_line(&who, &cart, variants[0], 1).await);
    budget("orders-set-cart-line", "removed", &shop.set_line(&who, &cart, variants[0], 0).await);
    budget("orders-set-cart-details", "set", &shop.set_details(&who, &cart, &details()).await);
    shop.set_promotion(&id(1), &ten_percent(&["SPRING"], &json!({ "total": 9, "perEmail": 1 }))).await;
    budget("orders-add-cart-code", "added", &shop.add_code(&who, &cart, "SPRING").await);
    for variant in &variants {
        shop.set_line(&who, &cart, *variant, 1).await;
    }
    // The cart; then settings, customer, ten variants, the code and its uses in one call.
    budget("orders-get-cart", "ten lines and a code", &shop.priced(&who, &cart, "").await);
    budget("orders-get-cart", "explained", &shop.priced(&who, &cart, "explain=1").await);
    budget("orders-remove-cart-code", "removed", &shop.remove_code(&who, &cart, "SPRING").await);
    let (guests, guest) = shop.cart(&Who::Nobody).await;
    shop.set_line(&guest, &guests, variants[0], 3).await;
    let Who::Guest(key) = guest else { panic!("a guest has a key") };
    let both = Who::Both(ann.token.clone(), key);
    // Both carts in one call, with the standing; then both in one transaction.
    budget("orders-merge-cart", "merged", &shop.merge(&both, &guests).await);
    budget("orders-merge-cart", "again", &shop.merge(&both, &guests).await);
    let reclaimed = event(AccountReclaimed { user_id: ann.id });
    let forget = async |event| finished(forget_user(shop.consumer, event, Deadline::never()).await);
    budget("orders-forget-user", "reclaimed, nothing from before", cost(forget(reclaimed)).await);
    let deleted = event(UserDeleted { user_id: ann.id });
    budget("orders-forget-user", "deleted", cost(forget(deleted.clone())).await);
    budget("orders-forget-user", "deleted, again", cost(forget(deleted)).await);
}

#[tokio::test]
async fn promotions_keep_to_their_budget() {
    let shop = Shop::start().await;
    // The promotion, its codes and the promotions without codes in one call, with the standing; then all in one transaction.
    let two = ten_percent(&["ONE", "TWO"], &json!({ "total": 9 }));
    budget("orders-set-promotion", "two codes", &shop.set_promotion(&id(1), &two).await);
    budget("orders-set-promotion", "unchanged", &shop.set_promotion(&id(1), &two).await);
    // Codes that it loses are known once it was read.
    let one = ten_percent(&["ONE"], &json!({ "total": 9 }));
    budget("orders-set-promotion", "a code less", &shop.set_promotion(&id(1), &one).await);
    budget("orders-set-promotion", "no codes", &shop.set_promotion(&id(2), &ten_percent(&[], &json!({}))).await);
    budget("orders-get-promotion", "with uses", &shop.promotion(&id(1)).await);
    // The page, then the uses of those that are limited.
    budget("orders-list-promotions", "two promotions", &shop.promotions("").await);
}

#[tokio::test]
async fn copies_groups_and_regions_keep_to_their_budget() {
    let shop = Shop::start().await;
    let variant = VariantId::generate();
    budget("orders-keep-prices", "a list", cost(shop.hear_list("base", None, 1)).await);
    budget("orders-keep-prices", "a list, again", cost(shop.hear_list("base", None, 1)).await);
    shop.hear(published(&[variant], 1)).await.unwrap();
    budget("orders-keep-prices", "a price", cost(shop.hear_price(variant, "base", 1_000, 1)).await);
    budget("orders-keep-prices", "a price, again", cost(shop.hear_price(variant, "base", 1_000, 1)).await);
    let ann = shop.person("ann@example.com").await;
    budget("orders-set-customer-group", "set", &shop.set_group(ann.id, Some("wholesale")).await);
    budget("orders-set-customer-group", "unchanged", &shop.set_group(ann.id, Some("wholesale")).await);
    budget("orders-get-customer-group", "read", &shop.group(ann.id).await);
    let regions = json!({ "regions": [{ "code": "eu", "countries": ["DE", "FR"] }] });
    let set = endpoint(orders::api::set_region_settings::set_region_settings, shop.ctx, stage());
    budget("orders-set-region-settings", "first", &shop.settings(&set, Some(0), "", Some(&regions)).await);
    budget("orders-set-region-settings", "unchanged", &shop.settings(&set, Some(1), "", Some(&regions)).await);
    let get = endpoint(orders::api::get_region_settings::get_region_settings, shop.ctx, stage());
    budget("orders-get-region-settings", "set", &shop.settings(&get, None, "", None).await);
}
