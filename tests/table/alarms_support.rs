//! Alarms of aquariums in the process: a device whose clock the test moves.

use aquariums::consumers::sweep_watches::sweep_watches;
use aquariums::domain::access::Access;
use aquariums::store::Aquariums;
use contracts::DomainEvent;
use contracts::notifications::NotificationRequested;
use dynamo::{Entity, Outbox, Read};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::Reply;
use types::UserId;

use crate::readings_support::{Device, Person, Reef, counts};

/// A device with sensors, at which the test sends one sample after another.
pub struct Tank {
    pub reef: Reef,
    pub device: Device,
    pub sensor: String,
}

impl Tank {
    /// A tank with a temperature sensor.
    pub async fn start() -> Self {
        Self::of("temperature", "celsius").await
    }

    /// A tank with a sensor of its own kind.
    pub async fn of(parameter: &str, unit: &str) -> Self {
        let reef = Reef::start().await;
        let device = reef.device().await;
        let sensor = reef.sensor_of(Some(&device), parameter, unit).await;
        Self { reef, device, sensor }
    }

    /// Creates a rule above a limit, which ends ten minutes after the value is back, and returns its ID.
    pub async fn rule(&self, limit: &str, band: &str, unit: &str) -> String {
        let body = json!({
            "name": "Too high", "sensorIds": [self.sensor], "condition": "above",
            "limit": { "value": limit, "unit": unit }, "band": { "value": band, "unit": unit }, "clearForSeconds": 600,
        });
        let reply = self.reef.call(&self.reef.keeper, "POST", "alarm-rules", Some(&body)).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.body["id"].as_str().unwrap().to_owned()
    }

    /// Moves the clock by minutes.
    pub fn wait(&self, minutes: u64) {
        self.reef.clock.advance(std::time::Duration::from_secs(60 * minutes));
    }

    /// Sends a sample of now.
    pub async fn send(&self, value: &str) -> Reply {
        let reply = self.reef.record(&self.device.key, &[(&self.sensor, self.reef.clock.now(), value)]).await;
        assert_eq!(counts(&reply), (1, 0, 0));
        reply
    }

    /// Sends samples, each with the minutes by which it is ahead of a time.
    pub async fn send_all(&self, start: Timestamp, samples: &[(i64, &str)]) -> Reply {
        let at = |minutes: i64| start + SignedDuration::from_mins(minutes);
        let samples: Vec<_> =
            samples.iter().map(|(minutes, value)| (self.sensor.as_str(), at(*minutes), *value)).collect();
        self.reef.record(&self.device.key, &samples).await
    }

    /// The alarms in a state, newest first.
    pub async fn alarms(&self, state: &str) -> Vec<Value> {
        let path = format!("alarms?state={state}&limit=100");
        let reply = self.reef.call(&self.reef.viewer, "GET", &path, None).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.body["items"].as_array().unwrap().clone()
    }

    /// Runs the sweep.
    pub async fn sweep(&self) {
        sweep_watches(self.reef.consumer).await.unwrap();
    }

    /// The events of a type that are not deleted yet.
    pub async fn told<T: DomainEvent>(&self) -> Vec<Value> {
        let items = self.reef.table.items().await;
        let outboxes = items.iter().filter_map(|item| item.get("outbox")).filter_map(|text| text.as_s().ok());
        let events = outboxes.flat_map(|text| serde_json::from_str::<Vec<Value>>(text).unwrap());
        events.filter(|event| event["type"] == T::TYPE).map(|event| event["data"].clone()).collect()
    }

    /// The notifications with a template.
    pub async fn notices(&self, template: &str) -> Vec<Value> {
        let all = self.told::<NotificationRequested>().await.into_iter();
        all.filter(|notice| notice["message"]["template"] == template).collect()
    }

    /// Removes a member.
    pub async fn remove(&self, member: UserId) {
        let table = self.reef.table.of::<Aquariums>();
        let key = Access::new(self.reef.aquarium, self.reef.owner.id).key();
        let read = table.get::<Access>(key, Read::Strong).await.unwrap().unwrap();
        let next = read.value.without(member).unwrap();
        table.replace(&read, next, &Outbox::none()).await.unwrap();
    }

    /// Calls an endpoint with `If-Match`.
    pub async fn call_if(&self, person: &Person, method: &str, path: &str, tag: &str, body: Option<&Value>) -> Reply {
        let authorization = person.authorization();
        self.reef.send(method, path, &[("authorization", authorization.as_str()), ("if-match", tag)], body).await
    }
}
