//! Secrets as encrypted parameters (SSM `SecureString`): free while idle, and readable only by roles that name them.

use aws_sdk_ssm::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_ssm::types::ParameterType;

use crate::sdk;

/// A secret that cannot be read, made or stored.
#[derive(Debug, thiserror::Error)]
#[error("secret {name}: {reason}")]
pub struct SecretError {
    name: String,
    reason: String,
}

impl SecretError {
    /// What is wrong with the secret `name`; the reason must not quote it.
    pub fn new(name: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        Self { name: name.into(), reason: reason.to_string() }
    }
}

/// The deployment's parameters.
#[derive(Debug, Clone)]
pub struct Parameters {
    client: aws_sdk_ssm::Client,
}

impl Parameters {
    /// Parameters that this configuration reaches.
    pub fn new(config: &sdk::Config) -> Self {
        Self { client: sdk::client!(aws_sdk_ssm, config) }
    }

    /// A parameter's value, if there is one.
    pub async fn find(&self, name: &str) -> Result<Option<String>, SecretError> {
        match self.client.get_parameter().name(name).with_decryption(true).send().await {
            Ok(reply) => Ok(reply.parameter.and_then(|parameter| parameter.value)),
            Err(error) if error.code() == Some("ParameterNotFound") => Ok(None),
            Err(error) => Err(SecretError::new(name, DisplayErrorContext(error))),
        }
    }

    /// A parameter's value.
    pub async fn get(&self, name: &str) -> Result<String, SecretError> {
        self.find(name).await?.ok_or_else(|| SecretError::new(name, "does not exist"))
    }

    /// Writes a parameter, encrypted. One that exists is replaced only if `overwrite` says so.
    pub async fn put(&self, name: &str, value: String, overwrite: bool) -> Result<(), SecretError> {
        let put = self
            .client
            .put_parameter()
            .name(name)
            .value(value)
            .r#type(ParameterType::SecureString)
            .overwrite(overwrite);
        put.send().await.map(drop).map_err(|error| SecretError::new(name, DisplayErrorContext(error)))
    }

    /// Removes a parameter; one that is not there is fine.
    pub async fn delete(&self, name: &str) -> Result<(), SecretError> {
        match self.client.delete_parameter().name(name).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("ParameterNotFound") => Ok(()),
            Err(error) => Err(SecretError::new(name, DisplayErrorContext(error))),
        }
    }
}
