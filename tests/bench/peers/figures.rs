//! What was measured of one stack at one work.

use std::time::Duration;

use serde_json::{Value, json};

use crate::agreement::Asked;
use crate::harness::quantile;
use crate::harness::runtime_api::{Function, Invocation};
use crate::scene::Work;
use crate::stacks::Stack;

/// All distances of one stack.
#[derive(Default)]
pub struct Row {
    peak_kib: u64,
    distances: Vec<Distance>,
}

#[derive(Default)]
struct Distance {
    added: Duration,
    init: Vec<Duration>,
    init_cpu: Vec<Duration>,
    first: Vec<Duration>,
    first_cpu: Vec<Duration>,
    warm: Vec<Duration>,
    warm_cpu: Vec<Duration>,
}

impl Row {
    /// From here on the table's answers come later by `added`.
    pub fn begin(&mut self, added: Duration) {
        self.distances.push(Distance { added, ..Distance::default() });
    }

    fn now(&mut self) -> &mut Distance {
        self.distances.last_mut().expect("it began")
    }

    /// A cold start and its first invocation.
    pub fn started(&mut self, function: &Function, init_cpu: Duration, first: &Invocation) {
        let now = self.now();
        now.init.push(function.init);
        now.init_cpu.push(init_cpu);
        now.first.push(first.duration);
        now.first_cpu.push(first.cpu);
    }

    /// A warm invocation.
    pub fn invoked(&mut self, invocation: &Invocation) {
        assert!(invocation.reply.is_ok(), "{:?}", invocation.reply);
        let now = self.now();
        now.warm.push(invocation.duration);
        now.warm_cpu.push(invocation.cpu);
    }

    /// It has held so much memory.
    pub fn holds(&mut self, kib: u64) {
        self.peak_kib = self.peak_kib.max(kib);
    }

    /// The row as it is written. Init does not depend on the table, so both distances count for it.
    pub fn tell(&self, stack: &Stack, work: &Work, asked: &Asked) -> Value {
        let all = |of: fn(&Distance) -> &Vec<Duration>| quantile(self.distances.iter().flat_map(of).copied(), 0.5);
        let package = stack.package(work);
        let latencies: Vec<Value> = self.distances.iter().map(Distance::tell).collect();
        json!({
            "stack": stack.name,
            "function": work.function,
            "bytes": package.bytes,
            "zipBytes": package.zip_bytes,
            "initMillis": all(|one| &one.init),
            "initCpuMillis": all(|one| &one.init_cpu),
            "peakKib": self.peak_kib,
            "status": asked.status,
            "logBytes": asked.log_bytes,
            "logLines": asked.log_lines,
            "calls": asked.usage.calls(),
            "rounds": asked.usage.rounds,
            "readUnits": asked.usage.read_units,
            "writeUnits": asked.usage.write_units,
            "latencies": latencies,
        })
    }
}

impl Distance {
    fn tell(&self) -> Value {
        json!({
            "addedMillis": u64::try_from(self.added.as_millis()).expect("small"),
            "firstMillis": quantile(self.first.iter().copied(), 0.5),
            "firstCpuMillis": quantile(self.first_cpu.iter().copied(), 0.5),
            "warmP50Millis": quantile(self.warm.iter().copied(), 0.5),
            "warmP99Millis": quantile(self.warm.iter().copied(), 0.99),
            "warmCpuMillis": quantile(self.warm_cpu.iter().copied(), 0.5),
        })
    }
}

/// A row as it is printed, with its ratios to another one.
pub fn line(row: &Value, to: &Value) -> String {
    let figure = |path: &str| {
        let (value, base) = (row.pointer(path).and_then(Value::as_f64), to.pointer(path).and_then(Value::as_f64));
        let (value, base) = (value.expect("a figure"), base.expect("a figure"));
        format!("{value:.1} ({:.1}x)", value / base)
    };
    format!(
        "  {:8} init {:>15} first {:>15} warm {:>14} cpu {:>14} at 3 ms {:>14} KiB {:>18} zip {:>20}",
        row["stack"].as_str().unwrap_or_default(),
        figure("/initMillis"),
        figure("/latencies/0/firstMillis"),
        figure("/latencies/0/warmP50Millis"),
        figure("/latencies/0/warmCpuMillis"),
        figure("/latencies/1/warmP50Millis"),
        figure("/peakKib"),
        figure("/zipBytes"),
    )
}
