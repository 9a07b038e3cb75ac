//! `PUT /v1/commerce/customers/{userId}/group`

use serde_json::json;
use tests::Cloud;

use super::support::{call, refuses_strangers};

#[tokio::test]
async fn a_user_is_put_into_a_group_and_taken_out() {
    let cloud = Cloud::connect().await;
    let (manager, user) = (cloud.manager().await, cloud.sign_up().await);
    let path = format!("/v1/commerce/customers/{}/group", user.id);
    for group in [json!("wholesale"), json!("wholesale"), json!(null)] {
        let set = call(&cloud, "PUT", &path, &manager, Some(&json!({ "group": group }))).await.expect(200);
        assert_eq!(set, json!({ "userId": user.id, "group": group }));
    }
    let wrong = call(&cloud, "PUT", &path, &manager, Some(&json!({ "group": "Wholesale!" }))).await;
    wrong.expect_problem(422, "request.invalid");
    refuses_strangers(&cloud, "PUT", &path, Some(&json!({ "group": "wholesale" }))).await;
}
