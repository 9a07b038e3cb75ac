//! `PUT /v1/commerce/payment-methods/{id}/default`

use tests::Cloud;

use super::support::{METHODS, saved_method};

#[tokio::test]
async fn a_method_becomes_the_default_of_its_owner() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let method = saved_method(&cloud, &ann).await;
    let path = format!("{METHODS}/{}/default", method["id"].as_str().unwrap());
    assert_eq!(cloud.call("PUT", &path).send().await.status, 401);
    let foreign = cloud.call("PUT", &path).bearer(&bob.access_token).send().await;
    foreign.expect_problem(404, "payments.no_such_method");
    assert_eq!(cloud.call("PUT", &path).bearer(&ann.access_token).send().await.status, 204);
    let list = cloud.get(METHODS).bearer(&ann.access_token).send().await.expect(200);
    assert_eq!(list["items"][0]["isDefault"], true);
}
