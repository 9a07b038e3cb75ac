//! How functions reach AWS.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_sqs::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// A connection that takes longer is not going to come.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// One try of a call, in which DynamoDB takes single-digit milliseconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
/// A call with all its tries: less than the 10 s that an endpoint has, so that the client gets an answer.
const CALL_TIMEOUT: Duration = Duration::from_secs(8);
/// Tries of one call.
const MAX_ATTEMPTS: u32 = 3;

/// The SDK's configuration inside a function: Lambda puts region and credentials in the environment, so the chain of
/// providers that a laptop needs (files, metadata services, single sign-on) is neither asked nor waited for.
pub async fn config() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .operation_timeout(CALL_TIMEOUT)
                .build(),
        )
        .load()
        .await
}

/// What may be told of a failed call: the code that the service gave, since its message may quote what it was sent; where
/// there was no answer, the error with its causes.
pub fn told<E>(error: &SdkError<E>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    error.code().map_or_else(|| DisplayErrorContext(error).to_string(), str::to_owned)
}

/// The table as context `C` sees it.
pub fn table<C: dynamo::Context>(config: &SdkConfig, name: impl Into<String>) -> dynamo::Table<C> {
    dynamo::Table::new(aws_sdk_dynamodb::Client::new(config), name)
}

/// What any context holds on a person; the function's role says of which ones.
pub fn personal_data(config: &SdkConfig, table: impl Into<String>) -> dynamo::PersonalData {
    dynamo::PersonalData::new(aws_sdk_dynamodb::Client::new(config), table)
}
