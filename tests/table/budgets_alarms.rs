//! What alarms ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use aquariums::consumers::sweep_watches::sweep_watches;
use serde_json::json;
use tests::{budget, budget_at_most, cost};

use crate::alarms_support::Tank;

#[tokio::test]
async fn rules_and_quiet_times_keep_to_their_budget() {
    let tank = Tank::start().await;
    let reef = &tank.reef;
    let unit = |value: &str| json!({ "value": value, "unit": "celsius" });
    let body = json!({
        "name": "Too warm", "sensorIds": [tank.sensor], "condition": "above", "limit": unit("28"), "band": unit("0.5"),
    });
    // Access and directory, with the standing and the rule of the same key; then the head. The rule and the head, with
    // conditions on the access and the owner's marker.
    let created = reef.call(&reef.owner, "POST", "alarm-rules", Some(&body)).await;
    budget("aquariums-create-alarm-rule", "first", &created);
    let path = format!("alarm-rules/{}", created.body["id"].as_str().unwrap());
    // Access and directory, then the rule in the partition of the owner.
    budget("aquariums-get-alarm-rule", "viewer", &reef.call(&reef.viewer, "GET", &path, None).await);
    budget("aquariums-list-alarm-rules", "one", &reef.call(&reef.viewer, "GET", "alarm-rules", None).await);
    let change = json!({ "limit": unit("28.5") });
    let updated = tank.call_if(&reef.owner, "PATCH", &path, "\"1\"", Some(&change)).await;
    budget("aquariums-update-alarm-rule", "limit", &updated);
    let quiet = json!({ "daily": [{ "from": "18:00", "to": "18:15" }] });
    // Access and directory, then the zone of the aquarium and the heads. The heads and the directory are one transaction.
    budget("aquariums-replace-quiet-times", "one device", &reef.call(&reef.owner, "PUT", "quiet", Some(&quiet)).await);
    budget("aquariums-get-quiet-times", "viewer", &reef.call(&reef.viewer, "GET", "quiet", None).await);
    budget("aquariums-delete-quiet-times", "one device", &reef.call(&reef.owner, "DELETE", "quiet", None).await);
    let deleted = tank.call_if(&reef.owner, "DELETE", &path, "\"2\"", None).await;
    budget("aquariums-delete-alarm-rule", "without an alarm", &deleted);
}

#[tokio::test]
async fn alarms_keep_to_their_budget() {
    let tank = Tank::start().await;
    let reef = &tank.reef;
    tank.rule("28", "0.5", "celsius").await;
    tank.wait(1);
    tank.send("27.6").await;
    tank.wait(1);
    // The head with the access, and the head again: as without rules.
    budget("aquariums-record-samples", "no alarm changes", &tank.send("27.8").await);
    tank.wait(1);
    // Also what texts name, and the episode. The head, the episode and the announcement, with a condition on the access.
    budget("aquariums-record-samples", "an alarm begins", &tank.send("28.2").await);
    budget("aquariums-list-alarms", "all", &reef.call(&reef.viewer, "GET", "alarms", None).await);
    // Access and directory, the heads of all devices, and the episodes.
    budget("aquariums-list-alarms", "open", &reef.call(&reef.viewer, "GET", "alarms?state=open", None).await);
    let path = format!("alarms/{}", tank.alarms("open").await[0]["id"].as_str().unwrap());
    budget("aquariums-get-alarm-episode", "viewer", &reef.call(&reef.viewer, "GET", &path, None).await);
    tank.wait(61);
    tank.send("29").await;
    let sweep = "aquariums-sweep-watches";
    // A watch to arm again, whose device and access are read together. A reminder takes a read of what its text names.
    budget_at_most(sweep, "a device and a reminder", cost(sweep_watches(reef.consumer)).await);
    // Eight parts of the index, each for watches and for reminders.
    budget(sweep, "nothing due", cost(sweep_watches(reef.consumer)).await);
    let acknowledgement = format!("{path}/acknowledgement");
    budget("aquariums-acknowledge-alarm", "first", &reef.call(&reef.owner, "POST", &acknowledgement, None).await);
    budget("aquariums-acknowledge-alarm", "again", &reef.call(&reef.owner, "POST", &acknowledgement, None).await);
    tank.wait(16);
    budget_at_most(sweep, "a silent device", cost(sweep_watches(reef.consumer)).await);
    // The device is read for its name, and gets a watch.
    budget("aquariums-record-samples", "silence ends", &tank.send("29").await);
}
