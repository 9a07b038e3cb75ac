//! The words of a search, and what each of them may match.

use std::collections::BTreeMap;

use crate::analysis::{Analyzer, Forms, Token, TokenKind, tokens};
use crate::query::MAX_WORDS;
use crate::synonyms::{MAX_PHRASE_WORDS, Synonyms};

/// Limits the alternatives of a word: of synonyms, parts and compounds.
const MAX_WORD_ALTERNATIVES: usize = 64;
/// Limits the tokens of a search that are looked at.
const MAX_QUERY_TOKENS: usize = 64;
/// Words up to this length must be typed exactly.
const MAX_EXACT_CHARS: usize = 4;
/// Words up to this length may have one typo, longer ones two.
const MAX_ONE_TYPO_CHARS: usize = 8;

/// The words of a search.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    /// The words that are searched.
    pub used: Vec<Word>,
    /// Words beyond [`MAX_WORDS`], as typed.
    pub unused: Vec<String>,
}

/// A word of a search.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// The word as typed.
    pub typed: String,
    /// The word itself; nothing for characters without spaces, which match by pairs.
    pub forms: Option<Forms>,
    /// Whether it also matches words that start with it.
    pub prefix: bool,
    /// The tolerated typos.
    pub typos: u8,
    /// What matches instead: all terms of an alternative together.
    pub alternatives: Vec<Alternative>,
}

/// Terms that match instead of a word if a document has all of them.
#[derive(Debug, Clone)]
pub(crate) struct Alternative {
    /// The terms.
    pub terms: Vec<Forms>,
    /// Whether they are another spelling, which ranks lower.
    pub altered: bool,
}

impl Words {
    /// Reads the words of a text. The last one is a prefix.
    pub fn of(text: &str, analyzer: &Analyzer<'_>, synonyms: &PreparedSynonyms) -> Self {
        let found = tokens(text, MAX_QUERY_TOKENS);
        let (used, unused) = found.split_at(found.len().min(MAX_WORDS));
        let mut words: Vec<Word> = used.iter().map(|token| word(token, text, analyzer)).collect();
        if let Some(last) = words.last_mut() {
            last.prefix = last.forms.is_some();
        }
        synonyms.apply(&mut words, used, analyzer);
        Self { used: words, unused: unused.iter().map(|token| text[token.range.clone()].to_owned()).collect() }
    }
}

fn word(token: &Token, text: &str, analyzer: &Analyzer<'_>) -> Word {
    let typed = text[token.range.clone()].to_owned();
    if token.kind == TokenKind::Characters {
        let alternatives = vec![Alternative { terms: conjunction(token, analyzer), altered: false }];
        return Word { typed, forms: None, prefix: false, typos: 0, alternatives };
    }
    let forms = analyzer.folding.forms(&token.joined);
    let mut alternatives = Vec::new();
    if token.kind == TokenKind::Word {
        let parts: Vec<Forms> = token.parts.iter().map(|part| analyzer.folding.forms(&part.text)).collect();
        let compound = analyzer
            .division(&forms)
            .map(|(first, second)| [first, second].map(|part| analyzer.folding.forms(&part)).to_vec());
        alternatives.extend([Some(parts), compound].into_iter().flatten().filter(|terms| terms.len() > 1));
    }
    let typos = if token.kind == TokenKind::Word { tolerated_typos(&forms.folded) } else { 0 };
    let alternatives = alternatives.into_iter().map(|terms| Alternative { terms, altered: true }).collect();
    Word { typed, forms: Some(forms), prefix: false, typos, alternatives }
}

/// The typos that are tolerated in a folded word.
pub(crate) fn tolerated_typos(folded: &str) -> u8 {
    let chars = folded.chars().count();
    u8::from(chars > MAX_EXACT_CHARS) + u8::from(chars > MAX_ONE_TYPO_CHARS)
}

/// The terms that a document with the token has.
fn conjunction(token: &Token, analyzer: &Analyzer<'_>) -> Vec<Forms> {
    if token.kind != TokenKind::Characters {
        return vec![analyzer.folding.forms(&token.joined)];
    }
    let chars: Vec<char> = token.joined.chars().collect();
    if chars.len() == 1 {
        return vec![analyzer.folding.forms(&token.joined)];
    }
    chars.windows(2).map(|pair| analyzer.folding.forms(&pair.iter().collect::<String>())).collect()
}

/// Synonyms by the folded words of their phrase.
#[derive(Debug, Clone, Default)]
pub(crate) struct PreparedSynonyms(BTreeMap<Vec<String>, Vec<Vec<Forms>>>);

impl PreparedSynonyms {
    /// Prepares synonyms for searches.
    pub fn new(synonyms: &Synonyms, analyzer: &Analyzer<'_>) -> Self {
        let mut prepared = Self::default();
        for rule in &synonyms.rules {
            for to in &rule.to {
                prepared.add(&rule.from, to, analyzer);
            }
            if rule.both_ways {
                for from in &rule.to {
                    let others = rule.to.iter().filter(|other| *other != from).chain([&rule.from]);
                    others.for_each(|to| prepared.add(from, to, analyzer));
                }
            }
        }
        prepared
    }

    fn add(&mut self, from: &str, to: &str, analyzer: &Analyzer<'_>) {
        let from = phrase(&tokens(from, MAX_PHRASE_WORDS), analyzer);
        let to = tokens(to, MAX_PHRASE_WORDS).iter().flat_map(|token| conjunction(token, analyzer)).collect();
        self.0.entry(from).or_default().push(to);
    }

    /// Adds alternatives to words that a rule replaces: each word of a phrase is matched by the whole alternative.
    fn apply(&self, words: &mut [Word], tokens: &[Token], analyzer: &Analyzer<'_>) {
        if self.0.is_empty() {
            return;
        }
        for length in 1..=MAX_PHRASE_WORDS {
            for (start, window) in tokens.windows(length).enumerate() {
                let found = self.0.get(&phrase(window, analyzer)).into_iter().flatten();
                let found: Vec<_> = found.map(|terms| Alternative { terms: terms.clone(), altered: true }).collect();
                for word in words.iter_mut().skip(start).take(length) {
                    word.alternatives.extend(found.iter().cloned());
                    word.alternatives.truncate(MAX_WORD_ALTERNATIVES);
                }
            }
        }
    }
}

fn phrase(tokens: &[Token], analyzer: &Analyzer<'_>) -> Vec<String> {
    tokens.iter().map(|token| analyzer.folding.forms(&token.joined).folded).collect()
}
