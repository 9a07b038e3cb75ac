//! `identity.user_deleted.v1`: aquariums go with their owner.

use serde_json::json;
use tests::{Cloud, PASSWORD, eventually};

use super::support::{aquarium, id_of, reading};

#[tokio::test]
async fn a_deleted_user_leaves_nothing_and_their_aquariums_are_removed() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let watch = cloud.watch("aquariums.aquarium_removed.v1").await;
    let path = aquarium(&cloud, &user).await;
    let reading = reading(&cloud, &path, &user).await;
    let exported = cloud.export(&user).await;
    let measured = &exported["sections"]["aquariums"]["manualReadings"][0];
    assert_eq!((&measured["id"], &measured["parameter"]), (&json!(id_of(&reading)), &json!("nitrate")));
    assert_eq!(measured["measurement"]["entered"]["value"], "10.0");
    let shown = &exported["sections"]["aquariums"]["aquariums"][0];
    assert_eq!((&shown["id"], &shown["details"]["name"]), (&json!(id_of(&path)), &json!("Reef")));
    let gone = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token).json(&json!({ "password": PASSWORD }));
    assert_eq!(gone.send().await.status, 204);
    eventually("the event", async || {
        watch.take().await.into_iter().find(|event| event["data"]["aquariumId"] == id_of(&path))
    })
    .await;
    eventually("the items to go", async || {
        let held = cloud.held("aquariums", &user).await;
        (!held.contains(id_of(&path))).then_some(())
    })
    .await;
}
