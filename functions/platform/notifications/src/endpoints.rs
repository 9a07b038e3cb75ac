//! The endpoints at SNS that push messages go through: one per device, made when it is registered, deleted with it.

use aws_sdk_sns::error::ProvideErrorMetadata;
use dynamo::{StoreError, Versioned};
use jiff::Timestamp;
use types::{SessionId, UserId};

use crate::domain::device::Device;
use crate::store::Store;

/// Takes devices out, here and at SNS.
#[derive(Debug, Clone)]
pub struct Endpoints {
    sns: aws_sdk_sns::Client,
}

/// A device could not be taken out.
#[derive(Debug, thiserror::Error)]
pub enum TakeOutError {
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// SNS failed.
    #[error("SNS: {0}")]
    Sns(String),
}

impl From<TakeOutError> for kit::sqs::Failure {
    fn from(error: TakeOutError) -> Self {
        match error {
            TakeOutError::Store(error) => error.into(),
            TakeOutError::Sns(_) => Self::Retry(error.to_string()),
        }
    }
}

impl Endpoints {
    /// Endpoints that this client reaches.
    pub fn new(sns: aws_sdk_sns::Client) -> Self {
        Self { sns }
    }

    /// Deletes a device's endpoint: SNS forgets its push token. One that SNS does not know any more is fine.
    pub(crate) async fn delete(&self, device: &Device) -> Result<(), TakeOutError> {
        let deleted = self.sns.delete_endpoint().endpoint_arn(&device.endpoint_arn).send().await;
        match deleted.as_ref().map_err(ProvideErrorMetadata::code) {
            Ok(_) | Err(Some("NotFound" | "NotFoundException")) => Ok(()),
            Err(code) => Err(TakeOutError::Sns(code.unwrap_or("no answer").to_owned())),
        }
    }

    /// Takes a device out: first at SNS, then here, so that a try that fails in between is made again.
    pub async fn take_out(&self, store: &Store, device: &Versioned<Device>) -> Result<(), TakeOutError> {
        self.delete(&device.value).await?;
        Ok(store.drop_device(device).await?)
    }

    /// Takes out a person's devices: those of a session, or all of them.
    pub async fn take_out_all(
        &self,
        store: &Store,
        user_id: UserId,
        session: Option<SessionId>,
    ) -> Result<(), TakeOutError> {
        for device in store.devices(user_id).await? {
            if session.is_none_or(|session| device.value.session_id == session) {
                self.take_out(store, &device).await?;
            }
        }
        Ok(())
    }

    /// Removes a user's devices that were registered before a time.
    pub async fn take_out_older(&self, store: &Store, user_id: UserId, than: Timestamp) -> Result<(), TakeOutError> {
        for device in store.devices(user_id).await? {
            if device.value.created_at < than {
                self.take_out(store, &device).await?;
            }
        }
        Ok(())
    }
}
