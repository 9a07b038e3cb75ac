//! `DELETE /v1/commerce/categories/{slug}`

use serde_json::json;
use tests::{Cloud, eventually, new_slug};

use super::support::call;

#[tokio::test]
async fn a_category_without_children_is_deleted_and_can_come_back() {
    let cloud = Cloud::connect().await;
    let (manager, stranger) = (cloud.manager().await, cloud.sign_up().await);
    let watch = cloud.watch("catalog.category_changed.v1").await;
    let (top, below) = (cloud.category(&manager, None).await, new_slug());
    let at = |slug: &str| format!("/v1/commerce/categories/{slug}");
    let body = json!({ "title": "Shoes", "parent": top });
    assert_eq!(call(&cloud, "PUT", &at(&below), &manager, Some(&body)).await.status, 200);
    call(&cloud, "DELETE", &at(&top), &manager, None).await.expect_problem(409, "catalog.category_has_children");
    call(&cloud, "DELETE", &at(&below), &stranger, None).await.expect_problem(403, "auth.forbidden");
    assert_eq!(call(&cloud, "DELETE", &at(&below), &manager, None).await.status, 204);
    let event = eventually("the event", async || {
        let mut events = watch.take().await.into_iter().map(|event| event["data"].clone());
        events.find(|data| data["slug"] == below.as_str() && data["removed"] == true)
    })
    .await;
    assert_eq!(event["revision"], 2);
    for missing in [below.as_str(), "No_Slug"] {
        call(&cloud, "DELETE", &at(missing), &manager, None).await.expect_problem(404, "catalog.no_such_category");
    }
    cloud.get(&at(&below)).send().await.expect_problem(404, "catalog.no_such_category");
    let back = call(&cloud, "PUT", &at(&below), &manager, Some(&body)).await;
    assert_eq!((back.status, back.header("etag")), (200, "\"3\""));
}
