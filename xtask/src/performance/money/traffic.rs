//! How many invocations are cold, and how many X-Ray records, when so many come in a month.

use std::collections::BTreeMap;

use super::system::Kind;
use super::workload::Profile;
use super::{Model, Work};
use crate::failure::Result;

/// A month's invocations, by function.
#[derive(Debug, Default, Clone)]
pub struct Traffic {
    invocations: BTreeMap<String, f64>,
    rules: Rules,
}

/// The figures that shares are computed with.
#[derive(Debug, Default, Clone, Copy)]
struct Rules {
    seconds: f64,
    keep_alive_seconds: f64,
    least_cold: f64,
    traces_per_second: f64,
    trace_share: f64,
    fixed: Option<(f64, f64)>,
}

impl Traffic {
    /// What so many users make in a month, with the schedules that run in any case.
    pub fn of(model: &Model<'_>, profile: &Profile) -> Result<Self> {
        let figure = |name| model.workload.figure(name);
        let seconds = figure("hoursPerMonth")? * 3600.0;
        let rules = Rules {
            seconds,
            keep_alive_seconds: figure("keepAliveMinutes")? * 60.0,
            least_cold: figure("leastColdShare")?,
            traces_per_second: figure("tracesPerSecond")?,
            trace_share: figure("traceShare")?,
            fixed: None,
        };
        let mut traffic = Self { invocations: BTreeMap::new(), rules };
        for (name, request) in &model.workload.requests {
            let times = model.workload.habits.get(name).copied().unwrap_or_default() * profile.users;
            traffic.count(&model.work(request)?, times);
        }
        for (name, server) in model.system.servers() {
            if let Kind::Schedule { per_minute } = server.kind {
                *traffic.invocations.entry(name.clone()).or_default() += per_minute / 60.0 * seconds;
            }
        }
        Ok(traffic)
    }

    fn count(&mut self, work: &Work, times: f64) {
        for ((function, _), runs) in &work.runs {
            *self.invocations.entry(function.clone()).or_default() += runs.invocations * times;
        }
    }

    /// Traffic with the same shares for every function.
    #[cfg(test)]
    pub fn fixed(cold: f64, traced: f64) -> Self {
        Self { invocations: BTreeMap::new(), rules: Rules { fixed: Some((cold, traced)), ..Rules::default() } }
    }

    /// Invocations of a function in the month.
    pub fn invocations(&self, function: &str) -> f64 {
        self.invocations.get(function).copied().unwrap_or_default()
    }

    /// The share of a function's invocations that finds no environment.
    pub fn cold_share(&self, function: &str) -> f64 {
        match self.rules.fixed {
            Some((cold, _)) => cold,
            None => self.rules.cold_share(self.invocations(function)),
        }
    }

    /// The share of a function's invocations that X-Ray records.
    pub fn trace_share(&self, function: &str) -> f64 {
        match self.rules.fixed {
            Some((_, traced)) => traced,
            None => self.rules.recorded(self.invocations(function)),
        }
    }
}

impl Rules {
    /// Arrivals are taken as independent of each other (Poisson). An invocation is cold if none came within the time that
    /// an environment is kept, which has the probability `exp(-rate * time)`.
    fn cold_share(&self, invocations: f64) -> f64 {
        (-invocations * self.keep_alive_seconds / self.seconds).exp().max(self.least_cold)
    }

    /// Of each second in which something comes (a share `1 - exp(-rate)` of all), some are recorded; of the rest a share.
    fn recorded(&self, invocations: f64) -> f64 {
        if invocations == 0.0 {
            return 1.0;
        }
        let busy = self.seconds * (1.0 - (-invocations / self.seconds).exp());
        let first = (busy * self.traces_per_second).min(invocations);
        (first + self.trace_share * (invocations - first)) / invocations
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules {
        seconds: 1000.0,
        keep_alive_seconds: 100.0,
        least_cold: 0.01,
        traces_per_second: 1.0,
        trace_share: 0.05,
        fixed: None,
    };

    #[test]
    #[expect(clippy::float_cmp, reason = "the bounds themselves")]
    fn rare_invocations_are_cold_and_frequent_ones_are_not() {
        assert_eq!(RULES.cold_share(0.0), 1.0);
        // One in a hundred seconds, on average: e to the minus one.
        assert!((RULES.cold_share(10.0) - 0.367_879).abs() < 1e-6);
        assert_eq!(RULES.cold_share(1e6), 0.01);
    }

    #[test]
    fn nearly_all_rare_invocations_are_recorded_and_a_twentieth_of_frequent_ones() {
        assert!(RULES.recorded(1.0) > 0.999);
        // A thousand in a thousand seconds: 632.1 seconds have one; of the other 367.9 a twentieth.
        assert!((RULES.recorded(1000.0) - (632.120_6 + 18.394) / 1000.0).abs() < 1e-6);
        // 10^7: one in each of 1000 seconds, and a twentieth of the rest.
        assert!((RULES.recorded(1e7) - (1000.0 + 0.05 * 9_999_000.0) / 1e7).abs() < 1e-9);
    }
}
