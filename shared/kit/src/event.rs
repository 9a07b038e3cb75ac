//! Functions with a trigger of their own kind: what they get is what they declare.

use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::config::{ConfigError, Environment};

/// Runs a function, until Lambda ends the process. Its caller gets what it answers; an error is told to Lambda.
pub async fn serve<C, T, R, F>(
    work: F,
    from_env: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
) -> Result<(), Error>
where
    C: Send + Sync + 'static,
    T: DeserializeOwned,
    R: Serialize,
    F: AsyncFn(&'static C, LambdaEvent<T>) -> Result<R, Error>,
{
    let (ctx, _stage) = crate::config::start(from_env).await?;
    let work = &work;
    lambda_runtime::run(service_fn(move |event| async move { Box::pin(work(ctx, event)).await })).await
}
