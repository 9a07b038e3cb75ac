//! `PATCH /v1/community/badges/{id}`

use serde_json::{Value, json};
use tests::{Cloud, Reply, User, eventually};
use types::{EventTypeId, Uuid};

use super::support::{badge, find, kind};

async fn update(cloud: &Cloud, by: &User, id: &str, body: &Value) -> Reply {
    cloud.call("PATCH", &format!("/v1/community/badges/{id}")).bearer(&by.access_token).json(body).send().await
}

#[tokio::test]
async fn texts_change_and_everybody_reads_them() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let badge = badge(&cloud, kind(&cloud).await, &[1]).await;
    let id = badge["id"].as_str().unwrap();
    let changed = update(&cloud, &admin, id, &json!({ "name": "Bowl filler", "icon": "star" })).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    let changed = changed.expect(200);
    assert_eq!((&changed["name"], &changed["icon"]), (&json!("Bowl filler"), &json!("star")));
    assert_eq!((&changed["description"], &changed["tiers"]), (&badge["description"], &badge["tiers"]));
    // The same again changes nothing.
    assert_eq!(update(&cloud, &admin, id, &json!({ "name": "Bowl filler" })).await.header("etag"), "\"2\"");
    let shown = eventually("the new name", async || {
        let list = cloud.get("/v1/community/badges").bearer(&user.access_token).send().await.expect(200);
        find(&list, &badge["id"]).filter(|shown| shown["name"] == "Bowl filler")
    })
    .await;
    assert_eq!((&badge["version"], &changed["version"], &shown["version"]), (&json!(1), &json!(2), &json!(2)));
    let change = |version: &Value| {
        let call = cloud.call("PATCH", &format!("/v1/community/badges/{id}")).bearer(&admin.access_token);
        call.header("if-match", &format!("\"{version}\"")).json(&json!({ "name": "Third" })).send()
    };
    change(&badge["version"]).await.expect_problem(412, "request.version_changed");
    assert_eq!(change(&shown["version"]).await.expect(200)["version"], 3);
}

#[tokio::test]
async fn what_is_counted_never_changes() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let badge = badge(&cloud, kind(&cloud).await, &[1]).await;
    let id = badge["id"].as_str().unwrap();
    for (name, value) in [
        ("requirement", json!({ "kind": "events" })),
        ("tiers", json!([])),
        ("code", json!("other")),
        ("name", json!(" ")),
        ("name", json!(null)),
        ("icon", json!("a b")),
    ] {
        let reply = update(&cloud, &admin, id, &json!({ name: value })).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], name);
    }
}

#[tokio::test]
async fn only_admins_change_badges_and_only_those_that_are() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let id = EventTypeId::generate().to_string();
    update(&cloud, &user, &id, &json!({ "name": "x" })).await.expect_problem(403, "auth.forbidden");
    update(&cloud, &admin, &Uuid::nil().to_string(), &json!({})).await.expect_problem(404, "badges.no_such_badge");
    update(&cloud, &admin, "counter", &json!({})).await.expect_problem(404, "request.no_such_path");
}
