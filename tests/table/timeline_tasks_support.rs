//! Tasks of aquariums in the process, on a table, a timer and a queue of the test's own.

use std::time::Duration;

use contracts::aquariums::MemberRole;
use dynamo::{Key, Read, Versioned};
use jiff::Timestamp;
use kit::http::{Endpoint, endpoint};
use kit::sqs::{Handled, Message};
use serde_json::{Value, json};
use testkit::{Reply, TestQueue, TestTable, leak};
use timeline::consumers::fire_task::fire_task;
use timeline::consumers::sweep_tasks::sweep_tasks;
use timeline::domain::task::Task;
use timeline::store::Timeline;
use timeline::wake::Wake;
use timeline::{ConsumerContext, SweepContext, TimerConsumerContext, TimerEndpointContext, api};
use types::{AquariumId, TaskId};

use crate::bucket::{Services, outgoing};
use crate::identity_support::stage;
use crate::timeline_support::{Call, Person, Tank};

/// The first occurrence of [`weekly`] after the tank's start.
pub const DUE: &str = "2026-11-20T17:00:00Z";

/// Every Friday at 18:00 in Berlin. The tank starts on a Friday at 13:00.
pub fn weekly() -> Value {
    json!({
        "mode": "fixed", "rrule": "FREQ=WEEKLY;BYDAY=FR", "startsAt": "2026-11-20T18:00", "timeZone": "Europe/Berlin",
    })
}

/// Three days after it was done, at 18:00 in Berlin.
pub fn rolling() -> Value {
    json!({
        "mode": "rolling", "everyDays": 3, "time": "18:00", "startsOn": "2026-11-20", "timeZone": "Europe/Berlin",
    })
}

/// The functions of tasks, and an aquarium of Ann with the keeper Ben and the viewer Eve. Zoe has no part in it.
pub struct Chores {
    pub tank: Tank,
    pub services: Services,
    pub id: AquariumId,
    pub ann: Person,
    pub ben: Person,
    pub eve: Person,
    pub zoe: Person,
    timed: &'static TimerEndpointContext,
    firing: &'static TimerConsumerContext,
    sweeping: &'static SweepContext,
    queue: TestQueue,
}

impl Chores {
    pub async fn start() -> Self {
        Self::on(TestTable::start().await).await
    }

    pub async fn on(table: TestTable) -> Self {
        let tank = Tank::on(table).await;
        let (services, queue) = (Services::start().await, TestQueue::start().await);
        let consumer = || ConsumerContext::new(tank.consumer.store.clone(), tank.clock.clone());
        let timed = leak(TimerEndpointContext { ctx: tank.endpoint_context(), timer: services.timer() });
        let firing = leak(TimerConsumerContext { consumer: consumer(), timer: services.timer() });
        let sweeping = leak(SweepContext::new(consumer(), outgoing(&queue)));
        let [ann, ben, eve, zoe] =
            [tank.person("ann").await, tank.person("ben").await, tank.person("eve").await, tank.person("zoe").await];
        let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper), (&eve, MemberRole::Viewer)]).await;
        Self { tank, services, id, ann, ben, eve, zoe, timed, firing, sweeping, queue }
    }

    pub async fn create(&self, who: &Person, key: &str, schedule: &Value) -> Reply {
        let endpoint = endpoint(api::create_task::create_task, self.timed, stage());
        let body = json!({
            "title": "Clean the skimmer", "notes": "Left drawer.", "category": "cleaning", "schedule": schedule,
        });
        self.call(&endpoint, "POST", who, None, (key, None), Some(body)).await
    }

    /// A task that Ann created.
    pub async fn task(&self, key: &str, schedule: &Value) -> TaskId {
        let reply = self.create(&self.ann, key, schedule).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.body["id"].as_str().unwrap().parse().unwrap()
    }

    pub async fn list(&self, who: &Person) -> Reply {
        let endpoint = endpoint(api::list_tasks::list_tasks, self.tank.ctx, stage());
        self.call(&endpoint, "GET", who, None, ("", None), None).await
    }

    pub async fn get(&self, who: &Person, task: TaskId) -> Reply {
        let endpoint = endpoint(api::get_task::get_task, self.tank.ctx, stage());
        self.call(&endpoint, "GET", who, Some(task), ("", None), None).await
    }

    pub async fn update(&self, who: &Person, task: TaskId, version: u64, body: Value) -> Reply {
        let endpoint = endpoint(api::update_task::update_task, self.timed, stage());
        self.call(&endpoint, "PATCH", who, Some(task), ("", Some(version)), Some(body)).await
    }

    pub async fn delete(&self, who: &Person, task: TaskId, version: u64) -> Reply {
        let endpoint = endpoint(api::delete_task::delete_task, self.tank.ctx, stage());
        self.call(&endpoint, "DELETE", who, Some(task), ("", Some(version)), None).await
    }

    pub async fn complete(&self, who: &Person, task: TaskId, body: Value) -> Reply {
        let endpoint = endpoint(api::complete_task::complete_task, self.timed, stage());
        self.call(&endpoint, "POST", who, Some(task), ("", None), Some(body)).await
    }

    pub async fn skip(&self, who: &Person, task: TaskId, body: Value) -> Reply {
        let endpoint = endpoint(api::skip_task::skip_task, self.timed, stage());
        self.call(&endpoint, "POST", who, Some(task), ("", None), Some(body)).await
    }

    pub async fn snooze(&self, who: &Person, task: TaskId, occurrence: &str, until: &str) -> Reply {
        let endpoint = endpoint(api::snooze_task::snooze_task, self.timed, stage());
        let body = json!({ "occurrence": occurrence, "until": until });
        self.call(&endpoint, "POST", who, Some(task), ("", None), Some(body)).await
    }

    pub async fn due(&self, who: &Person) -> Reply {
        let endpoint = endpoint(api::list_due_tasks::list_due_tasks, self.tank.ctx, stage());
        self.tank.call(&endpoint, "GET", Some(who), Call::default()).await
    }

    async fn call(
        &self,
        endpoint: &Endpoint,
        method: &str,
        who: &Person,
        task: Option<TaskId>,
        (key, version): (&str, Option<u64>),
        body: Option<Value>,
    ) -> Reply {
        let tag = version.map(|version| format!("\"{version}\""));
        let mut parameters = vec![("id", self.id.to_string())];
        parameters.extend(task.map(|task| ("taskId", task.to_string())));
        let key = if key.is_empty() { "key" } else { key };
        let call = Call { key, if_match: tag.as_deref(), parameters, body, ..Call::default() };
        self.tank.call(endpoint, method, Some(who), call).await
    }

    /// A task as it is stored.
    pub async fn stored(&self, task: TaskId) -> Option<Versioned<Task>> {
        let key = Key::new("aquarium", self.id, format!("task#{task}"));
        self.tank.table.of::<Timeline>().get(key, Read::Strong).await.unwrap()
    }

    /// The call for which a task waits.
    pub async fn wake(&self, task: TaskId) -> Option<Wake> {
        Wake::of(&self.stored(task).await?.value)
    }

    /// Moves the clock to a moment.
    pub fn wait_for(&self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        let by = self.tank.clock.now().duration_until(at);
        self.tank.clock.advance(Duration::try_from(by).unwrap_or_default());
    }

    pub async fn fire(&self, wake: Wake) -> Handled {
        fire_task(self.firing, wake).await
    }

    /// Runs the sweep, and returns what it put in the queue.
    pub async fn overdue(&self) -> Vec<Wake> {
        sweep_tasks(self.sweeping).await.unwrap();
        let sent = self.queue.take();
        sent.iter().map(|sent| Wake::read(sent["MessageBody"].as_str().unwrap()).unwrap()).collect()
    }

    /// Number of items whose events name a user.
    pub async fn events_naming(&self, who: &Person) -> usize {
        let (items, id) = (self.tank.table.items().await, who.id.to_string());
        let outboxes = items.iter().filter_map(|item| item.get("outbox")).filter_map(|text| text.as_s().ok());
        outboxes.filter(|text| text.contains(&id)).count()
    }

    /// The events of a type that items carry in their outbox now.
    pub async fn told(&self, event_type: &str) -> Vec<Value> {
        let items = self.tank.table.items().await;
        let outboxes = items.iter().filter_map(|item| item.get("outbox")).filter_map(|text| text.as_s().ok());
        let events = outboxes.flat_map(|text| serde_json::from_str::<Vec<Value>>(text).unwrap());
        events.filter(|event| event["type"] == event_type).map(|event| event["data"].clone()).collect()
    }
}
