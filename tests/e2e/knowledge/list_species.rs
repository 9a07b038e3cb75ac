//! `GET /v1/aquarium/species`

use tests::{Cloud, eventually};

use super::support::new_species;

#[tokio::test]
async fn a_species_is_found_by_its_name_and_in_its_kind() {
    let cloud = Cloud::connect().await;
    let admin = cloud.new_admin().await;
    let id = new_species(&cloud, &admin).await;
    let found = eventually("the species in the index", async || {
        let page = cloud.get(&format!("/v1/aquarium/species?q={id}")).send().await.expect(200);
        page["items"].as_array().unwrap().iter().find(|item| item["id"] == id.as_str()).cloned()
    })
    .await;
    assert_eq!(found["names"]["en"], format!("Common {id}"));
    assert_eq!(cloud.get("/v1/aquarium/species?kind=fish&water=fresh").send().await.status, 200);
    cloud.get("/v1/aquarium/species").send().await.expect_problem(422, "request.invalid");
    cloud.get("/v1/aquarium/species?kind=bird").send().await.expect_problem(422, "request.invalid");
}
