//! `POST /v1/aquarium/stocking-checks`

use serde_json::json;
use tests::Cloud;

use super::support::new_species;

#[tokio::test]
async fn unknown_facts_are_said_and_not_assumed() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.new_admin().await, cloud.sign_up().await);
    let id = new_species(&cloud, &admin).await;
    let path = "/v1/aquarium/stocking-checks";
    let body =
        |kind: &str, id: &str| json!({ "kind": kind, "volumeLiters": 54, "species": [{ "id": id, "count": 6 }] });
    let check = async |body| cloud.post(path).bearer(&user.access_token).json(&body).send().await;
    let report = check(body("fresh", &id)).await.expect(200);
    assert_eq!(report["verdict"], "unknown");
    assert!(report["reasons"].as_array().unwrap().iter().all(|reason| reason["severity"] == "unknown"), "{report}");
    let marine = check(body("marine", &id)).await.expect(200);
    assert_eq!((&marine["verdict"], &marine["reasons"][0]["rule"]), (&json!("conflict"), &json!("water")));
    assert_eq!(marine["sources"][0]["licence"], "CC BY 4.0");
    check(body("fresh", "no-such-species")).await.expect_problem(422, "knowledge.unknown_species");
    let mut more = body("fresh", &id);
    more["plan"] = json!("paid");
    check(more).await.expect_problem(422, "request.invalid");
    cloud.post(path).json(&body("fresh", &id)).send().await.expect_problem(401, "auth.token_missing");
}
