//! `realtime-push-notifications` on `notifications.notification_added.v1`: every open socket of the user hears it.

use serde_json::json;
use tests::{Cloud, inbox_item};

#[tokio::test]
async fn both_devices_of_a_user_hear_it_and_nobody_else() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let mut first = cloud.socket(&user.access_token).await;
    let mut second = cloud.socket(&user.access_token).await;
    let mut other = cloud.socket(&stranger.access_token).await;
    let event = inbox_item(&user, "Watered");
    cloud.publish(&event).await;
    let expected = json!({ "type": "notification", "id": "1", "data": {
        "notificationId": event.data.notification_id, "category": "activity", "kind": "plain", "data": {}, "title": "Watered",
        "body": "The plants were watered.", "link": "/points/7",
    }});
    assert_eq!(first.next().await, Some(expected.clone()));
    assert_eq!(second.next().await, Some(expected));
    assert!(other.ping().await.is_empty(), "another user hears nothing");
}
