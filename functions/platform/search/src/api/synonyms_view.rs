//! Synonyms in requests and responses.

use search_engine::{SynonymRule, Synonyms};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Synonyms of a collection.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SynonymsView {
    /// The rules.
    #[schema(max_items = 2_000)]
    rules: Vec<SynonymRuleView>,
}

/// A rule: searches for `from` also find `to`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SynonymRuleView {
    /// The searched words, 1 to 4.
    #[schema(min_length = 1, max_length = 120, example = "sneaker")]
    from: String,
    /// What is also found, each 1 to 4 words.
    #[schema(value_type = Vec<AlternativePhrase>, min_items = 1, max_items = 16, example = json!(["trainer"]))]
    to: Vec<String>,
    /// True if the rule also holds in the other direction.
    both_ways: bool,
}

/// What is also found: 1 to 4 words.
#[derive(ToSchema)]
#[schema(min_length = 1, max_length = 120, example = "trainer")]
#[expect(dead_code, reason = "describes the items of `to`")]
pub struct AlternativePhrase(String);

impl From<&Synonyms> for SynonymsView {
    fn from(synonyms: &Synonyms) -> Self {
        let rules = synonyms.rules.iter().cloned();
        let rules = rules.map(|SynonymRule { from, to, both_ways }| SynonymRuleView { from, to, both_ways });
        Self { rules: rules.collect() }
    }
}

impl From<SynonymsView> for Synonyms {
    fn from(view: SynonymsView) -> Self {
        let rules = view.rules.into_iter();
        let rules = rules.map(|SynonymRuleView { from, to, both_ways }| SynonymRule { from, to, both_ways });
        Self { rules: rules.collect() }
    }
}
