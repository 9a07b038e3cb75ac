//! Amazon Rekognition Custom Labels: one model per kind, which the operator trained and started.
//! <https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectCustomLabels.html>

use aws_sdk_rekognition::error::ProvideErrorMetadata;
use aws_sdk_rekognition::operation::detect_custom_labels::DetectCustomLabelsOutput;
use aws_sdk_rekognition::primitives::Blob;
use aws_sdk_rekognition::types::Image;
use contracts::vision::IdentificationKind;
use futures::future::BoxFuture;
use kit::{Environment, sdk};

use super::{Look, LookError, Model};
use crate::domain::suggestion::{Findings, InvalidAnswer, MAX_SUGGESTIONS, value_of_label};

/// How sure a model must be, in percent. Below this, users get more wrong names than right ones.
const MIN_CONFIDENCE_PERCENT: f32 = 20.0;
/// The errors that say that a picture will never be read.
const REFUSALS: [&str; 2] = ["ImageTooLargeException", "InvalidImageFormatException"];

/// The versions of models (`ProjectVersionArn`); a kind without one is not offered.
#[derive(Debug, Clone, Default)]
pub struct ModelArns {
    /// The model of species. Its labels are their names.
    pub species: Option<String>,
    /// The model of test strips. Its labels are values, such as `nitrate=25 mg_l_as_no3`.
    pub test_strip: Option<String>,
}

impl ModelArns {
    /// Reads `VISION_SPECIES_MODEL_ARN` and `VISION_TEST_STRIP_MODEL_ARN`, which may be absent.
    pub fn from_env(env: &mut Environment) -> Self {
        let species = env.optional("VISION_SPECIES_MODEL_ARN");
        Self { species, test_strip: env.optional("VISION_TEST_STRIP_MODEL_ARN") }
    }

    fn of(&self, kind: IdentificationKind) -> Option<&str> {
        match kind {
            IdentificationKind::Species => self.species.as_deref(),
            IdentificationKind::TestStrip => self.test_strip.as_deref(),
        }
    }
}

/// Looks with Rekognition.
#[derive(Debug, Clone)]
pub struct RekognitionModel {
    client: aws_sdk_rekognition::Client,
    arns: ModelArns,
}

impl RekognitionModel {
    /// Models that this configuration reaches. A call is made once: each one is paid for, and the identification has
    /// attempts of its own.
    pub fn new(config: &sdk::Config, arns: ModelArns) -> Self {
        let once = config.clone().without_retries();
        Self { client: sdk::client!(aws_sdk_rekognition, &once), arns }
    }

    async fn detect(&self, look: Look<'_>) -> Result<Findings, LookError> {
        let arn = self.arns.of(look.kind).ok_or(LookError::Off)?;
        let request = self
            .client
            .detect_custom_labels()
            .project_version_arn(arn)
            .image(Image::builder().bytes(Blob::new(look.jpeg)).build())
            .min_confidence(MIN_CONFIDENCE_PERCENT)
            .set_max_results(i32::try_from(MAX_SUGGESTIONS).ok());
        match request.send().await {
            Ok(reply) => findings(look.kind, &reply),
            Err(error) if error.code().is_some_and(|code| REFUSALS.contains(&code)) => {
                Err(LookError::Refused(sdk::told(&error)))
            }
            Err(error) => Err(LookError::NoAnswer(sdk::told(&error))),
        }
    }
}

impl Model for RekognitionModel {
    fn look<'a>(&'a self, look: Look<'a>) -> BoxFuture<'a, Result<Findings, LookError>> {
        Box::pin(self.detect(look))
    }
}

fn findings(kind: IdentificationKind, reply: &DetectCustomLabelsOutput) -> Result<Findings, LookError> {
    let labels = reply.custom_labels().iter();
    let mut labels = labels
        .map(|label| (label.name().unwrap_or_default(), f64::from(label.confidence().unwrap_or_default()) / 100.0));
    match kind {
        IdentificationKind::Species => {
            let named: Vec<_> = labels.map(|(name, fraction)| (name.to_owned(), fraction)).collect();
            Findings::of_species(&named).map_err(unusable)
        }
        IdentificationKind::TestStrip => {
            let read = labels.try_fold(Vec::new(), |mut read, (label, fraction)| {
                let (parameter, entered) = value_of_label(label)?;
                read.push((parameter, entered, fraction));
                Some(read)
            });
            let read = read.ok_or_else(|| LookError::Unusable("a label of the model is no water value".to_owned()))?;
            Findings::of_values(&read).map_err(unusable)
        }
    }
}

/// A version of a model gives the same answer for the same picture: to ask again would only cost.
fn unusable(error: InvalidAnswer) -> LookError {
    LookError::Unusable(error.to_string())
}

#[cfg(test)]
mod tests {
    use aws_sdk_rekognition::types::CustomLabel;

    use super::*;

    fn reply(labels: &[(&str, f32)]) -> DetectCustomLabelsOutput {
        let labels =
            labels.iter().map(|(name, confidence)| CustomLabel::builder().name(*name).confidence(*confidence).build());
        DetectCustomLabelsOutput::builder().set_custom_labels(Some(labels.collect())).build()
    }

    #[test]
    fn percentages_become_fractions() {
        let found = findings(IdentificationKind::Species, &reply(&[("Danio rerio", 41.6), ("Puntius", 93.0)])).unwrap();
        let found: Vec<_> = found.species.iter().map(|one| (one.name.as_str(), one.confidence.get())).collect();
        assert_eq!(found, [("Puntius", 93), ("Danio rerio", 42)]);
    }

    #[test]
    fn labels_of_test_strips_are_values() {
        let found = findings(IdentificationKind::TestStrip, &reply(&[("nitrate=25 mg_l_as_no3", 80.0)])).unwrap();
        assert_eq!(found.values.len(), 1);
        let wrong =
            findings(IdentificationKind::TestStrip, &reply(&[("nitrate=25 mg_l_as_no3", 80.0), ("strip", 80.0)]));
        assert!(matches!(wrong, Err(LookError::Unusable(_))), "{wrong:?}");
        let wrong = findings(IdentificationKind::Species, &reply(&[("", 80.0)]));
        assert!(matches!(wrong, Err(LookError::Unusable(_))), "{wrong:?}");
        let implausible = findings(IdentificationKind::TestStrip, &reply(&[("nitrate=5000 mg_l_as_no3", 20.0)]));
        assert!(matches!(implausible, Err(LookError::Unusable(_))), "{implausible:?}");
    }

    #[test]
    fn nothing_found_is_an_answer() {
        assert!(findings(IdentificationKind::Species, &reply(&[])).unwrap().is_empty());
    }
}
