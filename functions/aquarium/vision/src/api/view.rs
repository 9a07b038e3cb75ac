//! Views of identifications in responses.

use contracts::vision::IdentificationKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{IdentificationId, MediaId};
use utoipa::ToSchema;
use water::{Decimal, Entered, Parameter, Unit};

use crate::domain::identification::{Confirmation, Failed, Identification, Status, Value};
use crate::domain::suggestion::{SpeciesSuggestion, ValueSuggestion};

/// An identification of a picture.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentificationView {
    /// Identification ID.
    pub id: IdentificationId,
    /// Media ID of the picture, which may have been deleted since.
    pub media_id: MediaId,
    /// What was looked for.
    pub kind: IdentificationKind,
    /// Status.
    pub status: IdentificationStatus,
    /// Why there is no result. Null unless the status is `failed`.
    pub reason: Option<Failed>,
    /// Time of the request.
    #[serde(serialize_with = "types::time::millis")]
    pub created_at: Timestamp,
    /// Time of the result, or of the failure. Null while the status is `pending`.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub ended_at: Option<Timestamp>,
    /// Suggested species, the most confident first. Empty for the kind `test_strip`, and if the model found none.
    #[schema(max_items = 20)]
    pub species: Vec<IdentifiedSpecies>,
    /// Suggested values, the most confident first, one per parameter. Empty for the kind `species`, and if the model
    /// found none.
    #[schema(max_items = 20)]
    pub values: Vec<IdentifiedValue>,
    /// What the user confirmed of a test strip. Null until then.
    pub confirmation: Option<ConfirmationView>,
}

/// Status of an identification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentificationStatus {
    /// A model is yet to look at the picture. Most pictures take seconds; if the model does not answer, up to half an
    /// hour, and never more than two hours.
    Pending,
    /// A model looked at the picture. It may have found nothing.
    Identified,
    /// There is no result, and there will be none.
    Failed,
}

/// A species that may be in the picture.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentifiedSpecies {
    /// Name, as the model calls the species. Search it with `GET /v1/aquarium/species`; the data set may not have it.
    #[schema(max_length = 100, example = "Paracheirodon innesi")]
    pub name: String,
    /// How sure the model is, in percent.
    #[schema(maximum = 100, example = 93)]
    pub confidence_percent: u8,
}

/// A water value that the test strip may show.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentifiedValue {
    /// Water parameter.
    pub parameter: Parameter,
    /// Number.
    pub value: Decimal,
    /// Its unit.
    pub unit: Unit,
    /// How sure the model is, in percent.
    #[schema(maximum = 100, example = 80)]
    pub confidence_percent: u8,
}

/// What a user confirmed of a test strip.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmationView {
    /// Time of the confirmation.
    #[serde(serialize_with = "types::time::millis")]
    pub confirmed_at: Timestamp,
    /// The values, ready to be recorded as readings.
    #[schema(max_items = 20)]
    pub values: Vec<TestStripValue>,
}

/// A water value of a test strip.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestStripValue {
    /// Water parameter, one of the suggested ones.
    parameter: Parameter,
    /// Number.
    value: Decimal,
    /// Its unit. Concentrations need a basis.
    unit: Unit,
}

impl From<TestStripValue> for Value {
    fn from(value: TestStripValue) -> Self {
        let TestStripValue { parameter, value, unit } = value;
        Self { parameter, entered: Entered { value, unit } }
    }
}

impl From<&Value> for TestStripValue {
    fn from(value: &Value) -> Self {
        Self { parameter: value.parameter, value: value.entered.value, unit: value.entered.unit }
    }
}

impl From<&SpeciesSuggestion> for IdentifiedSpecies {
    fn from(suggestion: &SpeciesSuggestion) -> Self {
        Self { name: suggestion.name.clone(), confidence_percent: suggestion.confidence.get() }
    }
}

impl From<&ValueSuggestion> for IdentifiedValue {
    fn from(suggestion: &ValueSuggestion) -> Self {
        let ValueSuggestion { parameter, entered: Entered { value, unit }, confidence } = *suggestion;
        Self { parameter, value, unit, confidence_percent: confidence.get() }
    }
}

impl From<&Confirmation> for ConfirmationView {
    fn from(confirmation: &Confirmation) -> Self {
        Self { confirmed_at: confirmation.at, values: confirmation.values.iter().map(TestStripValue::from).collect() }
    }
}

impl IdentificationView {
    /// The view at a time: one that has been pending for too long is shown as failed, as it will be if its message still
    /// comes.
    pub fn at(identification: &Identification, now: Timestamp) -> Self {
        let overdue_at = identification.overdue_at();
        let (status, reason, ended_at, findings) = match &identification.status {
            Status::Pending { .. } if now >= overdue_at => {
                (IdentificationStatus::Failed, Some(Failed::NoAnswer), Some(overdue_at), None)
            }
            // Not reached: what reads identifications leaves out deleted ones.
            Status::Deleted { at } => (IdentificationStatus::Failed, None, Some(*at), None),
            Status::Pending { .. } => (IdentificationStatus::Pending, None, None, None),
            Status::Identified { at, findings } => (IdentificationStatus::Identified, None, Some(*at), Some(findings)),
            Status::Failed { at, reason } => (IdentificationStatus::Failed, Some(*reason), Some(*at), None),
        };
        Self {
            id: identification.id,
            media_id: identification.media_id,
            kind: identification.kind,
            status,
            reason,
            created_at: identification.created_at,
            ended_at,
            species: findings.into_iter().flat_map(|found| &found.species).map(IdentifiedSpecies::from).collect(),
            values: findings.into_iter().flat_map(|found| &found.values).map(IdentifiedValue::from).collect(),
            confirmation: identification.confirmation.as_ref().map(ConfirmationView::from),
        }
    }
}
