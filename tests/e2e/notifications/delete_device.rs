//! `DELETE /v1/notifications/devices/{id}`

use contracts::notifications::{Category, Channel};
use tests::{Cloud, notification};

use super::support::by;

#[tokio::test]
async fn a_deleted_device_gets_nothing_and_sns_forgets_it() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let token = cloud.new_push_token();
    let id = cloud.register_device(&ann, &token).await["id"].as_str().unwrap().to_owned();
    let item = cloud.notifications_item(&ann, &format!("device#{id}")).await.unwrap();
    let path = format!("/devices/{id}");
    let refused = by(&cloud, &bob, "DELETE", &path).send().await;
    refused.expect_problem(404, "notifications.no_such_device");
    assert_eq!(by(&cloud, &ann, "DELETE", &path).send().await.status, 204);
    by(&cloud, &ann, "DELETE", &path).send().await.expect_problem(404, "notifications.no_such_device");
    by(&cloud, &ann, "DELETE", "/devices/x").send().await.expect_problem(404, "request.no_such_path");

    let event = notification(&[ann.user_id()], Category::Messages, Some(&[Channel::Push]), "Water");
    cloud.publish(&event).await;
    let status = cloud.delivery(&ann, event.data.notification_id, Channel::Push, &["sent", "suppressed"]).await;
    assert_eq!(status["reason"], "no_address");
    let sns = aws_sdk_sns::Client::new(&cloud.sdk().await);
    let endpoint = item["endpoint_arn"].as_s().unwrap();
    assert!(sns.get_endpoint_attributes().endpoint_arn(endpoint).send().await.is_err(), "{endpoint} is still there");
    assert!(cloud.pushes(&token).await.is_empty());
}
