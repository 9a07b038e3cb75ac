//! The models that look at pictures: a port, and an adapter for each provider.

mod rekognition;
mod server;

use std::time::Duration;

use contracts::vision::IdentificationKind;
use futures::future::BoxFuture;
use jiff::Timestamp;
use kit::{ConfigError, Environment};
use types::IdentificationId;

use crate::domain::offer::{Offer, Provider};
use crate::domain::suggestion::Findings;

pub use rekognition::{ModelArns, RekognitionModel};
pub use server::{HttpModel, ModelUrl};

/// The time limit of one call of a model.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(15);

/// The largest picture that models take, in bytes: Rekognition's bound for custom labels.
pub const MAX_PICTURE_BYTES: u64 = 4 * 1024 * 1024;

/// A picture to look at.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// The identification: the same for each attempt, so that a model server recognises a repeated one.
    pub id: IdentificationId,
    /// What to look for.
    pub kind: IdentificationKind,
    /// The picture, a JPEG of at most [`MAX_PICTURE_BYTES`].
    pub jpeg: &'a [u8],
    /// The time.
    pub now: Timestamp,
}

/// Why there is nothing to suggest. No text quotes a picture or an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookError {
    /// The model cannot read the picture, and never will.
    #[error("the model refused the picture: {0}")]
    Refused(String),
    /// There was no answer, or none that can be used; another attempt may get one.
    #[error("no usable answer: {0}")]
    NoAnswer(String),
    /// The model gives the same answer each time, and it cannot be used.
    #[error("an answer that cannot be used: {0}")]
    Unusable(String),
    /// The deployment has no model of this kind.
    #[error("identifications of this kind are off")]
    Off,
}

/// Looks at pictures.
pub trait Model: Send + Sync {
    /// Looks at a picture, once.
    fn look<'a>(&'a self, look: Look<'a>) -> BoxFuture<'a, Result<Findings, LookError>>;
}

/// The model of a deployment without identifications.
#[derive(Debug, Clone, Copy)]
pub struct NoModel;

impl Model for NoModel {
    fn look<'a>(&'a self, _look: Look<'a>) -> BoxFuture<'a, Result<Findings, LookError>> {
        Box::pin(async { Err(LookError::Off) })
    }
}

/// Reads what a deployment offers from `VISION`, `VISION_SPECIES_MODEL_ARN` and `VISION_TEST_STRIP_MODEL_ARN`, of which the
/// ARNs may be absent, and with a model server `VISION_URL`: nothing is offered that no model could look at.
pub fn offer_from_env(env: &mut Environment) -> Option<Offer> {
    let arns = ModelArns::from_env(env);
    let provider = env.required::<Provider>("VISION")?;
    if provider == Provider::Http {
        env.required::<ModelUrl>("VISION_URL")?;
    }
    Some(Offer::new(provider, arns.species.is_some(), arns.test_strip.is_some()))
}

/// Reads `VISION` and what the provider needs: the ARNs of models, or `VISION_URL` and `VISION_SECRET_NAME`.
pub async fn from_env(env: &mut Environment) -> Result<Box<dyn Model>, ConfigError> {
    let provider = env.required::<Provider>("VISION");
    let (provider,) = env.all((provider,))?;
    Ok(match provider {
        Provider::Off => Box::new(NoModel),
        Provider::Rekognition => Box::new(RekognitionModel::new(&kit::sdk::config(), ModelArns::from_env(env))),
        Provider::Http => Box::new(HttpModel::from_env(env).await?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(values: &'static [(&'static str, &'static str)]) -> Option<Offer> {
        let mut env = Environment::new(move |name| {
            values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        });
        let offer = offer_from_env(&mut env);
        env.all((offer,)).ok().map(|(offer,)| offer)
    }

    #[test]
    fn a_model_server_without_a_url_is_not_offered() {
        assert!(offer(&[("VISION", "off")]).is_some());
        assert!(offer(&[("VISION", "http"), ("VISION_URL", "https://models.example/look")]).is_some());
        assert!(offer(&[("VISION", "http")]).is_none());
        assert!(offer(&[("VISION", "http"), ("VISION_URL", "http://models.example/look")]).is_none());
    }
}
