//! The files of pictures that media published.

use aws_sdk_s3::operation::get_object::GetObjectError;
use kit::sdk;

use crate::model::MAX_PICTURE_BYTES;

/// A file, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum File {
    /// All of it.
    Read(Vec<u8>),
    /// It does not exist.
    Gone,
    /// It is larger than models take.
    TooLarge,
}

/// The bucket failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("S3: {0}")]
pub struct BucketError(String);

/// The bucket of media.
#[derive(Debug, Clone)]
pub struct Pictures {
    client: aws_sdk_s3::Client,
    bucket: String,
}

impl Pictures {
    /// The bucket of this name.
    pub fn new(config: &sdk::Config, bucket: impl Into<String>) -> Self {
        Self { client: sdk::client!(aws_sdk_s3, config), bucket: bucket.into() }
    }

    /// Reads a file of at most [`MAX_PICTURE_BYTES`].
    pub async fn read(&self, key: &str) -> Result<File, BucketError> {
        let reply = match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(reply) => reply,
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
                return Ok(File::Gone);
            }
            Err(error) => return Err(BucketError(sdk::told(&error))),
        };
        let length = u64::try_from(reply.content_length().unwrap_or(i64::MAX)).unwrap_or(u64::MAX);
        if length > MAX_PICTURE_BYTES {
            return Ok(File::TooLarge);
        }
        let body = reply.body.collect().await.map_err(|error| BucketError(error.to_string()))?;
        Ok(File::Read(body.to_vec()))
    }
}
