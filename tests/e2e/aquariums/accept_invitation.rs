//! `POST /v1/aquarium/invitations/accept`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{accept, aquarium, call, id_of, invite, wrong_fields};

#[tokio::test]
async fn a_code_makes_one_user_a_member_and_others_are_told() {
    let cloud = Cloud::connect().await;
    let (owner, member, other) = (cloud.sign_up().await, cloud.sign_up().await, cloud.sign_up().await);
    let watch = cloud.watch("aquariums.access_changed.v1").await;
    let path = aquarium(&cloud, &owner).await;
    let code = invite(&cloud, &path, &owner, "keeper").await;
    let accepted = accept(&cloud, &member, &code).await.expect(200);
    assert_eq!(accepted, json!({ "aquariumId": id_of(&path), "role": "keeper" }));
    assert_eq!(accept(&cloud, &member, &code).await.expect(200), accepted, "a repeat gets the same");
    accept(&cloud, &other, &code).await.expect_problem(404, "aquariums.no_such_invitation");
    let members = json!([{ "userId": member.id, "role": "keeper" }]);
    eventually("the event", async || {
        let events = watch.take().await.into_iter();
        events
            .map(|event| event["data"].clone())
            .find(|data| data["aquariumId"] == id_of(&path) && data["members"] == members && data["revision"] == 2)
    })
    .await;
    let seen = call(&cloud, "GET", &path, &member, None).await.expect(200);
    assert_eq!((&seen["role"], &seen["ownerId"]), (&json!("keeper"), &json!(owner.id)));
}

#[tokio::test]
async fn a_text_that_is_no_code_is_refused_as_a_field() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for code in ["", "atoll_ai_", &"x".repeat(73)] {
        assert_eq!(wrong_fields(&accept(&cloud, &user, code).await), ["code"], "{code}");
    }
    let body = json!({ "code": "x".repeat(73) });
    let anonymous = cloud.post("/v1/aquarium/invitations/accept").json(&body).send().await;
    anonymous.expect_problem(401, "auth.token_missing");
}
