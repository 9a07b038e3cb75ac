//! What was measured, as the benches write it below `target/bench`, and the budgets that `make test` asserts.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::{Failure, Result};
use crate::repository::Repository;

/// Where the benches write.
pub const DIRECTORY: &str = "target/bench";
/// Where the budgets are.
pub const BUDGETS: &str = "tests/budgets.json";

/// All that there is; a bench that has not run is none.
#[derive(Debug, Default)]
pub struct Measured {
    /// The machine, by what its bench calls each figure.
    pub machine: Option<BTreeMap<String, Value>>,
    /// When each bench ran, and how busy the machine was before.
    pub steps: Option<BTreeMap<String, Value>>,
    /// The time of refused logins, with and without an account.
    pub timing: Option<Timing>,
    /// Buyers at once for fewer units.
    pub drop: Option<Drop>,
    /// Each function behind a Runtime API.
    pub functions: Option<Functions>,
    /// The same work on other stacks.
    pub peers: Option<Peers>,
    /// Costs against the number of items.
    pub growth: Option<Growth>,
    /// Requests through the local cloud.
    pub path: Option<Path>,
    /// What each function may ask of the table.
    pub budgets: Option<Budgets>,
}

impl Measured {
    /// Reads what there is.
    pub fn read(repository: &Repository) -> Result<Self> {
        Ok(Self {
            machine: bench(repository, "machine")?,
            steps: bench(repository, "steps")?,
            timing: bench(repository, "timing")?,
            drop: bench(repository, "drop")?,
            functions: bench(repository, "functions")?,
            peers: bench(repository, "peers")?,
            growth: bench(repository, "growth")?,
            path: bench(repository, "path")?,
            budgets: Self::read_budgets(repository)?,
        })
    }

    /// Reads the budgets alone.
    pub fn read_budgets(repository: &Repository) -> Result<Option<Budgets>> {
        file(repository, BUDGETS)
    }
}

fn bench<T: DeserializeOwned>(repository: &Repository, name: &str) -> Result<Option<T>> {
    file(repository, &format!("{DIRECTORY}/{name}.json"))
}

fn file<T: DeserializeOwned>(repository: &Repository, path: &str) -> Result<Option<T>> {
    if !repository.has(path) {
        return Ok(None);
    }
    let read = serde_json::from_str(&repository.read(path)?);
    read.map(Some).map_err(|error| Failure::new(format!("{path} is not what was expected: {error}.")))
}

/// The time of refused logins, with and without an account.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Timing {
    /// Refusals of each kind.
    pub pairs: f64,
    /// The median where the address has an account.
    pub known_p50_millis: f64,
    /// The median where it has none.
    pub unknown_p50_millis: f64,
    /// How often the samples were shuffled.
    pub shuffles: f64,
    /// How many of the shuffles differ as much.
    pub shuffles_as_different: f64,
}

/// Buyers at once for fewer units.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Drop {
    /// Number of buyers.
    pub buyers: f64,
    /// Number of units.
    pub units: f64,
    /// How long 99 of 100 buyers may wait.
    pub target_millis: f64,
    /// Each measured drop.
    pub drops: Vec<DropFigures>,
}

/// Figures of one drop.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DropFigures {
    /// The median wait.
    pub p50_millis: f64,
    /// The wait that 99 of 100 buyers do not exceed.
    pub p99_millis: f64,
    /// The longest wait.
    pub max_millis: f64,
    /// The median of the round trips in sequence.
    pub p50_round_trips: f64,
    /// The round trips in sequence that 99 of 100 requests do not exceed.
    pub p99_round_trips: f64,
}

/// Figures of every function.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "the names of the JSON")]
pub struct Functions {
    /// How many processes were started for each first figure.
    pub cold_starts: f64,
    /// How many warm invocations each figure stands on.
    pub warm_invocations: f64,
    /// One per function.
    pub functions: Vec<Figures>,
}

impl Functions {
    /// The figures of one function.
    pub fn of(&self, name: &str) -> Option<&Figures> {
        self.functions.iter().find(|figures| figures.name == name)
    }
}

/// Figures of one function.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Figures {
    /// The binary; empty for other stacks.
    pub name: String,
    /// Size of what is deployed.
    pub bytes: f64,
    /// Process start to first poll.
    pub init_millis: f64,
    /// Processor time of that.
    pub init_cpu_millis: f64,
    /// Peak memory.
    pub peak_kib: f64,
    /// What an endpoint answered.
    pub status: Option<u16>,
    /// Size of that when it is packed, where it was.
    pub zip_bytes: f64,
    /// What one warm invocation writes.
    pub log_bytes: f64,
    /// Invocations, per latency of the table.
    pub latencies: Vec<Latency>,
}

impl Figures {
    /// The invocations with so many milliseconds added to each call of the table.
    pub fn at(&self, added_millis: f64) -> Option<&Latency> {
        self.latencies.iter().find(|latency| (latency.added_millis - added_millis).abs() < 0.001)
    }
}

/// Invocations at one latency of the table; all in milliseconds.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "the names of the JSON, with their unit")]
pub struct Latency {
    /// What was added to each call of the table.
    pub added_millis: f64,
    /// The first invocation of a process.
    pub first_millis: f64,
    /// Its processor time.
    pub first_cpu_millis: f64,
    /// Half of the warm ones are faster.
    pub warm_p50_millis: f64,
    /// One in a hundred is slower.
    pub warm_p99_millis: f64,
    /// Processor time of a warm one.
    pub warm_cpu_millis: f64,
}

/// The same work on several stacks.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Peers {
    /// Versions of languages and libraries.
    pub versions: BTreeMap<String, Value>,
    /// One per piece of work.
    pub works: Vec<Work>,
}

/// One piece of work.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Work {
    /// What it is: `login`.
    pub work: String,
    /// Who does it.
    pub stacks: Vec<Stack>,
}

/// One stack at one piece of work.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "the names of the JSON")]
pub struct Stack {
    /// `atoll`, `node`, `python`.
    pub stack: String,
    /// The function of ours that it stands beside.
    pub function: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Costs against the number of items.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Growth {
    /// One per request or consumer.
    pub rows: Vec<GrowthRow>,
}

/// One request or consumer.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GrowthRow {
    /// `GET /v1/community/points`.
    pub name: String,
    /// `list`, `search`, `balance`, `evaluation`.
    pub kind: String,
    /// What there is more of.
    pub grows: String,
    /// What must hold: `level`, `bounded`, or `own` where the answer grows with it.
    pub claim: String,
    /// One per number of items.
    pub sizes: Vec<Size>,
}

/// Costs at one number of items.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Size {
    /// How many items of the kind there are.
    pub items: f64,
    /// Calls of the table.
    pub calls: f64,
    /// Calls in sequence, where they were counted.
    pub rounds: Option<f64>,
    /// Read units.
    pub read_units: f64,
    /// Write units.
    pub write_units: f64,
    /// The median.
    pub millis: f64,
}

/// Requests through the local cloud.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Path {
    /// One per route and number of connections.
    pub rows: Vec<PathRow>,
}

/// One route under load.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PathRow {
    /// `floor`, or the route.
    pub name: String,
    /// Processes of the route's function at the end.
    pub processes: f64,
    /// Clients at once.
    pub connections: f64,
    /// Requests that were measured.
    pub requests: f64,
    /// Answers per second.
    pub requests_per_second: f64,
    /// The median.
    pub p50_millis: f64,
    /// One in a hundred is slower.
    pub p99_millis: f64,
    /// Answers that were none.
    pub failures: f64,
}

/// What each function may ask of the table.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Budgets {
    /// By binary.
    pub functions: BTreeMap<String, Budget>,
}

/// What one function may ask of the table.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Budget {
    /// Size of its release binary.
    pub bytes: f64,
    /// By what happens.
    pub cases: BTreeMap<String, Usage>,
}

/// What one invocation asks of the table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Usage {
    /// Calls.
    pub calls: f64,
    /// Calls in sequence.
    pub rounds: f64,
    /// Read units.
    pub read_units: f64,
    /// Write units.
    pub write_units: f64,
}
