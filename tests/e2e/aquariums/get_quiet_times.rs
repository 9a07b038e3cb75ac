//! `GET /v1/aquarium/aquariums/{id}/quiet`

use serde_json::{Value, json};

use super::readings_support::Tank;

#[tokio::test]
async fn there_are_no_quiet_times_at_first() {
    let tank = Tank::new().await;
    let quiet = tank.call("GET", "quiet").send().await.expect(200);
    assert_eq!((&quiet["until"], &quiet["daily"]), (&Value::Null, &json!([])));
    tank.is_closed("GET", "quiet", None).await;
}
