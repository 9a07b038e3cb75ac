//! An aquarium with a viewer's view of its sensors and devices, over HTTP.

use serde_json::{Value, json};
use tests::{Call, Cloud, User};
use types::Uuid;

/// An aquarium of a new user.
pub struct Tank {
    pub cloud: Cloud,
    pub owner: User,
    pub path: String,
}

impl Tank {
    pub async fn new() -> Self {
        let cloud = Cloud::connect().await;
        let owner = cloud.sign_up().await;
        let body = json!({ "name": "Reef", "kind": "marine", "netVolumeMl": 180_000, "timeZone": "Europe/Berlin" });
        let call = cloud.post("/v1/aquarium/aquariums").bearer(&owner.access_token);
        let call = call.header("idempotency-key", &Uuid::now_v7().to_string());
        let aquarium = call.json(&body).send().await.expect(201);
        let path = format!("/v1/aquarium/aquariums/{}", aquarium["id"].as_str().unwrap());
        Self { cloud, owner, path }
    }

    /// A call of the owner, whose path begins behind that of the aquarium.
    pub fn call(&self, method: &str, path: &str) -> Call {
        self.call_of(&self.owner, method, path)
    }

    /// The same of another user.
    pub fn call_of(&self, user: &User, method: &str, path: &str) -> Call {
        let call = self.cloud.call(method, &format!("{}/{path}", self.path)).bearer(&user.access_token);
        if method == "POST" { call.header("idempotency-key", &Uuid::now_v7().to_string()) } else { call }
    }

    /// Refuses callers without a token and strangers.
    pub async fn is_closed(&self, method: &str, path: &str, body: Option<&Value>) {
        let with_body = |call: Call| if let Some(body) = body { call.json(body) } else { call };
        let anonymous = self.cloud.call(method, &format!("{}/{path}", self.path));
        with_body(anonymous).send().await.expect_problem(401, "auth.token_missing");
        let stranger = self.cloud.sign_up().await;
        let reply = with_body(self.call_of(&stranger, method, path)).send().await;
        reply.expect_problem(404, "aquariums.no_such_aquarium");
    }

    /// Creates a device, and returns its ID and its key.
    pub async fn device(&self) -> (String, String) {
        let device = self.call("POST", "devices").json(&json!({ "name": "Controller" })).send().await.expect(201);
        let text = |name: &str| device[name].as_str().unwrap().to_owned();
        (text("deviceId"), text("key"))
    }

    /// Creates a temperature sensor, and returns its ID.
    pub async fn sensor(&self, device: Option<&str>) -> String {
        let body = json!({ "name": "T", "parameter": "temperature", "unit": "celsius", "deviceId": device });
        let sensor = self.call("POST", "sensors").json(&body).send().await.expect(201);
        sensor["id"].as_str().unwrap().to_owned()
    }

    /// Records a sample of now.
    pub async fn record(&self, key: &str, sensor: &str, value: &str) -> Value {
        let body = json!({ "samples": [{ "sensorId": sensor, "at": jiff::Timestamp::now(), "value": value }] });
        self.cloud.post("/v1/aquarium/readings").header("x-api-key", key).json(&body).send().await.expect(200)
    }
}
