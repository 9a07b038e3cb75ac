//! `GET /v1/aquarium/aquariums/{id}/devices`

use super::readings_support::Tank;

#[tokio::test]
async fn devices_are_listed_without_their_keys() {
    let tank = Tank::new().await;
    let (id, key) = tank.device().await;
    let devices = tank.call("GET", "devices").send().await.expect(200);
    assert_eq!(devices["items"][0]["id"], id.as_str());
    assert!(!devices.to_string().contains(&key));
    tank.is_closed("GET", "devices", None).await;
}
