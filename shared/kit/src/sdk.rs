//! How functions reach AWS.

mod trust;

use std::sync::OnceLock;
use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::SharedCredentialsProvider;
use aws_sdk_sqs::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

/// A connection that takes longer is not going to come.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// One try of a call, in which DynamoDB takes single-digit milliseconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
/// A call with all its tries: less than the 10 s that an endpoint has, so that the client gets an answer.
const CALL_TIMEOUT: Duration = Duration::from_secs(8);
/// Tries of one call.
const MAX_ATTEMPTS: u32 = 3;

/// The SDK's configuration inside a function, the same for all clients of the process, so that they share connections.
///
/// Lambda puts region and credentials in the environment. The SDK's own loader would look for them in files, at metadata
/// services and at single sign-on as well, and all of that would be linked into each binary.
pub fn config() -> SdkConfig {
    static CONFIG: OnceLock<SdkConfig> = OnceLock::new();
    CONFIG.get_or_init(build).clone()
}

fn build() -> SdkConfig {
    let region = std::env::var("AWS_REGION").ok();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(trust::http_client(region.as_deref()))
        .region(region.map(Region::new))
        .credentials_provider(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()))
        .service_config(Variables)
        .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .operation_timeout(CALL_TIMEOUT)
                .build(),
        )
        .build()
}

/// Settings of single services by the environment, as `AWS_ENDPOINT_URL_DYNAMODB` and, for all of them, `AWS_ENDPOINT_URL`:
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>.
#[derive(Debug)]
struct Variables;

impl LoadServiceConfig for Variables {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace([' ', '-'], "_");
        let of_service = std::env::var(format!("{}_{service}", key.env()));
        of_service.or_else(|_| std::env::var(key.env())).ok()
    }
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
