//! `GET /v1/commerce/customers/{userId}/group`

use serde_json::json;
use tests::Cloud;

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn the_group_of_a_user_is_shown_to_managers() {
    let cloud = Cloud::connect().await;
    let (manager, user) = (cloud.manager().await, cloud.sign_up().await);
    let path = format!("/v1/commerce/customers/{}/group", user.id);
    let none = call(&cloud, "GET", &path, &manager, None).await.expect(200);
    assert_eq!(none, json!({ "userId": user.id, "group": null }));
    let body = json!({ "group": "wholesale" });
    assert_eq!(call(&cloud, "PUT", &path, &manager, Some(&body)).await.status, 200);
    let set = call(&cloud, "GET", &path, &manager, None).await.expect(200);
    assert_eq!(set, json!({ "userId": user.id, "group": "wholesale" }));
    refuses_strangers(&cloud, "GET", &path, None).await;
}
