//! A month's bill: what is paid while nobody calls, what so many users add, and what containers would cost.

use std::collections::BTreeMap;

use super::prices::{Part, Quantities, add, add_all};
use super::system::Kind;
use super::workload::{AlwaysOn, Profile};
use super::{Model, Traffic, Work};
use crate::failure::Result;

/// One line of a bill.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it is for.
    pub what: String,
    /// What it uses.
    pub quantities: Quantities,
    /// What that costs, by part.
    pub parts: BTreeMap<Part, f64>,
}

impl Line {
    fn new(model: &Model<'_>, what: impl Into<String>, quantities: Quantities) -> Result<Self> {
        Ok(Self { what: what.into(), parts: model.prices.bill(&quantities)?, quantities })
    }

    /// Dollars of it.
    pub fn dollars(&self) -> f64 {
        self.parts.values().sum()
    }
}

/// A month with so many users.
#[derive(Debug)]
pub struct Month {
    /// What readers call it.
    pub title: String,
    /// How many users.
    pub users: f64,
    /// What is paid in any case.
    pub idle: Vec<Line>,
    /// What is kept, written about contexts that are called, and sent out.
    pub kept: Vec<Line>,
    /// One per kind of request.
    pub requests: Vec<Line>,
    /// What the free allowances would take off.
    pub allowance: f64,
}

impl Month {
    /// All lines.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.idle.iter().chain(&self.kept).chain(&self.requests)
    }

    /// Dollars in all.
    pub fn dollars(&self) -> f64 {
        self.lines().map(Line::dollars).sum()
    }

    /// Dollars of one part.
    pub fn part(&self, part: Part) -> f64 {
        self.lines().filter_map(|line| line.parts.get(&part)).sum()
    }
}

/// What is paid while nobody calls.
pub fn idle(model: &Model<'_>) -> Result<Vec<Line>> {
    let figure = |name| model.workload.figure(name);
    let hours = figure("hoursPerMonth")?;
    let nobody = Profile { title: String::new(), users: 0.0 };
    let traffic = Traffic::of(model, &nobody)?;
    let (all, capped) = (model.system.polled_queues, model.system.capped_queues);
    let pollers = capped * figure("pollers")? + (all - capped) * figure("quietPollers")?;
    let polls = pollers * hours * 3600.0 / figure("pollSeconds")?;
    let mut lines = vec![
        Line::new(model, format!("Lambda asks {all} queues whether there is anything"), one("queueRequest", polls))?,
        Line::new(model, "alarms", one("alarmMonth", model.system.alarms))?,
    ];
    let mut swept = Quantities::new();
    for (name, server) in model.system.servers() {
        let Kind::Schedule { per_minute } = server.kind else { continue };
        let runs = per_minute * 60.0 * hours;
        let mut work = Work::default();
        work.run(name, quiet_case(model, name)?.as_deref(), runs, runs);
        add_all(&mut swept, &model.used(&work, &traffic)?, 1.0);
    }
    lines.push(Line::new(model, "schedules that find nothing to do", swept)?);
    Ok(lines)
}

/// The case of a schedule that finds nothing: the one that the workload names, or the cheapest.
fn quiet_case(model: &Model<'_>, function: &str) -> Result<Option<String>> {
    if let Some(case) = model.workload.schedules.get(function) {
        return Ok(Some(case.clone()));
    }
    Ok(model.cases_by_cost(function)?.first().map(|(name, _)| (*name).to_owned()))
}

/// A month with a profile's users.
pub fn month(model: &Model<'_>, profile: &Profile) -> Result<Month> {
    let traffic = Traffic::of(model, profile)?;
    let mut requests = Vec::new();
    let mut all = Quantities::new();
    for (name, request) in &model.workload.requests {
        let times = model.workload.habits.get(name).copied().unwrap_or_default() * profile.users;
        let mut used = Quantities::new();
        add_all(&mut used, &model.used(&model.work(request)?, &traffic)?, times);
        add_all(&mut all, &used, 1.0);
        requests.push(Line::new(model, request.title.clone(), used)?);
    }
    let idle = idle(model)?;
    for line in &idle {
        add_all(&mut all, &line.quantities, 1.0);
    }
    let kept = kept(model, profile, &traffic, &all)?;
    for line in &kept {
        add_all(&mut all, &line.quantities, 1.0);
    }
    let allowance = model.prices.allowance(&all)?;
    Ok(Month { title: profile.title.clone(), users: profile.users, idle, kept, requests, allowance })
}

fn kept(model: &Model<'_>, profile: &Profile, traffic: &Traffic, used: &Quantities) -> Result<Vec<Line>> {
    let figure = |name| model.workload.figure(name);
    let so_far = |name: &str| used.get(name).copied().unwrap_or_default();
    let table = profile.users * figure("tableKilobytesPerUser")? / 1e6;
    let pictures = profile.users * figure("pictureMegabytesPerUser")? / 1e3;
    let logs = so_far("logGb") * figure("logRetentionMonths")? * figure("logCompression")?;
    let out = so_far("httpRequest") * figure("replyKilobytes")? / 1e6;
    Ok(vec![
        Line::new(model, "data in the table", one("tableGbMonth", table))?,
        Line::new(model, "recovery of the table to any second", one("backupGbMonth", table))?,
        Line::new(model, "pictures", one("objectGbMonth", pictures))?,
        Line::new(model, "archive of the bus", one("archiveGbMonth", so_far("archiveGb")))?,
        Line::new(model, "logs that are kept", one("logGbMonth", logs))?,
        Line::new(model, "answers to the internet", one("transferGb", out))?,
        Line::new(model, "metrics of failures", one("metricMonth", metrics(model, traffic)?))?,
    ])
}

/// Metrics of each context, by the share of the hours in which something of it fails.
fn metrics(model: &Model<'_>, traffic: &Traffic) -> Result<f64> {
    let figure = |name| model.workload.figure(name);
    let (hours, share) = (figure("hoursPerMonth")?, figure("failureShare")?);
    let mut failures: BTreeMap<&str, f64> = BTreeMap::new();
    for (name, server) in model.system.servers() {
        *failures.entry(&server.context).or_default() += traffic.invocations(name) * share;
    }
    // In an hour with that many on average, there is at least one with the probability 1 - exp(-average).
    let hours_with_some = failures.values().map(|count| 1.0 - (-count / hours).exp());
    Ok(hours_with_some.sum::<f64>() * figure("metricsPerContext")?)
}

impl Model<'_> {
    /// What each function costs in a month of a profile: table, Lambda, logs and traces.
    pub fn by_function(&self, profile: &Profile) -> Result<BTreeMap<String, [f64; 3]>> {
        let traffic = Traffic::of(self, profile)?;
        let mut costs: BTreeMap<String, [f64; 3]> = BTreeMap::new();
        for (name, request) in &self.workload.requests {
            let times = self.workload.habits.get(name).copied().unwrap_or_default() * profile.users;
            for ((function, case), runs) in self.work(request)?.runs {
                let mut work = Work::default();
                work.run(&function, case.as_deref(), runs.invocations * times, runs.times * times);
                let bill = self.prices.bill(&self.used(&work, &traffic)?)?;
                let sums = costs.entry(function).or_default();
                for (sum, part) in sums.iter_mut().zip([Part::Table, Part::Lambda, Part::Watching]) {
                    *sum += bill.get(&part).copied().unwrap_or_default();
                }
            }
        }
        Ok(costs)
    }
}

/// What a set of containers costs a month, line by line.
pub fn always_on(model: &Model<'_>, set: &AlwaysOn) -> Result<Vec<Line>> {
    let line = |line: &super::workload::AlwaysOnLine| {
        Line::new(model, line.what.clone(), one(&line.price, line.product.iter().product()))
    };
    set.lines.iter().map(line).collect()
}

fn one(name: &str, count: f64) -> Quantities {
    let mut quantities = Quantities::new();
    add(&mut quantities, name, count);
    quantities
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::money::fixture;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn idle_is_polling_alarms_and_schedules() {
        let (functions, budgets) = (fixture::functions(), fixture::budgets());
        let model = fixture::model(&functions, &budgets);
        let lines = idle(&model).unwrap();
        // Two queues, with five polls and with two of 20 s each, in 100 hours: 126,000 at 0.40 per million.
        close(lines[0].dollars(), 0.0504);
        close(lines[1].dollars(), 0.10);
        // A run each minute: 6,000 in 100 hours, each with the one read unit of the quiet case.
        close(lines[2].quantities["lambdaRequest"], 6_000.0);
        close(lines[2].quantities["readUnit"], 6_000.0);
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn a_month_is_idle_and_requests_and_what_is_kept() {
        let (functions, budgets) = (fixture::functions(), fixture::budgets());
        let model = fixture::model(&functions, &budgets);
        let few = month(&model, &Profile { title: "ten".to_owned(), users: 10.0 }).unwrap();
        // Ten users, two orders each: 20 requests at a dollar per million.
        close(few.part(Part::Gateway), 20.0 / 1e6);
        close(few.requests[0].quantities["mail"], 120.0);
        close(few.part(Part::Other), 120.0 / 1e4);
        let lines: f64 = few.lines().map(Line::dollars).sum();
        close(few.dollars(), lines);
        let nobody = month(&model, &Profile { title: "nobody".to_owned(), users: 0.0 }).unwrap();
        let kept =
            |what: &str| nobody.kept.iter().filter(|line| line.what.starts_with(what)).map(Line::dollars).sum::<f64>();
        let idle: f64 = idle(&model).unwrap().iter().map(Line::dollars).sum();
        close(nobody.dollars(), idle + kept("logs") + kept("metrics"));
        // Sixty runs of the schedule in an hour, one in a hundred fails: 1 - exp(-0.6) of the hours, two metrics at 0.30.
        assert!((kept("metrics") - 0.451_188 * 2.0 * 0.3).abs() < 1e-6, "{}", kept("metrics"));
    }

    #[test]
    fn containers_cost_what_they_are_whether_anybody_calls_or_not() {
        let (functions, budgets) = (fixture::functions(), fixture::budgets());
        let model = fixture::model(&functions, &budgets);
        let lines = always_on(&model, &model.workload.always_on["set"]).unwrap();
        // Two tasks of half a processor for 100 hours, at 0.04.
        close(lines[0].dollars(), 4.0);
    }
}
