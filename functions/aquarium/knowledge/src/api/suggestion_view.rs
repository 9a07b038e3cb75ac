//! Suggestions in responses.

use jiff::Timestamp;
use serde::Serialize;
use types::SuggestionId;
use utoipa::ToSchema;

use crate::api::view::{SpeciesFactValue, SpeciesSource};
use crate::domain::suggestion::{Decision, OwnSuggestion, Proposal, Suggestion, Verdict};

/// State of a suggestion about a species.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionState {
    /// Not decided yet.
    Open,
    /// The species has the value.
    Accepted,
    /// Refused.
    Rejected,
}

impl SuggestionState {
    fn of(decision: Option<&Decision>) -> Self {
        match decision.map(|decision| decision.verdict) {
            None => Self::Open,
            Some(Verdict::Accepted) => Self::Accepted,
            Some(Verdict::Rejected) => Self::Rejected,
        }
    }
}

/// Suggestion of a user about a species.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeciesSuggestion {
    /// Suggestion ID.
    id: SuggestionId,
    /// Species ID.
    #[schema(example = "paracheirodon-innesi")]
    species_id: String,
    /// Name of the fact.
    #[schema(example = "minGroup")]
    field: String,
    /// Suggested value.
    value: SpeciesFactValue,
    /// Source of the value.
    source: SpeciesSource,
    /// Comment of the user. Null if there is none, or if the account was deleted.
    #[schema(example = "The page was updated this year.")]
    comment: Option<String>,
    /// State.
    state: SuggestionState,
    /// Reason of the decision. Null if there is none.
    #[schema(example = "The source gives another number.")]
    reason: Option<String>,
    /// Time.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
    /// Time of the decision. Null while it is open.
    #[serde(serialize_with = "types::time::optional_millis")]
    decided_at: Option<Timestamp>,
}

impl SpeciesSuggestion {
    fn of(id: SuggestionId, proposal: &Proposal, created_at: Timestamp, decision: Option<&Decision>) -> Self {
        Self {
            id,
            species_id: proposal.species_id.to_string(),
            field: proposal.field.as_str().to_owned(),
            value: (&proposal.value).into(),
            source: (&proposal.source).into(),
            comment: proposal.comment.clone(),
            state: SuggestionState::of(decision),
            reason: decision.and_then(|decision| decision.reason.clone()),
            created_at,
            decided_at: decision.map(|decision| decision.at),
        }
    }
}

impl From<&Suggestion> for SpeciesSuggestion {
    fn from(suggestion: &Suggestion) -> Self {
        let Suggestion { id, proposal, created_at, decision, .. } = suggestion;
        Self::of(*id, proposal, *created_at, decision.as_ref())
    }
}

impl From<&OwnSuggestion> for SpeciesSuggestion {
    fn from(suggestion: &OwnSuggestion) -> Self {
        let OwnSuggestion { id, proposal, created_at, decision, .. } = suggestion;
        Self::of(*id, proposal, *created_at, decision.as_ref())
    }
}
