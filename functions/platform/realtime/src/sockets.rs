//! The management API of open connections: send and close.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::error::{DisplayErrorContext, SdkError};
use aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use kit::{ConfigError, Environment, sdk};

use crate::domain::connection::ConnectionId;

/// Result of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The gateway accepted the frame.
    Delivered,
    /// The connection is gone or not open yet.
    Gone,
}

/// The gateway failed after all retries of the SDK.
#[derive(Debug, thiserror::Error)]
#[error("the gateway failed: {0}")]
pub struct GatewayError(String);

/// Client of the management API.
#[derive(Debug, Clone)]
pub struct Sockets {
    client: Client,
}

impl Sockets {
    /// Reads `WEBSOCKET_CALLBACK_URL`. The endpoint variables of the AWS SDK take precedence over it.
    pub async fn from_env(env: &mut Environment) -> Result<Self, ConfigError> {
        let elsewhere = env.optional::<String>("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI");
        let url = env.required::<String>("WEBSOCKET_CALLBACK_URL");
        let (url,) = env.all((url,))?;
        let url = elsewhere.unwrap_or(url);
        Ok(Self::new(sdk::client!(aws_sdk_apigatewaymanagement, &sdk::config(), endpoint_url = url)))
    }

    /// Wraps an SDK client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Sends a frame.
    pub async fn send(&self, id: &ConnectionId, text: &str) -> Result<Sent, GatewayError> {
        let post = self.client.post_to_connection().connection_id(id.as_str()).data(Blob::new(text)).send().await;
        match post {
            Ok(_) => Ok(Sent::Delivered),
            Err(SdkError::ServiceError(error)) if matches!(error.err(), PostToConnectionError::GoneException(_)) => {
                Ok(Sent::Gone)
            }
            Err(error) => Err(failed(&error)),
        }
    }

    /// Closes a connection. Idempotent.
    pub async fn close(&self, id: &ConnectionId) -> Result<(), GatewayError> {
        match self.client.delete_connection().connection_id(id.as_str()).send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error)) if matches!(error.err(), DeleteConnectionError::GoneException(_)) => {
                Ok(())
            }
            Err(error) => Err(failed(&error)),
        }
    }
}

fn failed(error: &(dyn std::error::Error + 'static)) -> GatewayError {
    GatewayError(DisplayErrorContext(error).to_string())
}
