//! URLs of published files: of the CDN in front of the bucket, or signed ones that expire.
//!
//! Files under one path never change, and everyone who is signed in may read them. A context that shows another context's
//! files knows their path from that context's event, and reads none of its items.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use jiff::Timestamp;

use crate::http::Problem;
use crate::signer::Signer;
use crate::{Environment, sdk};

/// How long a signed URL is valid, unless the credentials that sign it end before.
pub const URL_LIFETIME: Duration = Duration::from_hours(1);
/// Value of `MEDIA_BASE_URL` without a CDN, beside the empty one: SSM parameters cannot be empty.
const NO_CDN: &str = "none";

/// A URL could not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no signed URL: {0}")]
pub struct UrlError(String);

impl From<UrlError> for Problem {
    fn from(error: UrlError) -> Self {
        Self::unavailable(error.to_string())
    }
}

/// The URL of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileUrl {
    /// The URL.
    pub url: String,
    /// Expiry; none for the URLs of a CDN.
    pub expires_at: Option<Timestamp>,
}

/// Makes URLs of the files of a bucket.
#[derive(Debug, Clone)]
pub struct FileUrls {
    client: aws_sdk_s3::Client,
    bucket: String,
    base_url: Option<String>,
    signer: Option<Signer>,
}

impl FileUrls {
    /// Reads `BUCKET_NAME`, and `MEDIA_BASE_URL` if there is a CDN. Signing needs the permission `s3:GetObject`.
    pub fn from_env(env: &mut Environment) -> Option<Self> {
        let base_url = env.optional::<String>("MEDIA_BASE_URL");
        let bucket = env.required::<String>("BUCKET_NAME")?;
        let config = sdk::config();
        Some(Self::new(sdk::client!(aws_sdk_s3, &config), bucket).signed_by(&config).behind(base_url))
    }

    /// The URLs of a bucket's files.
    pub fn new(client: aws_sdk_s3::Client, bucket: impl Into<String>) -> Self {
        Self { client, bucket: bucket.into(), base_url: None, signer: None }
    }

    /// The same with URLs that say so if they end with the credentials of this configuration, which is the client's.
    #[must_use]
    pub fn signed_by(self, config: &sdk::Config) -> Self {
        Self { signer: Some(Signer::new(config)), ..self }
    }

    /// The same with the URL of a CDN, if there is one.
    #[must_use]
    pub fn behind(self, base_url: Option<String>) -> Self {
        let base_url = base_url.filter(|url| url != NO_CDN).map(|url| url.trim_end_matches('/').to_owned());
        Self { base_url, ..self }
    }

    /// The URL of a file.
    pub async fn url(&self, key: &str, now: Timestamp) -> Result<FileUrl, UrlError> {
        match &self.base_url {
            Some(base) => Ok(FileUrl { url: format!("{base}/{key}"), expires_at: None }),
            None => Ok(FileUrl { url: self.signed(key).await?, expires_at: Some(self.end(now).await?) }),
        }
    }

    async fn end(&self, now: Timestamp) -> Result<Timestamp, UrlError> {
        let wanted = now + URL_LIFETIME;
        match &self.signer {
            Some(signer) => signer.end(wanted).await.map_err(UrlError),
            None => Ok(wanted),
        }
    }

    async fn signed(&self, key: &str) -> Result<String, UrlError> {
        let config = PresigningConfig::expires_in(URL_LIFETIME).map_err(|error| UrlError(error.to_string()))?;
        let signed = self.client.get_object().bucket(&self.bucket).key(key).presigned(config).await;
        signed.map(|request| request.uri().to_owned()).map_err(|error| UrlError(sdk::told(&error)))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};

    use super::*;

    fn urls(base_url: Option<&str>) -> FileUrls {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret-of-the-test", None, None, "test");
        let config = aws_sdk_s3::Config::builder()
            .behavior_version_latest()
            .region(aws_sdk_s3::config::Region::new("eu-central-1"))
            .credentials_provider(credentials)
            .build();
        FileUrls::new(aws_sdk_s3::Client::from_conf(config), "files").behind(base_url.map(str::to_owned))
    }

    #[tokio::test]
    async fn a_url_is_that_of_the_cdn_or_expires() {
        let now = Timestamp::UNIX_EPOCH;
        let of_cdn = urls(Some("https://cdn.example/")).url("published/a.jpg", now).await.unwrap();
        assert_eq!(of_cdn, FileUrl { url: "https://cdn.example/published/a.jpg".to_owned(), expires_at: None });
        for without in [None, Some(NO_CDN)] {
            let signed = urls(without).url("published/a.jpg", now).await.unwrap();
            assert!(
                signed.url.starts_with("https://files.s3.eu-central-1.amazonaws.com/published/a.jpg?"),
                "{signed:?}"
            );
            assert!(signed.url.contains("X-Amz-Expires=3600"), "{signed:?}");
            assert_eq!(signed.expires_at, Some(now + URL_LIFETIME));
        }
    }

    #[tokio::test]
    async fn a_signed_url_ends_with_the_credentials_that_signed_it() {
        let now = Timestamp::UNIX_EPOCH;
        let end = now + Duration::from_mins(10);
        let credentials = Credentials::new("AKIDEXAMPLE", "secret-of-the-test", None, Some(end.into()), "test");
        let config =
            aws_config::SdkConfig::builder().credentials_provider(SharedCredentialsProvider::new(credentials)).build();
        let signed = urls(None).signed_by(&config.into()).url("published/a.jpg", now).await.unwrap();
        assert_eq!(signed.expires_at, Some(end));
    }
}
