//! Assumptions, requests, and who does how many of them a month.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::prices::{Prices, Quantities};
use super::system::System;
use crate::failure::{Failure, Result, refuse};
use crate::repository::Repository;

/// Where they are.
pub const WORKLOAD: &str = "tests/bench/money/workload.yaml";

/// All that is assumed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Workload {
    /// Figures with their reasons.
    pub assumptions: BTreeMap<String, Assumption>,
    /// What is written besides a function's own line.
    pub lines: Lines,
    /// What people ask for.
    pub requests: BTreeMap<String, Request>,
    /// By event, then by the consumer that hears it.
    pub reactions: BTreeMap<String, BTreeMap<String, Step>>,
    /// Events that nobody publishes, with their price.
    pub foreign: BTreeMap<String, String>,
    /// The case of a schedule that finds nothing to do.
    pub schedules: BTreeMap<String, String>,
    /// How many people there are.
    pub profiles: BTreeMap<String, Profile>,
    /// The profile whose traffic costs per million are told at.
    pub per_million: String,
    /// How often a month a user does what.
    pub habits: BTreeMap<String, f64>,
    /// What runs in any case elsewhere.
    pub always_on: BTreeMap<String, AlwaysOn>,
}

/// A figure that nobody measured.
#[derive(Debug, Deserialize)]
pub struct Assumption {
    /// The figure.
    pub value: f64,
    /// What it is, and why this one.
    pub why: String,
}

/// Lines that the platform writes.
#[derive(Debug, Deserialize)]
pub struct Lines {
    /// By Lambda, per invocation.
    pub platform: Vec<String>,
    /// In Lambda's last one, where X-Ray records.
    pub traced: Vec<String>,
    /// By Lambda, per new environment.
    pub cold: Vec<String>,
    /// By the gateway, per request.
    pub access: Vec<String>,
}

/// What a client asks for.
#[derive(Debug, Deserialize)]
pub struct Request {
    /// What readers call it.
    pub title: String,
    /// The functions that answer.
    pub calls: Vec<Step>,
}

/// What a function does, beyond what was measured.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Step {
    /// The binary, where it is not said by what stands around it.
    pub function: String,
    /// Its case in the budgets; without it the dearest.
    pub case: Option<String>,
    /// True if the case is per person that the event is about.
    pub per_person: bool,
    /// Other things with a price.
    pub also: Quantities,
    /// The events that it emits, by name.
    pub emits: BTreeMap<String, Emission>,
    /// Functions that it has called.
    pub calls: BTreeMap<String, f64>,
}

/// How often an event is emitted.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub enum Emission {
    /// So often, about one person.
    Times(f64),
    /// So often, about so many people.
    About {
        /// How often.
        count: f64,
        /// How many people each is about.
        people: f64,
    },
}

impl Emission {
    /// How often, and about how many people.
    pub fn parts(self) -> (f64, f64) {
        match self {
            Self::Times(count) => (count, 1.0),
            Self::About { count, people } => (count, people),
        }
    }
}

/// So many users.
#[derive(Debug, Deserialize)]
pub struct Profile {
    /// What readers call it.
    pub title: String,
    /// How many in a month.
    pub users: f64,
}

/// A set of containers.
#[derive(Debug, Deserialize)]
pub struct AlwaysOn {
    /// What readers call it.
    pub title: String,
    /// What is paid.
    pub lines: Vec<AlwaysOnLine>,
}

/// One thing of it.
#[derive(Debug, Deserialize)]
pub struct AlwaysOnLine {
    /// What it is.
    pub what: String,
    /// The price's name.
    pub price: String,
    /// Units in a month: all of these multiplied.
    pub product: Vec<f64>,
}

impl Workload {
    /// Reads the file.
    pub fn read(repository: &Repository) -> Result<Self> {
        Self::parse(&repository.read(WORKLOAD)?)
    }

    /// Reads the file's text.
    pub fn parse(text: &str) -> Result<Self> {
        yaml_serde::from_str(text).map_err(|error| Failure::new(format!("{WORKLOAD} is no workload: {error}.")))
    }

    /// An assumption's figure.
    pub fn figure(&self, name: &str) -> Result<f64> {
        let found = self.assumptions.get(name).map(|assumption| assumption.value);
        found.ok_or_else(|| Failure::new(format!("{WORKLOAD} assumes no `{name}`.")))
    }

    /// A profile.
    pub fn profile(&self, name: &str) -> Result<&Profile> {
        self.profiles.get(name).ok_or_else(|| Failure::new(format!("{WORKLOAD} has no profile `{name}`.")))
    }

    /// The profiles, fewest users first.
    pub fn by_users(&self) -> Vec<&Profile> {
        let mut all: Vec<_> = self.profiles.values().collect();
        all.sort_by(|a, b| a.users.total_cmp(&b.users));
        all
    }

    /// Refuses names that nothing has: a function, event, price, request or consumer that went or changed its name.
    pub fn check(&self, prices: &Prices, system: &System) -> Result<()> {
        for (request, wanted) in &self.requests {
            for call in &wanted.calls {
                system.server(&call.function)?;
                self.check_step(request, call, prices, system)?;
            }
            if !self.habits.contains_key(request) {
                return refuse!("{WORKLOAD} does not say how often a user does `{request}`.");
            }
        }
        if let Some(request) = self.habits.keys().find(|name| !self.requests.contains_key(*name)) {
            return refuse!("{WORKLOAD} has a habit `{request}` that is no request.");
        }
        for (event, consumers) in &self.reactions {
            for (consumer, step) in consumers {
                if !system.consumers(event).iter().any(|known| known == consumer) {
                    return refuse!("{WORKLOAD} has `{consumer}` react to `{event}`, but no rule brings it there.");
                }
                self.check_step(event, step, prices, system)?;
            }
        }
        for price in self.foreign.values() {
            prices.unit(price)?;
        }
        Ok(())
    }

    fn check_step(&self, place: &str, step: &Step, prices: &Prices, system: &System) -> Result<()> {
        for name in step.also.keys() {
            prices.unit(name)?;
        }
        for function in step.calls.keys() {
            system.server(function)?;
        }
        for event in step.emits.keys() {
            let name = bare(event);
            if !system.knows(name) && !self.foreign.contains_key(name) {
                return refuse!("{WORKLOAD} has `{place}` emit `{name}`, which is no event of `events/`.");
            }
        }
        Ok(())
    }
}

/// The event's name, without what kind of it this is.
pub fn bare(event: &str) -> &str {
    event.split('/').next().unwrap_or(event)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::performance::measured::Measured;
    use crate::performance::money::{Model, fixture};
    use crate::survey::Survey;

    fn refusal(from: &str, to: &str) -> String {
        let text = fixture::WORKLOAD.replace(from, to);
        assert_ne!(text, fixture::WORKLOAD, "`{from}` is not in the fixture");
        let workload = Workload::parse(&text).unwrap();
        let (functions, budgets) = (fixture::functions(), fixture::budgets());
        let model = fixture::model(&functions, &budgets);
        workload.check(&model.prices, &model.system).unwrap_err().to_string()
    }

    #[test]
    fn names_that_nothing_has_are_refused() {
        for (from, to, named) in [
            ("function: orders-place-order", "function: orders-lose-order", "orders-lose-order"),
            ("{ orders.order_placed.v1: {", "{ orders.order_lost.v1: {", "orders.order_lost.v1"),
            ("    orders-count-orders: {", "    orders-place-order: {", "orders-place-order"),
            ("also: { mail: 1 }", "also: { letter: 1 }", "letter"),
            ("habits: { order: 2 }", "habits: {}", "`order`"),
            ("habits: { order: 2 }", "habits: { order: 2, sell: 1 }", "`sell`"),
        ] {
            let refused = refusal(from, to);
            assert!(refused.contains(named), "{refused}");
        }
    }

    #[test]
    fn a_field_that_nobody_reads_is_refused() {
        let text = fixture::WORKLOAD.replace("perPerson: true", "perperson: true");
        assert!(Workload::parse(&text).is_err());
    }

    /// So that a renamed function, event or budget case fails here, and not at the next report.
    #[test]
    fn the_files_of_the_repository_fit_together() {
        let repository = Repository::around(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let budgets = Measured::read_budgets(&repository).unwrap().unwrap_or_default();
        let functions = fixture::functions();
        let model = Model::read(&repository, &functions, &budgets).unwrap();
        for request in model.workload.requests.values() {
            for (function, case) in model.work(request).unwrap().runs.keys() {
                if budgets.functions.contains_key(function) {
                    model.usage(function, case.as_deref()).unwrap();
                }
            }
        }
        let lines = repository.read("shared/kit/src/telemetry.rs").unwrap();
        let metrics = lines.matches("\"Unit\":").count();
        let assumed = model.workload.figure("metricsPerContext").unwrap();
        assert!((f64::from(u32::try_from(metrics).unwrap()) - assumed).abs() < 0.5, "{metrics} metrics, not {assumed}");
        assert!(Survey::of(&repository).unwrap().unreadable.is_empty());
    }
}
