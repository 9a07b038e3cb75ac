//! One JSON line per invocation, which is an embedded metric too; other lines only where something is wrong.
//!
//! Nothing personal is written: ids, counts and texts of our own.

use std::any::Any;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dynamo::Usage;
use jiff::Timestamp;
use lambda_http::http::StatusCode;
use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;
use types::UserId;

/// Sets up logging for a function. `LOG_LEVEL` chooses (`info` if unset).
pub fn init() {
    let filter = EnvFilter::try_from_env("LOG_LEVEL").unwrap_or_else(|_| EnvFilter::new("info"));
    // The SDK and the runtime log requests, which may hold what is personal: warnings are enough of them.
    let filter =
        ["aws_config", "aws_smithy_runtime", "aws_sdk", "hyper", "hyper_util", "lambda_runtime", "lambda_http"]
            .iter()
            .filter_map(|target| format!("{target}=warn").parse().ok())
            .fold(filter, EnvFilter::add_directive);
    let result = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_writer(std::io::stderr)
        .try_init();
    // A test may have set it up before: then that one stays.
    result.unwrap_or_default();
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
    /// Writes the line, in the embedded metric format: CloudWatch makes metrics of it, without a call.
    pub fn write(&self) {
        // Lambda reads both streams; standard error is not buffered, so the line is out when the answer is.
        eprintln!("{}", self.line(Timestamp::now()));
    }

    fn line(&self, now: Timestamp) -> Value {
        let function = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
        let service = std::env::var("SERVICE_NAME").unwrap_or_default();
        let stage = std::env::var("STAGE").unwrap_or_default();
        let metric = |name: &str, unit: &str| json!({ "Name": name, "Unit": unit });
        json!({
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
            "coldStart": is_first(),
            "service": service,
            "stage": stage,
            "durationMs": millis(self.duration),
            "failures": u8::from(self.outcome == Outcome::Failed),
            "dynamoCalls": self.usage.calls,
            // No metric: CloudWatch charges for each, and budgets keep this one.
            "dynamoRounds": self.usage.rounds,
            "readUnits": self.usage.read_units,
            "writeUnits": self.usage.write_units,
            "_aws": {
                "Timestamp": now.as_millisecond(),
                // One set of dimensions, and no function among them: CloudWatch charges for each combination.
                "CloudWatchMetrics": [{
                    "Namespace": "Atoll",
                    "Dimensions": [["stage", "service"]],
                    "Metrics": [
                        metric("durationMs", "Milliseconds"),
                        metric("failures", "Count"),
                        metric("dynamoCalls", "Count"),
                        metric("readUnits", "Count"),
                        metric("writeUnits", "Count"),
                    ],
                }],
            },
        })
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

    #[test]
    fn the_line_is_json_with_metrics_that_exist_in_it() {
        let record = Record {
            trigger: "http",
            request_id: "r",
            correlation_id: "c",
            caller: None,
            duration: Duration::from_micros(1_234),
            usage: Usage { calls: 2, rounds: 1, read_units: 0.5, write_units: 3.0 },
            outcome: Outcome::Failed,
            status: Some(503),
            code: Some("service.unavailable".into()),
            error: None,
        };
        let line = record.line(Timestamp::UNIX_EPOCH);
        assert_eq!((&line["durationMs"], &line["dynamoRounds"]), (&json!(1.234), &json!(1)));
        for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap() {
            let name = metric["Name"].as_str().unwrap();
            assert!(line[name].is_number(), "{name} has no value");
        }
        assert_eq!(record.server_timing(), "total;dur=1.234, dynamodb;desc=\"calls=2 rounds=1 read=0.5 write=3\"");
    }
}
