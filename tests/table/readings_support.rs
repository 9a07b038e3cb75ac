//! Sensors, devices and readings of aquariums in the process, on a table of the test's own.

use aquariums::domain::access::Access;
use aquariums::domain::aquarium::{Aquarium, Details};
use aquariums::store::{Aquariums, Store};
use aquariums::{ConsumerContext, Ctx, api};
use calendar::ZoneName;
use contracts::aquariums::{AquariumKind, MemberRole};
use dynamo::Outbox;
use jiff::Timestamp;
use kit::Clock;
use kit::http::{Endpoint, endpoint};
use serde_json::{Value, json};
use testkit::{Reply, TestTable, leak, request};
use types::{AquariumId, UserId};

use crate::identity_support::{Deployment, stage};

/// A deployment with an aquarium that has a keeper and a viewer.
pub struct Reef {
    pub table: TestTable,
    pub clock: Clock,
    pub aquarium: AquariumId,
    pub owner: Person,
    pub keeper: Person,
    pub viewer: Person,
    pub stranger: Person,
    pub consumer: &'static ConsumerContext,
    ctx: &'static Ctx,
    identity: Deployment,
}

/// A user with an access token.
#[derive(Clone)]
pub struct Person {
    pub id: UserId,
    pub token: String,
}

impl Person {
    /// The header with the access token.
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

/// A device with its key.
#[derive(Clone)]
pub struct Device {
    pub id: String,
    pub key: String,
}

impl Reef {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await, "2026-11-29T12:00:30Z").await
    }

    pub async fn start_with_conflicts() -> Self {
        Self::on(TestTable::start_with_conflicts().await, "2026-11-29T12:00:30Z").await
    }

    pub async fn on(table: TestTable, now: &str) -> Self {
        let (identity, clock) = (Deployment::start().await, Clock::manual(now.parse().unwrap()));
        let store = || Store::new(table.of::<Aquariums>());
        let mut people = Vec::new();
        for name in ["owner", "keeper", "viewer", "stranger"] {
            people.push(person(&identity, &format!("{name}@example.com")).await);
        }
        let [owner, keeper, viewer, stranger] = people.try_into().ok().unwrap();
        let access = Access::new(AquariumId::generate(), owner.id);
        let access = access.admit(keeper.id, MemberRole::Keeper).unwrap().admit(viewer.id, MemberRole::Viewer).unwrap();
        let aquarium = access.aquarium_id;
        table.of::<Aquariums>().create(access, &Outbox::none()).await.unwrap();
        Self {
            ctx: leak(Ctx::new(store(), clock.clone(), identity.verifier())),
            consumer: leak(ConsumerContext::new(store(), clock.clone())),
            table,
            clock,
            aquarium,
            owner,
            keeper,
            viewer,
            stranger,
            identity,
        }
    }

    /// Gives the viewer a new access token. One lasts minutes, by the clock of the machine.
    pub async fn sign_in_viewer(&mut self) {
        let signed_in = self.identity.sign_in("viewer@example.com").await.body;
        signed_in["tokens"]["accessToken"].as_str().unwrap().clone_into(&mut self.viewer.token);
    }

    /// Calls an endpoint of the aquarium, whose path begins behind its ID.
    pub async fn call(&self, person: &Person, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let authorization = person.authorization();
        let key = types::new_uuid().to_string();
        let headers = [("authorization", authorization.as_str()), ("idempotency-key", key.as_str())];
        self.send(method, path, &headers, body).await
    }

    /// The same with headers of the test's own.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Reply {
        let url = format!("/v1/aquarium/aquariums/{}/{path}", self.aquarium);
        let mut call = request(method, &url, headers, body);
        let plain = path.split('?').next().unwrap_or_default();
        let parts: Vec<_> = plain.split('/').collect();
        let mut parameters = vec![("id".to_owned(), self.aquarium.to_string())];
        let endpoint = self.endpoint(method, &parts);
        if let Some(id) = parts.get(1) {
            let name = match parts[0] {
                "devices" => "deviceId",
                "alarm-rules" => "ruleId",
                "alarms" => "episodeId",
                _ => "sensorId",
            };
            parameters.push((name.to_owned(), (*id).to_owned()));
        }
        call = lambda_http::RequestExt::with_path_parameters(
            call,
            parameters.into_iter().collect::<std::collections::HashMap<_, _>>(),
        );
        endpoint.call(call).await.into()
    }

    fn endpoint(&self, method: &str, parts: &[&str]) -> Endpoint {
        match (method, parts) {
            ("POST", ["devices"]) => endpoint(api::create_device::create_device, self.ctx, stage()),
            ("GET", ["devices"]) => endpoint(api::list_aquarium_devices::list_aquarium_devices, self.ctx, stage()),
            ("POST", ["devices", _, "key"]) => endpoint(api::rotate_device_key::rotate_device_key, self.ctx, stage()),
            ("POST", ["devices", _, "history"]) => endpoint(api::import_history::import_history, self.ctx, stage()),
            ("DELETE", ["devices", _]) => endpoint(api::delete_device::delete_device, self.ctx, stage()),
            ("POST", ["sensors"]) => endpoint(api::create_sensor::create_sensor, self.ctx, stage()),
            ("GET", ["sensors"]) => endpoint(api::list_sensors::list_sensors, self.ctx, stage()),
            ("DELETE", ["sensors", _]) => endpoint(api::delete_sensor::delete_sensor, self.ctx, stage()),
            ("POST", ["sensors", _, "calibrations"]) => {
                endpoint(api::create_calibration::create_calibration, self.ctx, stage())
            }
            ("GET", ["readings"]) => endpoint(api::get_series::get_series, self.ctx, stage()),
            ("GET", ["derived"]) => endpoint(api::get_derived_values::get_derived_values, self.ctx, stage()),
            ("GET", ["latest"]) => endpoint(api::get_latest_readings::get_latest_readings, self.ctx, stage()),
            other => self.alarm_endpoint(other),
        }
    }

    /// The list of the alarms of an aquarium.
    pub fn list_alarms(&self) -> Endpoint {
        endpoint(api::list_alarms::list_alarms, self.ctx, stage())
    }

    fn alarm_endpoint(&self, (method, parts): (&str, &[&str])) -> Endpoint {
        match (method, parts) {
            ("POST", ["alarm-rules"]) => endpoint(api::create_alarm_rule::create_alarm_rule, self.ctx, stage()),
            ("GET", ["alarm-rules"]) => endpoint(api::list_alarm_rules::list_alarm_rules, self.ctx, stage()),
            ("GET", ["alarm-rules", _]) => endpoint(api::get_alarm_rule::get_alarm_rule, self.ctx, stage()),
            ("PATCH", ["alarm-rules", _]) => endpoint(api::update_alarm_rule::update_alarm_rule, self.ctx, stage()),
            ("DELETE", ["alarm-rules", _]) => endpoint(api::delete_alarm_rule::delete_alarm_rule, self.ctx, stage()),
            ("GET", ["alarms"]) => self.list_alarms(),
            ("GET", ["alarms", _]) => endpoint(api::get_alarm_episode::get_alarm_episode, self.ctx, stage()),
            ("POST", ["alarms", _, _]) => endpoint(api::acknowledge_alarm::acknowledge_alarm, self.ctx, stage()),
            ("PUT", ["quiet"]) => endpoint(api::replace_quiet_times::replace_quiet_times, self.ctx, stage()),
            ("GET", ["quiet"]) => endpoint(api::get_quiet_times::get_quiet_times, self.ctx, stage()),
            ("DELETE", ["quiet"]) => endpoint(api::delete_quiet_times::delete_quiet_times, self.ctx, stage()),
            other => panic!("no endpoint {other:?}"),
        }
    }

    /// Creates a device.
    pub async fn device(&self) -> Device {
        let reply = self.call(&self.owner, "POST", "devices", Some(&json!({ "name": "Controller" }))).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        Device {
            id: reply.body["deviceId"].as_str().unwrap().to_owned(),
            key: reply.body["key"].as_str().unwrap().to_owned(),
        }
    }

    /// Adds what the keeper says about the aquarium.
    pub async fn describe(&self, kind: AquariumKind) {
        let details = Details { name: "Reef".to_owned(), kind, net_volume_ml: 180_000, time_zone: ZoneName::utc() };
        let aquarium = Aquarium::new(self.aquarium, self.owner.id, details, self.clock.now());
        self.table.of::<Aquariums>().create(aquarium, &Outbox::none()).await.unwrap();
    }

    /// Creates a temperature sensor in °C, and returns its ID.
    pub async fn sensor(&self, device: Option<&Device>) -> String {
        self.sensor_of(device, "temperature", "celsius").await
    }

    /// Creates a sensor, and returns its ID.
    pub async fn sensor_of(&self, device: Option<&Device>, parameter: &str, unit: &str) -> String {
        let device = device.map(|device| &device.id);
        let body = json!({ "name": "T", "parameter": parameter, "unit": unit, "deviceId": device });
        let reply = self.call(&self.owner, "POST", "sensors", Some(&body)).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.body["id"].as_str().unwrap().to_owned()
    }

    /// Sends samples with a key.
    pub async fn record(&self, key: &str, samples: &[(&str, Timestamp, &str)]) -> Reply {
        let samples: Vec<_> =
            samples.iter().map(|(sensor, at, value)| json!({ "sensorId": sensor, "at": at, "value": value })).collect();
        self.record_body(&[("x-api-key", key)], &json!({ "samples": samples })).await
    }

    pub async fn record_body(&self, headers: &[(&str, &str)], body: &Value) -> Reply {
        let endpoint = endpoint(api::record_samples::record_samples, self.consumer, stage());
        endpoint.call(request("POST", "/v1/aquarium/readings", headers, Some(body))).await.into()
    }

    /// Reads a series as the viewer.
    pub async fn series(&self, query: &str) -> Reply {
        self.call(&self.viewer, "GET", &format!("readings?{query}"), None).await
    }
}

async fn person(identity: &Deployment, email: &str) -> Person {
    let signed_up = identity.sign_up(email).await.body;
    let token = signed_up["tokens"]["accessToken"].as_str().unwrap().to_owned();
    Person { id: signed_up["user"]["id"].as_str().unwrap().parse().unwrap(), token }
}

/// Counts of a recorded batch: new, duplicate, conflicting.
pub fn counts(reply: &Reply) -> (u64, u64, u64) {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let count = |name: &str| reply.body[name].as_u64().unwrap();
    (count("stored"), count("duplicates"), count("conflicts"))
}

/// The status and the code of a refusal.
pub fn refusal(reply: &Reply) -> (u16, &str) {
    (reply.status, reply.body["code"].as_str().unwrap_or_default())
}
