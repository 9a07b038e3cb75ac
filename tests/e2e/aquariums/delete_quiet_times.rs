//! `DELETE /v1/aquarium/aquariums/{id}/quiet`

use serde_json::json;

use super::readings_support::Tank;

#[tokio::test]
async fn deleted_quiet_times_are_gone_and_a_repeat_has_no_effect() {
    let tank = Tank::new().await;
    tank.device().await;
    let daily = json!({ "daily": [{ "from": "18:00", "to": "18:15" }] });
    assert_eq!(tank.call("PUT", "quiet").json(&daily).send().await.status, 200);
    tank.is_closed("DELETE", "quiet", None).await;
    for _ in 0..2 {
        assert_eq!(tank.call("DELETE", "quiet").send().await.status, 204);
    }
    assert_eq!(tank.call("GET", "quiet").send().await.expect(200)["daily"], json!([]));
}
