//! `realtime-end-sessions` on `identity.session_ended.v1`: the device hears why, and its socket is closed.

use serde_json::json;
use tests::{Cloud, PASSWORD, User, eventually};

use super::held;

#[tokio::test]
async fn a_login_on_a_second_device_of_a_free_plan_ends_the_first_devices_socket() {
    let cloud = Cloud::connect().await;
    let first = cloud.sign_up().await;
    cloud.limit_to_one_device(&first).await;
    let mut old = cloud.socket(&first.access_token).await;
    old.ping().await;
    let login =
        json!({ "email": first.email, "password": PASSWORD, "device": { "name": "tablet", "platform": "ios" } });
    let second = User::read(&cloud.post("/v1/auth/login").json(&login).send().await.expect(200));
    let mut new = cloud.socket(&second.access_token).await;

    assert_eq!(old.next().await, Some(json!({ "type": "session_ended", "data": { "reason": "device_limit" } })));
    assert!(old.closed().await.is_empty());
    assert!(cloud.try_socket(&first.access_token).await.is_err(), "its token holds for minutes, and opens nothing");
    assert!(new.ping().await.is_empty(), "the new device goes on");
    let connections = async || held(&cloud, &first).await.into_iter().filter(|key| key.starts_with("connection#"));
    eventually("the old record to go", async || (connections().await.count() == 1).then_some(())).await;
}
