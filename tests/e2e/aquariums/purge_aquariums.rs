//! `aquariums-purge-aquariums` on `aquariums.aquarium_removed.v1`

use tests::{Cloud, eventually};

use super::support::{aquarium, call_if, id_of};

#[tokio::test]
async fn nothing_of_a_deleted_aquarium_stays_with_its_owner() {
    let cloud = Cloud::connect().await;
    let owner = cloud.sign_up().await;
    let path = aquarium(&cloud, &owner).await;
    assert_eq!(call_if(&cloud, "DELETE", &path, &owner, "\"1\"", None).await.status, 204);
    eventually("the data to go", async || {
        let held = cloud.held("aquariums", &owner).await;
        (!held.contains(id_of(&path))).then_some(())
    })
    .await;
    let called = async || cloud.log_lines("aquariums-purge-aquariums");
    eventually("the consumer to run", async || (called().await > 0).then_some(())).await;
}
