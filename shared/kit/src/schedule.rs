//! Functions that a schedule starts.

use std::panic::AssertUnwindSafe;

use dynamo::Meter;
use futures::FutureExt;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use tokio::time::Instant;

use crate::Error;
use crate::config::{ConfigError, Environment};
use crate::telemetry::{self, Outcome, Record};

/// The code in the log line of each run that succeeded: the heartbeat of a scheduled function.
pub const FINISHED: &str = "sweep_finished";

/// Most failures that [`result_of_many`] names.
const MAX_NAMED: usize = 10;

/// Runs a function that a schedule starts, until Lambda ends the process. A failure is returned to Lambda, which retries.
pub async fn serve<C, F>(
    work: F,
    from_env: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
) -> Result<(), Error>
where
    C: Send + Sync + 'static,
    F: AsyncFn(&'static C) -> Result<(), String>,
{
    let (ctx, _stage) = crate::config::start(from_env).await?;
    let work = &work;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        once(&event.context.request_id, async || Box::pin(work(ctx)).await).await.map_err(Error::from)
    }))
    .await
}

/// The result of a run whose parts fail on their own: an error that names every failure.
pub fn result_of(failures: &[String]) -> Result<(), String> {
    if failures.is_empty() { Ok(()) } else { Err(failures.join("; ")) }
}

/// The same for a run with very many parts, such as `orders`: the error has the number of failures and names the first ten.
pub fn result_of_many(parts: &str, failures: &[String]) -> Result<(), String> {
    if failures.is_empty() {
        return Ok(());
    }
    let named = &failures[..failures.len().min(MAX_NAMED)];
    Err(format!("{} {parts}: {}", failures.len(), named.join("; ")))
}

/// Does the work once.
pub async fn once(request_id: &str, work: impl AsyncFn() -> Result<(), String>) -> Result<(), String> {
    let started = Instant::now();
    let meter = Meter::default();
    let result = meter.scope(AssertUnwindSafe(work()).catch_unwind()).await;
    let result = result.unwrap_or_else(|panic| Err(telemetry::panic_text(&*panic)));
    Record {
        trigger: "schedule",
        request_id,
        correlation_id: request_id,
        caller: None,
        duration: started.elapsed(),
        usage: meter.usage(),
        outcome: if result.is_ok() { Outcome::Ok } else { Outcome::Failed },
        status: None,
        code: result.is_ok().then(|| FINISHED.to_owned()),
        error: result.as_ref().err().cloned(),
    }
    .write();
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn failures_and_panics_are_returned_to_lambda() {
        assert_eq!(once("r", async || Ok(())).await, Ok(()));
        assert_eq!(once("r", async || Err("late".to_owned())).await, Err("late".to_owned()));
        assert_eq!(once("r", async || panic!("on purpose")).await, Err("panic: on purpose".to_owned()));
    }

    #[test]
    fn a_run_fails_with_what_failed_in_it() {
        let failures = |count: u32| (1..=count).map(|number| number.to_string()).collect::<Vec<_>>();
        assert_eq!((result_of(&[]), result_of_many("orders", &[])), (Ok(()), Ok(())));
        assert_eq!(result_of(&failures(2)), Err("1; 2".to_owned()));
        assert_eq!(result_of_many("orders", &failures(12)), Err("12 orders: 1; 2; 3; 4; 5; 6; 7; 8; 9; 10".to_owned()));
    }
}
