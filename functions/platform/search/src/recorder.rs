//! Counts searches in the memory of a function, and writes them to the table at most every ten seconds.
//!
//! A search costs no write of its own. What a process counted and has not written when it ends is lost: figures of searches are
//! statistics. The first search of a process is written at once, so a shop with few visitors misses none.

use dynamo::{Conflict, StoreError, Versioned};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::domain::figures::Figures;
use crate::domain::privacy::source_group;
use crate::domain::report::day_of;
use crate::store::{FigurePart, Store};

/// How often figures are written at most.
pub const WRITE_INTERVAL: SignedDuration = SignedDuration::from_secs(10);
/// How often a write is tried that meets others.
const MAX_ATTEMPTS: u32 = 3;

/// A search to count.
#[derive(Debug, Clone, Copy)]
pub struct CountedSearch<'a> {
    /// The text; empty if it is not kept.
    pub text: &'a str,
    /// Number of all hits.
    pub total: usize,
    /// Network address of the client.
    pub source: &'a str,
}

#[derive(Debug, Default)]
struct State {
    pending: Figures,
    /// The day of what is pending, and of the part.
    day: Date,
    part: Option<Versioned<FigurePart>>,
    is_read: bool,
    written_at: Option<Timestamp>,
}

/// Counts the searches of a collection.
#[derive(Debug)]
pub struct Recorder {
    collection: &'static str,
    part: u8,
    state: futures::lock::Mutex<State>,
}

impl Recorder {
    /// Counts in the part with this number; it may be any number.
    pub fn new(collection: &'static str, part: u8) -> Self {
        Self { collection, part, state: futures::lock::Mutex::default() }
    }

    /// Beside the other reads of a request: writes what waits, if it is time to, or reads what the next write needs.
    pub async fn prepare(&self, store: &Store, now: Timestamp) {
        let mut state = self.state.lock().await;
        if !is_due(&state, now) {
            return;
        }
        let prepared = if state.pending.is_empty() {
            self.begin_day(&mut state, store, day_of(now)).await
        } else {
            state.written_at = Some(now);
            self.write(&mut state, store).await
        };
        if let Err(error) = prepared {
            tracing::warn!(%error, "the figures of searches could not be read or written");
        }
    }

    /// Counts a search, and writes what was counted if it is time to. Failures are logged: no search fails because of its figures.
    pub async fn record(&self, store: &Store, search: CountedSearch<'_>, now: Timestamp) {
        let mut state = self.state.lock().await;
        let day = day_of(now);
        if let Err(error) = self.count(&mut state, store, search, day, now).await {
            tracing::warn!(%error, "the figures of searches could not be written");
        }
    }

    async fn count(
        &self,
        state: &mut State,
        store: &Store,
        search: CountedSearch<'_>,
        day: Date,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if state.day != day {
            self.begin_day(state, store, day).await?;
        }
        state.pending.add_search(search.text, search.total, source_group(search.source, day));
        if is_due(state, now) {
            state.written_at = Some(now);
            self.write(state, store).await?;
        }
        Ok(())
    }

    /// Writes what is pending of another day, and reads the part of this one.
    async fn begin_day(&self, state: &mut State, store: &Store, day: Date) -> Result<(), StoreError> {
        if state.day != day {
            self.write(state, store).await?;
            *state = State { day, written_at: state.written_at, ..State::default() };
        }
        self.read(state, store).await
    }

    async fn read(&self, state: &mut State, store: &Store) -> Result<(), StoreError> {
        if !state.is_read {
            state.part = store.figure_part(self.collection, state.day, self.part()).await?;
            state.is_read = true;
        }
        Ok(())
    }

    async fn write(&self, state: &mut State, store: &Store) -> Result<(), StoreError> {
        if state.pending.is_empty() {
            return Ok(());
        }
        self.read(state, store).await?;
        for _ in 0..MAX_ATTEMPTS {
            let known = state.part.as_ref().map(|part| part.value.clone());
            let mut next = known.unwrap_or_else(|| FigurePart::new(self.collection, state.day, self.part()));
            next.figures.merge(state.pending.clone());
            match store.write_figures(state.part.as_ref(), next).await {
                Ok(written) => {
                    (state.part, state.pending) = (Some(written), Figures::default());
                    return Ok(());
                }
                Err(Conflict::Item(newer)) => state.part = newer.map(|newer| *newer),
                Err(Conflict::Store(error)) => return Err(error),
            }
        }
        // What is pending waits for the next write.
        Ok(())
    }

    fn part(&self) -> u8 {
        self.part % crate::store::FIGURE_PARTS
    }
}

fn is_due(state: &State, now: Timestamp) -> bool {
    state.written_at.is_none_or(|written_at| now.duration_since(written_at) >= WRITE_INTERVAL)
}
