//! `DELETE /v1/community/badges/{id}`

use serde_json::json;
use tests::{Cloud, Reply, User, eventually};
use types::Uuid;

use super::support::{badge, find, kind, mine, reported, tell};

async fn retire(cloud: &Cloud, by: &User, id: &str) -> Reply {
    cloud.call("DELETE", &format!("/v1/community/badges/{id}")).bearer(&by.access_token).send().await
}

#[tokio::test]
async fn nobody_earns_what_is_retired_and_who_has_it_keeps_it() {
    let cloud = Cloud::connect().await;
    let (admin, ann, bob) = (cloud.admin().await, cloud.sign_up().await, cloud.sign_up().await);
    let kind = kind(&cloud).await;
    let badge = badge(&cloud, kind, &[1, 2]).await;
    let id = badge["id"].as_str().unwrap();
    tell(&cloud, &reported(&ann, kind)).await;
    let stale = cloud
        .call("DELETE", &format!("/v1/community/badges/{id}"))
        .bearer(&admin.access_token)
        .header("if-match", "\"7\"");
    stale.send().await.expect_problem(412, "request.version_changed");
    for _ in 0..2 {
        assert_eq!(retire(&cloud, &admin, id).await.status, 204);
    }
    let update = cloud.call("PATCH", &format!("/v1/community/badges/{id}")).bearer(&admin.access_token);
    update.json(&json!({ "name": "New" })).send().await.expect_problem(409, "badges.badge_retired");
    for user in [&ann, &bob] {
        tell(&cloud, &reported(user, kind)).await;
    }
    eventually("the list without it", async || {
        let list = cloud.get("/v1/community/badges").bearer(&bob.access_token).send().await.expect(200);
        find(&list, &badge["id"]).is_none().then_some(())
    })
    .await;
    let anns = eventually("Ann's badge, retired", async || {
        mine(&cloud, &ann, &badge).await.filter(|shown| shown["badge"]["retired"] == true)
    })
    .await;
    assert_eq!((anns["earned"].as_array().unwrap().len(), &anns["next"]), (1, &json!(null)));
    eventually("nothing of it for Bob", async || mine(&cloud, &bob, &badge).await.is_none().then_some(())).await;
}

#[tokio::test]
async fn only_admins_retire_badges_and_only_those_that_are() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let badge = badge(&cloud, kind(&cloud).await, &[1]).await;
    retire(&cloud, &user, badge["id"].as_str().unwrap()).await.expect_problem(403, "auth.forbidden");
    retire(&cloud, &admin, &Uuid::nil().to_string()).await.expect_problem(404, "badges.no_such_badge");
}
