//! A tank with an alarm rule, over HTTP.

use serde_json::{Value, json};
use tests::Call;

use super::readings_support::Tank;

/// A tank with a device, a temperature sensor and a rule above 28 °C.
pub struct Alarming {
    pub tank: Tank,
    pub key: String,
    pub sensor: String,
    /// Path of the rule, behind that of the aquarium.
    pub rule: String,
}

/// The body of a request for a rule about a sensor.
pub fn above(sensor: &str, limit: &str) -> Value {
    json!({
        "name": "Too warm", "sensorIds": [sensor], "condition": "above",
        "limit": { "value": limit, "unit": "celsius" }, "band": { "value": "0.5", "unit": "celsius" },
    })
}

impl Alarming {
    pub async fn new() -> Self {
        let tank = Tank::new().await;
        let (device, key) = tank.device().await;
        let sensor = tank.sensor(Some(&device)).await;
        let rule = tank.call("POST", "alarm-rules").json(&above(&sensor, "28")).send().await.expect(201);
        let rule = format!("alarm-rules/{}", rule["id"].as_str().unwrap());
        Self { tank, key, sensor, rule }
    }

    /// Refuses a change of the rule to callers without a token and to strangers.
    pub async fn is_closed(&self, method: &str, body: Option<&Value>) {
        let with_body = |call: Call| {
            let call = call.header("if-match", "\"1\"");
            if let Some(body) = body { call.json(body) } else { call }
        };
        let anonymous = self.tank.cloud.call(method, &format!("{}/{}", self.tank.path, self.rule));
        with_body(anonymous).send().await.expect_problem(401, "auth.token_missing");
        let stranger = self.tank.cloud.sign_up().await;
        let reply = with_body(self.tank.call_of(&stranger, method, &self.rule)).send().await;
        reply.expect_problem(404, "aquariums.no_such_aquarium");
    }

    /// Sends a value beyond the limit, and returns the path of the alarm, behind that of the aquarium.
    pub async fn fire(&self) -> String {
        // A sample counts from the second in which the rule was created.
        self.tank.record(&self.key, &self.sensor, "29").await;
        let alarms = self.tank.call("GET", "alarms?state=open").send().await.expect(200);
        format!("alarms/{}", alarms["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{alarms}")))
    }
}
