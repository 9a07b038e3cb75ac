//! `GET /v1/notifications`

use serde_json::json;
use tests::Cloud;

use super::support::{by, in_inbox, notify, wrong_fields};

#[tokio::test]
async fn what_was_told_stands_in_the_inbox_of_who_was_told() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let empty = by(&cloud, &ann, "GET", "").send().await.expect(200);
    assert_eq!(empty, json!({ "items": [], "nextCursor": null, "unreadCount": 0, "unreadCountIsMore": false }));
    let first = notify(&cloud, &ann, "Water").await;
    let second = notify(&cloud, &ann, "Cats").await;
    let page = by(&cloud, &ann, "GET", "?limit=1").send().await.expect(200);
    let item = &page["items"][0];
    assert_eq!((&item["id"], &item["title"], &item["category"]), (&json!(second), &json!("Cats"), &json!("activity")));
    assert_eq!((&item["body"], &item["link"]), (&json!("The water is running again."), &json!("/points/7")));
    assert_eq!((&item["readAt"], &page["unreadCount"]), (&json!(null), &json!(2)));
    let path = format!("?limit=1&cursor={}", page["nextCursor"].as_str().unwrap());
    let next = by(&cloud, &ann, "GET", &path).send().await.expect(200);
    assert_eq!(next["items"][0]["id"], json!(first));
    if let Some(cursor) = next["nextCursor"].as_str() {
        let last = by(&cloud, &ann, "GET", &format!("?limit=1&cursor={cursor}")).send().await.expect(200);
        assert_eq!((&last["items"], &last["nextCursor"]), (&json!([]), &json!(null)));
    }
    let other = by(&cloud, &bob, "GET", &path).send().await.expect(200);
    assert_eq!((&other["items"], &other["unreadCount"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn what_is_unread_can_be_listed_alone() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let (read, unread) = (notify(&cloud, &user, "Water").await, notify(&cloud, &user, "Cats").await);
    assert_eq!(by(&cloud, &user, "POST", &format!("/{read}/read")).send().await.status, 204);
    let page = by(&cloud, &user, "GET", "?unread=true").send().await.expect(200);
    assert_eq!((page["items"].as_array().unwrap().len(), &page["items"][0]["id"]), (1, &json!(unread)));
    let all = by(&cloud, &user, "GET", "?unread=false").send().await.expect(200);
    assert_eq!(all["items"][1]["id"], json!(read));
    assert!(in_inbox(&cloud, &user, read).await["readAt"].is_string());
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for (query, wrong) in
        [("unread=yes", "unread"), ("limit=101", "limit"), ("cursor=!", "cursor"), ("unred=1", "unred")]
    {
        let reply = by(&cloud, &user, "GET", &format!("?{query}")).send().await;
        assert_eq!(wrong_fields(&reply), [wrong]);
    }
}
