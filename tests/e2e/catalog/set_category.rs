//! `PUT /v1/commerce/categories/{slug}`

use serde_json::json;
use tests::{Cloud, eventually, new_slug};

use super::support::call;

#[tokio::test]
async fn a_category_is_created_changed_and_moved_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let watch = cloud.watch("catalog.category_changed.v1").await;
    let (top, below) = (new_slug(), new_slug());
    let at = |slug: &str| format!("/v1/commerce/categories/{slug}");
    let set = async |slug: &str, body: serde_json::Value| call(&cloud, "PUT", &at(slug), &manager, Some(&body)).await;
    let first = set(&top, json!({ "title": " Clothes ", "description": "All." })).await;
    assert_eq!(first.header("etag"), "\"1\"");
    let wanted = json!({ "slug": top, "title": "Clothes", "description": "All.", "parent": null, "position": 0 });
    assert_eq!(first.expect(200), wanted);
    assert_eq!(
        set(&below, json!({ "title": "Shoes", "parent": top, "position": 3 })).await.expect(200)["parent"],
        json!(top)
    );
    let event = eventually("the event", async || {
        let mut events = watch.take().await.into_iter().map(|event| event["data"].clone());
        events.find(|data| data["slug"] == below.as_str())
    })
    .await;
    assert_eq!((&event["parent"], &event["removed"], &event["revision"]), (&json!(top), &json!(false), &json!(1)));
    set(&top, json!({ "title": "Clothes", "parent": below })).await.expect_problem(409, "catalog.category_circle");
    set(&below, json!({ "title": "Shoes", "parent": new_slug() })).await.expect_problem(422, "catalog.unknown_parent");
    let moved = set(&below, json!({ "title": "Shoes" })).await;
    assert_eq!((moved.header("etag"), &moved.body["parent"]), ("\"2\"", &json!(null)));
    let stale = cloud.call("PUT", &at(&below)).bearer(&manager.access_token).header("if-match", "\"1\"");
    stale.json(&json!({ "title": "Boots" })).send().await.expect_problem(412, "request.version_changed");
}

#[tokio::test]
async fn only_managers_change_the_tree_which_has_five_levels() {
    let cloud = Cloud::connect().await;
    let (manager, stranger) = (cloud.manager().await, cloud.sign_up().await);
    let mut parent = None;
    for level in 1..=6 {
        let (path, body) =
            (format!("/v1/commerce/categories/{}", new_slug()), json!({ "title": "A", "parent": parent }));
        call(&cloud, "PUT", &path, &stranger, Some(&body)).await.expect_problem(403, "auth.forbidden");
        let reply = call(&cloud, "PUT", &path, &manager, Some(&body)).await;
        if level == 6 {
            reply.expect_problem(409, "catalog.tree_too_deep");
        } else {
            parent = Some(reply.expect(200)["slug"].clone());
        }
    }
    let body = json!({ "title": "", "position": 10_000 });
    let wrong = call(&cloud, "PUT", "/v1/commerce/categories/a", &manager, Some(&body)).await;
    wrong.expect_problem(422, "request.invalid");
    let wrong = call(&cloud, "PUT", "/v1/commerce/categories/A_b", &manager, Some(&json!({ "title": "A" }))).await;
    wrong.expect_problem(422, "request.invalid");
}
