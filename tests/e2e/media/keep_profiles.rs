//! `media-keep-profiles` on `identity.user_registered.v1`, `identity.profile_changed.v1`, `media.published.v1`, `media.deleted.v1`

use serde_json::{Value, json};
use testkit::pictures;
use tests::{Cloud, User, eventually};
use types::Uuid;

async fn profile(cloud: &Cloud, user: &User) -> Value {
    let reply = cloud.get(&format!("/v1/profiles/{}", user.id)).bearer(&user.access_token).send().await;
    if reply.status == 200 { reply.body } else { Value::Null }
}

/// Uploads an avatar and returns its id.
async fn upload(cloud: &Cloud, user: &User) -> String {
    let file = pictures::png(30, 20);
    let body = json!({ "purpose": "avatar", "contentType": "image/png", "bytes": file.len() });
    let call = cloud.post("/v1/media").bearer(&user.access_token);
    let call = call.header("idempotency-key", &Uuid::now_v7().to_string());
    let created = call.json(&body).send().await.expect(201);
    assert_eq!(cloud.send_form(&created["upload"], &[], &file).await, 201);
    created["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_profile_follows_names_and_avatars() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    eventually("the name", async || profile(&cloud, &user).await["name"].is_string().then_some(())).await;
    let rename = cloud.call("PATCH", "/v1/users/me").bearer(&user.access_token);
    assert_eq!(rename.json(&json!({ "name": "Renamed Rita" })).send().await.status, 200);
    eventually("the new name", async || (profile(&cloud, &user).await["name"] == "Renamed Rita").then_some(())).await;

    let id = upload(&cloud, &user).await;
    let url =
        eventually("the avatar", async || profile(&cloud, &user).await["avatarUrl"].as_str().map(str::to_owned)).await;
    assert_eq!(cloud.fetch(&url).await.0, 200);
    let delete = cloud.call("DELETE", &format!("/v1/media/{id}")).bearer(&user.access_token);
    assert_eq!(delete.send().await.status, 204);
    eventually("no avatar", async || profile(&cloud, &user).await["avatarUrl"].is_null().then_some(())).await;
}
