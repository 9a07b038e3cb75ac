//! `identity.user_deleted.v1`: imports of the user are deleted, and species stay.

use serde_json::json;
use tests::{Cloud, PASSWORD, eventually};

use super::support::new_species;

#[tokio::test]
async fn a_deleted_admin_leaves_species_and_no_import() {
    let cloud = Cloud::connect().await;
    let admin = cloud.new_admin().await;
    let id = new_species(&cloud, &admin).await;
    let gone = cloud.call("DELETE", "/v1/users/me").bearer(&admin.access_token);
    assert_eq!(gone.json(&json!({ "password": PASSWORD })).send().await.status, 204);
    eventually("the imports to go", async || (!cloud.held("knowledge", &admin).await.contains("job#")).then_some(()))
        .await;
    assert_eq!(cloud.get(&format!("/v1/aquarium/species/{id}")).send().await.status, 200);
}
