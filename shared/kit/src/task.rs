//! Steps: functions that a state machine of Step Functions calls. What they get and answer is typed; how they fail is told
//! by name, since the machine's `Retry` and `Catch` go by names.

use std::panic::AssertUnwindSafe;

use dynamo::{Meter, StoreError};
use futures::FutureExt;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::Error;
use crate::config::{ConfigError, Environment};
use crate::telemetry::{self, Outcome, Record};

/// What a step is given.
pub trait Input: DeserializeOwned {
    /// What its line in the log is found by.
    fn correlation_id(&self) -> &str;
}

/// Why a step was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It may be done later. The machine knows it as `Retry`, as it knows what Lambda itself reports, time-outs among them.
    Retry(String),
    /// It can never be done. The machine knows it as `Stop`.
    Stop(String),
}

impl Failure {
    /// What the machine's `ErrorEquals` compares.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Retry(_) => "Retry",
            Self::Stop(_) => "Stop",
        }
    }

    /// What happened, for the log.
    pub fn reason(&self) -> &str {
        match self {
            Self::Retry(reason) | Self::Stop(reason) => reason,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt { .. } => Self::Stop(error.to_string()),
            _ => Self::Retry(error.to_string()),
        }
    }
}

impl From<dynamo::outbox::OutboxError> for Failure {
    fn from(error: dynamo::outbox::OutboxError) -> Self {
        Self::Stop(error.to_string())
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self { error_type: failure.name().to_owned(), error_message: failure.reason().to_owned() }
    }
}

/// Runs a step, until Lambda ends the process.
pub async fn serve<C, T, R, F>(
    step: F,
    from_env: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
) -> Result<(), Error>
where
    C: Send + Sync + 'static,
    T: Input,
    R: Serialize,
    F: AsyncFn(&'static C, T) -> Result<R, Failure>,
{
    let (ctx, _stage) = crate::config::start(from_env).await?;
    let step = &step;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<T>| async move {
        let request_id = event.context.request_id;
        once(&request_id, event.payload, async |input| Box::pin(step(ctx, input)).await).await
    }))
    .await
}

/// Does the step once.
pub async fn once<T: Input, R>(
    request_id: &str,
    input: T,
    step: impl AsyncFn(T) -> Result<R, Failure>,
) -> Result<R, Failure> {
    let (started, correlation_id) = (Instant::now(), input.correlation_id().to_owned());
    let meter = Meter::default();
    let result = meter.scope(AssertUnwindSafe(step(input)).catch_unwind()).await;
    let result = result.unwrap_or_else(|panic| Err(Failure::Retry(telemetry::panic_text(&*panic))));
    Record {
        trigger: "step",
        request_id,
        correlation_id: &correlation_id,
        caller: None,
        duration: started.elapsed(),
        usage: meter.usage(),
        outcome: if result.is_ok() { Outcome::Ok } else { Outcome::Failed },
        status: None,
        code: result.as_ref().err().map(|failure| failure.name().to_owned()),
        error: result.as_ref().err().map(|failure| failure.reason().to_owned()),
    }
    .write();
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Ask;

    impl Input for Ask {
        fn correlation_id(&self) -> &'static str {
            "c"
        }
    }

    #[tokio::test]
    async fn failures_have_the_names_that_the_machine_compares_and_panics_are_tried_again() {
        assert_eq!(once("r", Ask, async |_| Ok::<_, Failure>(7)).await, Ok(7));
        for (failure, name) in [(Failure::Retry("late".into()), "Retry"), (Failure::Stop("never".into()), "Stop")] {
            let told = once("r", Ask, async |_| Err::<(), _>(failure.clone())).await.unwrap_err();
            assert_eq!(Diagnostic::from(told).error_type, name);
        }
        let told = once("r", Ask, async |_| -> Result<(), Failure> { panic!("on purpose") }).await;
        assert_eq!(told, Err(Failure::Retry("panic: on purpose".into())));
    }

    #[test]
    fn what_is_corrupt_is_never_tried_again() {
        let corrupt = StoreError::Corrupt { key: "k".into(), kind: "T", reason: "r".into() };
        assert_eq!(Failure::from(corrupt).name(), "Stop");
        assert_eq!(Failure::from(StoreError::Contended { attempts: 1 }).name(), "Retry");
    }
}
