//! That all stacks do the same: a stack that does less is not measured.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::harness::runtime_api::Function;
use crate::scene::{self, Scene, Work};
use crate::stacks::Stack;
use crate::stored::Before;
use crate::witness::{Usage, Witness};

/// What a warm invocation of a stack asked, answered and wrote.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The answer's status; none of a consumer.
    pub status: Option<u64>,
    /// What was asked of the table.
    pub usage: Usage,
    /// Lines in the log.
    pub log_lines: usize,
    /// What the log got.
    pub log_bytes: usize,
    shape: Value,
    headers: Vec<String>,
    log_fields: Vec<String>,
    stored: Vec<Value>,
}

/// A function whose log is read.
struct Observed {
    function: Function,
    log: PathBuf,
}

impl Observed {
    async fn start(scene: &Scene, stack: &Stack, work: &Work, database: &str) -> Self {
        let log = tests::root().join(format!("target/bench/peers/{}-{}.log", stack.name, work.function));
        std::fs::write(&log, "").expect("a log");
        // The shell becomes the function: its log is all that both of its outputs get. What the output was stays open: whoever
        // started it may take its end for the function's.
        let script = format!("exec \"$@\" 3>&1 >>'{}' 2>&1", log.display());
        let mut command = vec!["/bin/sh".to_owned(), "-c".to_owned(), script, "sh".to_owned()];
        command.extend(stack.command(work));
        let environment = scene.environment(stack, work, database);
        let function = Function::start(&command, &environment).await;
        Self { function: function.unwrap_or_else(|error| panic!("{}: {error}\n{}", stack.name, text(&log))), log }
    }

    async fn invoke(&mut self, event: &Value) -> (Value, String) {
        let before = text(&self.log).len();
        let reply = self.function.invoke(event).await.and_then(|invocation| invocation.reply);
        let written = text(&self.log).split_off(before);
        (reply.unwrap_or_else(|error| panic!("{error}\n{written}")), written)
    }
}

fn text(log: &Path) -> String {
    std::fs::read_to_string(log).expect("a log")
}

/// Fails unless all stacks do a work alike; gives what each of them did.
pub async fn check(scene: &mut Scene, work: &Work, stacks: &[Stack]) -> Vec<Asked> {
    let mut all = Vec::new();
    for (at, stack) in stacks.iter().enumerate() {
        let witness = Witness::start(&scene.database(std::time::Duration::ZERO).await).await;
        let mut observed = Observed::start(scene, stack, work, witness.address()).await;
        // The first invocation differs in what it asks where something is made once.
        observed.invoke(&scene.event(work, at)).await;
        witness.take();
        let event = scene.event(work, at);
        let before = Before::of(scene.table()).await;
        let (reply, log) = observed.invoke(&event).await;
        let asked = Asked::of(&reply, &log, witness.take());
        all.push(Asked { stored: before.since(scene.table()).await, ..asked });
        for other in stacks.iter().filter(|other| other.name != stack.name) {
            let mut observed = Observed::start(scene, other, work, witness.address()).await;
            continues(scene, work, &event, &reply, &mut observed).await;
        }
    }
    for (stack, asked) in stacks.iter().zip(&all) {
        asked.must_equal(&all[0], &format!("{} by {} and {}", work.name, stack.name, stacks[0].name));
    }
    all
}

/// Another stack goes on with what one stack has stored.
async fn continues(scene: &Scene, work: &Work, event: &Value, reply: &Value, other: &mut Observed) {
    match work.name {
        "register" | "login" => {
            let body: Value = serde_json::from_str(reply["body"].as_str().expect("a body")).expect("JSON");
            let mut list = scene.atoll("events-list-point-events").await;
            let token = body["tokens"]["accessToken"].as_str().unwrap_or_else(|| panic!("{body}"));
            let listed = list.invoke(&scene.list_with(token)).await.expect("a list").reply.expect("an answer");
            assert_eq!(listed["statusCode"], 200, "the token is not accepted: {listed}");
            if work.name == "register" {
                let (again, _) = other.invoke(event).await;
                assert_eq!(again["statusCode"], 409, "the address is not taken: {again}");
                let email = body["user"]["email"].as_str().expect("an address");
                let mut login = scene.atoll("identity-login").await;
                let signed_in = login.invoke(&scene::login(email)).await.expect("login").reply.expect("an answer");
                assert_eq!(signed_in["statusCode"], 200, "{signed_in}");
            } else {
                let (again, _) = other.invoke(event).await;
                assert_eq!(again["statusCode"], 200, "{again}");
            }
        }
        "placeEvent" | "readList" => {
            let (again, _) = other.invoke(event).await;
            let body = |reply: &Value| -> Value {
                serde_json::from_str(reply["body"].as_str().expect("a body")).expect("JSON")
            };
            assert_eq!(in_one_way(body(&again)), in_one_way(body(reply)), "a repeat gets what the first try got");
        }
        _ => {
            let (again, log) = other.invoke(event).await;
            assert_eq!(again["batchItemFailures"], json!([]));
            let codes: Vec<Value> = lines(&log).into_iter().map(|mut line| line["code"].take()).collect();
            assert_eq!(codes, vec![json!("duplicate"); 10], "what was stored is not what others store");
        }
    }
}

/// With its times written in one way: stacks differ in the zeros at the end of a fraction, which mean nothing.
fn in_one_way(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(in_one_way).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, field)| (name, in_one_way(field))).collect(),
        Value::String(text) => text.parse::<jiff::Timestamp>().map_or(text, |time| time.to_string()).into(),
        other => other,
    }
}

impl Asked {
    fn of(reply: &Value, log: &str, usage: Usage) -> Self {
        let body = reply["body"].as_str().map_or(Value::Null, |body| serde_json::from_str(body).expect("JSON"));
        let lines = lines(log);
        let headers = reply["headers"].as_object().cloned().unwrap_or_default();
        Self {
            status: reply["statusCode"].as_u64(),
            usage,
            log_lines: lines.len(),
            log_bytes: log.len(),
            shape: if body.is_null() { shape(reply) } else { shape(&body) },
            headers: headers.keys().map(|name| name.to_lowercase()).collect(),
            log_fields: lines.first().map(fields).unwrap_or_default(),
            stored: Vec::new(),
        }
    }

    fn must_equal(&self, other: &Self, whose: &str) {
        assert_eq!(self.status, other.status, "status of {whose}");
        assert!(self.status.is_none_or(|status| status < 300), "{whose} has failed: {:?}", self.status);
        assert_eq!(self.shape, other.shape, "shape of the answer of {whose}");
        assert_eq!(self.headers, other.headers, "headers of {whose}");
        assert_eq!(self.usage.operations, other.usage.operations, "calls of {whose}");
        assert!(self.usage.calls() > 0, "{whose} asks nothing of the table");
        let units = |asked: &Self| (asked.usage.read_units, asked.usage.write_units);
        assert_eq!(units(self), units(other), "units of {whose}");
        // Ten messages at once are worked on as each stack does it.
        assert!(self.status.is_none() || self.usage.rounds == other.usage.rounds, "rounds of {whose}");
        assert_eq!(self.stored, other.stored, "what is stored by {whose}");
        assert_eq!(self.log_lines, other.log_lines, "lines in the log of {whose}");
        let told = other.log_fields.iter().filter(|field| !self.log_fields.contains(field)).collect::<Vec<_>>();
        assert!(told.is_empty(), "the line in the log of {whose}: {told:?} is missing");
    }
}

fn lines(log: &str) -> Vec<Value> {
    log.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON in the log: {line}")))
        .collect()
}

/// The names of what a line tells; what it tells of nothing does not count.
fn fields(line: &Value) -> Vec<String> {
    let all: BTreeMap<_, _> = line.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()).collect();
    all.into_keys().cloned().collect()
}

/// The kinds of values in their places; of a list, that of all its items.
pub fn shape(value: &Value) -> Value {
    match value {
        Value::Null => json!("null"),
        Value::Bool(_) => json!("true or false"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("text"),
        Value::Array(items) => {
            let mut shapes: Vec<_> = items.iter().map(shape).collect();
            shapes.dedup();
            json!({ "items": items.len(), "each": shapes })
        }
        Value::Object(fields) => {
            let sorted: BTreeMap<_, _> = fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect();
            Value::Object(Map::from_iter(sorted))
        }
    }
}
