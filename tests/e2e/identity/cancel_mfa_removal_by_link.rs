//! `POST /v1/auth/mfa/cancel-removal`

use serde_json::json;
use tests::{Cloud, Reply};

use super::mailed::{CONFIRM, token};
use super::mfa_removal_support::{SCHEDULED, request, secured, send};

async fn cancel(cloud: &Cloud, token: &str) -> Reply {
    cloud.post("/v1/auth/mfa/cancel-removal").json(&json!({ "token": token })).send().await
}

#[tokio::test]
async fn the_link_of_the_mail_cancels_the_removal_once() {
    let cloud = Cloud::connect().await;
    let (admin, secured) = (cloud.admin().await, secured(&cloud).await);
    assert_eq!(request(&cloud, &admin, &secured.user.id).await.status, 200);
    let link = token(&cloud, &secured.user.email, SCHEDULED, 1).await;
    let other = token(&cloud, &secured.user.email, CONFIRM, 1).await;
    for wrong in [other.as_str(), "x", ""] {
        cancel(&cloud, wrong).await.expect_problem(422, "identity.link_invalid");
    }
    assert_eq!(cancel(&cloud, &link).await.status, 204);
    cancel(&cloud, &link).await.expect_problem(422, "identity.link_invalid");
    send(&cloud, &admin, "DELETE", &secured.user.id, "").await.expect_problem(404, "identity.no_such_mfa_removal");
    // The link of one removal does not cancel the next one.
    assert_eq!(request(&cloud, &admin, &secured.user.id).await.status, 200);
    cancel(&cloud, &link).await.expect_problem(422, "identity.link_invalid");
    assert_eq!(send(&cloud, &admin, "DELETE", &secured.user.id, "").await.status, 204);
}
