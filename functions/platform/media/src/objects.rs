//! The bucket: what waits in quarantine, and what is published.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use jiff::Timestamp;
use kit::file_urls::FileUrls;
use kit::http::Problem;
use kit::sdk;
use kit::sqs::Failure;
use kit::upload_form::{FormUpload, UploadForm, UploadForms};
use types::{MediaId, UserId};

use crate::domain::keys;

/// How long browsers and CDNs keep a published picture. An object never changes under its name, but it is deleted with its
/// picture, and nothing tells caches of that: after this time they ask again and find it gone.
const CACHE_CONTROL: &str = "public, max-age=3600";
/// How many rounds of a thousand objects one call deletes.
const MAX_ROUNDS: usize = 10;

/// The bucket failed, or refused.
#[derive(Debug, thiserror::Error)]
#[error("S3: {0}")]
pub struct BucketError(String);

impl BucketError {
    fn of<E: ProvideErrorMetadata + std::error::Error + 'static>(error: &SdkError<E>) -> Self {
        Self(sdk::told(error))
    }
}

impl From<BucketError> for Failure {
    fn from(error: BucketError) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<BucketError> for Problem {
    fn from(error: BucketError) -> Self {
        Self::unavailable(error.to_string())
    }
}

/// An upload, as far as it was read.
#[derive(Debug)]
pub enum Upload {
    /// It is not there.
    Gone,
    /// It holds more than may be read.
    TooLarge,
    /// All of it.
    Read(Vec<u8>),
}

/// The bucket.
#[derive(Debug, Clone)]
pub struct Objects {
    client: aws_sdk_s3::Client,
    forms: UploadForms,
    bucket: String,
    urls: FileUrls,
}

impl Objects {
    /// The bucket of this name.
    pub fn new(config: &sdk::Config, bucket: impl Into<String>) -> Self {
        let (client, bucket) = (sdk::client!(aws_sdk_s3, config), bucket.into());
        let forms = UploadForms::new(config, client.clone(), bucket.clone());
        let urls = FileUrls::new(client.clone(), bucket.clone()).signed_by(config);
        Self { client, forms, bucket, urls }
    }

    /// With the URL of a CDN in front of what is published, if there is one.
    #[must_use]
    pub fn behind(self, base_url: Option<String>) -> Self {
        Self { urls: self.urls.behind(base_url), ..self }
    }

    /// Its name.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// A form for one upload.
    pub async fn form(&self, upload: &FormUpload<'_>, now: Timestamp) -> Result<UploadForm, BucketError> {
        self.forms.form(upload, now).await.map_err(|error| BucketError(error.to_string()))
    }

    /// A URL that shows a published object, and when it ends; a CDN's does not.
    pub async fn url(&self, key: &str, now: Timestamp) -> Result<(String, Option<Timestamp>), BucketError> {
        let file = self.urls.url(key, now).await.map_err(|error| BucketError(error.to_string()))?;
        Ok((file.url, file.expires_at))
    }

    /// Reads an upload, but not more than `max_bytes` of it.
    pub async fn read(&self, key: &str, max_bytes: u64) -> Result<Upload, BucketError> {
        let reply = match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(reply) => reply,
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
                return Ok(Upload::Gone);
            }
            Err(error) => return Err(BucketError::of(&error)),
        };
        let length = reply.content_length().unwrap_or(i64::MAX);
        if u64::try_from(length).is_ok_and(|length| length > max_bytes) {
            return Ok(Upload::TooLarge);
        }
        let body = reply.body.collect().await.map_err(|error| BucketError(error.to_string()))?;
        Ok(Upload::Read(body.to_vec()))
    }

    /// True if the object is there.
    pub async fn exists(&self, key: &str) -> Result<bool, BucketError> {
        match self.client.head_object().bucket(&self.bucket).key(key).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(false),
            Err(error) => Err(BucketError::of(&error)),
        }
    }

    /// Publishes a JPEG.
    pub async fn publish(&self, key: &str, jpeg: Vec<u8>) -> Result<(), BucketError> {
        let put = self.client.put_object().bucket(&self.bucket).key(key).body(ByteStream::from(jpeg));
        let put = put.content_type("image/jpeg").cache_control(CACHE_CONTROL);
        put.send().await.map(drop).map_err(|error| BucketError::of(&error))
    }

    /// Deletes an object. What is not there is deleted.
    pub async fn delete(&self, key: &str) -> Result<(), BucketError> {
        let deleted = self.client.delete_object().bucket(&self.bucket).key(key).send().await;
        deleted.map(drop).map_err(|error| BucketError::of(&error))
    }

    /// Deletes all objects whose keys start like this, but for those that start like `kept`; a bounded number at a time.
    /// False if there are more.
    pub async fn delete_all(&self, prefix: &str, kept: Option<&str>) -> Result<bool, BucketError> {
        for _ in 0..MAX_ROUNDS {
            let page = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix).send().await;
            let page = page.map_err(|error| BucketError::of(&error))?;
            let objects: Vec<_> = page
                .contents()
                .iter()
                .filter_map(|object| object.key())
                .filter(|key| !kept.is_some_and(|kept| key.starts_with(kept)))
                .filter_map(|key| ObjectIdentifier::builder().key(key).build().ok())
                .collect();
            if objects.is_empty() {
                return Ok(true);
            }
            let delete = Delete::builder().set_objects(Some(objects)).quiet(true).build();
            let delete = delete.map_err(|error| BucketError(error.to_string()))?;
            let deleted = self.client.delete_objects().bucket(&self.bucket).delete(delete).send().await;
            let deleted = deleted.map_err(|error| BucketError::of(&error))?;
            if let Some(error) = deleted.errors().first() {
                return Err(BucketError(format!("an object was not deleted: {}", error.code().unwrap_or("unknown"))));
            }
            // What was deleted is not listed again, so each page is the first.
            if page.is_truncated() != Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Deletes all that there is of a picture, in quarantine and published.
    pub async fn clear(&self, owner: UserId, id: MediaId) -> Result<(), BucketError> {
        self.delete(&keys::upload(owner, id)).await?;
        if self.delete_all(&keys::of_medium(owner, id), None).await? {
            Ok(())
        } else {
            Err(BucketError("a picture has too many objects".into()))
        }
    }
}
