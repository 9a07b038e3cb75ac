//! Products under races, repeated requests and a lagging index: one product per slug and SKU, and every slug leads somewhere.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::catalog_support::{Asked, Shop, about, variant};

#[tokio::test]
async fn ten_creations_with_one_key_make_one_product() {
    let shop = Shop::start().await;
    let create = shop.create_product();
    let body = json!({ "title": "Crème brûlée" });
    let asked = || Asked { key: "a", ..Asked::default() };
    let replies = join_all((0..10).map(|_| shop.call(&create, "POST", asked(), Some(body.clone())))).await;
    assert!(replies.iter().all(|reply| reply.status == 201 && reply.body["id"] == replies[0].body["id"]));
    assert_eq!(replies[0].body["slug"], "creme-brulee");
    assert_eq!(shop.table.items().await.len(), 2, "the product and the claim of its slug");
    let other = shop.call(&create, "POST", asked(), Some(json!({ "title": "Cake" }))).await;
    assert_eq!((other.status, &other.body["code"]), (422, &json!("request.idempotency_key_reused")));
}

#[tokio::test]
async fn of_many_products_that_want_one_slug_one_gets_it() {
    let shop = Shop::start_with_conflicts().await;
    let create = shop.create_product();
    let body = json!({ "title": "Shoe", "slug": "shoe" });
    let keys: Vec<_> = (0..12).map(|number| format!("k{number}")).collect();
    let create = |key| shop.call(&create, "POST", Asked { key, ..Asked::default() }, Some(body.clone()));
    let replies = join_all(keys.iter().map(|key| create(key))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    // Who met others too often is asked to try again.
    assert!(
        replies.iter().all(|reply| reply.body["code"] == "catalog.slug_taken" || [201, 503].contains(&reply.status))
    );
    assert_eq!(create(&keys[0]).await.status == 201, replies[0].status == 201);
    assert_eq!(shop.table.items().await.len(), 2);
}

#[tokio::test]
async fn an_old_slug_leads_to_its_product_without_a_circle_until_another_product_takes_it() {
    let shop = Shop::start().await;
    let get = shop.get_product();
    let p = shop.product("a").await;
    assert_eq!(shop.rename(&p, "b").await.status, 200);
    assert_eq!(shop.rename(&p, "a").await.status, 200);
    let old = shop.show(&get, "b", "").await;
    assert_eq!((old.status, old.location.as_str()), (301, "/v1/commerce/products/a"));
    let current = shop.show(&get, "a", "").await;
    assert_eq!((current.status, &current.body["id"]), (200, &json!(p)));

    let q = shop.product("b").await;
    assert_eq!(shop.show(&get, "b", "").await.body["id"], json!(q));
    assert_eq!(shop.show(&get, "a", "").await.body["id"], json!(p));
    let taken = shop.rename(&p, "b").await;
    assert_eq!((taken.status, &taken.body["code"]), (409, &json!("catalog.slug_taken")));
    // A chain of names is one step long.
    for slug in ["c", "d", "e"] {
        assert_eq!(shop.rename(&p, slug).await.status, 200);
    }
    for old in ["a", "c", "d"] {
        assert_eq!(shop.show(&get, old, "").await.location, "/v1/commerce/products/e");
    }
}

#[tokio::test]
async fn however_slugs_are_exchanged_at_once_no_two_products_have_one_and_none_is_lost() {
    let shop = Shop::start_with_conflicts().await;
    let slugs = ["a", "b", "c", "d", "e"];
    let products = [shop.product("a").await, shop.product("b").await, shop.product("c").await];
    let get = shop.get_product();
    for round in 0..12_usize {
        let wishes = products.iter().enumerate().map(|(at, id)| (id, slugs[(round * 7 + at * (round % 3)) % 5]));
        let replies = join_all(wishes.map(|(id, slug)| shop.rename(id, slug))).await;
        assert!(replies.iter().all(|reply| [200, 409, 503].contains(&reply.status)));
        let mut held = BTreeSet::new();
        for id in &products {
            let product = shop.show(&get, id, "").await;
            let slug = product.body["slug"].as_str().unwrap().to_owned();
            assert_eq!(shop.show(&get, &slug, "").await.body["id"], json!(id));
            assert!(held.insert(slug), "two products have one slug");
        }
        for slug in slugs {
            let shown = shop.show(&get, slug, "").await;
            if shown.status == 301 {
                let target = shown.location.rsplit('/').next().unwrap();
                assert_eq!(shop.show(&get, target, "").await.status, 200, "{slug} leads to {target}");
            }
        }
    }
}

#[tokio::test]
async fn a_slug_is_found_before_the_index_has_it() {
    let shop = Shop::start_with_lagging_index(Duration::from_mins(10)).await;
    let get = shop.get_product();
    let id = shop.product("a").await;
    assert_eq!(shop.show(&get, "a", "").await.body["id"], json!(id));
    shop.rename(&id, "b").await;
    assert_eq!(shop.show(&get, "b", "").await.body["id"], json!(id));
    assert_eq!(shop.show(&get, "a", "").await.location, "/v1/commerce/products/b");
}

#[tokio::test]
async fn of_many_products_that_want_one_sku_one_gets_it() {
    let shop = Shop::start_with_conflicts().await;
    let mut drafts = Vec::new();
    for number in 0..8 {
        drafts.push(shop.draft(&format!("p{number}")).await);
    }
    let set = shop.set_variant();
    let body = json!({ "choices": { "Size": "M" } });
    let replies = join_all(drafts.iter().map(|id| shop.call(&set, "PUT", variant(id, "X"), Some(body.clone())))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.body["code"] == "catalog.sku_taken").count(), 7);
    // A deleted variant gives its SKU back.
    let owner = replies.iter().position(|reply| reply.status == 200).unwrap();
    let deleted = shop.call(&shop.delete_variant(), "DELETE", variant(&drafts[owner], "X"), None).await;
    assert_eq!(deleted.status, 204);
    let next = &drafts[(owner + 1) % 8];
    assert_eq!(shop.call(&set, "PUT", variant(next, "X"), Some(body)).await.status, 200);
}

#[tokio::test]
async fn variants_that_are_added_at_once_are_all_there() {
    let shop = Shop::start_with_conflicts().await;
    let id = shop.draft("shoe").await;
    let set = shop.set_variant();
    let add = async |size: &str| {
        let body = json!({ "choices": { "Size": size } });
        shop.call(&set, "PUT", variant(&id, size), Some(body)).await
    };
    let replies = join_all(["S", "M", "L"].map(add)).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    let product = shop.call(&shop.get_admin_product(), "GET", about(&id), None).await;
    assert_eq!(product.body["variants"].as_array().unwrap().len(), 3);
    let stale = Asked { if_match: "\"1\"", ..variant(&id, "S") };
    let stale = shop.call(&set, "PUT", stale, Some(json!({ "choices": { "Size": "S" }, "weightGrams": 5 }))).await;
    assert_eq!((stale.status, &stale.body["code"]), (412, &json!("request.version_changed")));
}

#[tokio::test]
async fn every_product_is_listed_once_in_pages_of_any_size() {
    let shop = Shop::start().await;
    let list = shop.list_admin_products();
    let empty = shop.call(&list, "GET", Asked::default(), None).await;
    assert_eq!(empty.body, json!({ "items": [], "nextCursor": null }));
    let mut ids = BTreeSet::new();
    for number in 0..40 {
        ids.insert(shop.draft(&format!("p{number}")).await);
    }
    for limit in [1, 3, 7, 39, 40, 100] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let query = format!("limit={limit}{cursor}");
            let page = shop.call(&list, "GET", Asked { query: &query, ..Asked::default() }, None).await;
            assert_eq!(page.status, 200, "{}", page.body);
            let items = page.body["items"].as_array().unwrap();
            assert!(items.len() <= limit);
            seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            match &page.body["nextCursor"] {
                Value::String(next) => cursor = format!("&cursor={next}"),
                _ => break,
            }
        }
        assert_eq!(seen.len(), 40, "pages of {limit}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), ids);
    }
}

#[tokio::test]
async fn the_public_sees_a_product_while_it_is_published_and_its_version_once() {
    let shop = Shop::start().await;
    let get = shop.get_product();
    let draft = shop.draft("draft").await;
    for id in [draft.as_str(), "draft", "nothing", "No Slug"] {
        let shown = shop.show(&get, id, "").await;
        assert_eq!((shown.status, &shown.body["code"]), (404, &json!("catalog.no_such_product")), "{id}");
    }
    let id = shop.product("shoe").await;
    let first = shop.show(&get, &id, "").await;
    assert_eq!(shop.show(&get, "shoe", &first.etag).await.status, 304);
    let renamed = shop.call(&shop.update_product(), "PATCH", about(&id), Some(json!({ "title": "Boot" }))).await;
    assert_eq!(renamed.status, 200);
    let second = shop.show(&get, "shoe", &first.etag).await;
    assert_eq!((second.status, &second.body["title"]), (200, &json!("Boot")));
    for _ in 0..2 {
        assert_eq!(shop.call(&shop.archive_product(), "DELETE", about(&id), None).await.status, 204);
    }
    for id in [id.as_str(), "shoe"] {
        assert_eq!(shop.show(&get, id, &second.etag).await.status, 404);
    }
    assert_eq!(shop.call(&shop.publish_product(), "PUT", about(&id), None).await.body["status"], "published");
    assert_eq!(shop.show(&get, "shoe", "").await.status, 200);
}
