//! Categories under races: a tree without circles, and lists that have exactly the published products.

use futures::future::join_all;
use serde_json::json;

use crate::catalog_support::{Shop, about, at_slug};

#[tokio::test]
async fn two_moves_at_once_make_no_circle() {
    let shop = Shop::start_with_conflicts().await;
    for round in 0..10 {
        let (a, b) = (format!("a{round}"), format!("b{round}"));
        for slug in [&a, &b] {
            assert_eq!(shop.category(slug, None).await.status, 200);
        }
        let (first, second) = tokio::join!(shop.category(&a, Some(&b)), shop.category(&b, Some(&a)));
        let statuses = [first.status, second.status];
        assert!(statuses == [200, 409] || statuses == [409, 200], "{statuses:?}");
        let refused = if first.status == 409 { first } else { second };
        assert_eq!(refused.body["code"], "catalog.category_circle");
    }
}

#[tokio::test]
async fn a_parent_that_is_deleted_meanwhile_gets_no_child() {
    let shop = Shop::start_with_conflicts().await;
    let delete = shop.delete_category();
    for round in 0..8 {
        let (parent, child) = (format!("p{round}"), format!("c{round}"));
        assert_eq!(shop.category(&parent, None).await.status, 200);
        let deletion = shop.call(&delete, "DELETE", at_slug(&parent), None);
        let (created, deleted) = tokio::join!(shop.category(&child, Some(&parent)), deletion);
        match (created.status, deleted.status) {
            (200, 409) => assert_eq!(deleted.body["code"], "catalog.category_has_children"),
            (422, 204) => assert_eq!(created.body["code"], "catalog.unknown_parent"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_category_lists_its_published_products_newest_first_through_every_change() {
    let shop = Shop::start().await;
    for slug in ["shoes", "sale"] {
        shop.category(slug, None).await;
    }
    let mut ids = Vec::new();
    for number in 0..5 {
        let id = shop.product(&format!("p{number}")).await;
        let change = json!({ "title": format!("P{number}"), "categories": ["shoes"] });
        assert_eq!(shop.update(&id, change).await.status, 200);
        ids.push(id);
    }
    assert_eq!(shop.titles("shoes").await, ["P4", "P3", "P2", "P1", "P0"]);
    shop.update(&ids[1], json!({ "title": "Boot" })).await;
    shop.update(&ids[2], json!({ "categories": ["sale"] })).await;
    shop.rename(&ids[3], "other").await;
    assert_eq!(shop.call(&shop.archive_product(), "DELETE", about(&ids[4]), None).await.status, 204);
    assert_eq!(shop.titles("shoes").await, ["P3", "Boot", "P0"]);
    assert_eq!(shop.titles("sale").await, ["P2"]);
    assert_eq!(shop.call(&shop.publish_product(), "PUT", about(&ids[4]), None).await.status, 200);
    assert_eq!(shop.titles("shoes").await, ["P4", "P3", "Boot", "P0"]);
    let unknown = shop.update(&ids[0], json!({ "categories": ["shoes", "nothing"] })).await;
    assert_eq!((unknown.status, &unknown.body["code"]), (422, &json!("catalog.unknown_category")));
    // A deleted category has no list, and has it again once it is back.
    assert_eq!(shop.call(&shop.delete_category(), "DELETE", at_slug("shoes"), None).await.status, 204);
    let gone = shop.show_at(&shop.list_category_products(), vec![("slug", "shoes".to_owned())], "", "").await;
    assert_eq!(gone.status, 404);
    assert_eq!(shop.update(&ids[0], json!({ "title": "Still" })).await.status, 200);
    assert_eq!(shop.category("shoes", None).await.status, 200);
    assert_eq!(shop.titles("shoes").await, ["P4", "P3", "Boot", "Still"]);
}

#[tokio::test]
async fn changes_of_one_product_at_once_leave_no_entry_too_many_or_too_few() {
    let shop = Shop::start_with_conflicts().await;
    for slug in ["a", "b", "c"] {
        shop.category(slug, None).await;
    }
    let id = shop.product("shoe").await;
    for round in 0..6 {
        let changes = [
            json!({ "categories": ["a"] }),
            json!({ "categories": ["b", "c"] }),
            json!({ "title": format!("T{round}") }),
        ];
        let replies = join_all(changes.into_iter().map(|change| shop.update(&id, change))).await;
        assert!(replies.iter().all(|reply| [200, 503].contains(&reply.status)));
        let product = shop.call(&shop.get_admin_product(), "GET", about(&id), None).await.body;
        for slug in ["a", "b", "c"] {
            let listed = product["categories"].as_array().unwrap().contains(&json!(slug));
            let wanted = if listed { vec![product["title"].as_str().unwrap().to_owned()] } else { Vec::new() };
            assert_eq!(shop.titles(slug).await, wanted, "{slug}");
        }
    }
}

#[tokio::test]
async fn children_are_listed_by_position_and_a_page_has_the_tag_of_its_content() {
    let shop = Shop::start().await;
    shop.category("clothes", None).await;
    for (slug, position) in [("shoes", 2), ("hats", 1), ("coats", 10)] {
        let body = json!({ "title": slug, "parent": "clothes", "position": position });
        assert_eq!(shop.call(&shop.set_category(), "PUT", at_slug(slug), Some(body)).await.status, 200);
    }
    let list = async |query: &str, known: &str| shop.show_at(&shop.list_categories(), Vec::new(), query, known).await;
    let slugs = |body: &serde_json::Value| -> Vec<_> {
        body["items"].as_array().unwrap().iter().map(|item| item["slug"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(slugs(&list("", "").await.body), ["clothes"]);
    let first = list("parent=clothes&limit=2", "").await;
    assert_eq!(slugs(&first.body), ["hats", "shoes"]);
    let next = first.body["nextCursor"].as_str().unwrap();
    assert_eq!(slugs(&list(&format!("parent=clothes&limit=2&cursor={next}"), "").await.body), ["coats"]);
    assert_eq!(list("parent=clothes&limit=2", &first.etag).await.status, 304);
    assert_eq!(shop.category("hats", None).await.status, 200);
    assert_eq!(list("parent=clothes&limit=2", &first.etag).await.status, 200);
    let seen = shop.show_at(&shop.get_category(), vec![("slug", "hats".to_owned())], "", "").await;
    assert_eq!((seen.status, seen.etag.as_str(), &seen.body["parent"]), (200, "\"2\"", &json!(null)));
}
