//! How functions reach AWS.

mod client;
mod trust;

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_runtime::invocation_id::{InvocationId, InvocationIdGenerator, SharedInvocationIdGenerator};
use aws_sdk_sqs::config::retry::RetryPartition;
use aws_sdk_sqs::config::{SharedAsyncSleep, SharedCredentialsProvider, SharedHttpClient};
use aws_sdk_sqs::error::{BoxError, DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_types::sdk_config::{Builder, TimeSource};
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use crate::Clock;
pub use crate::sdk_client as client;

/// A connection that takes longer is not going to come.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// One try of a call, in which DynamoDB takes single-digit milliseconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
/// A call with all its tries: less than the 10 s that an endpoint has, so that the client gets an answer.
const CALL_TIMEOUT: Duration = Duration::from_secs(8);
/// Attempts per call.
const MAX_ATTEMPTS: u32 = 3;
/// The only attempt of a call that must not be repeated.
const SINGLE_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// What all SDK clients of a function are made from. [`client!`](crate::sdk::client) makes them.
#[derive(Debug, Clone)]
pub struct Config {
    shared: SdkConfig,
    retry_partition: Option<RetryPartition>,
    invocation_ids: Option<SharedInvocationIdGenerator>,
}

/// What a simulation gives the SDK instead of the machine and the network.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Answers the clients' requests.
    pub http_client: SharedHttpClient,
    /// The time that requests are signed with and that retries count by.
    pub clock: Clock,
    /// How clients wait; tokio's timers if absent.
    pub sleep: Option<SharedAsyncSleep>,
    /// Who shares a quota of retries: in production each process has its own.
    pub retry_partition: RetryPartition,
    /// Signs the requests.
    pub credentials: SharedCredentialsProvider,
    /// Where the services are.
    pub region: Region,
}

/// The SDK's configuration inside a function, the same for all clients of the process, so that they share connections.
///
/// Lambda puts region and credentials in the environment. The SDK's own loader would look for them in files, at metadata
/// services and at single sign-on as well, and all of that would be linked into each binary.
pub fn config() -> Config {
    static CONFIG: OnceLock<Config> = OnceLock::new();
    CONFIG.get_or_init(Config::from_env).clone()
}

impl Config {
    fn from_env() -> Self {
        let region = std::env::var("AWS_REGION").ok();
        let factor = std::env::var("SDK_TIMEOUT_FACTOR").ok().and_then(|factor| factor.parse().ok()).unwrap_or(1);
        let shared = common(factor)
            .http_client(trust::http_client(region.as_deref()))
            .region(region.map(Region::new))
            .credentials_provider(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()))
            .service_config(Variables);
        Self { shared: shared.build(), retry_partition: None, invocation_ids: None }
    }

    /// A configuration that reads neither the environment nor the machine's clock, with the same retries and time-outs.
    pub fn from_parts(parts: Parts) -> Self {
        let mut shared = common(1)
            .http_client(parts.http_client)
            .region(parts.region)
            .credentials_provider(parts.credentials)
            .time_source(ClockSource(parts.clock));
        shared.set_sleep_impl(parts.sleep);
        Self {
            shared: shared.build(),
            retry_partition: Some(parts.retry_partition),
            invocation_ids: Some(SharedInvocationIdGenerator::new(OwnIds)),
        }
    }

    /// The same with other time-outs.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: TimeoutConfig) -> Self {
        self.shared = self.shared.into_builder().timeout_config(timeouts).build();
        self
    }

    /// The same for calls that must not be repeated, because their effect would be: e-mails, text messages, pushes. One
    /// attempt, with time for a slow provider. Who needs another attempt makes it, and says so in what it stores.
    #[must_use]
    pub fn without_retries(mut self) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(SINGLE_ATTEMPT_TIMEOUT)
            .operation_timeout(SINGLE_ATTEMPT_TIMEOUT)
            .build();
        let builder = self.shared.into_builder().retry_config(RetryConfig::disabled()).timeout_config(timeouts);
        self.shared = builder.build();
        self
    }

    /// What the SDK's own types read.
    pub fn shared(&self) -> &SdkConfig {
        &self.shared
    }

    /// The retry quota of a simulated process; none in production.
    pub fn retry_partition(&self) -> Option<RetryPartition> {
        self.retry_partition.clone()
    }

    /// The source of a simulation's invocation ids; none in production, where the SDK makes them.
    pub fn invocation_ids(&self) -> Option<SharedInvocationIdGenerator> {
        self.invocation_ids.clone()
    }
}

/// What all configurations have in common. `factor` extends the time-outs on a machine that is slower than AWS.
fn common(factor: u32) -> Builder {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT * factor)
                .operation_timeout(CALL_TIMEOUT * factor)
                .build(),
        )
}

impl From<SdkConfig> for Config {
    /// Of a configuration that was made elsewhere, as a test makes it for an emulator.
    fn from(shared: SdkConfig) -> Self {
        Self { shared, retry_partition: None, invocation_ids: None }
    }
}

/// The SDK's time by our clock.
#[derive(Debug)]
struct ClockSource(Clock);

impl TimeSource for ClockSource {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}

/// Invocation ids from the source of all ids.
#[derive(Debug)]
struct OwnIds;

impl InvocationIdGenerator for OwnIds {
    fn generate(&self) -> Result<Option<InvocationId>, BoxError> {
        Ok(Some(InvocationId::new(types::new_uuid().to_string())))
    }
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
pub fn table<C: dynamo::Context>(config: &Config, name: impl Into<String>) -> dynamo::Table<C> {
    dynamo::Table::new(crate::sdk_client!(aws_sdk_dynamodb, config), name)
}

/// What any context holds on a person; the function's role says of which ones.
pub fn personal_data(config: &Config, table: impl Into<String>) -> dynamo::PersonalData {
    dynamo::PersonalData::new(crate::sdk_client!(aws_sdk_dynamodb, config), table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_without_retries_makes_one_attempt_of_ten_seconds() {
        let once = Config::from(common(1).build()).without_retries();
        assert_eq!(once.shared().retry_config().map(RetryConfig::max_attempts), Some(1));
        let timeouts = once.shared().timeout_config().unwrap();
        assert_eq!(timeouts.operation_attempt_timeout(), Some(SINGLE_ATTEMPT_TIMEOUT));
        assert_eq!(common(1).build().retry_config().map(RetryConfig::max_attempts), Some(MAX_ATTEMPTS));
    }
}
