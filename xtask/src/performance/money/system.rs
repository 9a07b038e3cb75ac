//! What the templates say: functions with their memory, what calls them, and which event reaches which consumer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::workload::bare;
use crate::failure::{Failure, Result};
use crate::survey::{Resource, Survey, Template, each, minutes_between, referred};

/// What calls a function.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// The HTTP API.
    Http,
    /// The WebSocket API.
    Socket,
    /// A queue, with messages.
    Queue,
    /// The bus itself, with single events.
    Bus,
    /// The table's stream.
    Stream,
    /// A clock, so often a minute.
    Schedule {
        /// Runs per minute.
        per_minute: f64,
    },
    /// Something else: a state machine, a person.
    Other,
}

/// A function as it is deployed.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// The context, by its directory's name.
    pub context: String,
    /// Megabytes.
    pub memory: f64,
    /// Whether it may use the table.
    pub uses_table: bool,
    /// Whether X-Ray records it.
    pub traced: bool,
    /// Whether Lambda writes its own lines of each invocation.
    pub platform_lines: bool,
    /// What calls it.
    pub kind: Kind,
}

/// All templates together.
#[derive(Debug, Default)]
pub struct System {
    servers: BTreeMap<String, Server>,
    consumers: BTreeMap<String, BTreeSet<String>>,
    event_bytes: BTreeMap<String, f64>,
    /// Queues that Lambda polls.
    pub polled_queues: f64,
    /// Those of them whose consumers have a maximum of concurrency: Lambda polls them as often when they are quiet.
    pub capped_queues: f64,
    /// Alarms on one metric.
    pub alarms: f64,
}

impl System {
    /// Reads it from the templates and the events' examples.
    pub fn of(survey: &Survey<'_>) -> Result<Self> {
        let mut system = Self::default();
        let routes: BTreeSet<_> = survey.routes().filter_map(|route| route.function).map(name).collect();
        let sockets: BTreeSet<_> = survey.socket_routes().filter_map(|route| route.function).map(name).collect();
        for function in survey.functions() {
            let binary = name(function.resource);
            let kind = if routes.contains(binary) {
                Kind::Http
            } else if sockets.contains(binary) {
                Kind::Socket
            } else {
                kind_by_source(function.resource)
            };
            system.polled_queues += f64::from(u8::from(kind == Kind::Queue));
            system.capped_queues += f64::from(u8::from(is_capped(function.resource)));
            system.add_bus_source(function.resource);
            let context = function.context.map(|context| context.name.clone()).unwrap_or_default();
            system.servers.insert(binary.to_owned(), server(survey, function.resource, kind, context));
        }
        for template in &survey.templates {
            for _ in template.of_type("AWS::CloudWatch::Alarm") {
                system.alarms += 1.0;
            }
            for rule in template.of_type("AWS::Events::Rule") {
                system.add_rule(template, rule);
            }
        }
        system.read_examples(survey)?;
        Ok(system)
    }

    fn add_rule(&mut self, template: &Template, rule: Resource<'_>) {
        let pattern = rule.property("EventPattern");
        let field = if pattern["detail-type"].is_null() { "source" } else { "detail-type" };
        let queues: Vec<_> = each(rule.property("Targets")).filter_map(|target| referred(&target["Arn"])).collect();
        let served = template.functions().filter(|function| queue(*function).is_some_and(|one| queues.contains(&one)));
        let served: Vec<_> = served.map(name).collect();
        for event in each(&pattern[field]).filter_map(Value::as_str) {
            let consumers = self.consumers.entry(event.to_owned()).or_default();
            consumers.extend(served.iter().map(|function| (*function).to_owned()));
        }
    }

    fn add_bus_source(&mut self, function: Resource<'_>) {
        for (_, _, source) in function.event_sources().filter(|(_, kind, _)| *kind == "EventBridgeRule") {
            for event in each(&source["Pattern"]["detail-type"]).filter_map(Value::as_str) {
                self.consumers.entry(event.to_owned()).or_default().insert(name(function).to_owned());
            }
        }
    }

    fn read_examples(&mut self, survey: &Survey<'_>) -> Result<()> {
        for path in survey.repository.walk("events", ".example.json") {
            let text = survey.repository.read(&path)?;
            let parsed: Value =
                serde_json::from_str(&text).map_err(|error| Failure::new(format!("{path} is no JSON: {error}.")))?;
            // As it is sent: without the spaces that make the file readable.
            let bytes = parsed.to_string().len();
            let name = path.strip_prefix("events/").and_then(|rest| rest.strip_suffix(".example.json"));
            let event = name.unwrap_or_default().replace('/', ".");
            self.event_bytes.insert(event, f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)));
        }
        Ok(())
    }

    /// A function.
    pub fn server(&self, function: &str) -> Result<&Server> {
        self.servers.get(function).ok_or_else(|| Failure::new(format!("No template has the function `{function}`.")))
    }

    /// All functions, by name.
    pub fn servers(&self) -> &BTreeMap<String, Server> {
        &self.servers
    }

    /// The consumers of an event.
    pub fn consumers(&self, event: &str) -> Vec<String> {
        self.consumers.get(bare(event)).into_iter().flatten().cloned().collect()
    }

    /// True if the event is one of ours.
    pub fn knows(&self, event: &str) -> bool {
        self.event_bytes.contains_key(event)
    }

    /// The size of an event's example, as JSON without spaces; 0 for one that is not ours.
    pub fn event_bytes(&self, event: &str) -> f64 {
        self.event_bytes.get(bare(event)).copied().unwrap_or_default()
    }
}

/// The binary that a function runs.
fn name(function: Resource<'_>) -> &str {
    function.text("Handler")
}

fn server(survey: &Survey<'_>, function: Resource<'_>, kind: Kind, context: String) -> Server {
    let setting = |path: &str| resolved(survey, function, function.own_or_global(path));
    Server {
        context,
        // Lambda's own default.
        memory: function.own_or_global("MemorySize").as_f64().unwrap_or(128.0),
        uses_table: !function.own_or_global("Environment/Variables/TABLE_NAME").is_null(),
        // What cannot be read here counts as on, which is the dearer way.
        traced: !matches!(setting("Tracing"), None | Some("PassThrough" | "Disabled")),
        platform_lines: setting("LoggingConfig/SystemLogLevel") != Some("WARN"),
        kind,
    }
}

/// A text as it is at deployment: of a parameter its default, where need be the root's of the same name. None where there
/// is nothing; empty where it cannot be known.
fn resolved<'a>(survey: &'a Survey<'_>, function: Resource<'a>, value: &'a Value) -> Option<&'a str> {
    if value.is_null() {
        return None;
    }
    let default =
        |template: &'a Template| template.value(&format!("/Parameters/{}/Default", value["Ref"].as_str()?)).as_str();
    let root = || survey.templates.iter().find(|template| template.directory().is_empty());
    let known = value.as_str().or_else(|| default(function.template)).or_else(|| default(root()?));
    Some(known.unwrap_or_default())
}

fn kind_by_source(function: Resource<'_>) -> Kind {
    let mut sources = function.event_sources();
    match sources.next() {
        Some((_, "SQS", _)) => Kind::Queue,
        Some((_, "EventBridgeRule", _)) => Kind::Bus,
        Some((_, "DynamoDB", _)) => Kind::Stream,
        Some((_, "Schedule", properties)) => {
            let minutes = minutes_between(properties["Schedule"].as_str().unwrap_or_default());
            Kind::Schedule { per_minute: minutes.map_or(0.0, f64::recip) }
        }
        _ => Kind::Other,
    }
}

/// The queue that a function consumes.
fn queue(function: Resource<'_>) -> Option<&str> {
    function.event_sources().find(|(_, kind, _)| *kind == "SQS").and_then(|(_, _, source)| referred(&source["Queue"]))
}

fn is_capped(function: Resource<'_>) -> bool {
    let mut sources = function.event_sources();
    sources.any(|(_, kind, source)| kind == "SQS" && !source["ScalingConfig"]["MaximumConcurrency"].is_null())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::money::fixture;

    #[test]
    #[expect(clippy::float_cmp, reason = "whole figures as the files have them")]
    fn events_reach_the_consumers_that_rules_bring_them_to() {
        let system = fixture::system();
        assert_eq!(system.consumers("orders.order_placed.v1"), ["orders-count-orders"]);
        assert_eq!(system.consumers("orders.order_placed.v1/large"), ["orders-count-orders"]);
        assert_eq!(system.consumers("orders.order_gone.v1"), ["orders-greet"]);
        assert!(system.consumers("orders.order_kept.v1").is_empty());
        let counter = system.server("orders-count-orders").unwrap();
        assert_eq!((counter.memory, counter.traced, &counter.kind), (256.0, true, &Kind::Queue));
        assert_eq!(system.server("orders-place-order").unwrap().memory, 512.0);
        // Its setting is a parameter, whose default the root has.
        assert!(!system.server("orders-sweep").unwrap().traced);
        assert_eq!((system.polled_queues, system.capped_queues, system.alarms), (2.0, 1.0, 1.0));
        assert_eq!(system.event_bytes("orders.order_placed.v1"), 9.0);
    }
}
