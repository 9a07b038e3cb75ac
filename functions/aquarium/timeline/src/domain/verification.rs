//! Verification of a timeline: everything that is derived from the log is computed again and compared.

use std::collections::BTreeMap;

use types::{AquariumId, UserId};

use super::correction::Recorded;
use super::entry::{Amended, CHAIN_START, Entry, UnreadableEntry};
use super::month::{Month, MonthView, months_of};
use super::projection::{Projection, Snapshot};
use super::state::{FOLD_VERSION, SHAPE, SavedState, State};
use super::stream::Head;

/// A difference between the log and what is derived from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// The log has no entry with this number. It cannot be repaired.
    Gap(u64),
    /// The entry does not follow the one before: one of them was changed. It cannot be repaired.
    Chain(u64),
    /// The entry cannot be read. It cannot be repaired.
    Unreadable(u64),
    /// The head differs from the end of the log.
    Head,
    /// The entry does not show its corrections.
    Entry(u64),
    /// The snapshot after this entry differs.
    Snapshot(u64),
    /// The progress of the views has another state.
    Projection,
    /// The month differs.
    Month(Month),
}

impl Difference {
    /// Whether the log itself is damaged.
    pub const fn is_of_log(self) -> bool {
        matches!(self, Self::Gap(_) | Self::Chain(_) | Self::Unreadable(_))
    }
}

/// What is stored beside the log.
#[derive(Debug, Clone)]
pub struct Derived {
    /// The head.
    pub head: Head,
    /// The progress of the views.
    pub projection: Option<Projection>,
    /// The snapshots.
    pub snapshots: Vec<Snapshot>,
    /// The months.
    pub months: Vec<MonthView>,
}

/// A verification, which reads the entries in their order.
#[derive(Debug)]
pub struct Verification {
    aquarium_id: AquariumId,
    owner_id: UserId,
    /// The last entry whose effect the views have.
    as_of: u64,
    last_seq: u64,
    state: State,
    chain: String,
    /// The digest after each entry at which something saved stands.
    wanted: BTreeMap<u64, Option<SavedState>>,
    months: BTreeMap<Month, MonthView>,
    /// What corrections say of entries, and what the entries show.
    said: BTreeMap<u64, Amended>,
    shown: BTreeMap<u64, Amended>,
    differences: Vec<Difference>,
}

/// Result of a verification.
#[derive(Debug)]
pub struct Verified {
    /// The differences.
    pub differences: Vec<Difference>,
    /// The state after the last entry.
    pub saved: SavedState,
    /// Hash of the chain up to it.
    pub chain: String,
    /// What the entries that differ must show.
    pub amended: BTreeMap<u64, Option<Amended>>,
}

impl Verification {
    /// Starts before the first entry.
    pub fn new(owner_id: UserId, derived: &Derived) -> Self {
        let as_of = derived.projection.as_ref().map_or(0, |projection| projection.as_of);
        let snapshots = derived.snapshots.iter().map(|snapshot| snapshot.saved.seq);
        Self {
            aquarium_id: derived.head.aquarium_id,
            owner_id,
            as_of,
            last_seq: derived.head.last_seq,
            state: State::default(),
            chain: CHAIN_START.to_owned(),
            wanted: snapshots.chain([as_of]).map(|seq| (seq, None)).collect(),
            months: BTreeMap::new(),
            said: BTreeMap::new(),
            shown: BTreeMap::new(),
            differences: Vec::new(),
        }
    }

    /// Reads the next entry. Returns false after the last one, and once the log is damaged.
    pub fn read(&mut self, entry: &Entry) -> Result<bool, serde_json::Error> {
        let seq = self.state.seq + 1;
        if seq > self.last_seq {
            return Ok(false);
        }
        if entry.seq != seq {
            self.differences.push(Difference::Gap(seq));
            return Ok(false);
        }
        if !entry.is_intact(&self.chain) {
            self.differences.push(Difference::Chain(seq));
            return Ok(false);
        }
        match entry.recorded() {
            Ok(recorded) => self.count(entry, &recorded)?,
            Err(UnreadableEntry { seq }) => self.differences.push(Difference::Unreadable(seq)),
        }
        Ok(self.differences.is_empty())
    }

    fn count(&mut self, entry: &Entry, recorded: &Recorded) -> Result<(), serde_json::Error> {
        let seq = entry.seq;
        self.state = self.state.after(seq, recorded);
        self.chain.clone_from(&entry.chain);
        self.shown.extend(entry.amended.clone().map(|amended| (seq, amended)));
        self.note(seq, recorded);
        if seq <= self.as_of {
            for month in months_of(seq, recorded) {
                let new = || MonthView::new(self.aquarium_id, self.owner_id, month);
                self.months.entry(month).or_insert_with(new).apply(seq, recorded);
            }
        }
        if let Some(wanted) = self.wanted.get_mut(&seq) {
            *wanted = Some(SavedState::of(&self.state)?);
        }
        Ok(())
    }

    /// Notes what a correction says of its entry.
    fn note(&mut self, seq: u64, recorded: &Recorded) {
        let (of, retracted, occurrence) = match recorded {
            Recorded::Occurred(_) => return,
            Recorded::Corrected(correction) => (correction.of, false, correction.now.clone()),
            Recorded::Retracted(retraction) => (retraction.of, true, retraction.was.clone()),
        };
        let mut by = self.said.remove(&of).map(|amended| amended.by).unwrap_or_default();
        by.push(seq);
        self.said.insert(of, Amended { by, retracted, occurrence });
    }

    /// Compares what was read with what is stored beside the log.
    pub fn finish(mut self, derived: &Derived) -> Result<Verified, serde_json::Error> {
        let saved = SavedState::of(&self.state)?;
        if self.differences.is_empty() && self.state.seq < self.last_seq {
            self.differences.push(Difference::Gap(self.state.seq + 1));
        }
        let mut amended = BTreeMap::new();
        if self.differences.is_empty() {
            if derived.head.chain != self.chain || derived.head.saved != saved {
                self.differences.push(Difference::Head);
            }
            amended = self.compare_entries();
            self.compare_snapshots(derived);
            self.compare_views(derived)?;
        }
        self.differences.sort_unstable();
        self.differences.dedup();
        Ok(Verified { differences: self.differences, saved, chain: self.chain, amended })
    }

    fn compare_entries(&mut self) -> BTreeMap<u64, Option<Amended>> {
        let seqs = self.said.keys().chain(self.shown.keys()).copied().collect::<std::collections::BTreeSet<_>>();
        let differs = |seq: &u64| self.said.get(seq) != self.shown.get(seq);
        let wrong: BTreeMap<_, _> =
            seqs.into_iter().filter(differs).map(|seq| (seq, self.said.get(&seq).cloned())).collect();
        self.differences.extend(wrong.keys().map(|seq| Difference::Entry(*seq)));
        wrong
    }

    /// Snapshots of other versions of the code are not used, so they cannot be wrong.
    fn compare_snapshots(&mut self, derived: &Derived) {
        let ours = |saved: &SavedState| (saved.fold_version, saved.shape) == (FOLD_VERSION, SHAPE);
        for snapshot in derived.snapshots.iter().filter(|snapshot| ours(&snapshot.saved)) {
            let seq = snapshot.saved.seq;
            if self.wanted.get(&seq).and_then(Option::as_ref) != Some(&snapshot.saved) {
                self.differences.push(Difference::Snapshot(seq));
            }
        }
    }

    fn compare_views(&mut self, derived: &Derived) -> Result<(), serde_json::Error> {
        if let Some(projection) = &derived.projection {
            let expected = match self.wanted.get(&self.as_of).and_then(Option::as_ref) {
                Some(saved) => saved.clone(),
                None => SavedState::of(&State::default())?,
            };
            if projection.saved != expected {
                self.differences.push(Difference::Projection);
            }
        }
        let stored: BTreeMap<_, _> = derived.months.iter().map(|view| (view.month, view)).collect();
        let months = stored.keys().chain(self.months.keys());
        let wrong = months.filter(|month| stored.get(month).copied() != self.months.get(month));
        self.differences.extend(wrong.map(|month| Difference::Month(*month)).collect::<Vec<_>>());
        Ok(())
    }
}
