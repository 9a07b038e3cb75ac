//! One JSON line per invocation, that of a failure an embedded metric too; other lines only where something is wrong.
//!
//! Nothing personal is written: ids, counts and texts of our own.

mod sink;

use std::any::Any;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dynamo::Usage;
use jiff::Timestamp;
use lambda_http::http::StatusCode;
use serde_json::{Value, json};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use types::UserId;

use crate::Clock;
pub(crate) use sink::{LogSink, redirect};

/// Parts that log requests, which may hold what is personal: warnings are enough of them.
const QUIET: [&str; 7] =
    ["aws_config", "aws_smithy_runtime", "aws_sdk", "hyper", "hyper_util", "lambda_runtime", "lambda_http"];

/// Sets up logging for a function. `LOG_LEVEL` chooses: `error`, `warn`, `info` or `debug` (`info` if unset).
pub fn init() {
    let level = std::env::var("LOG_LEVEL").ok().and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO);
    let filter =
        Targets::new().with_default(level).with_targets(QUIET.map(|part| (part, level.min(LevelFilter::WARN))));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_writer(std::io::stderr);
    // A test may have set it up before: then that one stays.
    tracing_subscriber::registry().with(filter).with(lines).try_init().unwrap_or_default();
}

/// How an invocation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did what was asked.
    Ok,
    /// It refused what was asked, which is the caller's doing.
    Refused,
    /// It could not do what was asked, which is ours.
    Failed,
}

impl Outcome {
    pub(crate) fn of_status(status: StatusCode) -> Self {
        if status.is_server_error() {
            Self::Failed
        } else if status.is_client_error() {
            Self::Refused
        } else {
            Self::Ok
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// What is written of one invocation.
pub(crate) struct Record<'a> {
    pub trigger: &'static str,
    pub request_id: &'a str,
    pub correlation_id: &'a str,
    pub caller: Option<UserId>,
    pub duration: Duration,
    pub usage: Usage,
    pub outcome: Outcome,
    pub status: Option<u16>,
    pub code: Option<String>,
    pub error: Option<String>,
}

impl Record<'_> {
    /// Writes the line. That of a failure is in the embedded metric format: CloudWatch counts it, without a call.
    pub fn write(&self) {
        if !sink::write(self) {
            self.write_to_stderr();
        }
    }

    fn write_to_stderr(&self) {
        let line = format!("{}\n", self.line(Clock::System.now(), is_first()));
        // Lambda reads both streams; standard error is not buffered, so the line is out when the answer is. All of it in one
        // call: the macros write each part of the text by itself. Where nobody reads it any more, nobody is to be told.
        std::io::stderr().write_all(line.as_bytes()).unwrap_or_default();
    }

    fn line(&self, now: Timestamp, cold_start: bool) -> Value {
        let function = function_name();
        let service = std::env::var("SERVICE_NAME").unwrap_or_default();
        let stage = std::env::var("STAGE").unwrap_or_default();
        let mut line = json!({
            "timestamp": now.to_string(),
            "level": if self.outcome == Outcome::Failed { "ERROR" } else { "INFO" },
            "message": "invocation",
            "trigger": self.trigger,
            "function": function,
            "requestId": self.request_id,
            "correlationId": self.correlation_id,
            "callerId": self.caller.map(|id| id.to_string()),
            "outcome": self.outcome.name(),
            "status": self.status,
            "code": self.code,
            "error": self.error,
            "coldStart": cold_start,
            "service": service,
            "stage": stage,
            "durationMs": millis(self.duration),
            "dynamoCalls": self.usage.calls,
            // No metric: CloudWatch charges for each, and budgets keep this one.
            "dynamoRounds": self.usage.rounds,
            "readUnits": self.usage.read_units,
            "writeUnits": self.usage.write_units,
        });
        if self.outcome == Outcome::Failed {
            line["failures"] = 1.into();
            line["_aws"] = json!({
                "Timestamp": now.as_millisecond(),
                // Each metric of each set of dimensions costs as much as the reads of two million requests. What Lambda and
                // DynamoDB measure themselves, or these lines tell, is no metric here; and no function is a dimension.
                "CloudWatchMetrics": [{
                    "Namespace": "Atoll",
                    "Dimensions": [["stage", "service"]],
                    "Metrics": [{ "Name": "failures", "Unit": "Count" }],
                }],
            });
        }
        line
    }

    /// The `Server-Timing` header: time, calls, round trips in sequence, and units.
    pub fn server_timing(&self) -> String {
        format!(
            "total;dur={}, dynamodb;desc=\"calls={} rounds={} read={} write={}\"",
            millis(self.duration),
            self.usage.calls,
            self.usage.rounds,
            self.usage.read_units,
            self.usage.write_units
        )
    }
}

/// The name of the function that this process runs; empty outside of Lambda.
pub(crate) fn function_name() -> String {
    std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default()
}

/// True for the first invocation of this process.
fn is_first() -> bool {
    static SEEN: AtomicBool = AtomicBool::new(false);
    !SEEN.swap(true, Ordering::Relaxed)
}

/// Milliseconds with three decimals.
fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// The message of a panic.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", text.unwrap_or("without a message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(outcome: Outcome) -> Record<'static> {
        Record {
            trigger: "http",
            request_id: "r",
            correlation_id: "c",
            caller: None,
            duration: Duration::from_micros(1_234),
            usage: Usage { calls: 2, rounds: 1, read_units: 0.5, write_units: 3.0 },
            outcome,
            status: Some(503),
            code: Some("service.unavailable".into()),
            error: None,
        }
    }

    #[test]
    fn the_line_of_a_failure_is_json_with_a_metric_that_exists_in_it() {
        let record = record(Outcome::Failed);
        let line = record.line(Timestamp::UNIX_EPOCH, true);
        assert_eq!((&line["durationMs"], &line["dynamoRounds"]), (&json!(1.234), &json!(1)));
        let metrics = &line["_aws"]["CloudWatchMetrics"][0];
        for name in [&metrics["Metrics"][0]["Name"], &metrics["Dimensions"][0][0], &metrics["Dimensions"][0][1]] {
            assert!(!line[name.as_str().unwrap()].is_null(), "{name} has no value");
        }
        assert_eq!(record.server_timing(), "total;dur=1.234, dynamodb;desc=\"calls=2 rounds=1 read=0.5 write=3\"");
    }

    #[test]
    fn what_did_not_fail_makes_no_metric() {
        let line = record(Outcome::Ok).line(Timestamp::UNIX_EPOCH, true);
        assert_eq!((&line["_aws"], &line["failures"]), (&Value::Null, &Value::Null));
    }
}
