//! VMIS-kNN: recommendations for a session from the newest sessions that share its items (Kersbergen, Sprangers, Schelter: "Serenade -
//! Low-Latency Session-Based Recommendation in e-Commerce at Scale", SIGMOD 2022, section 3).
//!
//! 1. Of the sessions with the session's last items, the [`MAX_CANDIDATES`] newest are candidates. The later an item was viewed, the more
//!    it adds to the similarity of its candidates.
//! 2. The [`MAX_NEIGHBOURS`] most similar candidates are the neighbours.
//! 3. The items of a neighbour get its similarity, less the earlier the newest item that both share was viewed, times the inverse frequency
//!    of the item: what is in every session says little.
//!
//! Sessions are numbered by their time, so the higher number is the newer session, and no times are stored.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::words::{Malformed, WordReader, WordWriter};

/// The most sessions that are candidates, and that are kept for an item: `m` of the paper.
pub const MAX_CANDIDATES: usize = 500;
/// The most neighbours: `k` of the paper.
pub const MAX_NEIGHBOURS: usize = 100;
/// The most items that [`SessionIndex::recommend`] returns.
pub const MAX_RESULTS: usize = 200;
/// How much less a neighbour counts for each step that the newest shared item is away from the end of the session.
const DECAY_PER_STEP: f64 = 0.1;

/// Lists of numbers behind each other: list `i` is in `values` from `starts[i]` to `starts[i + 1]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lists {
    starts: Vec<u32>,
    values: Vec<u32>,
}

impl Default for Lists {
    fn default() -> Self {
        Self { starts: vec![0], values: Vec::new() }
    }
}

impl Lists {
    /// Appends a list. Returns false, and appends nothing, once all lists together would have 2³² values.
    pub fn push(&mut self, list: &[u32]) -> bool {
        let Ok(end) = u32::try_from(self.values.len() + list.len()) else { return false };
        self.values.extend_from_slice(list);
        self.starts.push(end);
        true
    }

    /// Number of lists.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// True without lists.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of values in all lists.
    pub fn values(&self) -> usize {
        self.values.len()
    }

    /// The list with this number; empty if there is none.
    pub fn get(&self, index: u32) -> &[u32] {
        let index = index as usize;
        let bounds = self.starts.get(index).zip(self.starts.get(index + 1));
        bounds.and_then(|(start, end)| self.values.get(*start as usize..*end as usize)).unwrap_or_default()
    }

    /// All lists, in the order of their numbers.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &[u32]> + ExactSizeIterator {
        (0..self.len()).map(|index| u32::try_from(index).map_or(&[][..], |index| self.get(index)))
    }

    /// Writes the lists.
    pub fn write(&self, writer: &mut WordWriter) {
        writer.array(&self.starts);
        writer.array(&self.values);
    }

    /// Reads `count` lists whose values are all below `bound`.
    pub fn read(reader: &mut WordReader<'_>, count: usize, bound: usize) -> Result<Self, Malformed> {
        let (starts, values) = (reader.array()?, reader.array()?);
        let is_ascending = starts.is_sorted() && starts.first() == Some(&0);
        let is_complete = starts.last().is_some_and(|last| *last as usize == values.len());
        let is_bounded = values.iter().all(|value| (*value as usize) < bound);
        let is_valid = starts.len() == count + 1 && is_ascending && is_complete && is_bounded;
        is_valid.then_some(Self { starts, values }).ok_or(Malformed)
    }
}

/// What is known of a session, and which answers it wants.
#[derive(Debug, Clone, Copy)]
pub struct Evolving<'a> {
    /// Its items, the last one last.
    pub items: &'a [u32],
    /// How many of the last items count.
    pub last_items: usize,
    /// Items that are no answers.
    pub excluded: &'a [u32],
}

/// An item with its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Number of the item.
    pub item: u32,
    /// Score. Higher is better; scores of different requests cannot be compared.
    pub score: f64,
}

/// Sessions, and for each item the newest sessions that contain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionIndex {
    /// Items of each session, the oldest session first.
    sessions: Lists,
    /// Sessions of each item, the newest first, at most [`MAX_CANDIDATES`].
    postings: Lists,
    /// Number of sessions with each item, including those that were pruned.
    frequencies: Vec<u32>,
    /// Number of sessions, including those that were pruned.
    total: u32,
}

impl SessionIndex {
    /// Indexes sessions of items below `items`, the oldest session first. Sessions that are no longer among the newest of any of their
    /// items are pruned.
    pub fn build(sessions: &Lists, items: usize) -> Self {
        let mut frequencies = vec![0_u32; items];
        let mut newest: Vec<Vec<u32>> = vec![Vec::new(); items];
        let mut kept = Vec::new();
        for session in sessions.iter().rev() {
            let mut is_kept = false;
            for item in distinct(session).filter_map(|item| usize::try_from(item).ok()).filter(|item| *item < items) {
                if let (Some(frequency), Some(newest)) = (frequencies.get_mut(item), newest.get_mut(item)) {
                    *frequency += 1;
                    if newest.len() < MAX_CANDIDATES {
                        // Numbers are known once all kept sessions are: until then they count from the newest.
                        newest.push(u32::try_from(kept.len()).unwrap_or(u32::MAX));
                        is_kept = true;
                    }
                }
            }
            if is_kept {
                kept.push(session);
            }
        }
        let last = u32::try_from(kept.len()).unwrap_or(u32::MAX).saturating_sub(1);
        let (mut pruned, mut postings) = (Lists::default(), Lists::default());
        for session in kept.iter().rev() {
            let items: Vec<u32> = distinct(session).filter(|item| (*item as usize) < items).collect();
            pruned.push(&items);
        }
        for numbers in &newest {
            let numbers: Vec<u32> = numbers.iter().map(|number| last.saturating_sub(*number)).collect();
            postings.push(&numbers);
        }
        let total = u32::try_from(sessions.len()).unwrap_or(u32::MAX);
        Self { sessions: pruned, postings, frequencies, total }
    }

    /// Number of sessions that are kept.
    pub fn sessions(&self) -> usize {
        self.sessions.len()
    }

    /// Size of what [`Self::write`] writes, in words.
    pub fn words(&self) -> usize {
        let lists = |lists: &Lists| lists.starts.len() + lists.values.len() + 2;
        lists(&self.sessions) + lists(&self.postings) + self.frequencies.len() + 3
    }

    /// Number of sessions with an item, including those that were pruned.
    pub fn frequency(&self, item: u32) -> u32 {
        self.frequencies.get(item as usize).copied().unwrap_or_default()
    }

    /// The items that follow in sessions like this one, the best first.
    pub fn recommend(&self, evolving: Evolving<'_>) -> Vec<Scored> {
        let recent = recent(evolving);
        let mut parts: Vec<(u32, f64)> = Vec::new();
        for (session, similarity) in self.neighbours(&recent) {
            let items = self.sessions.get(session);
            let Some(steps) = recent.iter().position(|item| items.contains(item)) else { continue };
            let weight = similarity * (1.0 - DECAY_PER_STEP * small(steps)).max(0.0);
            let others = items.iter().filter(|item| !evolving.excluded.contains(item));
            parts.extend(others.map(|item| (*item, weight * self.inverse_frequency(*item))));
        }
        parts.sort_by_key(|(item, _)| *item);
        let summed = parts.chunk_by(|a, b| a.0 == b.0).filter_map(|parts| {
            let item = parts.first()?.0;
            Some(Scored { item, score: parts.iter().map(|(_, part)| part).sum() })
        });
        let mut summed: Vec<Scored> = summed.collect();
        summed.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
        summed.truncate(MAX_RESULTS);
        summed
    }

    /// The most similar sessions, the best first, with their similarity; `recent` has the last items, the newest first.
    fn neighbours(&self, recent: &[u32]) -> Vec<(u32, f64)> {
        let mut similarities: HashMap<u32, f64> = HashMap::with_capacity(MAX_CANDIDATES);
        let mut oldest: BinaryHeap<Reverse<u32>> = BinaryHeap::with_capacity(MAX_CANDIDATES);
        for (steps, item) in recent.iter().enumerate() {
            let weight = small(recent.len() - steps) / small(recent.len());
            for session in self.postings.get(*item) {
                if let Some(similarity) = similarities.get_mut(session) {
                    *similarity += weight;
                    continue;
                }
                if similarities.len() >= MAX_CANDIDATES {
                    let Some(Reverse(replaced)) = oldest.pop_if_older(*session) else {
                        // The rest of this item's sessions is older still.
                        break;
                    };
                    similarities.remove(&replaced);
                }
                similarities.insert(*session, weight);
                oldest.push(Reverse(*session));
            }
        }
        let known = oldest.into_iter().map(|Reverse(session)| session);
        let mut candidates: Vec<(u32, f64)> =
            known.filter_map(|session| Some((session, *similarities.get(&session)?))).collect();
        candidates.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
        candidates.truncate(MAX_NEIGHBOURS);
        candidates
    }

    fn inverse_frequency(&self, item: u32) -> f64 {
        (f64::from(self.total) / f64::from(self.frequency(item).max(1))).ln()
    }

    /// Writes the index.
    pub fn write(&self, writer: &mut WordWriter) {
        writer.word(self.total);
        writer.word(u32::try_from(self.sessions.len()).unwrap_or(u32::MAX));
        self.sessions.write(writer);
        self.postings.write(writer);
        writer.array(&self.frequencies);
    }

    /// Reads an index of items below `items`.
    pub fn read(reader: &mut WordReader<'_>, items: usize) -> Result<Self, Malformed> {
        let (total, count) = (reader.word()?, reader.word()? as usize);
        let sessions = Lists::read(reader, count, items)?;
        let postings = Lists::read(reader, items, count)?;
        let frequencies = reader.array()?;
        let is_valid = frequencies.len() == items;
        is_valid.then_some(Self { sessions, postings, frequencies, total }).ok_or(Malformed)
    }
}

/// Takes out the oldest session, if it is older than another one.
trait PopIfOlder {
    fn pop_if_older(&mut self, session: u32) -> Option<Reverse<u32>>;
}

impl PopIfOlder for BinaryHeap<Reverse<u32>> {
    fn pop_if_older(&mut self, session: u32) -> Option<Reverse<u32>> {
        let is_older = self.peek().is_some_and(|Reverse(oldest)| *oldest < session);
        is_older.then(|| self.pop()).flatten()
    }
}

/// The last items, the newest first, each once.
fn recent(evolving: Evolving<'_>) -> Vec<u32> {
    let mut recent = Vec::with_capacity(evolving.last_items);
    for item in evolving.items.iter().rev() {
        if recent.len() == evolving.last_items {
            break;
        }
        if !recent.contains(item) {
            recent.push(*item);
        }
    }
    recent
}

/// The items of a session, each once. Sessions are short.
fn distinct(session: &[u32]) -> impl Iterator<Item = u32> {
    session.iter().enumerate().filter(|(index, item)| !session[..*index].contains(item)).map(|(_, item)| *item)
}

/// A small number.
fn small(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}
