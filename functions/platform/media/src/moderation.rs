//! Who looks at a picture before anybody else does.
//!
//! A moderator that cannot judge says so, and the picture waits: nothing is published unseen because a service is down.

use std::str::FromStr;

use aws_sdk_rekognition::primitives::Blob;
use aws_sdk_rekognition::types::Image;
use futures::future::BoxFuture;
use kit::sdk;

use crate::domain::moderation::{Finding, MIN_CONFIDENCE_PERCENT, Verdict, judge};

/// The moderator could not look.
#[derive(Debug, thiserror::Error)]
#[error("the moderator: {0}")]
pub struct Outage(String);

/// Looks at pictures.
pub trait Moderator: Send + Sync {
    /// Looks at a JPEG of at most 5 MB.
    fn look<'a>(&'a self, jpeg: &'a [u8]) -> BoxFuture<'a, Result<Verdict, Outage>>;
}

/// Which moderator a deployment has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moderation {
    /// Amazon Rekognition.
    Rekognition,
    /// None: every picture is shown.
    Off,
}

impl FromStr for Moderation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "rekognition" => Ok(Self::Rekognition),
            "off" => Ok(Self::Off),
            _ => Err("must be rekognition or off".to_owned()),
        }
    }
}

impl Moderation {
    /// The moderator itself.
    pub fn moderator(self, config: &sdk::Config) -> Box<dyn Moderator> {
        match self {
            Self::Rekognition => Box::new(Rekognition(sdk::client!(aws_sdk_rekognition, config))),
            Self::Off => Box::new(Nobody),
        }
    }
}

struct Rekognition(aws_sdk_rekognition::Client);

impl Moderator for Rekognition {
    fn look<'a>(&'a self, jpeg: &'a [u8]) -> BoxFuture<'a, Result<Verdict, Outage>> {
        Box::pin(async move {
            let image = Image::builder().bytes(Blob::new(jpeg)).build();
            let ask = self.0.detect_moderation_labels().image(image).min_confidence(MIN_CONFIDENCE_PERCENT);
            let reply = ask.send().await.map_err(|error| Outage(sdk::told(&error)))?;
            let findings: Vec<_> = reply
                .moderation_labels()
                .iter()
                .map(|label| Finding {
                    name: label.name().unwrap_or_default().to_owned(),
                    confidence_percent: label.confidence().unwrap_or_default(),
                })
                .collect();
            Ok(judge(&findings))
        })
    }
}

struct Nobody;

impl Moderator for Nobody {
    fn look<'a>(&'a self, _jpeg: &'a [u8]) -> BoxFuture<'a, Result<Verdict, Outage>> {
        Box::pin(async { Ok(Verdict::Shown) })
    }
}
