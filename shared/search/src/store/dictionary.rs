//! The terms of documents, and how they are looked up.

use std::sync::LazyLock;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use tantivy_fst::Automaton;

use super::keys::{self, Key};
use crate::analysis::Forms;

/// Limits the terms that one lookup expands to.
pub(crate) const MAX_EXPANSIONS: usize = 20_000;

/// How well a word of a search matches a document: typos (2 bits), altered spelling (1), prefix (1), field (4). Less is better.
pub(crate) type Rank = u8;

/// The rank of a word that a document does not contain.
pub(crate) const UNMATCHED: Rank = u8::MAX;

/// What is looked up.
pub(crate) enum Lookup<'a> {
    /// Documents with the whole word.
    Whole(&'a Forms),
    /// Documents with a word that starts so.
    Prefix(&'a Forms),
    /// Documents with a similar word.
    Similar(&'a Similar),
}

/// Words within a number of typos.
pub(crate) struct Similar {
    whole: DFA,
    prefix: Option<DFA>,
}

/// Takes the rank, the folded term and the documents of a term that matches.
pub(crate) type FoundTerm<'a, Postings> = dyn FnMut(Rank, &[u8], &Postings) + 'a;

/// Documents by their terms.
pub(crate) trait Dictionary {
    /// A list of documents.
    type Postings;
    /// Calls `found` with each key of a range and its list, at most [`MAX_EXPANSIONS`].
    fn range(&self, start: &[u8], end: &[u8], found: &mut dyn FnMut(&[u8], &Self::Postings)) -> std::io::Result<()>;
    /// Calls `found` with each key that the automaton accepts and its list, at most [`MAX_EXPANSIONS`].
    fn similar(
        &self,
        automaton: &WordAutomaton<'_>,
        found: &mut dyn FnMut(&[u8], &Self::Postings),
    ) -> std::io::Result<()>;
    /// Calls `each` with the documents of a list, in portions.
    fn documents(&self, list: &Self::Postings, each: &mut dyn FnMut(&[u32])) -> std::io::Result<()>;

    /// Calls `found` with the rank, the folded term and the documents of each term that matches.
    fn look_up(&self, lookup: &Lookup<'_>, found: &mut FoundTerm<'_, Self::Postings>) -> std::io::Result<()> {
        match lookup {
            Lookup::Whole(forms) => {
                for start in spellings(forms).map(keys::of_whole) {
                    self.ranked(&start, found, &|key| rank(0, key.exact != forms.exact.as_bytes(), false, key.field))?;
                }
            }
            Lookup::Prefix(forms) => {
                for folded in spellings(forms) {
                    let short = folded.chars().count() <= keys::MAX_SHORT_PREFIX;
                    let start = if short { keys::of_short_prefix(folded) } else { folded.as_bytes().to_vec() };
                    self.ranked(&start, found, &|key| {
                        rank(0, !key.exact.starts_with(forms.exact.as_bytes()), true, key.field)
                    })?;
                }
            }
            Lookup::Similar(similar) => self.similar(&similar.automaton(), &mut |key, list| {
                if let Some(key) = keys::parse(key)
                    && let Some(rank) = similar.rank(&key)
                {
                    found(rank, key.folded, list);
                }
            })?,
        }
        Ok(())
    }

    /// Calls `found` for the keys that start with `start`.
    fn ranked(
        &self,
        start: &[u8],
        found: &mut FoundTerm<'_, Self::Postings>,
        rank: &dyn Fn(&Key<'_>) -> Rank,
    ) -> std::io::Result<()> {
        self.range(start, &keys::end_of(start), &mut |key, list| {
            if let Some(key) = keys::parse(key) {
                found(rank(&key), key.folded, list);
            }
        })
    }
}

fn spellings(forms: &Forms) -> impl Iterator<Item = &str> {
    std::iter::once(forms.folded.as_str()).chain(forms.umlaut.as_deref()).filter(|folded| !folded.is_empty())
}

/// A rank from its parts.
pub(crate) fn rank(typos: u8, altered: bool, prefix: bool, field: u8) -> Rank {
    typos << 6 | u8::from(altered) << 5 | u8::from(prefix) << 4 | field & 0xf
}

impl Similar {
    /// The words within one or two typos of a folded word, or that start with such a word.
    pub fn new(folded: &str, typos: u8, prefix: bool) -> Self {
        let builder = automata(typos);
        Self { whole: builder.build_dfa(folded), prefix: prefix.then(|| builder.build_prefix_dfa(folded)) }
    }

    fn automaton(&self) -> WordAutomaton<'_> {
        WordAutomaton(self.prefix.as_ref().unwrap_or(&self.whole))
    }

    /// The rank of a folded word; nothing if it is the word itself, too different, or contains a digit.
    fn rank(&self, key: &Key<'_>) -> Option<Rank> {
        if key.folded.iter().any(u8::is_ascii_digit) {
            return None;
        }
        let whole = typos(&self.whole, key.folded).map(|typos| rank(typos, false, false, key.field));
        let prefix = self
            .prefix
            .as_ref()
            .and_then(|dfa| typos(dfa, key.folded))
            .map(|typos| rank(typos, false, true, key.field));
        // The word itself is found by a lookup of its own, with regard to its diacritics.
        whole.into_iter().chain(prefix).min().filter(|rank| rank >> 6 > 0)
    }

    /// The rank of a folded word in no field.
    pub fn rank_of(&self, folded: &str) -> Option<Rank> {
        self.rank(&Key { folded: folded.as_bytes(), field: 0, exact: folded.as_bytes() })
    }
}

fn typos(dfa: &DFA, word: &[u8]) -> Option<u8> {
    match dfa.eval(word) {
        Distance::Exact(typos) => Some(typos),
        Distance::AtLeast(_) => None,
    }
}

/// Makes the tables of automata.
pub(crate) fn prepare_automata() {
    for typos in [1, 2] {
        automata(typos);
    }
}

/// The tables of automata for one or two typos, where a swap of neighbours is one.
fn automata(typos: u8) -> &'static LevenshteinAutomatonBuilder {
    static ONE: LazyLock<LevenshteinAutomatonBuilder> = LazyLock::new(|| LevenshteinAutomatonBuilder::new(1, true));
    static TWO: LazyLock<LevenshteinAutomatonBuilder> = LazyLock::new(|| LevenshteinAutomatonBuilder::new(2, true));
    if typos <= 1 { &ONE } else { &TWO }
}

/// Accepts keys whose word the inner automaton accepts, whatever field they are of.
pub(crate) struct WordAutomaton<'a>(&'a DFA);

/// The state behind the end of an accepted word.
const ACCEPTED: u32 = u32::MAX;

impl Automaton for WordAutomaton<'_> {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.initial_state()
    }

    fn is_match(&self, state: &u32) -> bool {
        *state == ACCEPTED
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != SINK_STATE
    }

    fn will_always_match(&self, state: &u32) -> bool {
        *state == ACCEPTED
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        match (*state, byte) {
            (ACCEPTED, _) => ACCEPTED,
            (state, 0) if matches!(self.0.distance(state), Distance::Exact(_)) => ACCEPTED,
            (_, 0) => SINK_STATE,
            (state, byte) => self.0.transition(state, byte),
        }
    }
}
