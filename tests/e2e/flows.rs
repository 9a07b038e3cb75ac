//! What several contexts do together.

use aws_sdk_dynamodb::types::AttributeValue;
use contracts::notifications::{Category, Channel};
use serde_json::json;
use tests::{Cloud, PASSWORD, User, eventually, notification};

#[tokio::test]
async fn a_login_on_a_second_device_of_a_free_plan_tells_the_first_by_push_and_socket_and_closes_it() {
    let cloud = Cloud::connect().await;
    let first = cloud.sign_up_proven().await;
    cloud.limit_to_one_device(&first).await;
    let token = cloud.new_push_token();
    cloud.register_device(&first, &token).await;
    let mut socket = cloud.socket(&first.access_token).await;
    socket.ping().await;

    let login =
        json!({ "email": first.email, "password": PASSWORD, "device": { "name": "tablet", "platform": "ios" } });
    let second = User::read(&cloud.post("/v1/auth/login").json(&login).send().await.expect(200));

    let ended = json!({ "type": "session_ended", "data": { "reason": "device_limit" } });
    assert_eq!(socket.next().await, Some(ended));
    assert!(socket.closed().await.is_empty(), "the socket is closed, and nothing came after the reason");
    let push = eventually("the push message", async || cloud.pushes(&token).await.pop()).await;
    assert_eq!(push.title, "You were signed out");
    assert!(push.body.contains("You signed in on another device"), "{}", push.body);

    // Nobody is signed in on the first device: it hears nothing of what comes after.
    eventually("the first device to go", async || {
        let devices = cloud.get("/v1/notifications/devices").bearer(&second.access_token).send().await.expect(200);
        devices["items"].as_array()?.is_empty().then_some(())
    })
    .await;
    let event = notification(&[second.user_id()], Category::Messages, Some(&[Channel::Push]), "A secret");
    cloud.publish(&event).await;
    cloud.delivery(&second, event.data.notification_id, Channel::Push, &["suppressed"]).await;
    assert_eq!(cloud.pushes(&token).await.len(), 1);
}

#[tokio::test]
async fn what_was_asked_for_arrives_in_the_inbox_and_at_the_socket() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let mut socket = cloud.socket(&user.access_token).await;
    socket.ping().await;
    let (key, _) = cloud.api_key(&["notifications:send"], None).await;
    let request =
        json!({ "recipients": [user.id], "category": "activity", "title": "Water", "body": "It is running." });
    let asked = cloud.post("/v1/notifications").header("x-api-key", &key).header("idempotency-key", "flow");
    let id = asked.json(&request).send().await.expect(202)["id"].as_str().unwrap().to_owned();

    let frame = socket.expect("notification").await;
    assert_eq!((&frame["data"]["notificationId"], &frame["data"]["title"]), (&json!(id), &json!("Water")), "{frame}");
    let inbox = cloud.get("/v1/notifications").bearer(&user.access_token).send().await.expect(200);
    assert_eq!((&inbox["items"][0]["id"], &inbox["unreadCount"]), (&json!(id), &json!(1)), "{inbox}");
}

#[tokio::test]
async fn whoever_leaves_takes_devices_and_push_tokens_along() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let token = cloud.new_push_token();
    let device = cloud.register_device(&user, &token).await["id"].as_str().unwrap().to_owned();
    let owner = async || {
        let client = aws_sdk_dynamodb::Client::new(&cloud.sdk().await);
        let get = client
            .get_item()
            .table_name(cloud.table_name())
            .key("pk", AttributeValue::S(format!("notifications#pushtoken#{device}")))
            .key("sk", AttributeValue::S("owner".to_owned()))
            .consistent_read(true);
        get.send().await.expect("the table").item
    };
    assert!(owner().await.is_some());
    let left = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(left.send().await.status, 204);
    eventually("the token to go", async || owner().await.is_none().then_some(())).await;
    // The device is free for the next user who signs in on it.
    let other = cloud.sign_up().await;
    cloud.register_device(&other, &token).await;
}
