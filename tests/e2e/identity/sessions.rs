//! `GET /v1/users/me/sessions`, `DELETE /v1/users/me/sessions/{id}`, `DELETE /v1/users/me/sessions`

use serde_json::json;
use tests::{Cloud, PASSWORD, User};

async fn sign_in(cloud: &Cloud, email: &str, device: &str) -> User {
    let body = json!({ "email": email, "password": PASSWORD, "device": { "name": device, "platform": "web" } });
    User::read(&cloud.post("/v1/auth/login").json(&body).send().await.expect(200))
}

#[tokio::test]
async fn a_second_device_on_a_free_plan_ends_the_first_ones_session() {
    let cloud = Cloud::connect().await;
    let first = cloud.sign_up().await;
    cloud.limit_to_one_device(&first).await;
    let second = sign_in(&cloud, &first.email, "tablet").await;
    let list = cloud.get("/v1/users/me/sessions").bearer(&second.access_token).send().await.expect(200);
    assert_eq!(list["nextCursor"], json!(null));
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["id"], second.session_id.as_str());
    assert_eq!(items[0]["device"], json!({ "name": "tablet", "platform": "web" }));
    assert_eq!(items[0]["current"], true);
    let gone = cloud.get("/v1/users/me/sessions").bearer(&first.access_token).send().await;
    gone.expect_problem(401, "auth.session_ended");
}

#[tokio::test]
async fn a_session_is_ended_by_its_owner_and_by_nobody_else() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let path = format!("/v1/users/me/sessions/{}", ann.session_id);
    let stranger = cloud.call("DELETE", &path).bearer(&bob.access_token).send().await;
    stranger.expect_problem(404, "identity.no_such_session");
    let nonsense = cloud.call("DELETE", "/v1/users/me/sessions/x").bearer(&ann.access_token).send().await;
    assert_eq!(nonsense.status, 404);
    assert_eq!(cloud.call("DELETE", &path).bearer(&ann.access_token).send().await.status, 204);
    let again = cloud.call("DELETE", &path).bearer(&ann.access_token).send().await;
    again.expect_problem(401, "auth.session_ended");
}

#[tokio::test]
async fn all_others_end_and_the_caller_s_stays() {
    let cloud = Cloud::connect().await;
    let ann = cloud.sign_up().await;
    let reply = cloud.call("DELETE", "/v1/users/me/sessions").bearer(&ann.access_token).send().await;
    assert_eq!(reply.status, 204, "{}", reply.body);
    assert_eq!(cloud.get("/v1/users/me").bearer(&ann.access_token).send().await.status, 200);
}
