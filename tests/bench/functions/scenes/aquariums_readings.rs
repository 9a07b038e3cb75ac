//! Scenes of sensors, devices and readings: a device with eight sensors that has sent an hour of values, and two readings by hand.

use std::cell::Cell;

use aquariums::domain::watch::Watch;
use aquariums::store::Aquariums;
use dynamo::{Entity, Outbox, Read};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::request::{Request, sample};
use crate::stage::{Person, Stage};

pub struct Readings {
    owner: Person,
    aquarium: String,
    key: String,
    sensors: Vec<String>,
    rule: String,
    alarm: String,
    /// The even second about which the samples of the scene are.
    base: Timestamp,
    /// How often samples were sent since.
    sent: Cell<i64>,
}

/// The body of a request for a rule that the values of the scenes are beyond.
fn above(sensor: &str) -> Value {
    let entered = |value: &str| json!({ "value": value, "unit": "celsius" });
    json!({
        "name": "Too warm", "sensorIds": [sensor], "condition": "above", "limit": entered("25"), "band": entered("0.5"),
    })
}

fn text(made: &Value, name: &str) -> String {
    made[name].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
}

impl Readings {
    pub async fn set(stage: &Stage) -> Self {
        let owner = stage.person();
        let aquarium = text(&stage.call(Request::of("aquariums-create-aquarium").by(&owner)).await, "id");
        let about = |name: &str| Request::of(name).by(&owner).at("id", &aquarium);
        let made = stage.call(about("aquariums-create-device")).await;
        let (device, key) = (text(&made, "deviceId"), text(&made, "key"));
        let mut sensors = Vec::new();
        for _ in 0..8 {
            let sensor = stage.call(about("aquariums-create-sensor").with("deviceId", &device)).await;
            sensors.push(text(&sensor, "id"));
        }
        let create = about("aquariums-create-alarm-rule").body(&above(&sensors[0]));
        let rule = text(&stage.call(create).await, "id");
        let by_hand = json!([
            { "parameter": "nitrate", "value": "10", "unit": "mg_l_as_no3" },
            { "parameter": "salinity", "value": "35", "unit": "psu" },
        ]);
        let record = about("aquariums-record-manual-readings").with("measuredAt", Timestamp::now());
        stage.call(record.with("readings", by_hand)).await;
        let base = Timestamp::from_second(Timestamp::now().as_second() / 2 * 2).expect("a time");
        let (alarm, sent) = (String::new(), Cell::default());
        let mut readings = Self { owner, aquarium, key, sensors, rule, alarm, base, sent };
        for minutes in (5..60).step_by(5) {
            stage.call(readings.samples(base - SignedDuration::from_mins(minutes))).await;
        }
        // The rule judges what is measured from now on.
        stage.call(readings.samples(base + SignedDuration::from_mins(1))).await;
        let list = Request::of("aquariums-list-alarms").by(&readings.owner).at("id", &readings.aquarium);
        readings.alarm = text(&stage.call(list).await["items"][0], "id");
        readings
    }

    /// The event of a call; none for functions of other scenes.
    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let about = || Request::of(name).by(&self.owner).at("id", &self.aquarium);
        let event = match name {
            "aquariums-create-device"
            | "aquariums-create-sensor"
            | "aquariums-record-manual-readings"
            | "aquariums-replace-targets" => self.elsewhere(stage, name).await.event(),
            "aquariums-create-calibration" | "aquariums-delete-sensor" => {
                let (owner, aquarium) = self.another(stage).await;
                let create = Request::of("aquariums-create-sensor").by(&owner).at("id", &aquarium);
                let sensor = text(&stage.call(create).await, "id");
                Request::of(name).by(&owner).at("id", &aquarium).at("sensorId", sensor).event()
            }
            "aquariums-delete-device" | "aquariums-rotate-device-key" => {
                let (owner, aquarium) = self.another(stage).await;
                let create = Request::of("aquariums-create-device").by(&owner).at("id", &aquarium);
                let device = text(&stage.call(create).await, "deviceId");
                Request::of(name).by(&owner).at("id", &aquarium).at("deviceId", device).event()
            }
            "aquariums-import-history" => {
                let (owner, aquarium) = self.another(stage).await;
                let create = Request::of("aquariums-create-device").by(&owner).at("id", &aquarium);
                let device = text(&stage.call(create).await, "deviceId");
                let create = Request::of("aquariums-create-sensor").by(&owner).at("id", &aquarium);
                let sensor = text(&stage.call(create.with("deviceId", &device)).await, "id");
                let at = Timestamp::now() - SignedDuration::from_hours(24 * 60);
                let body = json!({ "samples": [{ "sensorId": sensor, "at": at, "value": "25.3" }] });
                let import = Request::of(name).by(&owner).at("id", &aquarium).at("deviceId", device);
                import.body(&body).event()
            }
            "aquariums-record-samples" => self.fresh_samples().event(),
            "aquariums-delete-manual-reading" | "aquariums-get-manual-reading" | "aquariums-update-manual-reading" => {
                let (owner, aquarium) = self.another(stage).await;
                let record = Request::of("aquariums-record-manual-readings").by(&owner).at("id", &aquarium);
                let reading = text(&stage.call(record).await["items"][0], "id");
                Request::of(name).by(&owner).at("id", &aquarium).at("readingId", reading).event()
            }
            "aquariums-get-series" => {
                let (now, day) = (Timestamp::now(), SignedDuration::from_hours(24));
                let span = about().query("from", now - day).query("to", now);
                span.query("sensor", &self.sensors[0]).query("resolution", "15m").event()
            }
            "aquariums-get-derived-values"
            | "aquariums-get-latest-readings"
            | "aquariums-list-aquarium-devices"
            | "aquariums-list-manual-readings"
            | "aquariums-list-sensors" => about().event(),
            "aquariums-calculate-dose"
            | "aquariums-calculate-volume"
            | "aquariums-calculate-water-change"
            | "aquariums-convert-value"
            | "aquariums-derive-value" => Request::of(name).event(),
            _ => return Box::pin(self.alarms(stage, name)).await,
        };
        Some(event)
    }

    /// Functions of alarms and quiet times.
    async fn alarms(&self, stage: &Stage, name: &str) -> Option<Value> {
        let about = || Request::of(name).by(&self.owner).at("id", &self.aquarium);
        let event = match name {
            "aquariums-acknowledge-alarm" => another_alarm(stage, name, self.another(stage).await).await,
            "aquariums-create-alarm-rule" => {
                let (owner, aquarium, sensor) = self.another_sensor(stage).await;
                Request::of(name).by(&owner).at("id", &aquarium).body(&above(&sensor)).event()
            }
            "aquariums-delete-quiet-times" => {
                let (owner, aquarium) = self.another(stage).await;
                stage.call(Request::of("aquariums-replace-quiet-times").by(&owner).at("id", &aquarium)).await;
                Request::of(name).by(&owner).at("id", aquarium).event()
            }
            "aquariums-get-alarm-episode" => about().at("episodeId", &self.alarm).event(),
            "aquariums-get-alarm-rule" => about().at("ruleId", &self.rule).event(),
            "aquariums-get-quiet-times" | "aquariums-list-alarm-rules" | "aquariums-list-alarms" => about().event(),
            "aquariums-replace-quiet-times" => self.elsewhere(stage, name).await.event(),
            // One device is silent each time.
            "aquariums-sweep-watches" => {
                let (owner, aquarium) = self.another(stage).await;
                let create = Request::of("aquariums-create-device").by(&owner).at("id", &aquarium);
                silenced(stage, &aquarium, &text(&stage.call(create).await, "deviceId")).await;
                sample(name)
            }
            "aquariums-update-alarm-rule" | "aquariums-delete-alarm-rule" => {
                let (owner, aquarium, sensor) = self.another_sensor(stage).await;
                let create = Request::of("aquariums-create-alarm-rule").by(&owner).at("id", &aquarium);
                let rule = text(&stage.call(create.body(&above(&sensor))).await, "id");
                Request::of(name).by(&owner).at("id", aquarium).at("ruleId", rule).event()
            }
            _ => return None,
        };
        Some(event)
    }

    /// Five minutes of all sensors, at odd seconds that have no samples yet: one that is there is not stored again.
    fn fresh_samples(&self) -> Request {
        self.sent.set(self.sent.get() + 1);
        self.samples(self.base + SignedDuration::from_secs(2 * self.sent.get() - 241))
    }

    /// Five minutes of all sensors, up to a time.
    fn samples(&self, until: Timestamp) -> Request {
        let minutes = (0..5).map(|minute| until - SignedDuration::from_mins(minute));
        let samples: Vec<_> = minutes
            .flat_map(|at| {
                self.sensors.iter().map(move |sensor| json!({ "sensorId": sensor, "at": at, "value": "25.3" }))
            })
            .collect();
        let request = Request::of("aquariums-record-samples").header("x-api-key", &self.key);
        request.body(&json!({ "samples": samples }))
    }

    /// An aquarium of another owner: numbers of devices and sensors are limited.
    async fn another(&self, stage: &Stage) -> (Person, String) {
        let owner = stage.person();
        let aquarium = text(&stage.call(Request::of("aquariums-create-aquarium").by(&owner)).await, "id");
        (owner, aquarium)
    }

    /// An aquarium of another owner with a sensor of a device.
    async fn another_sensor(&self, stage: &Stage) -> (Person, String, String) {
        let (owner, aquarium) = self.another(stage).await;
        let device = Request::of("aquariums-create-device").by(&owner).at("id", &aquarium);
        let device = text(&stage.call(device).await, "deviceId");
        let sensor = Request::of("aquariums-create-sensor").by(&owner).at("id", &aquarium).with("deviceId", device);
        let sensor = text(&stage.call(sensor).await, "id");
        (owner, aquarium, sensor)
    }

    async fn elsewhere(&self, stage: &Stage, name: &str) -> Request {
        let (owner, aquarium) = self.another(stage).await;
        Request::of(name).by(&owner).at("id", aquarium)
    }
}

/// An alarm of an owner of its own: each is acknowledged once.
async fn another_alarm(stage: &Stage, name: &str, (owner, aquarium): (Person, String)) -> Value {
    let about = |name: &str| Request::of(name).by(&owner).at("id", &aquarium);
    let device = stage.call(about("aquariums-create-device")).await;
    let create = about("aquariums-create-sensor").with("deviceId", text(&device, "deviceId"));
    let sensor = text(&stage.call(create).await, "id");
    stage.call(about("aquariums-create-alarm-rule").body(&above(&sensor))).await;
    let at = Timestamp::now() + SignedDuration::from_mins(1);
    let samples = json!({ "samples": [{ "sensorId": sensor, "at": at, "value": "25.3" }] });
    let record = Request::of("aquariums-record-samples").header("x-api-key", &text(&device, "key"));
    stage.call(record.body(&samples)).await;
    let alarm = text(&stage.call(about("aquariums-list-alarms")).await["items"][0], "id");
    about(name).at("episodeId", alarm).event()
}

/// Lets a new device have been silent for a day.
async fn silenced(stage: &Stage, aquarium: &str, device: &str) {
    let (now, day) = (Timestamp::now().as_second(), 24 * 60 * 60);
    let (device_id, aquarium_id) = (device.parse().expect("an ID"), aquarium.parse().expect("an ID"));
    let silent = Watch { device_id, aquarium_id, paired: now - 2 * day, due: now - day };
    let table = stage.world.table().of::<Aquariums>();
    let read = Box::pin(table.get::<Watch>(silent.key(), Read::Strong)).await.expect("a table").expect("a watch");
    assert!(Box::pin(table.replace(&read, silent, &Outbox::none())).await.is_ok(), "a watch");
}
