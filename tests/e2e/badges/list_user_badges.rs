//! `GET /v1/community/users/{id}/badges`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{badge, find, kind, reported, tell};

#[tokio::test]
async fn others_see_what_was_earned_and_nothing_else() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let kind = kind(&cloud).await;
    let (one, many) = (badge(&cloud, kind, &[1, 2]).await, badge(&cloud, kind, &[9]).await);
    let path = format!("/v1/community/users/{}/badges", ann.id);
    let list = async || cloud.get(&path).bearer(&bob.access_token).send().await.expect(200);
    assert_eq!(list().await, json!({ "items": [], "nextCursor": null }));
    tell(&cloud, &reported(&ann, kind)).await;
    let shown = eventually("Ann's badge", async || find(&list().await, &one["id"])).await;
    assert_eq!((shown["earned"].as_array().unwrap().len(), &shown["earned"][0]["tier"]), (1, &json!(1)));
    assert_eq!((shown.get("progress"), shown.get("next")), (None, None));
    assert_eq!(find(&list().await, &many["id"]), None);
    let none = cloud.get("/v1/community/users/nobody/badges").bearer(&bob.access_token).send().await;
    none.expect_problem(404, "request.no_such_path");
}
