//! What functions of the catalog ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use catalog::domain::names::Sku;
use catalog::domain::variant::Variant;
use contracts::catalog::VariantChanged;
use contracts::orders::PromotedVariants;
use jiff::Timestamp;
use kit::Deadline;
use serde_json::json;
use tests::{budget, cost};
use types::MediaId;

use crate::catalog_support::{Asked, Promoted, Shop, about, at_slug, variant};
use crate::catalog_transfers_support::{Desk, shoe};

/// Fails unless the request was answered so, and compares its cost.
macro_rules! shown {
    ($shop:expr, $id:expr, $known:expr, $status:expr, $case:expr) => {
        let shown = $shop.show(&$shop.get_product(), $id, $known).await;
        assert_eq!(shown.status, $status, "{}", shown.body);
        budget("catalog-get-product", $case, tests::Cost::of_header(&shown.server_timing));
    };
}

#[tokio::test]
async fn products_keep_to_their_budget() {
    let shop = Shop::start().await;
    let body = json!({ "title": "Shoe", "slug": "shoe", "options": [{ "name": "Size", "values": ["S", "M"] }] });
    let create = async || {
        let asked = Asked { key: "a", ..Asked::default() };
        shop.call(&shop.create_product(), "POST", asked, Some(body.clone())).await
    };
    // Product and claim of the slug, with the standing; then both in one transaction.
    let first = create().await;
    budget("catalog-create-product", "created", &first);
    budget("catalog-create-product", "repeated", &create().await);
    let id = first.body["id"].as_str().unwrap().to_owned();
    // Product and entry of the variant in one read. A new variant claims its SKU and has an entry, in the product's transaction;
    // its weight is in the entry, too.
    let set = async |body| shop.call(&shop.set_variant(), "PUT", variant(&id, "S"), Some(body)).await;
    budget("catalog-set-variant", "new", &set(json!({ "choices": { "Size": "S" } })).await);
    budget("catalog-set-variant", "changed", &set(json!({ "choices": { "Size": "S" }, "weightGrams": 9 })).await);
    budget("catalog-set-variant", "unchanged", &set(json!({ "choices": { "Size": "S" }, "weightGrams": 9 })).await);
    let more =
        shop.call(&shop.set_variant(), "PUT", variant(&id, "M"), Some(json!({ "choices": { "Size": "M" } }))).await;
    assert_eq!(more.status, 200);
    let deleted = shop.call(&shop.delete_variant(), "DELETE", variant(&id, "M"), None).await;
    budget("catalog-delete-variant", "deleted", &deleted);
    // From here the product is in the index, under its slug.
    let publish = async || shop.call(&shop.publish_product(), "PUT", about(&id), None).await;
    budget("catalog-publish-product", "published", &publish().await);
    budget("catalog-publish-product", "published before", &publish().await);
    let update = shop.call(&shop.update_product(), "PATCH", about(&id), Some(json!({ "title": "Boot" }))).await;
    budget("catalog-update-product", "new title", &update);
    let seen = shop.call(&shop.get_admin_product(), "GET", about(&id), None).await;
    budget("catalog-get-admin-product", "found", &seen);
    // The first partition, then the fifteen others at once.
    let listed = shop.call(&shop.list_admin_products(), "GET", Asked::default(), None).await;
    budget("catalog-list-admin-products", "one product", &listed);

    // By ID one item. By slug the index and the claim at once; an earlier slug needs the product too.
    shown!(shop, &id, "", 200, "by ID");
    shown!(shop, "shoe", "", 200, "by slug");
    shown!(shop, "shoe", "*", 304, "known");
    // Product and claim in one read, and in one transaction; the index loses an entry and gains one.
    budget("catalog-set-product-slug", "new slug", &shop.rename(&id, "boot").await);
    budget("catalog-set-product-slug", "same slug", &shop.rename(&id, "boot").await);
    budget("catalog-set-product-slug", "earlier slug", &shop.rename(&id, "shoe").await);
    let other = shop.draft("other").await;
    // The condition that its last owner has another slug now.
    budget("catalog-set-product-slug", "freed slug of another product", &shop.rename(&other, "boot").await);
    assert_eq!(shop.rename(&id, "sandal").await.status, 200);
    shown!(shop, "shoe", "", 301, "earlier slug");
    let archived = shop.call(&shop.archive_product(), "DELETE", about(&id), None).await;
    budget("catalog-archive-product", "archived", &archived);
}

#[tokio::test]
async fn categories_keep_to_their_budget() {
    let shop = Shop::start().await;
    // Category and tree in one read; both in one transaction, and the place below the parent.
    budget("catalog-set-category", "new", &shop.category("shoes", None).await);
    budget("catalog-set-category", "unchanged", &shop.category("shoes", None).await);
    let body = json!({ "title": "Footwear" });
    let titled = shop.call(&shop.set_category(), "PUT", at_slug("shoes"), Some(body)).await;
    budget("catalog-set-category", "new title", &titled);
    shop.category("sale", None).await;
    budget("catalog-set-category", "moved", &shop.category("sale", Some("shoes")).await);

    let id = shop.product("shoe").await;
    // The product, that the category exists, and the entry in its list.
    budget("catalog-update-product", "new category", &shop.update(&id, json!({ "categories": ["shoes"] })).await);
    budget("catalog-update-product", "new title in a list", &shop.update(&id, json!({ "title": "Boot" })).await);

    macro_rules! listed {
        ($endpoint:expr, $path:expr, $query:expr, $function:literal, $case:literal) => {
            let shown = shop.show_at(&$endpoint, $path, $query, "").await;
            assert_eq!(shown.status, 200, "{}", shown.body);
            budget($function, $case, tests::Cost::of_header(&shown.server_timing));
        };
    }
    let at = || vec![("slug", "shoes".to_owned())];
    listed!(shop.list_categories(), Vec::new(), "parent=shoes", "catalog-list-categories", "one category");
    listed!(shop.get_category(), at(), "", "catalog-get-category", "found");
    // The category and the page at once.
    listed!(shop.list_category_products(), at(), "", "catalog-list-category-products", "one product");
    let deleted = shop.call(&shop.delete_category(), "DELETE", at_slug("sale"), None).await;
    budget("catalog-delete-category", "deleted", &deleted);
}

#[tokio::test]
async fn prices_keep_to_their_budget() {
    let shop = Shop::start().await;
    let body = || json!({ "title": "Euro", "currency": "EUR" });
    // All lists are one item.
    budget("catalog-set-price-list", "new", &shop.price_list("eur", body()).await);
    budget("catalog-set-price-list", "unchanged", &shop.price_list("eur", body()).await);
    let listed = shop.call(&shop.list_price_lists(), "GET", Asked::default(), None).await;
    budget("catalog-list-price-lists", "one list", &listed);
    let (a, b) = (shop.product("a").await, shop.product("b").await);
    // The lists and all prices in one read; then each price, and the condition that its variant exists.
    budget("catalog-set-prices", "one new", &shop.price("eur", &[(&a, "a", Some(5))]).await);
    budget("catalog-set-prices", "unchanged", &shop.price("eur", &[(&a, "a", Some(5))]).await);
    budget("catalog-set-prices", "two", &shop.price("eur", &[(&a, "a", Some(4)), (&b, "b", Some(5))]).await);
    let product = shop.call(&shop.get_admin_product(), "GET", about(&a), None).await;
    let variant = product.body["variants"][0]["id"].as_str().unwrap().to_owned();
    // The lists, the entry of the variant, two of its reductions, and its prices at once; then the reductions of its product.
    let get = async || {
        let shown = shop.show_at(&shop.get_variant_price(), vec![("id", variant.clone())], "currency=EUR", "").await;
        assert_eq!(shown.status, 200, "{}", shown.body);
        tests::Cost::of_header(&shown.server_timing)
    };
    budget("catalog-get-variant-price", "found", get().await);
    // The copy of the promotion, and the reductions of each product or variant that it is for.
    let target = PromotedVariants::Products { ids: vec![a.parse().unwrap(), b.parse().unwrap()] };
    let promoted = Promoted { number: 1, revision: 1, rate_millionths: 100_000, target, valid_until: None };
    let promote = || shop.promote(Timestamp::UNIX_EPOCH, promoted.clone());
    budget("catalog-keep-copies", "promotion of two products", cost(promote()).await);
    budget("catalog-keep-copies", "promotion again", cost(promote()).await);
    budget("catalog-get-variant-price", "promoted", get().await);
    let history = shop.call(&shop.list_variant_prices(), "GET", about(&variant), None).await;
    budget("catalog-list-variant-prices", "one list", &history);
}

#[tokio::test]
async fn bundles_keep_to_their_budget() {
    let shop = Shop::start().await;
    let (tea, cup, pack) = (shop.product("tea").await, shop.product("cup").await, shop.product("pack").await);
    let id_of = |product: &str, sku: &str| Variant::id_of(product.parse().unwrap(), &Sku::parse(sku).unwrap());
    let component = |product: &str, sku: &str| json!({ "variantId": id_of(product, sku), "quantity": 6 });
    let bundle = |components| json!({ "choices": { "Size": "S" }, "components": components });
    // The entries of all components are read with the product, and change with it.
    let two = bundle(json!([component(&tea, "tea"), component(&cup, "cup")]));
    budget("catalog-set-variant", "bundle of two", &shop.set((&pack, "pack"), two).await);
    // One that goes is known after the product only; the other must be as it was read.
    let one = bundle(json!([component(&tea, "tea")]));
    budget("catalog-set-variant", "bundle of one fewer", &shop.set((&pack, "pack"), one).await);
    let follow = async |product: &str, sku: &str| {
        let (product_id, variant_id) = (product.parse().unwrap(), id_of(product, sku));
        cost(shop.follow(VariantChanged { variant_id, product_id, revision: 9, variant: None })).await
    };
    // Most variants are in no bundle: one read.
    budget("catalog-follow-components", "in no bundle", follow(&cup, "cup").await);
    budget("catalog-follow-components", "same weight", follow(&tea, "tea").await);
    shop.set((&tea, "tea"), json!({ "choices": { "Size": "S" }, "weightGrams": 5 })).await;
    budget("catalog-follow-components", "new weight", follow(&tea, "tea").await);
    assert_eq!(shop.call(&shop.archive_product(), "DELETE", about(&pack), None).await.status, 204);
    // The entry of the component is known after the product only.
    let deleted = shop.call(&shop.delete_variant(), "DELETE", variant(&pack, "pack"), None).await;
    budget("catalog-delete-variant", "bundle", &deleted);
}

#[tokio::test]
async fn pictures_keep_to_their_budget() {
    let shop = Shop::start().await;
    let (id, picture) = (shop.product("a").await, MediaId::generate());
    budget("catalog-keep-copies", "picture published", cost(shop.publish_picture(shop.manager, picture)).await);
    budget("catalog-keep-copies", "picture published again", cost(shop.publish_picture(shop.manager, picture)).await);
    // Product and picture in one read; then the product, the record of the picture, that it is published, and that its
    // owner was not forgotten.
    let shown = shop.update(&id, json!({ "media": [{ "mediaId": picture }] })).await;
    budget("catalog-update-product", "new picture", &shown);
    budget("catalog-keep-copies", "picture deleted", cost(shop.delete_picture(shop.manager, picture)).await);
    budget("catalog-keep-copies", "picture deleted again", cost(shop.delete_picture(shop.manager, picture)).await);
    let other = shop.picture().await;
    assert_eq!(shop.update(&id, json!({ "media": [{ "mediaId": other }] })).await.status, 200);
    budget("catalog-forget-user", "one picture", cost(shop.forget(shop.manager)).await);
    budget("catalog-forget-user", "forgotten before", cost(shop.forget(shop.manager)).await);
}

#[tokio::test]
async fn imports_and_exports_keep_to_their_budget() {
    let desk = Desk::start().await;
    desk.shop.price_list("eur", json!({ "title": "Euro", "currency": "EUR" })).await;
    let (created, shown, key) = desk.import_costs("a").await;
    // The standing and the user's earlier jobs in one round; job, newest and count in a transaction.
    budget("catalog-create-import", "created", &created);
    budget("catalog-get-import", "requested", &shown);
    let import = async |file: &str, key: &str| {
        desk.services.put(key, file.as_bytes());
        cost(desk.run(key, Deadline::never())).await
    };
    let row = shoe("shoe", 1);
    // The lists, and five transitions of the job, each after reading it once; for a new product its slug, and one transaction with
    // product, slug, SKU, entry and price.
    budget("catalog-run-import", "a new product", import(&row.to_string(), &key).await);
    let again = desk.import_costs("b").await.2;
    // Slug first, then product and price.
    budget("catalog-run-import", "a product as it is", import(&row.to_string(), &again).await);
    budget("catalog-run-import", "duplicate", import(&row.to_string(), &again).await);
    let (created, shown, event) = desk.export_costs().await;
    budget("catalog-create-catalog-export", "created", &created);
    budget("catalog-get-catalog-export", "requested", &shown);
    // Sixteen partitions, one after the other, and the prices of the one that has the product.
    budget("catalog-run-export", "a product", cost(desk.write_export(event.clone())).await);
    budget("catalog-run-export", "duplicate", cost(desk.write_export(event)).await);
}
