//! Suggestions of users: a value of a fact on a species, with its source, which an admin or a manager accepts or rejects.

use std::collections::{BTreeMap, BTreeSet};

use contracts::notifications::{Category, Message, NotificationRequested};
use jiff::Timestamp;
use kit::jobs::RowError;
use serde::{Deserialize, Serialize};
use types::{SuggestionId, UserId, derive_id};

use super::fact::{Fact, FactName, FactRule, FactValue};
use super::source::Source;
use super::species::{ChangeRefusal, Species, SpeciesRow, SynonymRow, same_name};
use super::species_id::SpeciesId;

/// Maximum length of a comment in characters.
pub const MAX_COMMENT_CHARS: usize = 500;
/// Maximum length of the reason of a decision in characters.
pub const MAX_REASON_CHARS: usize = 500;
/// How long the record of a deleted suggestion stays, in hours: 90 days. Its `Idempotency-Key` cannot be used again meanwhile.
pub const DELETED_HOURS: i64 = 90 * 24;
/// Number of partitions that the list of open suggestions is spread over. Keys depend on it: it never changes.
pub const SHARDS: u8 = 4;

/// What a user suggests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The species.
    pub species_id: SpeciesId,
    /// The fact.
    pub field: FactName,
    /// Its value.
    pub value: FactValue,
    /// Where it was read.
    pub source: Source,
    /// Comment for the staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What became of a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The species has the value.
    Accepted,
    /// It was refused.
    Rejected,
}

/// The decision on a suggestion. It does not say whose it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Verdict.
    pub verdict: Verdict,
    /// Reason for the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Time.
    pub at: Timestamp,
}

/// A suggestion with the species.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// ID.
    pub id: SuggestionId,
    /// What is suggested.
    pub proposal: Proposal,
    /// The user; none if the account was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Time.
    pub created_at: Timestamp,
    /// The decision; none while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

/// A suggestion in the records of its user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSuggestion {
    /// The user.
    pub user_id: UserId,
    /// ID.
    pub id: SuggestionId,
    /// What is suggested.
    pub proposal: Proposal,
    /// Time.
    pub created_at: Timestamp,
    /// The decision; none while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// When its user deleted it. The record stays for a while, so that its ID never names another suggestion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

/// Reason why a suggestion is not decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuggestionRefusal {
    /// The user who decides made it.
    Own,
    /// The value says which species it is, and the user who decides is no admin.
    NeedsAdmin,
    /// It was decided before, otherwise.
    Decided,
    /// The species would break rules.
    Rules(Vec<RowError>),
    /// The species cannot be changed.
    Change(ChangeRefusal),
}

impl From<ChangeRefusal> for SuggestionRefusal {
    fn from(refusal: ChangeRefusal) -> Self {
        Self::Change(refusal)
    }
}

/// Reads a value as the fact has it: a number is written with digits.
pub fn value(field: FactName, text: &str) -> Result<FactValue, String> {
    let value = match field.rule() {
        FactRule::Number(..) => text.parse().map_or_else(|_| FactValue::Text(text.to_owned()), FactValue::Number),
        FactRule::Text | FactRule::Choice(_) => FactValue::Text(text.to_owned()),
    };
    field.broken_by(&value).map_or(Ok(value), Err)
}

impl Proposal {
    /// Returns the species with the suggested value, by the rules of an import; `None` if it says so already.
    pub fn applied_to(&self, species: &Species, id: SuggestionId) -> Result<Option<Species>, SuggestionRefusal> {
        let known = species.sources.iter().find(|(_, source)| **source == self.source);
        let source_id = known.map_or_else(|| format!("suggestion-{id}"), |(slug, _)| slug.clone());
        let imported = Species::parse(self.row(species, source_id)).map_err(SuggestionRefusal::Rules)?;
        Ok(species.imported(imported)?)
    }

    /// The row of an import that says what is known of the species, with the suggested value. A value that is known gains the source.
    fn row(&self, species: &Species, source_id: String) -> SpeciesRow {
        let facts = species.facts.iter().map(|(name, fact)| (name.as_str().to_owned(), fact.clone()));
        let mut facts: BTreeMap<_, _> = facts.collect();
        let known = facts.get(self.field.as_str()).filter(|fact| fact.value == self.value);
        let mut cited = known.map_or_else(BTreeSet::new, |fact| fact.sources.clone());
        cited.insert(source_id.clone());
        facts.insert(self.field.as_str().to_owned(), Fact { value: self.value.clone(), sources: cited });
        let mut sources = species.sources.clone();
        sources.insert(source_id, self.source.clone());
        // The name that becomes the accepted one is no synonym any more.
        let is_accepted = |name: &str| matches!(&self.value, FactValue::Text(text) if self.field == FactName::ScientificName && same_name(text, name));
        let synonyms = species.synonyms.iter().filter(|synonym| !is_accepted(&synonym.name));
        let synonyms = synonyms.map(|synonym| SynonymRow {
            name: synonym.name.clone(),
            status: synonym.status,
            sources: synonym.sources.clone(),
        });
        SpeciesRow {
            id: species.id.to_string(),
            facts,
            names: species.names.clone(),
            synonyms: synonyms.collect(),
            sources,
        }
    }
}

impl Suggestion {
    /// Returns a new suggestion.
    pub fn new(id: SuggestionId, proposal: Proposal, user_id: UserId, created_at: Timestamp) -> Self {
        Self { id, proposal, user_id: Some(user_id), created_at, decision: None }
    }

    /// Returns the record of its user; `None` if the account was deleted.
    pub fn own(&self) -> Option<OwnSuggestion> {
        Some(OwnSuggestion {
            user_id: self.user_id?,
            id: self.id,
            proposal: self.proposal.clone(),
            created_at: self.created_at,
            decision: self.decision.clone(),
            deleted_at: None,
        })
    }

    /// Returns the suggestion with a decision; `None` if it was decided so before.
    pub fn decided(
        &self,
        decision: Decision,
        (by, is_admin): (UserId, bool),
    ) -> Result<Option<Self>, SuggestionRefusal> {
        if self.user_id == Some(by) {
            return Err(SuggestionRefusal::Own);
        }
        if decision.verdict == Verdict::Accepted && self.needs_admin() && !is_admin {
            return Err(SuggestionRefusal::NeedsAdmin);
        }
        match &self.decision {
            None => Ok(Some(Self { decision: Some(decision), ..self.clone() })),
            Some(before) if before.verdict == decision.verdict => Ok(None),
            Some(_) => Err(SuggestionRefusal::Decided),
        }
    }

    /// Returns true if only an admin can accept it: the fact says which species it is or where it lives, which only admins change
    /// otherwise.
    pub fn needs_admin(&self) -> bool {
        matches!(self.proposal.field, FactName::Kind | FactName::Water | FactName::ScientificName)
    }

    /// Returns the suggestion without its user and the comment; `None` if it names no user.
    pub fn without_user(&self) -> Option<Self> {
        self.user_id?;
        let proposal = Proposal { comment: None, ..self.proposal.clone() };
        Some(Self { user_id: None, proposal, ..self.clone() })
    }

    /// Returns the partition of the list of open ones. The last byte of an ID is random.
    pub fn shard(&self) -> u8 {
        self.id.uuid().as_bytes()[15] % SHARDS
    }

    /// Returns the place in the list of open ones: places sort by time, and are different for any two.
    pub fn place(&self) -> String {
        format!("{PLACE_PREFIX}{:014}#{}", self.created_at.as_millisecond(), self.id)
    }

    /// Returns the notification of its user about the decision; `None` without a decision or a user.
    pub fn notification(&self, scientific_name: &str) -> Option<NotificationRequested> {
        let (user, decision) = (self.user_id?, self.decision.as_ref()?);
        let verdict = match decision.verdict {
            Verdict::Accepted => "accepted",
            Verdict::Rejected => "rejected",
        };
        let mut data = BTreeMap::from([
            ("suggestion_id".to_owned(), self.id.to_string()),
            ("species".to_owned(), scientific_name.to_owned()),
            ("decision".to_owned(), verdict.to_owned()),
        ]);
        data.extend(decision.reason.clone().map(|reason| ("reason".to_owned(), reason)));
        let message = Message {
            template: "suggestion_decided".to_owned(),
            data,
            link: Some(format!("/species/{}", self.proposal.species_id)),
        };
        Some(NotificationRequested {
            notification_id: derive_id(&["suggestion_decided", &self.id.to_string()]),
            recipients: vec![user],
            category: Category::Activity,
            message,
            channels: None,
        })
    }
}

impl OwnSuggestion {
    /// Returns the suggestion with the species.
    pub fn suggestion(&self) -> Suggestion {
        let Self { user_id, id, proposal, created_at, decision, .. } = self.clone();
        Suggestion { id, proposal, user_id: Some(user_id), created_at, decision }
    }

    /// Returns the record of a suggestion that its user deleted, without the comment.
    #[must_use]
    pub fn deleted(&self, now: Timestamp) -> Self {
        let proposal = Proposal { comment: None, ..self.proposal.clone() };
        Self { proposal, deleted_at: Some(now), ..self.clone() }
    }
}

/// What the places of open suggestions start with.
pub const PLACE_PREFIX: &str = "suggested#";

/// What one partition of the list of open suggestions has after a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Shard<T> {
    /// The first of its items with their places, oldest first.
    pub items: Vec<(String, T)>,
    /// The place of the last item that was read, if the partition has more.
    pub end: Option<String>,
}

/// Returns the oldest `limit` items of all partitions, oldest first, and the place after which there are more.
pub fn oldest<T>(shards: Vec<Shard<T>>, limit: usize) -> (Vec<T>, Option<String>) {
    // What a partition has beyond its end is not known, so nothing after the first end is shown.
    let end = shards.iter().filter_map(|shard| shard.end.clone()).min();
    let mut all: Vec<_> = shards.into_iter().flat_map(|shard| shard.items).collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    let known = all.iter().take_while(|(place, _)| end.as_ref().is_none_or(|end| place <= end)).count();
    let is_cut = known > limit;
    all.truncate(known.min(limit));
    let next = if is_cut { all.last().map(|(place, _)| place.clone()) } else { end };
    (all.into_iter().map(|(_, item)| item).collect(), next)
}

#[cfg(test)]
#[path = "suggestion_tests.rs"]
mod tests;
