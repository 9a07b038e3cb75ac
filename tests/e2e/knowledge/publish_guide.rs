//! `POST /v1/aquarium/guides/{id}/publish`

use serde_json::json;
use tests::{Cloud, eventually};
use types::Uuid;

use super::support::{call, new_guide, refuses_strangers};

#[tokio::test]
async fn an_approved_version_is_published() {
    let cloud = Cloud::connect().await;
    let (author, reviewer) = (cloud.manager().await, cloud.manager().await);
    let watch = cloud.watch("knowledge.guide_changed.v1").await;
    let (path, slug) = new_guide(&cloud, &author).await;
    let (publish, body) = (format!("{path}/publish"), json!({ "version": 1 }));
    let early = call(&cloud, &author, ("POST", &publish), Some(&body)).await;
    early.expect_problem(409, "knowledge.version_not_approved");
    let review = json!({ "version": 1, "verdict": "approve" });
    assert_eq!(call(&cloud, &reviewer, ("POST", &format!("{path}/review")), Some(&review)).await.status, 200);
    for _ in 0..2 {
        let published = call(&cloud, &author, ("POST", &publish), Some(&body)).await.expect(200);
        assert_eq!((&published["published"]["version"], &published["published"]["slug"]), (&json!(1), &json!(slug)));
    }
    let event = eventually("the event", async || {
        watch.take().await.into_iter().find(|event| event["data"]["slug"] == slug.as_str())
    })
    .await;
    assert_eq!((&event["data"]["published"], &event["data"]["language"]), (&json!(true), &json!("en")));
    let missing = call(&cloud, &author, ("POST", &publish), Some(&json!({ "version": 2 }))).await;
    missing.expect_problem(404, "knowledge.no_such_guide_version");
    let none = format!("/v1/aquarium/guides/{}/publish", Uuid::now_v7());
    call(&cloud, &author, ("POST", &none), Some(&body)).await.expect_problem(404, "knowledge.no_such_guide");
    refuses_strangers(&cloud, ("POST", &publish), Some(&body)).await;
}
