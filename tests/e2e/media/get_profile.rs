//! `GET /v1/profiles/{id}`

use serde_json::json;
use tests::{Cloud, PASSWORD, User, eventually};
use types::Uuid;

#[tokio::test]
async fn every_signed_in_user_sees_the_name_and_nothing_else_of_another() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = format!("/v1/profiles/{}", user.id);
    let profile = eventually("the profile", async || {
        let reply = cloud.get(&path).bearer(&stranger.access_token).send().await;
        (reply.status == 200).then_some(reply.body)
    })
    .await;
    let names: Vec<_> = profile.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["avatarUrl", "avatarUrlExpiresAt", "name", "userId"]);
    assert_eq!((&profile["userId"], &profile["avatarUrl"]), (&json!(user.id), &json!(null)));
}

#[tokio::test]
async fn a_deleted_user_has_no_profile() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let see =
        async |by: &User, id: &str| cloud.get(&format!("/v1/profiles/{id}")).bearer(&by.access_token).send().await;
    eventually("the profile", async || (see(&stranger, &user.id).await.status == 200).then_some(())).await;
    let delete = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token);
    assert_eq!(delete.json(&json!({ "password": PASSWORD })).send().await.status, 204);
    eventually("no profile", async || (see(&stranger, &user.id).await.status == 404).then_some(())).await;
    see(&stranger, &user.id).await.expect_problem(404, "media.no_such_profile");
    see(&stranger, &Uuid::now_v7().to_string()).await.expect_problem(404, "media.no_such_profile");
    see(&stranger, "ann").await.expect_problem(404, "request.no_such_path");
}
