//! `POST /v1/notifications/devices`

use contracts::notifications::{Category, Channel};
use serde_json::json;
use tests::{Cloud, User, eventually, notification};

use super::support::{by, wrong_fields};

/// Tells somebody something by push message, and waits until that is done with.
async fn push(cloud: &Cloud, user: &User, title: &str) -> String {
    let event = notification(&[user.user_id()], Category::Messages, Some(&[Channel::Push]), title);
    cloud.publish(&event).await;
    let status =
        cloud.delivery(user, event.data.notification_id, Channel::Push, &["sent", "suppressed", "failed"]).await;
    status["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn push_messages_reach_a_device_in_the_words_of_its_service() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let (android, apple) = (cloud.new_push_token(), cloud.new_push_token());
    let device = cloud.register_device(&user, &android).await;
    assert_eq!((&device["platform"], &device["current"]), (&json!("fcm"), &json!(true)));
    let body = json!({ "platform": "apns", "token": apple });
    let reply = by(&cloud, &user, "POST", "/devices").json(&body).send().await;
    let place = reply.header("location").to_owned();
    assert_eq!(place, format!("/v1/notifications/devices/{}", reply.expect(201)["id"].as_str().unwrap()));
    assert_eq!(push(&cloud, &user, "Water").await, "sent");
    for (token, platform) in [(&android, "GCM"), (&apple, "APNS")] {
        let pushes = cloud.pushes(token).await;
        assert_eq!((pushes.len(), pushes[0].title.as_str(), pushes[0].platform.as_str()), (1, "Water", platform));
        assert_eq!(
            (pushes[0].body.as_str(), &pushes[0].data["link"]),
            ("The water is running again.", &json!("/points/7"))
        );
    }
    let log = cloud.log();
    assert!(log.iter().all(|line| !line.contains(&android)), "the push token is in a log");
}

#[tokio::test]
async fn a_token_goes_to_whoever_signed_in_last_on_the_device() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let token = cloud.new_push_token();
    let of_ann = cloud.register_device(&ann, &token).await;
    let of_bob = cloud.register_device(&bob, &token).await;
    assert_eq!(of_ann["id"], of_bob["id"]);
    let devices = by(&cloud, &ann, "GET", "/devices").send().await.expect(200);
    assert_eq!(devices["items"], json!([]));
    assert_eq!(
        (push(&cloud, &ann, "For Ann").await, push(&cloud, &bob, "For Bob").await),
        ("suppressed".into(), "sent".into())
    );
    let titles: Vec<_> = cloud.pushes(&token).await.into_iter().map(|push| push.title).collect();
    assert_eq!(titles, ["For Bob"]);
}

#[tokio::test]
async fn the_same_token_again_is_the_same_device_and_one_that_was_disabled_is_enabled() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let token = cloud.new_push_token();
    let first = cloud.register_device(&user, &token).await;
    let item = cloud.notifications_item(&user, &format!("device#{}", first["id"].as_str().unwrap())).await.unwrap();
    let endpoint = item["endpoint_arn"].as_s().unwrap();
    assert!(!format!("{item:?}").contains(&token), "the push token is kept: {item:?}");
    let sns = aws_sdk_sns::Client::new(&cloud.sdk().await);
    let disable = sns.set_endpoint_attributes().endpoint_arn(endpoint).attributes("Enabled", "false");
    disable.send().await.expect("SNS");
    assert_eq!(push(&cloud, &user, "Lost").await, "suppressed");
    let again = cloud.register_device(&user, &token).await;
    assert_eq!(again["id"], first["id"]);
    assert_eq!(push(&cloud, &user, "Heard").await, "sent");
    assert_eq!(cloud.pushes(&token).await.len(), 1);
}

#[tokio::test]
async fn a_session_that_ends_takes_its_device_along() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    cloud.register_device(&user, &cloud.new_push_token()).await;
    assert_eq!(
        cloud
            .post("/v1/auth/logout")
            .bearer(&user.access_token)
            .json(&json!({ "refreshToken": user.refresh_token }))
            .send()
            .await
            .status
            / 100,
        2
    );
    eventually("the end of the device", async || {
        let devices = by(&cloud, &user, "GET", "/devices").send().await.expect(200);
        (devices["items"] == json!([])).then_some(())
    })
    .await;
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for (body, wrong) in [
        (json!({ "platform": "pager", "token": "" }), vec!["platform", "token"]),
        (json!({ "platform": "fcm", "token": "a b" }), vec!["token"]),
        (json!({ "platform": "fcm", "token": "a".repeat(4_097) }), vec!["token"]),
        (json!({ "platform": "fcm" }), vec!["token"]),
        (json!({ "platform": "fcm", "token": "a", "userId": "x" }), vec!["userId"]),
    ] {
        let reply = by(&cloud, &user, "POST", "/devices").json(&body).send().await;
        assert_eq!(wrong_fields(&reply), wrong);
    }
}
