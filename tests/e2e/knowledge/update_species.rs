//! `PATCH /v1/aquarium/species/{id}`

use serde_json::{Value, json};
use tests::{Cloud, Reply, User};

use super::support::{new_species, source};

async fn patch(cloud: &Cloud, user: &User, id: &str, body: &Value) -> Reply {
    let path = format!("/v1/aquarium/species/{id}");
    cloud.call("PATCH", &path).bearer(&user.access_token).json(body).send().await
}

fn rename(name: &str) -> Value {
    json!({ "scientificName": name, "nameSource": { "id": "b", "source": source() } })
}

#[tokio::test]
async fn a_renamed_species_keeps_its_id_and_its_name() {
    let cloud = Cloud::connect().await;
    let admin = cloud.new_admin().await;
    let id = new_species(&cloud, &admin).await;
    let renamed = patch(&cloud, &admin, &id, &rename(&format!("Other {id}"))).await.expect(200);
    assert_eq!((&renamed["id"], &renamed["synonyms"][0]["name"]), (&json!(id), &json!(format!("Genus {id}"))));
}

#[tokio::test]
async fn a_merged_species_redirects() {
    let cloud = Cloud::connect().await;
    let admin = cloud.new_admin().await;
    let (gone, kept) = (new_species(&cloud, &admin).await, new_species(&cloud, &admin).await);
    assert_eq!(patch(&cloud, &admin, &gone, &json!({ "mergedInto": kept })).await.status, 200);
    // The client follows the redirect; a client that does not is in the table tests.
    let followed = cloud.get(&format!("/v1/aquarium/species/{gone}")).send().await.expect(200);
    assert_eq!(followed["id"], json!(kept));
    let again = patch(&cloud, &admin, &gone, &rename("Other name")).await;
    again.expect_problem(409, "knowledge.species_merged");
    let itself = patch(&cloud, &admin, &kept, &json!({ "mergedInto": kept })).await;
    itself.expect_problem(422, "knowledge.merge_not_possible");
}

#[tokio::test]
async fn only_admins_update_species() {
    let cloud = Cloud::connect().await;
    let (admin, stranger) = (cloud.new_admin().await, cloud.sign_up().await);
    let id = new_species(&cloud, &admin).await;
    patch(&cloud, &stranger, &id, &rename("Other name")).await.expect_problem(403, "auth.forbidden");
    let nobody = cloud.call("PATCH", &format!("/v1/aquarium/species/{id}")).json(&rename("Other name")).send().await;
    nobody.expect_problem(401, "auth.token_missing");
    patch(&cloud, &admin, "no-such-species", &rename("Other name"))
        .await
        .expect_problem(404, "knowledge.no_such_species");
    patch(&cloud, &admin, &id, &json!({ "kind": "plant" })).await.expect_problem(422, "request.invalid");
}
