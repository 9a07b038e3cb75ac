//! `GET /v1/aquarium/species/imports/{id}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::request_import;

#[tokio::test]
async fn an_import_is_shown_to_its_admin_only() {
    let cloud = Cloud::connect().await;
    let (admin, other, stranger) = (cloud.new_admin().await, cloud.new_admin().await, cloud.sign_up().await);
    let new = request_import(&cloud, &admin, "a").await.expect(201);
    let path = format!("/v1/aquarium/species/imports/{}", new["id"].as_str().unwrap());
    let get = async |token: &str, path: &str| cloud.call("GET", path).bearer(token).send().await;
    assert_eq!(get(&admin.access_token, &path).await.expect(200)["status"], json!("requested"));
    get(&other.access_token, &path).await.expect_problem(404, "knowledge.no_such_species_import");
    get(&stranger.access_token, &path).await.expect_problem(403, "auth.forbidden");
    let none = format!("/v1/aquarium/species/imports/{}", Uuid::now_v7());
    get(&admin.access_token, &none).await.expect_problem(404, "knowledge.no_such_species_import");
}
