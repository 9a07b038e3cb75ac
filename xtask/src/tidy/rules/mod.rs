//! The rules, one file each for those that belong together.

mod alarms;
mod budgets;
mod code;
mod continuations;
mod events;
mod functions;
mod layers;
mod limits;
mod local;
mod names;
mod permissions;
mod queues;
mod routes;
mod shape;
mod stacks;
mod standing;

pub use local::MANIFEST as LOCAL_MANIFEST;

use super::Report;
use crate::survey::Survey;

/// A rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name, as violations show it.
    pub name: &'static str,
    /// What it asks, as one sentence.
    pub asks: &'static str,
    /// Looks for violations.
    pub check: fn(&Survey<'_>, &mut Report),
}

/// All rules, in the order of the guide to the repository.
pub const RULES: &[Rule] = &[
    Rule { name: "readable", asks: "Templates are YAML and the API's description is JSON.", check: shape::readable },
    Rule { name: "shape", asks: "Every context has the same files in the same places.", check: shape::same_everywhere },
    Rule { name: "index", asks: "A context's README names every endpoint and every consumer.", check: shape::index },
    Rule {
        name: "key-table",
        asks: "A context's README names every entity in its key table.",
        check: shape::key_table,
    },
    Rule { name: "independence", asks: "A context depends on shared packages only.", check: layers::independence },
    Rule { name: "shared", asks: "A shared package names no context.", check: layers::shared_names_no_context },
    Rule {
        name: "pure-domain",
        asks: "Domain code has no AWS, async, environment, clock or chance.",
        check: layers::pure_domain,
    },
    Rule {
        name: "local-binary",
        asks: "The binary of the local cloud contains the functions of every context.",
        check: local::complete,
    },
    Rule { name: "names", asks: "Binary, file, function and logical id have one name.", check: names::line_up },
    Rule {
        name: "routes",
        asks: "Every operation of an API has a function, and every handler an operation.",
        check: routes::operations,
    },
    Rule {
        name: "apis",
        asks: "The templates of the HTTP APIs are what is generated from their descriptions.",
        check: routes::apis,
    },
    Rule {
        name: "socket-routes",
        asks: "Every route of the WebSocket API has a function, and is in its context's README.",
        check: routes::sockets,
    },
    Rule { name: "samples", asks: "Every function has a sample event.", check: routes::samples },
    Rule { name: "tested-routes", asks: "Every route has an end-to-end test.", check: routes::tested },
    Rule { name: "tested-authority", asks: "Every guarded route is in the test of authority.", check: routes::guarded },
    Rule { name: "logs", asks: "The functions of a context share a log group with retention.", check: functions::logs },
    Rule { name: "tracing", asks: "Every function is traced.", check: functions::tracing },
    Rule { name: "own-keys", asks: "A role reaches the items of its own context only.", check: permissions::own_keys },
    Rule {
        name: "fresh-standing",
        asks: "An operation that changes something, or needs a role, checks the standing of its caller.",
        check: standing::checked,
    },
    Rule {
        name: "least-privilege",
        asks: "No role may do anything, or do it to everything.",
        check: permissions::no_wildcards,
    },
    Rule {
        name: "own-role",
        asks: "A function has a role of its own, without policies of AWS, and receives from its own queue only.",
        check: permissions::own_role,
    },
    Rule {
        name: "queues",
        asks: "A queue's consumer reports partial failures and has a dead-letter queue.",
        check: queues::consumers,
    },
    Rule {
        name: "continuations",
        asks: "A consumer that continues its work may send to its own queue.",
        check: continuations::own_queues,
    },
    Rule {
        name: "streams",
        asks: "A stream's consumer reports partial failures, halves failed batches and has a dead-letter queue.",
        check: queues::streams,
    },
    Rule {
        name: "bus-rules",
        asks: "A rule may send to its queues before it exists, and what it cannot deliver is a dead letter.",
        check: queues::bus_rules,
    },
    Rule {
        name: "schedules",
        asks: "What a schedule or the bus starts, and what fails then, is a dead letter.",
        check: queues::schedules,
    },
    Rule { name: "heartbeats", asks: "A schedule that stops running raises an alarm.", check: alarms::heartbeats },
    Rule { name: "dead-letters", asks: "A context has one dead-letter queue.", check: queues::one_dead_letter_queue },
    Rule {
        name: "kept",
        asks: "The table is a global table, and table and keys outlive their stack.",
        check: stacks::kept,
    },
    Rule { name: "topics", asks: "A topic is encrypted, apart from that of alarms.", check: stacks::topics },
    Rule {
        name: "published",
        asks: "Packs read what the core publishes, and publish the URL of their API and their version.",
        check: stacks::published,
    },
    Rule {
        name: "events",
        asks: "Every event that is waited for has a schema, and every schema an example.",
        check: events::schemas,
    },
    Rule {
        name: "budgets",
        asks: "What a function may ask of the table is measured and written down.",
        check: budgets::measured,
    },
    Rule { name: "limits", asks: "Templates and the API stay well under the limits of AWS.", check: limits::check },
    Rule { name: "length", asks: "A file is short enough to be read.", check: code::length },
    Rule {
        name: "left-overs",
        asks: "Nothing unfinished is committed, and no test is ignored.",
        check: code::left_overs,
    },
    Rule {
        name: "bounded-waits",
        asks: "Tests wait for what they need, and never for a fixed time.",
        check: code::bounded_waits,
    },
    Rule {
        name: "replayable",
        asks: "Product code has one source each of time, chance, threads and SDK clients.",
        check: code::replayable,
    },
];
