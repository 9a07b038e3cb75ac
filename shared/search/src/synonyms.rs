//! Synonyms, which staff maintain.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The synonyms of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Synonyms {
    /// The rules, at most [`MAX_RULES`].
    pub rules: Vec<SynonymRule>,
}

/// A rule: searches for `from` also find `to`. Typos are not tolerated in either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SynonymRule {
    /// The searched words, at most [`MAX_PHRASE_WORDS`].
    pub from: String,
    /// What is also found: each at most [`MAX_PHRASE_WORDS`] words.
    pub to: Vec<String>,
    /// Whether the rule also holds in the other direction.
    #[serde(default)]
    pub both_ways: bool,
}

/// Limits the rules of a collection.
pub const MAX_RULES: usize = 2_000;
/// Limits the alternatives of a rule.
pub const MAX_ALTERNATIVES: usize = 16;
/// Limits a word or phrase.
pub const MAX_PHRASE_BYTES: usize = 120;
/// Limits the words of a phrase.
pub const MAX_PHRASE_WORDS: usize = 4;

/// Why synonyms are refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SynonymsError {
    /// Too many rules.
    #[error("rules: at most {MAX_RULES} allowed")]
    TooManyRules,
    /// A rule without alternatives, or with too many.
    #[error("rules[{0}].to: 1 to {MAX_ALTERNATIVES} alternatives required")]
    Alternatives(usize),
    /// A phrase without words, or too long.
    #[error("rules[{0}]: each phrase must have 1 to {MAX_PHRASE_WORDS} words and at most {MAX_PHRASE_BYTES} bytes")]
    Phrase(usize),
}

impl Synonyms {
    /// Checks the limits.
    pub fn check(&self) -> Result<(), SynonymsError> {
        if self.rules.len() > MAX_RULES {
            return Err(SynonymsError::TooManyRules);
        }
        for (position, rule) in self.rules.iter().enumerate() {
            if rule.to.is_empty() || rule.to.len() > MAX_ALTERNATIVES {
                return Err(SynonymsError::Alternatives(position));
            }
            if !rule.to.iter().chain([&rule.from]).all(|phrase| is_phrase(phrase)) {
                return Err(SynonymsError::Phrase(position));
            }
        }
        Ok(())
    }
}

fn is_phrase(phrase: &str) -> bool {
    let words = crate::analysis::tokens(phrase, MAX_PHRASE_WORDS + 1).len();
    phrase.len() <= MAX_PHRASE_BYTES && (1..=MAX_PHRASE_WORDS).contains(&words)
}
