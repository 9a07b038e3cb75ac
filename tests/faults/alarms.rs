//! Alarms whose functions are killed, and whose batches come again: one alarm, one report of silence, and no member is notified twice.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::{Call, Cloud, User};
use types::Uuid;

use crate::aquarium_support::{Heard, backdate, is_notified, kill_run, requests};
use crate::kills::{Kill, killed};

const RECORD: &str = "aquariums-record-samples";
const SWEEP: &str = "aquariums-sweep-watches";

/// An aquarium with devices.
struct Tank {
    cloud: Cloud,
    owner: User,
    path: String,
}

/// A device with a temperature sensor.
struct Device {
    id: String,
    key: String,
    sensor: String,
}

impl Tank {
    async fn start() -> Self {
        let cloud = Cloud::connect_for_faults().await;
        let owner = cloud.sign_up().await;
        let body = json!({ "name": "Reef", "kind": "marine", "netVolumeMl": 180_000, "timeZone": "Europe/Berlin" });
        let call = cloud.post("/v1/aquarium/aquariums").bearer(&owner.access_token);
        let aquarium = call.header("idempotency-key", "reef").json(&body).send().await.expect(201);
        let path = format!("/v1/aquarium/aquariums/{}", aquarium["id"].as_str().unwrap());
        Self { cloud, owner, path }
    }

    fn call(&self, method: &str, rest: &str) -> Call {
        let call = self.cloud.call(method, &format!("{}/{rest}", self.path)).bearer(&self.owner.access_token);
        if method == "POST" { call.header("idempotency-key", &Uuid::now_v7().to_string()) } else { call }
    }

    async fn create(&self, rest: &str, body: &Value) -> Value {
        self.call("POST", rest).json(body).send().await.expect(201)
    }

    async fn device(&self) -> Device {
        let device = self.create("devices", &json!({ "name": "Controller" })).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (id, key) = (text(&device["deviceId"]), text(&device["key"]));
        let body = json!({ "name": "T", "parameter": "temperature", "unit": "celsius", "deviceId": id });
        let sensor = text(&self.create("sensors", &body).await["id"]);
        Device { id, key, sensor }
    }

    /// A device that is silent since an hour, and not reported yet.
    async fn silent_device(&self) -> Device {
        let device = self.device().await;
        let paired = Timestamp::now().as_second() - 7_200;
        let (due, number) = (paired + 3_600, |number: i64| AttributeValue::N(number.to_string()));
        let sort = AttributeValue::S(format!("watch#{due:011}#{}", device.id));
        let watch = (device.partition(), "watch".to_owned());
        backdate(&self.cloud, watch, &[("paired", number(paired)), ("due", number(due)), ("gsi1sk", sort)]).await;
        device
    }

    /// A viewer, who is notified of alarms like everybody with access.
    async fn viewer(&self) -> User {
        let viewer = self.cloud.sign_up().await;
        let invitation = self.create("invitations", &json!({ "role": "viewer" })).await;
        let call = self.cloud.post("/v1/aquarium/invitations/accept").bearer(&viewer.access_token);
        let accepted = call.json(&json!({ "code": invitation["code"] })).send().await;
        assert_eq!(accepted.status, 200, "{}", accepted.body);
        viewer
    }
}

impl Device {
    fn partition(&self) -> String {
        format!("aquariums#device#{}", self.id)
    }

    /// A batch with one sample of now.
    fn batch(&self, value: &str) -> Value {
        json!({ "samples": [{ "sensorId": self.sensor, "at": Timestamp::now(), "value": value }] })
    }

    fn send(&self, cloud: &Cloud, batch: &Value) -> Call {
        cloud.post("/v1/aquarium/readings").header("x-api-key", &self.key).json(batch)
    }
}

#[tokio::test]
async fn a_batch_that_is_killed_and_repeated_begins_one_alarm_and_notifies_each_member_once() {
    let tank = Tank::start().await;
    let (cloud, viewer) = (&tank.cloud, tank.viewer().await);
    let mut heard = Heard::new(cloud, &["aquariums.alarm_changed.v1", "notifications.requested.v1"]).await;
    for (when, stored) in [("before", 1), ("after", 0)] {
        let device = tank.device().await;
        let rule = json!({
            "name": "Too warm", "sensorIds": [device.sensor], "condition": "above",
            "limit": { "value": "28", "unit": "celsius" }, "band": { "value": "0.5", "unit": "celsius" },
        });
        tank.create("alarm-rules", &rule).await;
        let (partition, batch) = (device.partition(), device.batch("29"));
        let at = Kill::keys(RECORD, "TransactWriteItems", &partition, when);
        let failed = Box::pin(killed(cloud, &at, device.send(cloud, &batch).send())).await;
        assert!(failed.status >= 500, "{at:?}: {}", failed.body);
        for stored in [stored, 0] {
            let recorded = device.send(cloud, &batch).send().await.expect(200);
            assert_eq!((&recorded["stored"], &recorded["duplicates"]), (&json!(stored), &json!(1 - stored)), "{at:?}");
        }
        let alarms = tank.call("GET", "alarms?state=open").send().await.expect(200);
        let own: Vec<_> = alarms["items"].as_array().unwrap().iter().filter(|it| it["deviceId"] == device.id).collect();
        assert_eq!(own.len(), 1, "{at:?}: {alarms}");
        let episode = own[0]["id"].as_str().unwrap();
        for user in [&tank.owner, &viewer] {
            is_notified(cloud, user, "water_alarm", ("episodeId", episode), 1).await;
        }
        // The acknowledgement comes after everything that the batch led to.
        let acknowledged = tank.call("POST", &format!("alarms/{episode}/acknowledgement")).send().await;
        assert_eq!(acknowledged.status, 200, "{}", acknowledged.body);
        let changed = |event: &Value, acknowledged: bool| {
            let data = &event["data"];
            event["type"] == "aquariums.alarm_changed"
                && data["deviceId"] == device.id
                && data["acknowledged"] == acknowledged
        };
        heard.until("the acknowledgement", 1, |event| changed(event, true)).await;
        assert_eq!(heard.count(|event| changed(event, false)), 1, "{at:?}");
        assert_eq!(heard.count(|event| requests(event, "episode_id", episode)), 1, "{at:?}");
    }
}

#[tokio::test]
async fn a_sweep_that_is_killed_between_its_writes_reports_each_silence_once() {
    let tank = Tank::start().await;
    let cloud = &tank.cloud;
    let mut heard = Heard::new(cloud, &["aquariums.device_silence_changed.v1"]).await;
    for when in ["before", "after"] {
        let devices = [tank.silent_device().await, tank.silent_device().await];
        let partition = devices[0].partition();
        // The other report is written, or not even begun.
        kill_run(cloud, &Kill::keys(SWEEP, "TransactWriteItems", &partition, when)).await;
        for _ in 0..2 {
            cloud.invoke(SWEEP).await;
        }
        for device in &devices {
            let told = |event: &Value, silent: bool| {
                event["data"]["deviceId"] == device.id && event["data"]["silent"] == silent
            };
            heard.until("the report", 1, |event| told(event, true)).await;
            is_notified(cloud, &tank.owner, "device_silent", ("deviceId", &device.id), 1).await;
            // A device that sends again ends its silence after everything that the sweeps reported.
            assert_eq!(device.send(cloud, &device.batch("25")).send().await.expect(200)["stored"], 1);
            heard.until("the end of the silence", 1, |event| told(event, false)).await;
            assert_eq!(heard.count(|event| told(event, true)), 1, "{when}");
        }
    }
}
