//! What the works need to be there, and the events that ask for them.

use std::collections::HashMap;
use std::time::Duration;

use dynamo::Outbox;
use events::domain::event_type::{Description, EventType};
use events::store::{Events, Store};
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::TestTable;
use types::{EventTypeId, Money, PointId, UserId, Uuid};

use crate::harness::binary;
use crate::harness::runtime_api::Function;
use crate::harness::world::World;
use crate::stacks::{NAMES, Stack};
use crate::{COLD_STARTS, DISTANCES, WARM_INVOCATIONS, WARM_UP};

/// One of the five works.
pub struct Work {
    pub name: &'static str,
    /// Atoll's function.
    pub function: &'static str,
    /// The memory that Atoll's template gives it, which sizes Node's heap.
    pub memory_mib: u32,
}

/// What is compared.
pub const WORKS: [Work; 5] = [
    Work { name: "register", function: "identity-register", memory_mib: 1024 },
    Work { name: "login", function: "identity-login", memory_mib: 1024 },
    Work { name: "placeEvent", function: "events-create-event", memory_mib: 256 },
    Work { name: "readList", function: "events-list-point-events", memory_mib: 256 },
    Work { name: "consumeTen", function: "wallet-keep-copies", memory_mib: 256 },
];

/// The password of everybody.
const PASSWORD: &str = "correct horse battery staple";
/// Events at the point that is listed: more than a page.
const LISTED: usize = 25;
/// Messages that SQS hands to a consumer at once.
const BATCH: usize = 10;
/// Invocations of one work by one stack beside those that are measured: while it is compared.
const COMPARED: usize = 20;

/// A world with people, points, kinds of events and a list.
pub struct Scene {
    world: World,
    table: TestTable,
    token: String,
    /// A kind with a cooldown and a reward, as most have.
    kind: EventTypeId,
    /// The point whose events are listed.
    listed: PointId,
    /// Points where nobody has reported anything.
    points: Vec<PointId>,
    made: usize,
}

impl Scene {
    /// Starts one.
    pub async fn start() -> Self {
        let mut scene = Self {
            world: World::start().await,
            table: TestTable::start().await,
            token: String::new(),
            kind: EventTypeId::generate(),
            listed: PointId::generate(),
            points: Vec::new(),
            made: 0,
        };
        let store = Store::new(scene.table.of::<Events>());
        let always = EventTypeId::generate();
        for (id, code, cooldown_minutes) in [(scene.kind, "feeding", 60), (always, "visit", 0)] {
            let reward = Some(Money::new(10, "POINTS".parse().expect("a code")));
            let description = Description {
                name: "Feeding".into(),
                icon: "bowl".into(),
                reward,
                cooldown_minutes,
                max_distance_m: None,
                reward_limits: events::domain::reward::RewardLimits::default(),
            };
            let created_at = Timestamp::now();
            let kind = EventType { id, code: code.into(), description, retired: false, created_at };
            store.add_event_type(&kind, &Outbox::none()).await.expect("a kind");
        }
        scene.sign_up_again().await;
        for stack in 0..NAMES.len() {
            scene.sign_up(&address(stack)).await;
        }
        scene.make_points().await;
        scene.make_list(always).await;
        scene
    }

    /// The environment of one function.
    pub fn environment(&self, stack: &Stack, work: &Work, database: &str) -> HashMap<String, String> {
        let mut environment = self.own_environment(database);
        environment.insert("AWS_LAMBDA_FUNCTION_NAME".to_owned(), work.function.to_owned());
        environment.insert("AWS_LAMBDA_FUNCTION_MEMORY_SIZE".to_owned(), work.memory_mib.to_string());
        environment.extend(stack.environment(work));
        environment
    }

    fn own_environment(&self, database: &str) -> HashMap<String, String> {
        let mut environment = self.world.environment().clone();
        environment.insert("AWS_ENDPOINT_URL_DYNAMODB".to_owned(), format!("http://{database}"));
        environment
    }

    /// Where the table is, at a distance.
    pub async fn database(&self, added: Duration) -> String {
        if added.is_zero() { self.table.address().to_owned() } else { self.table.address_behind(added).await }
    }

    /// The table.
    pub fn table(&self) -> &TestTable {
        &self.table
    }

    /// A running function of Atoll.
    pub async fn atoll(&self, function: &str) -> Function {
        let command = [binary(function).display().to_string()];
        Function::start(&command, &self.own_environment(self.table.address())).await.expect(function)
    }

    /// Registers somebody through Atoll, and gives their token.
    async fn sign_up(&self, email: &str) -> String {
        let reply = self.atoll("identity-register").await.invoke(&register(email)).await.expect("register").reply;
        let reply = reply.expect("an answer");
        let body: Value = serde_json::from_str(reply["body"].as_str().expect("a body")).expect("JSON");
        body["tokens"]["accessToken"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
    }

    /// A new caller, whose token is fresh.
    pub async fn sign_up_again(&mut self) {
        let email = format!("caller-{}@example.com", self.number());
        self.token = self.sign_up(&email).await;
    }

    /// A number that was never used before.
    fn number(&mut self) -> usize {
        self.made += 1;
        self.made
    }

    /// Tells Atoll of points, enough for each event to be placed at a point of its own.
    async fn make_points(&mut self) {
        let needed = NAMES.len() * (DISTANCES.len() * (COLD_STARTS + WARM_UP + WARM_INVOCATIONS) + COMPARED);
        let mut function = self.atoll("events-keep-copies").await;
        self.points = (0..needed).map(|_| PointId::generate()).collect();
        let all: Vec<_> = self.points.iter().copied().chain([self.listed]).collect();
        for points in all.chunks(BATCH) {
            let records: Vec<_> = points.iter().map(|point| point_created(*point)).collect();
            let reply = function.invoke(&json!({ "Records": records })).await.expect("points").reply;
            assert_eq!(reply.expect("an answer")["batchItemFailures"], json!([]));
        }
    }

    async fn make_list(&self, kind: EventTypeId) {
        let mut function = self.atoll("events-create-event").await;
        for _ in 0..LISTED {
            let event = place_event(&self.token, self.listed, kind, &Uuid::now_v7().to_string());
            let reply = function.invoke(&event).await.expect("an event").reply.expect("an answer");
            assert_eq!(reply["statusCode"], 201, "{reply}");
        }
    }

    /// A fresh event that asks for a work: the address, key and ids in it were never used before. Stacks sign in to accounts
    /// of their own, since each sign-in changes the account.
    pub fn event(&mut self, work: &Work, stack: usize) -> Value {
        match work.name {
            "register" => register(&format!("person-{:05}@example.com", self.number())),
            "login" => login(&address(stack)),
            "placeEvent" => {
                let (point, key) = (self.points.pop().expect("enough points"), format!("attempt-{:05}", self.number()));
                place_event(&self.token, point, self.kind, &key)
            }
            "readList" => read_list(&self.token, self.listed),
            _ => batch(),
        }
    }

    /// The same request with another token.
    pub fn list_with(&self, token: &str) -> Value {
        read_list(token, self.listed)
    }
}

/// The address that a stack signs in with; all are of one length.
fn address(stack: usize) -> String {
    format!("stack-{stack}@example.com")
}

fn sample(name: &str) -> Value {
    let path = tests::root().join(format!("events/invoke/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("a sample")).expect("JSON")
}

fn with_body(name: &str, body: &Value) -> Value {
    let mut event = sample(name);
    event["body"] = body.to_string().into();
    event
}

fn register(email: &str) -> Value {
    let device = json!({ "name": "Ann's phone", "platform": "ios" });
    with_body("identity-register", &json!({ "email": email, "password": PASSWORD, "name": "Ann", "device": device }))
}

/// A sign-in of the user that exists.
pub fn login(email: &str) -> Value {
    let device = json!({ "name": "Ann's phone", "platform": "ios" });
    with_body("identity-login", &json!({ "email": email, "password": PASSWORD, "device": device }))
}

fn place_event(token: &str, point: PointId, kind: EventTypeId, key: &str) -> Value {
    let body = json!({ "pointId": point, "eventTypeId": kind, "note": "Two cats, both look well." });
    let mut event = with_body("events-create-event", &body);
    event["headers"]["authorization"] = format!("Bearer {token}").into();
    event["headers"]["idempotency-key"] = key.into();
    event
}

fn read_list(token: &str, point: PointId) -> Value {
    let mut event = sample("events-list-point-events");
    event["headers"]["authorization"] = format!("Bearer {token}").into();
    event["pathParameters"]["id"] = json!(point);
    event
}

/// Ten messages: half of them tell of new people, half of new points.
fn batch() -> Value {
    let records: Vec<_> = (0..BATCH)
        .map(|number| if number % 2 == 0 { user_registered() } else { point_created(PointId::generate()) })
        .collect();
    json!({ "Records": records })
}

fn user_registered() -> Value {
    let user = UserId::generate();
    let data = json!({ "userId": user, "email": "ann@example.com", "name": "Ann", "verificationId": Uuid::now_v7() });
    message("identity.user_registered", &user.to_string(), &data)
}

fn point_created(point: PointId) -> Value {
    let location = json!({ "lat": 52.5208, "lng": 13.4094 });
    let data = json!({
        "pointId": point, "name": "Fountain", "kind": "water", "location": location, "keeperId": UserId::generate(),
        "revision": 1,
    });
    message("points.point_created", &point.to_string(), &data)
}

/// A message as EventBridge puts it into a queue, and SQS hands it to a function.
fn message(kind: &str, subject: &str, data: &Value) -> Value {
    let mut message = sample("wallet-keep-copies")["Records"][0].take();
    let mut body: Value = serde_json::from_str(message["body"].as_str().expect("a body")).expect("JSON");
    body["detail-type"] = format!("{kind}.v1").into();
    body["detail"]["type"] = kind.into();
    body["detail"]["id"] = json!(Uuid::now_v7());
    body["detail"]["subject"] = subject.into();
    body["detail"]["data"] = data.clone();
    message["messageId"] = json!(Uuid::now_v7());
    message["body"] = body.to_string().into();
    message
}
