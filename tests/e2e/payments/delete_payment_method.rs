//! `DELETE /v1/commerce/payment-methods/{id}`

use tests::Cloud;

use super::support::{METHODS, saved_method};

#[tokio::test]
async fn a_method_is_deleted_by_its_owner() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let method = saved_method(&cloud, &ann).await;
    let path = format!("{METHODS}/{}", method["id"].as_str().unwrap());
    assert_eq!(cloud.call("DELETE", &path).send().await.status, 401);
    let foreign = cloud.call("DELETE", &path).bearer(&bob.access_token).send().await;
    foreign.expect_problem(404, "payments.no_such_method");
    assert_eq!(cloud.call("DELETE", &path).bearer(&ann.access_token).send().await.status, 204);
    let again = cloud.call("DELETE", &path).bearer(&ann.access_token).send().await;
    again.expect_problem(404, "payments.no_such_method");
}
