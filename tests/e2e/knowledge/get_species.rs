//! `GET /v1/aquarium/species/{id}`

use tests::Cloud;

use super::support::{new_species, source};

#[tokio::test]
async fn a_species_has_the_sources_of_its_facts() {
    let cloud = Cloud::connect().await;
    let admin = cloud.new_admin().await;
    let id = new_species(&cloud, &admin).await;
    let path = format!("/v1/aquarium/species/{id}");
    let reply = cloud.get(&path).send().await;
    let tag = reply.header("etag").to_owned();
    assert_eq!(reply.header("cache-control"), "public, max-age=60");
    let shown = reply.expect(200);
    assert_eq!(shown["facts"]["kind"]["sources"][0], "a");
    assert_eq!(shown["sources"]["a"], source());
    assert_eq!(cloud.get(&path).header("if-none-match", &tag).send().await.status, 304);
    cloud.get("/v1/aquarium/species/no-such-species").send().await.expect_problem(404, "knowledge.no_such_species");
    cloud.get("/v1/aquarium/species/NO").send().await.expect_problem(404, "knowledge.no_such_species");
}
