//! The credentials that sign URLs and forms. What they signed ends with them at the latest.

use aws_sdk_s3::config::{Credentials, ProvideCredentials, SharedCredentialsProvider};
use jiff::Timestamp;

use crate::sdk;

/// The signer of URLs and forms.
#[derive(Debug, Clone)]
pub struct Signer {
    credentials: Option<SharedCredentialsProvider>,
}

impl Signer {
    /// The credentials of this configuration.
    pub fn new(config: &sdk::Config) -> Self {
        Self { credentials: config.shared().credentials_provider() }
    }

    /// Returns the credentials; the error is a text for the log.
    pub async fn credentials(&self) -> Result<Credentials, String> {
        let provider = self.credentials.as_ref().ok_or("there are no credentials")?;
        provider.provide_credentials().await.map_err(|error| error.to_string())
    }

    /// Returns when something ends that is signed now and should be valid until `wanted`.
    pub async fn end(&self, wanted: Timestamp) -> Result<Timestamp, String> {
        Ok(end_with(&self.credentials().await?, wanted))
    }
}

/// The earlier of `wanted` and the end of the credentials. Lambda puts credentials into the environment without their end;
/// then it is `wanted`.
pub fn end_with(credentials: &Credentials, wanted: Timestamp) -> Timestamp {
    let end = credentials.expiry().and_then(|end| Timestamp::try_from(end).ok());
    end.map_or(wanted, |end| end.min(wanted))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn nothing_that_is_signed_ends_after_the_credentials() {
        let end: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
        let of = |expiry| Credentials::new("AKIDEXAMPLE", "secret-of-the-test", None, expiry, "test");
        let (earlier, later) = (end - jiff::SignedDuration::from_secs(1), end + jiff::SignedDuration::from_secs(1));
        let temporary = of(Some(SystemTime::from(end)));
        assert_eq!(end_with(&temporary, later), end);
        assert_eq!(end_with(&temporary, earlier), earlier);
        assert_eq!(end_with(&of(None), later), later);
    }
}
