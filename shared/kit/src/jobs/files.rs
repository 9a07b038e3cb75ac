//! The files of jobs: multipart uploads, and download links.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::head_object::HeadObjectError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};

use futures::{StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};
use types::{UserId, Uuid};

use super::{Import, ImportKind, Job, JobKind, Part, Status, Uploaded};
use crate::consumer::Failure;
use crate::http::Problem;
use crate::signer::Signer;
use crate::upload_form::{FormUpload, UploadForm, UploadForms};
use crate::{Environment, sdk};

/// How long a download link works, in seconds, unless the credentials that sign it end before.
pub const LINK_SECONDS: u64 = 15 * 60;
/// One attempt of a call that carries a part of some megabytes.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// Number of files that are deleted at the same time.
const MAX_PARALLEL_DELETES: usize = 16;
/// Such a call with all its attempts.
const CALL_TIMEOUT: Duration = Duration::from_secs(25);

/// A file operation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The upload or one of its parts is gone, so the file cannot be completed.
    #[error("the upload is gone")]
    Lost,
    /// The uploaded file is gone, or another one is in its place.
    #[error("the uploaded file was replaced")]
    Replaced,
    /// S3 failed or refused the call.
    #[error("S3: {0}")]
    Bucket(String),
}

impl FileError {
    fn of<E: ProvideErrorMetadata + std::error::Error + 'static>(error: &SdkError<E>) -> Self {
        match error.code() {
            Some("NoSuchUpload" | "InvalidPart" | "InvalidPartOrder") => Self::Lost,
            Some("PreconditionFailed" | "NoSuchKey") => Self::Replaced,
            _ => Self::Bucket(sdk::told(error)),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        Self::unavailable(error.to_string())
    }
}

/// A download link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// The URL.
    pub url: String,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// The bucket with the files of jobs.
#[derive(Debug, Clone)]
pub struct Files {
    client: aws_sdk_s3::Client,
    forms: UploadForms,
    signer: Signer,
    bucket: String,
}

impl Files {
    /// Reads `BUCKET_NAME`.
    pub fn from_env(env: &mut Environment) -> Option<Self> {
        let bucket = env.required::<String>("BUCKET_NAME")?;
        Some(Self::new(&sdk::config(), bucket))
    }

    /// The bucket of this name.
    pub fn new(config: &sdk::Config, bucket: impl Into<String>) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(CALL_TIMEOUT)
            .build();
        let config = config.clone().with_timeouts(timeouts);
        let (client, bucket) = (sdk::client!(aws_sdk_s3, &config), bucket.into());
        let forms = UploadForms::new(&config, client.clone(), bucket.clone());
        Self { client, forms, signer: Signer::new(&config), bucket }
    }

    /// A URL that downloads the file of a job, valid for [`LINK_SECONDS`] at the most. It is made without a call.
    pub async fn link<K: JobKind>(&self, job: &Job<K>) -> Result<String, FileError> {
        let lifetime = PresigningConfig::expires_in(Duration::from_secs(LINK_SECONDS));
        let lifetime = lifetime.map_err(|error| FileError::Bucket(error.to_string()))?;
        let signed = self.client.get_object().bucket(&self.bucket).key(job.file_key()).presigned(lifetime).await;
        signed.map(|request| request.uri().to_owned()).map_err(|error| FileError::of(&error))
    }

    /// A new download link for the file of a job. `None` unless the file is there.
    pub async fn download<K: JobKind>(&self, job: &Job<K>, now: Timestamp) -> Result<Option<Download>, FileError> {
        if job.status(now) != Status::Done {
            return Ok(None);
        }
        let expires_at = self.signer.end(link_end(now)).await.map_err(FileError::Bucket)?;
        Ok(Some(Download { url: self.link(job).await?, expires_at }))
    }

    /// An upload form for the file of an import, valid for [`LINK_SECONDS`] at the most. `None` unless the import waits for it.
    pub async fn form_if_requested<K: ImportKind>(
        &self,
        job: &Job<Import<K>>,
        now: Timestamp,
    ) -> Result<Option<UploadForm>, FileError> {
        if job.status(now) != Status::Requested {
            return Ok(None);
        }
        self.upload_form(job, job.deadline().min(link_end(now)), now).await.map(Some)
    }

    /// A form with which the client uploads the file of an import.
    pub async fn upload_form<K: ImportKind>(
        &self,
        job: &Job<Import<K>>,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<UploadForm, FileError> {
        let key = upload_key::<K>(job.owner_id, job.id);
        let content_type = job.work().format().content_type();
        let upload = FormUpload { key: &key, content_type, max_bytes: K::MAX_BYTES, until };
        self.forms.form(&upload, now).await.map_err(|error| FileError::Bucket(error.to_string()))
    }

    /// The uploaded file of an import; `None` if there is none, or it has more than [`ImportKind::MAX_BYTES`].
    pub(super) async fn uploaded<K: ImportKind>(&self, owner: UserId, id: Uuid) -> Result<Option<Uploaded>, FileError> {
        let head = self.client.head_object().bucket(&self.bucket).key(upload_key::<K>(owner, id)).send().await;
        let head = match head {
            Ok(head) => head,
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => return Ok(None),
            Err(error) => return Err(FileError::of(&error)),
        };
        let bytes = head.content_length.and_then(|length| u64::try_from(length).ok()).unwrap_or_default();
        let uploaded = head.e_tag.map(|tag| Uploaded { tag, bytes });
        Ok(uploaded.filter(|_| (1..=K::MAX_BYTES).contains(&bytes)))
    }

    /// A slice of the uploaded file, which must still be the same.
    pub(super) async fn slice<K: ImportKind>(
        &self,
        job: &Job<Import<K>>,
        file: &Uploaded,
        from: u64,
        bytes: u64,
    ) -> Result<Vec<u8>, FileError> {
        let last = from.saturating_add(bytes).min(file.bytes).saturating_sub(1);
        let get = self.client.get_object().bucket(&self.bucket).key(upload_key::<K>(job.owner_id, job.id));
        let reply = get.if_match(&file.tag).range(format!("bytes={from}-{last}")).send().await;
        body(reply.map_err(|error| FileError::of(&error))?.body).await
    }

    /// Stores a piece of the results of an import. Storing it again replaces it.
    pub(super) async fn write_piece<K: ImportKind>(
        &self,
        job: &Job<Import<K>>,
        number: u32,
        bytes: Vec<u8>,
    ) -> Result<(), FileError> {
        let put = self.client.put_object().bucket(&self.bucket).key(piece_key(job, number));
        put.body(ByteStream::from(bytes)).send().await.map(drop).map_err(|error| FileError::of(&error))
    }

    /// A stored piece of the results of an import.
    pub(super) async fn read_piece<K: ImportKind>(
        &self,
        job: &Job<Import<K>>,
        number: u32,
    ) -> Result<Vec<u8>, FileError> {
        let reply = self.client.get_object().bucket(&self.bucket).key(piece_key(job, number)).send().await;
        body(reply.map_err(|error| FileError::of(&error))?.body).await
    }

    /// Begins the upload of a job's file and returns its id.
    pub(super) async fn begin<K: JobKind>(&self, job: &Job<K>) -> Result<String, FileError> {
        let work = job.work();
        let begin = self.client.create_multipart_upload().bucket(&self.bucket).key(job.file_key());
        let begin = begin
            .content_type(K::content_type(&work))
            .content_disposition(format!("attachment; filename=\"{}\"", K::file_name(&work)))
            .cache_control("private, no-store");
        let upload = begin.send().await.map_err(|error| FileError::of(&error))?;
        upload.upload_id.ok_or_else(|| FileError::Bucket("the upload has no id".to_owned()))
    }

    /// Writes the next part of an upload. Writing it again replaces it.
    pub(super) async fn write<K: JobKind>(&self, job: &Job<K>, bytes: Vec<u8>) -> Result<Part, FileError> {
        let (upload_id, parts) = job.upload().ok_or(FileError::Lost)?;
        let write = self.client.upload_part().bucket(&self.bucket).key(job.file_key()).upload_id(upload_id);
        let write = write.part_number(number(parts.len())).body(ByteStream::from(bytes));
        let written = write.send().await.map_err(|error| FileError::of(&error))?;
        let tag = written.e_tag.ok_or_else(|| FileError::Bucket("the part has no tag".to_owned()))?;
        Ok(Part { tag, crc32: written.checksum_crc32 })
    }

    /// Makes the file of its parts. Doing it again has no further effect.
    pub(super) async fn complete<K: JobKind>(&self, job: &Job<K>) -> Result<(), FileError> {
        let (upload_id, parts) = job.upload().ok_or(FileError::Lost)?;
        let parts = parts.iter().enumerate().map(|(index, part)| {
            let completed = CompletedPart::builder().part_number(number(index)).e_tag(&part.tag);
            completed.set_checksum_crc32(part.crc32.clone()).build()
        });
        let upload = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let complete = self.client.complete_multipart_upload().bucket(&self.bucket).key(job.file_key());
        let completed = complete.upload_id(upload_id).multipart_upload(upload).send().await;
        match completed.map_err(|error| FileError::of(&error)) {
            // S3 forgets an upload some time after it was completed; the name is the job's own.
            Err(FileError::Lost) if self.exists(job).await? => Ok(()),
            other => other.map(drop),
        }
    }

    /// Discards the upload of a job, if it has one.
    pub(super) async fn abort<K: JobKind>(&self, job: &Job<K>) -> Result<(), FileError> {
        let Some((upload_id, _)) = job.upload() else { return Ok(()) };
        let abort = self.client.abort_multipart_upload().bucket(&self.bucket).key(job.file_key());
        match abort.upload_id(upload_id).send().await.map_err(|error| FileError::of(&error)) {
            Ok(_) | Err(FileError::Lost) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Deletes a page of the files of a user. Returns their number, and whether there are more.
    pub(super) async fn delete_of<K: JobKind>(&self, owner: UserId) -> Result<(usize, bool), FileError> {
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(Job::<K>::file_prefix(owner));
        let listed = list.send().await.map_err(|error| FileError::of(&error))?;
        let keys = listed.contents().iter().filter_map(|object| object.key());
        let deleted = futures::stream::iter(keys).map(async |key| {
            let deleted = self.client.delete_object().bucket(&self.bucket).key(key).send().await;
            deleted.map_err(|error| FileError::of(&error))
        });
        let deleted: Vec<_> = deleted.buffer_unordered(MAX_PARALLEL_DELETES).try_collect().await?;
        Ok((deleted.len(), listed.is_truncated.unwrap_or_default()))
    }

    async fn exists<K: JobKind>(&self, job: &Job<K>) -> Result<bool, FileError> {
        match self.client.head_object().bucket(&self.bucket).key(job.file_key()).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => Ok(false),
            Err(error) => Err(FileError::of(&error)),
        }
    }
}

/// The import whose file has this key in the bucket, as its owner and its id.
pub fn import_of<K: ImportKind>(key: &str) -> Option<(UserId, Uuid)> {
    let name = format!("{}/{}/", K::PREFIX, <K::Context as dynamo::Context>::NAME);
    let (owner, file) = key.strip_prefix(&name)?.split_once('/')?;
    let (owner, id) = (owner.parse().ok()?, file.strip_suffix(".upload")?.parse().ok()?);
    // One spelling only: a UUID can be written in several ways.
    (upload_key::<K>(owner, id) == key).then_some((owner, id))
}

fn link_end(now: Timestamp) -> Timestamp {
    now + SignedDuration::from_secs(LINK_SECONDS.cast_signed())
}

/// Where the client uploads the file of an import.
fn upload_key<K: ImportKind>(owner: UserId, id: Uuid) -> String {
    format!("{}{id}.upload", Job::<Import<K>>::file_prefix(owner))
}

/// Where a piece of the results of an import is stored.
fn piece_key<K: ImportKind>(job: &Job<Import<K>>, number: u32) -> String {
    format!("{}.results/{number:06}", job.file_key())
}

async fn body(stream: ByteStream) -> Result<Vec<u8>, FileError> {
    let bytes = stream.collect().await.map_err(|error| FileError::Bucket(error.to_string()))?;
    Ok(bytes.to_vec())
}

/// S3 counts parts from one.
fn number(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX).saturating_add(1)
}
