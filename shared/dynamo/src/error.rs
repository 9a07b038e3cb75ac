//! Why the table could not be used.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// A failure of the table itself; what a condition decided is not one of these.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB asked for fewer requests, and the SDK's retries were used up. Nothing was written.
    #[error("DynamoDB throttled the request: {0}")]
    Throttled(String),
    /// DynamoDB could not be reached or failed. A write may have happened or not.
    #[error("DynamoDB is unavailable: {0}")]
    Unavailable(String),
    /// Others kept changing the item, and the bounded retries were used up. Nothing was written.
    #[error("gave up after {attempts} attempts against concurrent changes")]
    Contended {
        /// How often the change was tried.
        attempts: u32,
    },
    /// An item does not have the shape of its type.
    #[error("item {key} cannot be read as {kind}: {reason}")]
    Corrupt {
        /// Sort key of the item (the partition key could name a person).
        key: String,
        /// The Rust type.
        kind: &'static str,
        /// What serde said.
        reason: String,
    },
    /// DynamoDB refused the request, which is a mistake in this code or in the function's role.
    #[error("DynamoDB refused the request: {0}")]
    Refused(String),
}

const THROTTLES: [&str; 4] = [
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "TransactionInProgressException",
];
const OUTAGES: [&str; 3] = ["InternalServerError", "InternalServerErrorException", "ServiceUnavailable"];

impl StoreError {
    pub(crate) fn from_sdk<E>(error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let Some(service) = error.as_service_error() else {
            return Self::Unavailable(chain(error));
        };
        let (code, message) = (service.code().unwrap_or("unknown"), service.message().unwrap_or_default());
        let text = format!("{code}: {message}");
        if THROTTLES.contains(&code) {
            Self::Throttled(text)
        } else if OUTAGES.contains(&code) {
            Self::Unavailable(text)
        } else {
            Self::Refused(text)
        }
    }
}

/// The error with all its causes, since the SDK's own text is only "dispatch failure".
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
