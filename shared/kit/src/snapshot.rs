//! Snapshots: immutable files in the bucket that a function loads whole, such as a search index or a model.
//!
//! A context writes a snapshot under a fresh key ([`SnapshotFiles::put`]), stores the returned [`SnapshotRef`] in an item of its own,
//! under that item's version, and then deletes the snapshots that nothing points to any more ([`SnapshotFiles::delete_others`]). A
//! reader loads what the item points to ([`SnapshotFiles::get`]). No key is ever written twice, so a reader never sees half of a file.
//!
//! The files of a context are under `snapshots/<context>/`. Writers need `s3:PutObject` there, readers `s3:GetObject`, and
//! functions that delete need `s3:DeleteObject` and `s3:ListBucket` with that prefix.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::{StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use types::Uuid;

use crate::consumer::Failure;
use crate::http::Problem;
use crate::{Environment, sdk};

/// Size of one ranged read, in bytes.
pub const RANGE_BYTES: u64 = 4 * 1024 * 1024;
/// Number of ranges that are read at the same time.
const MAX_PARALLEL_RANGES: usize = 8;
/// The largest snapshot, in bytes: it has to fit the memory of a function beside what is made of it.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// How long a snapshot is kept that nothing points to: a reader may have read the pointer just before it moved.
pub const MIN_AGE: SignedDuration = SignedDuration::from_hours(24);
/// Number of files that one call of [`SnapshotFiles::delete_others`] lists, the page of S3.
const MAX_LISTED: i32 = 1_000;
/// Number of files that are deleted at the same time.
const MAX_PARALLEL_DELETES: usize = 16;
/// Length of a snapshot's name, in characters.
const MAX_NAME_CHARS: usize = 64;
/// One attempt to store a file: 256 MiB at 10 MiB/s.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(26);
/// A call with all its attempts.
const CALL_TIMEOUT: Duration = Duration::from_mins(1);
/// One attempt to read a range with its body: 8 ranges of 4 MiB at 11 MiB/s.
const RANGE_TIMEOUT: Duration = Duration::from_secs(3);
/// How often a range is read whose connection broke or stalled.
const MAX_RANGE_ATTEMPTS: u32 = 3;

/// A file operation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The name is not made of lower-case letters, digits, `-` and `_`, or its length is not in 1 to 64.
    #[error("a snapshot's name has 1 to {MAX_NAME_CHARS} characters of a-z, 0-9, - and _")]
    Name,
    /// The snapshot has no bytes, or more than [`MAX_BYTES`].
    #[error("a snapshot has 1 to {MAX_BYTES} bytes")]
    Size,
    /// There is no file under the key. S3 tells it from a missing permission only to those who may list the bucket.
    #[error("the snapshot is gone, or this role may not read it")]
    Gone,
    /// The file is not the one that the reference describes.
    #[error("the snapshot has another length or checksum than its reference")]
    Corrupt,
    /// S3 failed or refused the call.
    #[error("S3: {0}")]
    Bucket(String),
}

impl SnapshotError {
    fn of<E: ProvideErrorMetadata + std::error::Error + 'static>(error: &SdkError<E>) -> Self {
        match error.code() {
            Some("NoSuchKey" | "NotFound") => Self::Gone,
            Some("InvalidRange") => Self::Corrupt,
            _ => Self::Bucket(sdk::told(error)),
        }
    }

    /// Of a read: a role that may not list the bucket gets `AccessDenied` for a file that does not exist.
    fn of_read<E: ProvideErrorMetadata + std::error::Error + 'static>(error: &SdkError<E>) -> Self {
        if error.code() == Some("AccessDenied") { Self::Gone } else { Self::of(error) }
    }

    /// True if another attempt may succeed.
    const fn is_passing(&self) -> bool {
        matches!(self, Self::Bucket(_))
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        Self::Retry(error.to_string())
    }
}

impl From<SnapshotError> for Problem {
    fn from(error: SnapshotError) -> Self {
        Self::unavailable(error.to_string())
    }
}

/// Names a snapshot and its content. It is what a context stores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotRef {
    /// The key in the bucket.
    pub key: String,
    /// SHA-256 of the content, in lower-case hexadecimal.
    pub sha256: String,
    /// Length of the content, in bytes.
    pub bytes: u64,
}

/// The snapshots of one context.
#[derive(Debug, Clone)]
pub struct SnapshotFiles {
    client: aws_sdk_s3::Client,
    bucket: String,
    /// `snapshots/<context>/`.
    prefix: String,
}

impl SnapshotFiles {
    /// The snapshots of context `C`, in the bucket `BUCKET_NAME`.
    pub fn from_env<C: dynamo::Context>(env: &mut Environment) -> Option<Self> {
        let bucket = env.required::<String>("BUCKET_NAME")?;
        Some(Self::new::<C>(&sdk::config(), bucket))
    }

    /// The snapshots of context `C`, in the bucket of this name.
    pub fn new<C: dynamo::Context>(config: &sdk::Config, bucket: impl Into<String>) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(CALL_TIMEOUT)
            .build();
        let client = sdk::client!(aws_sdk_s3, &config.clone().with_timeouts(timeouts));
        Self { client, bucket: bucket.into(), prefix: format!("snapshots/{}/", C::NAME) }
    }

    /// Stores a new snapshot under `name`. S3 verifies the checksum before it accepts the file.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<SnapshotRef, SnapshotError> {
        let folder = self.folder(name)?;
        let length = u64::try_from(bytes.len()).ok().filter(|length| (1..=MAX_BYTES).contains(length));
        let length = length.ok_or(SnapshotError::Size)?;
        let (digest, key) = (Sha256::digest(&bytes), format!("{folder}{}", types::new_uuid()));
        let put = self.client.put_object().bucket(&self.bucket).key(&key).content_type("application/octet-stream");
        let put = put.checksum_sha256(STANDARD.encode(digest)).body(ByteStream::from(bytes)).send().await;
        put.map_err(|error| SnapshotError::of(&error))?;
        Ok(SnapshotRef { key, sha256: types::hex(&digest), bytes: length })
    }

    /// Loads a snapshot, in parallel ranges of [`RANGE_BYTES`]. Content that differs from the reference is an error.
    pub async fn get(&self, snapshot: &SnapshotRef) -> Result<Vec<u8>, SnapshotError> {
        if !(1..=MAX_BYTES).contains(&snapshot.bytes) {
            return Err(SnapshotError::Size);
        }
        let capacity = usize::try_from(snapshot.bytes).map_err(|_| SnapshotError::Size)?;
        let (mut content, mut digest) = (Vec::with_capacity(capacity), Sha256::new());
        let ranges = futures::stream::iter(0..snapshot.bytes.div_ceil(RANGE_BYTES));
        let mut ranges = ranges.map(|index| self.range(snapshot, index)).buffered(MAX_PARALLEL_RANGES);
        while let Some(range) = ranges.try_next().await? {
            digest.update(&range);
            content.extend_from_slice(&range);
        }
        let is_right = types::hex(&digest.finalize()) == snapshot.sha256;
        is_right.then_some(content).ok_or(SnapshotError::Corrupt)
    }

    /// Deletes the snapshots of `name` that are neither in `keep` nor younger than [`MIN_AGE`], at most one page of S3's list, the
    /// oldest first. Returns their number. Repeating it deletes what is left.
    pub async fn delete_others(
        &self,
        name: &str,
        keep: &[SnapshotRef],
        now: Timestamp,
    ) -> Result<usize, SnapshotError> {
        let folder = self.folder(name)?;
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(&folder).max_keys(MAX_LISTED);
        let listed = list.send().await.map_err(|error| SnapshotError::of(&error))?;
        let keys = listed.contents().iter().filter_map(|object| object.key());
        let keys = keys.filter(|key| is_old(key.strip_prefix(&folder).unwrap_or_default(), now));
        let keys = keys.filter(|key| keep.iter().all(|kept| kept.key != **key));
        let deleted = futures::stream::iter(keys).map(async |key| {
            let deleted = self.client.delete_object().bucket(&self.bucket).key(key).send().await;
            deleted.map_err(|error| SnapshotError::of(&error))
        });
        let deleted: Vec<_> = deleted.buffer_unordered(MAX_PARALLEL_DELETES).try_collect().await?;
        Ok(deleted.len())
    }

    /// True if there is a file under the key of a snapshot. It reads one byte.
    pub async fn exists(&self, snapshot: &SnapshotRef) -> Result<bool, SnapshotError> {
        let get = self.client.get_object().bucket(&self.bucket).key(&snapshot.key).range("bytes=0-0").send().await;
        match get.map_err(|error| SnapshotError::of_read(&error)) {
            Ok(_) => Ok(true),
            Err(SnapshotError::Gone | SnapshotError::Corrupt) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The range of a snapshot with this index, complete. A connection that breaks or stalls is replaced.
    async fn range(&self, snapshot: &SnapshotRef, index: u64) -> Result<Vec<u8>, SnapshotError> {
        repeat(|| self.try_range(snapshot, index)).await
    }

    async fn try_range(&self, snapshot: &SnapshotRef, index: u64) -> Result<Vec<u8>, SnapshotError> {
        let first = index.saturating_mul(RANGE_BYTES);
        let end = first.saturating_add(RANGE_BYTES).min(snapshot.bytes);
        let get = self.client.get_object().bucket(&self.bucket).key(&snapshot.key);
        let reply = get.range(format!("bytes={first}-{}", end.saturating_sub(1))).send().await;
        let body = reply.map_err(|error| SnapshotError::of_read(&error))?.body.collect().await;
        let body = body.map_err(|error| SnapshotError::Bucket(error.to_string()))?.to_vec();
        let is_complete = u64::try_from(body.len()) == Ok(end.saturating_sub(first));
        is_complete.then_some(body).ok_or(SnapshotError::Corrupt)
    }

    /// Where the snapshots of `name` are.
    fn folder(&self, name: &str) -> Result<String, SnapshotError> {
        let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        let is_valid = (1..=MAX_NAME_CHARS).contains(&name.len()) && name.bytes().all(is_allowed);
        is_valid.then(|| format!("{}{name}/", self.prefix)).ok_or(SnapshotError::Name)
    }
}

/// Makes attempts of [`RANGE_TIMEOUT`] each, until one succeeds or another cannot.
async fn repeat<T, A>(attempt: impl Fn() -> A) -> Result<T, SnapshotError>
where
    A: Future<Output = Result<T, SnapshotError>>,
{
    let mut last = SnapshotError::Gone;
    for _ in 0..MAX_RANGE_ATTEMPTS {
        let stalled = |_| Err(SnapshotError::Bucket("the read stalled".to_owned()));
        match tokio::time::timeout(RANGE_TIMEOUT, attempt()).await.unwrap_or_else(stalled) {
            Err(error) if error.is_passing() => last = error,
            done => return done,
        }
    }
    Err(last)
}

/// True for the name of a snapshot that was stored [`MIN_AGE`] or longer ago: its id contains the time. Other names are never old.
fn is_old(name: &str, now: Timestamp) -> bool {
    let stored_at = name.parse::<Uuid>().ok().and_then(|id| id.get_timestamp()).and_then(|time| {
        let (seconds, nanos) = time.to_unix();
        Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanos).ok()?).ok()
    });
    stored_at.is_some_and(|stored_at| now.duration_since(stored_at) >= MIN_AGE)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn a_broken_read_is_repeated_and_a_missing_file_is_not() {
        let reads = Cell::new(0);
        let read = async |error: SnapshotError, failures: u32| {
            reads.set(0);
            let attempt = || {
                reads.set(reads.get() + 1);
                std::future::ready(if reads.get() <= failures { Err(error.clone()) } else { Ok(()) })
            };
            (repeat(attempt).await, reads.get())
        };
        let broken = SnapshotError::Bucket("connection reset".to_owned());
        assert_eq!(read(broken.clone(), 2).await, (Ok(()), 3));
        assert_eq!(read(broken.clone(), 9).await, (Err(broken), MAX_RANGE_ATTEMPTS));
        assert_eq!(read(SnapshotError::Gone, 1).await, (Err(SnapshotError::Gone), 1));
        assert_eq!(read(SnapshotError::Corrupt, 1).await, (Err(SnapshotError::Corrupt), 1));
    }

    #[test]
    fn a_name_is_old_a_day_after_the_time_in_its_id() {
        // The example of RFC 9562, appendix A.6: 2022-02-22 19:22:22 UTC.
        let (id, stored_at) = ("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", Timestamp::from_second(1_645_557_742).unwrap());
        assert!(!is_old(id, stored_at + MIN_AGE - SignedDuration::from_millis(1)));
        assert!(is_old(id, stored_at + MIN_AGE));
        let later = stored_at + MIN_AGE + MIN_AGE;
        assert!(!is_old("readme", later) && !is_old("", later));
        // A random id contains no time.
        assert!(!is_old("919108f7-52d1-4320-9bac-f847db4148a8", later));
    }
}
