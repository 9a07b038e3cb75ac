//! `POST /v1/search/events`

use serde_json::json;
use tests::Cloud;

use super::support::{found, new_word};

#[tokio::test]
async fn a_click_on_a_hit_is_counted_and_one_on_something_else_is_refused() {
    let cloud = Cloud::connect().await;
    let (manager, word) = (cloud.manager().await, new_word());
    let product = cloud.published_product(&manager, &format!("Shoe {word}")).await;
    let page = found(&cloud, &format!("q={word}"), 1).await;
    let send = async |body: serde_json::Value| cloud.post("/v1/search/events").json(&body).send().await;
    let click = json!({ "searchId": page["searchId"], "kind": "click", "documentId": product["id"] });
    assert_eq!(send(click.clone()).await.status, 204);
    assert_eq!(send(click.clone()).await.status, 204, "a repeated event has no further effect");
    let mut other = click.clone();
    other["documentId"] = json!("019a0c70-2222-7aaa-8bbb-000000000001");
    let refused = send(other).await;
    refused.expect_problem(422, "request.invalid");
    assert_eq!(refused.body["errors"][0]["field"], "documentId");
    let mut forged = click.clone();
    forged["searchId"] = json!("eyJjIjoicHJvZHVjdHMifQ");
    let refused = send(forged).await;
    refused.expect_problem(422, "request.invalid");
    assert_eq!(refused.body["errors"][0]["field"], "searchId");
    let mut decided = click;
    decided["position"] = json!(1);
    send(decided).await.expect_problem(422, "request.invalid");
}
