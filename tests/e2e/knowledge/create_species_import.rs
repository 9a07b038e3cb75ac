//! `POST /v1/aquarium/species/imports`

use tests::Cloud;

use super::support::request_import;

#[tokio::test]
async fn a_form_comes_with_the_import_and_the_same_request_gets_another_one() {
    let cloud = Cloud::connect().await;
    let admin = cloud.new_admin().await;
    let first = request_import(&cloud, &admin, "a").await;
    let location = format!("/v1/aquarium/species/imports/{}", first.body["id"].as_str().unwrap());
    assert_eq!(first.header("location"), location);
    let first = first.expect(201);
    let again = request_import(&cloud, &admin, "a").await.expect(201);
    assert_eq!(again["id"], first["id"]);
    assert!(again["upload"]["fields"]["key"].is_string(), "{again}");
    request_import(&cloud, &admin, "b").await.expect_problem(409, "knowledge.import_running");
}

#[tokio::test]
async fn only_admins_import_species() {
    let cloud = Cloud::connect().await;
    let (stranger, manager) = (cloud.sign_up().await, cloud.manager().await);
    request_import(&cloud, &stranger, "a").await.expect_problem(403, "auth.forbidden");
    request_import(&cloud, &manager, "a").await.expect_problem(403, "auth.forbidden");
    let nobody = cloud.post("/v1/aquarium/species/imports").header("idempotency-key", "a").send().await;
    nobody.expect_problem(401, "auth.token_missing");
}
