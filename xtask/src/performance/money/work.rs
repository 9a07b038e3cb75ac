//! What one request uses: the invocations that it causes, here and by its events, and everything else with a price.

use std::collections::{BTreeMap, BTreeSet};

use super::Model;
use super::prices::{Quantities, add, add_all};
use super::system::{Kind, Server};
use super::traffic::Traffic;
use super::workload::{Request, Step};
use crate::failure::{Failure, Result, refuse};
use crate::performance::measured::{Figures, Usage};

/// The function that every event goes through.
const PUBLISHER: &str = "platform-publish-events";
/// How many functions an event may go through, one after the other, before it is taken for a circle.
const MAX_STEPS: usize = 12;

/// What something uses, before it is known how many invocations are cold.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Work {
    /// By function and case of its budget.
    pub runs: BTreeMap<(String, Option<String>), Runs>,
    /// Everything else with a price.
    pub quantities: Quantities,
}

/// Invocations of a function in one case.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Runs {
    /// Invocations.
    pub invocations: f64,
    /// How often the case happens in all of them: several times in one where there are several messages or people.
    pub times: f64,
}

/// Who called a function, how often, and about how many people.
#[derive(Clone, Copy)]
struct Calls {
    invocations: f64,
    times: f64,
    depth: usize,
}

impl Work {
    /// Adds more of a function's invocations.
    pub fn run(&mut self, function: &str, case: Option<&str>, invocations: f64, times: f64) {
        let runs = self.runs.entry((function.to_owned(), case.map(str::to_owned))).or_default();
        runs.invocations += invocations;
        runs.times += times;
    }
}

impl Model<'_> {
    /// What one request uses.
    pub fn work(&self, request: &Request) -> Result<Work> {
        let mut work = Work::default();
        for call in &request.calls {
            let calls = Calls { invocations: 1.0, times: 1.0, depth: 0 };
            self.follow(&mut work, &call.function, call, calls)?;
        }
        Ok(work)
    }

    fn follow(&self, work: &mut Work, function: &str, step: &Step, calls: Calls) -> Result<()> {
        if calls.depth > MAX_STEPS {
            return refuse!("Events go in a circle: {function} is reached after {MAX_STEPS} steps.");
        }
        work.run(function, step.case.as_deref(), calls.invocations, calls.times);
        match self.system.server(function)?.kind {
            Kind::Http => {
                add(&mut work.quantities, "httpRequest", calls.invocations);
                add(&mut work.quantities, "logGb", calls.invocations * self.lines(&self.workload.lines.access)?);
            }
            // Whether a connection's beginning and end count as messages, AWS does not say: here they do.
            Kind::Socket => add(&mut work.quantities, "socketMessage", calls.invocations),
            Kind::Queue | Kind::Bus | Kind::Stream | Kind::Schedule { .. } | Kind::Other => {}
        }
        add_all(&mut work.quantities, &step.also, calls.times);
        let deeper = |times: f64| Calls { invocations: times, times, depth: calls.depth + 1 };
        for (called, count) in &step.calls {
            self.follow(work, called, &Step::default(), deeper(calls.times * count))?;
        }
        if step.emits.keys().any(|event| !self.workload.foreign.contains_key(event)) {
            // The events of one write are one change of the stream.
            let batches = calls.times / self.workload.figure("changesPerBatch")?;
            work.run(PUBLISHER, None, batches, calls.times);
        }
        for (event, emission) in &step.emits {
            let (count, people) = emission.parts();
            self.publish(work, event, calls.times * count, people, calls.depth + 1)?;
        }
        Ok(())
    }

    fn publish(&self, work: &mut Work, event: &str, count: f64, people: f64, depth: usize) -> Result<()> {
        if let Some(price) = self.workload.foreign.get(event) {
            add(&mut work.quantities, price, count);
        } else {
            let bytes = self.system.event_bytes(event) + self.workload.figure("busEnvelopeBytes")?;
            add(&mut work.quantities, "busEvent", count);
            add(&mut work.quantities, "archiveGb", count * bytes / 1e9);
        }
        let messages = self.workload.figure("messagesPerBatch")?;
        let nothing = Step::default();
        for consumer in self.system.consumers(event) {
            let directly = matches!(self.system.server(&consumer)?.kind, Kind::Bus);
            let batch = if directly { 1.0 } else { messages };
            if !directly {
                // Each message is sent alone; it is received and deleted with its batch.
                add(&mut work.quantities, "queueRequest", count * (1.0 + 2.0 / batch));
            }
            let step = self.workload.reactions.get(event).and_then(|all| all.get(&consumer)).unwrap_or(&nothing);
            let times = if step.per_person { count * people } else { count };
            self.follow(work, &consumer, step, Calls { invocations: count / batch, times, depth })?;
        }
        Ok(())
    }

    /// All that work uses, with so much traffic around it.
    pub fn used(&self, work: &Work, traffic: &Traffic) -> Result<Quantities> {
        let mut used = work.quantities.clone();
        for ((function, case), runs) in &work.runs {
            let server = self.system.server(function)?;
            let usage = self.usage(function, case.as_deref())?;
            add(&mut used, "readUnit", runs.times * usage.read_units);
            add(&mut used, "writeUnit", runs.times * usage.write_units);
            let cold = traffic.cold_share(function);
            add(&mut used, "lambdaRequest", runs.invocations);
            add(&mut used, "lambdaGbSecond", self.gb_seconds(function, server, *runs, cold)?);
            add(&mut used, "logGb", runs.invocations * self.log_gb(function, server, cold)?);
            if server.traced {
                add(&mut used, "trace", runs.invocations * traffic.trace_share(function));
            }
        }
        Ok(used)
    }

    /// Units of a function's case, or of its dearest one; nothing where there is no budget.
    pub fn usage(&self, function: &str, case: Option<&str>) -> Result<Usage> {
        let Some(budget) = self.budgets.functions.get(function) else { return Ok(Usage::default()) };
        if let Some(wanted) = case {
            let known: Vec<_> = budget.cases.keys().map(String::as_str).collect();
            let refused =
                || Failure::new(format!("{function} has no budget case `{wanted}`; it has `{}`.", known.join("`, `")));
            return budget.cases.get(wanted).copied().ok_or_else(refused);
        }
        let by_cost = self.cases_by_cost(function)?;
        Ok(by_cost.last().map_or_else(Usage::default, |(_, usage)| *usage))
    }

    /// A function's cases, the cheapest at the table first.
    pub fn cases_by_cost(&self, function: &str) -> Result<Vec<(&str, Usage)>> {
        let (read, write) = (self.prices.unit("readUnit")?, self.prices.unit("writeUnit")?);
        let cost = |usage: &Usage| usage.read_units * read + usage.write_units * write;
        let cases = self.budgets.functions.get(function).into_iter().flat_map(|budget| &budget.cases);
        let mut cases: Vec<_> = cases.map(|(name, usage)| (name.as_str(), *usage)).collect();
        cases.sort_by(|(_, a), (_, b)| cost(a).total_cmp(&cost(b)));
        Ok(cases)
    }

    /// GB-seconds of invocations, of which a share is cold.
    fn gb_seconds(&self, function: &str, server: &Server, runs: Runs, cold_share: f64) -> Result<f64> {
        let Some(figures) = self.functions.of(function) else { return Ok(0.0) };
        if runs.invocations == 0.0 {
            return Ok(0.0);
        }
        let (warm, cold) = self.billed_millis(figures, server.memory, runs.times / runs.invocations)?;
        let millis = (1.0 - cold_share) * warm + cold_share * cold;
        Ok(runs.invocations * millis / 1e3 * server.memory / 1024.0)
    }

    /// Billed milliseconds of a warm and of a cold invocation in which the case happens so many times: the wait as it was
    /// measured, and processor time as long as it takes with this memory. Lambda rounds up to a millisecond.
    pub fn billed_millis(&self, figures: &Figures, memory: f64, times: f64) -> Result<(f64, f64)> {
        let slower = (self.workload.figure("processorMegabytes")? / memory).max(1.0);
        let lasts = |wall: f64, cpu: f64| (wall - cpu).max(0.0) + cpu * slower;
        let Some(latency) = figures.at(self.workload.figure("addedMillis")?) else {
            return refuse!("{} was not measured at the assumed latency of the table.", figures.name);
        };
        let warm = lasts(latency.warm_p50_millis, latency.warm_cpu_millis);
        let first = lasts(latency.first_millis, latency.first_cpu_millis);
        let init = lasts(figures.init_millis, figures.init_cpu_millis);
        Ok(((warm * times).ceil(), (init + first + warm * (times - 1.0).max(0.0)).ceil()))
    }

    /// GB that one invocation logs: its own line and Lambda's.
    fn log_gb(&self, function: &str, server: &Server, cold_share: f64) -> Result<f64> {
        let own = self.functions.of(function).map_or(0.0, |figures| figures.log_bytes);
        let entry = if own > 0.0 { self.workload.figure("logEntryBytes")? } else { 0.0 };
        let platform = if server.platform_lines {
            let lines = &self.workload.lines;
            // A part of an entry, and no entry of its own.
            let traced = if server.traced { bytes(&lines.traced) / 1e9 } else { 0.0 };
            self.lines(&lines.platform)? + traced + cold_share * self.lines(&lines.cold)?
        } else {
            0.0
        };
        Ok((own + entry) / 1e9 + platform)
    }

    /// GB that CloudWatch counts for these lines.
    fn lines(&self, lines: &[String]) -> Result<f64> {
        let entries = f64::from(u32::try_from(lines.len()).unwrap_or(u32::MAX));
        Ok((bytes(lines) + entries * self.workload.figure("logEntryBytes")?) / 1e9)
    }

    /// What costs leave out, since nobody measured it: one sentence each.
    pub fn gaps(&self) -> Result<BTreeSet<String>> {
        let mut gaps = BTreeSet::new();
        for request in self.workload.requests.values() {
            for (function, _) in self.work(request)?.runs.keys() {
                if self.functions.of(function).is_none() {
                    gaps.insert(format!("`{function}` was not measured, so that its time costs nothing here."));
                }
                if self.system.server(function)?.uses_table && !self.budgets.functions.contains_key(function) {
                    gaps.insert(format!("`{function}` has no budget, so that its reads and writes cost nothing here."));
                }
            }
        }
        Ok(gaps)
    }
}

fn bytes(lines: &[String]) -> f64 {
    lines.iter().map(|line| f64::from(u32::try_from(line.len()).unwrap_or(u32::MAX))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::money::fixture;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    #[test]
    fn a_request_is_followed_through_publisher_bus_queue_and_consumer() {
        let (functions, budgets) = (fixture::functions(), fixture::budgets());
        let model = fixture::model(&functions, &budgets);
        let work = model.work(&model.workload.requests["order"]).unwrap();
        let runs = |name: &str, case: Option<&str>| work.runs[&(name.to_owned(), case.map(str::to_owned))];
        assert_eq!(runs("orders-place-order", Some("placed")), Runs { invocations: 1.0, times: 1.0 });
        assert_eq!(runs(PUBLISHER, None), Runs { invocations: 0.5, times: 1.0 });
        // Two events, each about three people, in batches of four messages.
        assert_eq!(runs("orders-count-orders", None), Runs { invocations: 0.5, times: 6.0 });
        close(work.quantities["httpRequest"], 1.0);
        close(work.quantities["busEvent"], 2.0);
        // Nine bytes of event and 91 around it, twice.
        close(work.quantities["archiveGb"], 200.0 / 1e9);
        // A send each, and a half for receiving and deleting in fours.
        close(work.quantities["queueRequest"], 2.0 * 1.5);
        // Each person gets a mail.
        close(work.quantities["mail"], 6.0);
    }

    #[test]
    fn time_is_the_wait_and_the_processor_s_share_of_the_memory() {
        let (functions, budgets) = (fixture::functions(), fixture::budgets());
        let model = fixture::model(&functions, &budgets);
        let figures = functions.of("orders-place-order").unwrap();
        // Warm: 6 ms of wait and 1 ms of processor, which takes 2 ms with half of the memory of a whole processor: 8 ms.
        // Cold: 10 ms of init, all processor, so 20; the first 9 ms with 3 of processor, so 12: 32 ms.
        assert_eq!(model.billed_millis(figures, 500.0, 1.0), Ok((8.0, 32.0)));
        // More memory than a whole processor needs makes nothing faster: 7, and 10 and 9.
        assert_eq!(model.billed_millis(figures, 2000.0, 1.0), Ok((7.0, 19.0)));
        assert_eq!(model.billed_millis(figures, 500.0, 2.5), Ok((20.0, 44.0)));
    }

    #[test]
    fn what_is_used_is_units_seconds_logs_and_traces() {
        let (functions, budgets) = (fixture::functions(), fixture::budgets());
        let model = fixture::model(&functions, &budgets);
        let mut work = Work::default();
        work.run("orders-place-order", Some("placed"), 2.0, 2.0);
        let used = model.used(&work, &Traffic::fixed(0.25, 0.5)).unwrap();
        close(used["readUnit"], 2.0);
        close(used["writeUnit"], 14.0);
        close(used["lambdaRequest"], 2.0);
        // 512 MB; the wait and 1000/512 times the processor time, rounded up: 8 ms warm, 32 ms cold (19.53 + 11.86).
        close(used["lambdaGbSecond"], 2.0 * (0.75 * 8.0 + 0.25 * 32.0) / 1e3 * 0.5);
        // Its own line of 100 bytes, Lambda's of 10 and 5 more for the trace, a quarter of the 20 for a cold one; with 26
        // for each entry.
        close(used["logGb"], 2.0 * (126.0 + 41.0 + 0.25 * 46.0) / 1e9);
        close(used["trace"], 1.0);
    }

    #[test]
    fn a_case_that_went_is_named_and_without_one_the_dearest_counts() {
        let (functions, budgets) = (fixture::functions(), fixture::budgets());
        let model = fixture::model(&functions, &budgets);
        let refused = model.usage("orders-place-order", Some("lost")).unwrap_err().to_string();
        assert!(refused.contains("`lost`") && refused.contains("`placed`"), "{refused}");
        close(model.usage("orders-place-order", None).unwrap().write_units, 7.0);
        assert_eq!(model.cases_by_cost("orders-place-order").unwrap()[0].0, "refused");
    }
}
