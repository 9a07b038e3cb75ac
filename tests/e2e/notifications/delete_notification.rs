//! `DELETE /v1/notifications/{id}`

use contracts::notifications::{Category, Channel};
use serde_json::json;
use tests::{Cloud, eventually, notification};

use super::support::{by, in_inbox, notify};

#[tokio::test]
async fn what_is_deleted_is_gone_and_does_not_come_back_with_its_event() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let event = notification(&[ann.user_id()], Category::Activity, Some(&[Channel::InApp]), "Water");
    cloud.publish(&event).await;
    let id = event.data.notification_id;
    in_inbox(&cloud, &ann, id).await;
    let path = format!("/{id}");
    let refused = by(&cloud, &bob, "DELETE", &path).send().await;
    refused.expect_problem(404, "notifications.no_such_notification");
    assert_eq!(by(&cloud, &ann, "DELETE", &path).send().await.status, 204);
    let again = by(&cloud, &ann, "DELETE", &path).send().await;
    again.expect_problem(404, "notifications.no_such_notification");
    by(&cloud, &ann, "DELETE", "/x").send().await.expect_problem(404, "request.no_such_path");

    let heard = cloud.log_lines("notifications-plan-deliveries");
    cloud.publish(&event).await;
    eventually("the event's return", async || (cloud.log_lines("notifications-plan-deliveries") > heard).then_some(()))
        .await;
    let other = notify(&cloud, &ann, "Cats").await;
    let page = by(&cloud, &ann, "GET", "").send().await.expect(200);
    let ids: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
    assert_eq!(ids, [json!(other)]);
}
