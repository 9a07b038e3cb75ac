//! `DELETE /v1/community/events/{id}`

use serde_json::json;
use tests::{Cloud, eventually};
use types::Uuid;

use super::support::{call, kind, point, report};

#[tokio::test]
async fn an_author_takes_an_event_back_and_it_is_nowhere() {
    let cloud = Cloud::connect().await;
    let (author, point) = (cloud.sign_up().await, point(&cloud).await);
    let event = report(&cloud, &author, point, &kind(&cloud, &json!({})).await).await;
    let path = format!("/v1/community/events/{}", event["id"].as_str().unwrap());
    assert_eq!(call(&cloud, &author, "DELETE", &path).await.status, 204);
    call(&cloud, &author, "GET", &path).await.expect_problem(404, "events.no_such_event");
    call(&cloud, &author, "DELETE", &path).await.expect_problem(404, "events.no_such_event");
    for list in [format!("/v1/community/points/{point}/events"), format!("/v1/community/users/{}/events", author.id)] {
        eventually("an empty list", async || {
            let page = call(&cloud, &author, "GET", &list).await.expect(200);
            (page["items"] == json!([])).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn nobody_else_removes_it_but_an_admin() {
    let cloud = Cloud::connect().await;
    let (author, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    let event = report(&cloud, &author, point(&cloud).await, &kind(&cloud, &json!({})).await).await;
    let path = format!("/v1/community/events/{}", event["id"].as_str().unwrap());
    call(&cloud, &stranger, "DELETE", &path).await.expect_problem(403, "events.not_yours");
    assert_eq!(call(&cloud, &cloud.admin().await, "DELETE", &path).await.status, 204);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let reply = call(&cloud, &user, "DELETE", &format!("/v1/community/events/{}", Uuid::now_v7())).await;
    reply.expect_problem(404, "events.no_such_event");
}
