//! `GET /v1/profiles`

use serde_json::json;
use tests::{Cloud, eventually};
use types::Uuid;

#[tokio::test]
async fn profiles_come_in_the_order_of_the_ids_without_unknown_users() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = format!("/v1/profiles?ids={},{},{}", bob.id, Uuid::now_v7(), ann.id);
    let items = eventually("both profiles", async || {
        let page = cloud.get(&path).bearer(&ann.access_token).send().await.expect(200);
        (page["items"].as_array().unwrap().len() == 2).then(|| page["items"].clone())
    })
    .await;
    assert_eq!((&items[0]["userId"], &items[1]["userId"]), (&json!(bob.id), &json!(ann.id)));
}

#[tokio::test]
async fn anything_but_one_to_a_hundred_ids_is_refused() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let many = (0..101).map(|_| Uuid::now_v7().to_string()).collect::<Vec<_>>().join(",");
    for query in ["", "?ids=", "?ids=ann", "?ids=,", &format!("?ids={many}"), "?ids=a&ids=b", "?id=a"] {
        let reply = cloud.get(&format!("/v1/profiles{query}")).bearer(&user.access_token).send().await;
        reply.expect_problem(422, "request.invalid");
    }
}
