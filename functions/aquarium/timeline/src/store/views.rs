//! The views that a consumer keeps: months, and snapshots of the state.

use std::collections::BTreeSet;

use dynamo::{ConflictRetry, Entity, Outbox, Read, StoreError, Versioned, is_written};
use kit::sqs::Round;
use types::{AquariumId, UserId};

use super::Store;
use super::keys::{access_key, entry_key, head_key, projection_key, view_key};
use super::reading::folded;
use crate::domain::access::Access;
use crate::domain::entry::Entry;
use crate::domain::month::{Month, MonthView, months_of};
use crate::domain::projection::{Projection, RebuildOf, Snapshot, is_snapshot_due};
use crate::domain::state::{SavedState, State};
use crate::domain::stream::Head;

/// Entries per transaction: each changes at most two months, and a transaction has at most 100 writes.
const ROUND_ENTRIES: u32 = 40;

/// What a round starts from.
struct Progress {
    access: Versioned<Access>,
    owner: UserId,
    head: Option<Versioned<Head>>,
    known: Option<Versioned<Projection>>,
    state: State,
}

/// What a round finds.
enum Found {
    /// The aquarium is unknown or deleted.
    Nothing,
    /// The state is of other code, and is computed again. The next round goes on.
    Rebuilding,
    /// Everything that a round starts from.
    Ready(Box<Progress>),
}

impl Store {
    /// Includes the next entries in the views of a timeline. The log decides what comes next and not the event, so duplicates,
    /// gaps and any order of events have no effect.
    pub async fn advance(&self, aquarium: AquariumId) -> Result<Round, StoreError> {
        let mut retry = ConflictRetry::default();
        loop {
            let progress = match self.progress(aquarium).await? {
                Found::Nothing => return Ok(Round { changed: 0, more: false }),
                Found::Rebuilding => return Ok(Round { changed: 1, more: true }),
                Found::Ready(progress) => progress,
            };
            let mut entries = self.next_entries(&progress, aquarium).await?;
            let Some(last) = entries.pop() else { return Ok(Round { changed: 0, more: false }) };
            entries.push(last.clone());
            if self.include(&progress, aquarium, &entries).await? {
                let more = progress.head.as_ref().is_some_and(|head| head.value.last_seq > last.seq);
                return Ok(Round { changed: entries.len(), more });
            }
            retry.pause().await?;
        }
    }

    async fn progress(&self, aquarium: AquariumId) -> Result<Found, StoreError> {
        let keys = vec![access_key(aquarium), head_key(aquarium), projection_key(aquarium)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let Some(access) = found.take::<Access>(access_key(aquarium))? else { return Ok(Found::Nothing) };
        let Some(owner) = access.value.owner_id else { return Ok(Found::Nothing) };
        let head = found.take::<Head>(head_key(aquarium))?;
        let known = found.take::<Projection>(projection_key(aquarium))?;
        let state = match &known {
            None => Some(State::default()),
            Some(known) => match known.value.saved.load() {
                Some(state) => Some(state),
                // Other code wrote it.
                None => Box::pin(self.rebuilt(&access, owner, (RebuildOf::Views, known.value.as_of))).await?,
            },
        };
        let ready = |state| Found::Ready(Box::new(Progress { access, owner, head, known, state }));
        Ok(state.map_or(Found::Rebuilding, ready))
    }

    /// The next entries, up to the next snapshot.
    async fn next_entries(&self, progress: &Progress, aquarium: AquariumId) -> Result<Vec<Entry>, StoreError> {
        let after = entry_key(progress.owner, aquarium, progress.state.seq).cursor();
        let page = self.entry_page(progress.owner, aquarium, Some(after), ROUND_ENTRIES).await?;
        let mut entries: Vec<Entry> = page.items.into_iter().map(|entry| entry.value).collect();
        if let Some(at) = entries.iter().position(|entry| is_snapshot_due(entry.seq)) {
            entries.truncate(at + 1);
        }
        Ok(entries)
    }

    /// Writes the views with these entries. Returns false if another invocation was faster.
    async fn include(&self, progress: &Progress, aquarium: AquariumId, entries: &[Entry]) -> Result<bool, StoreError> {
        let none = Outbox::none();
        let mut state = progress.state.clone();
        for entry in entries {
            state = folded(&state, entry)?;
        }
        let saved = SavedState::of(&state).map_err(|error| StoreError::Refused(error.to_string()))?;
        check_digest(progress, &saved);
        let mut transaction = self.table.transaction().unchanged(&progress.access);
        if let Some(last) = entries.last().filter(|last| is_snapshot_due(last.seq)) {
            let snapshot = Snapshot { aquarium_id: aquarium, recorded_at: last.recorded_at, saved: saved.clone() };
            // Views that are made again find the snapshots of before, which say the same.
            let found = self.table.get_many(vec![snapshot.key()], Read::Strong).await?;
            if !found.contains(snapshot.key()) {
                transaction = transaction.create(&snapshot, &none);
            }
        }
        let next = Projection { aquarium_id: aquarium, as_of: state.seq, saved };
        transaction = match &progress.known {
            Some(known) => transaction.replace(known, &next, &none),
            None => transaction.create(&next, &none),
        };
        for (read, view) in self.months(progress.owner, aquarium, entries).await? {
            transaction = match &read {
                Some(read) => transaction.replace(read, &view, &none),
                None => transaction.create(&view, &none),
            };
        }
        is_written(transaction.commit().await)
    }

    /// The months that entries change: as they were read, and as they are afterwards.
    async fn months(
        &self,
        owner: UserId,
        aquarium: AquariumId,
        entries: &[Entry],
    ) -> Result<Vec<(Option<Versioned<MonthView>>, MonthView)>, StoreError> {
        let mut recorded = Vec::new();
        for entry in entries {
            let one = entry.recorded().map_err(|error| StoreError::Refused(error.to_string()))?;
            recorded.push((entry.seq, one));
        }
        let months: BTreeSet<Month> = recorded.iter().flat_map(|(seq, one)| months_of(*seq, one)).collect();
        let keys = months.iter().map(|month| view_key(owner, aquarium, *month)).collect();
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let mut changed = Vec::new();
        for month in months {
            let read = found.take::<MonthView>(view_key(owner, aquarium, month))?;
            let mut view =
                read.as_ref().map_or_else(|| MonthView::new(aquarium, owner, month), |read| read.value.clone());
            for (seq, one) in &recorded {
                view.apply(*seq, one);
            }
            changed.push((read, view));
        }
        Ok(changed)
    }
}

/// The live state and the one of the views are folds of the same entries. A difference is a defect of this code or of the table.
fn check_digest(progress: &Progress, saved: &SavedState) {
    let Some(head) = &progress.head else { return };
    let live = &head.value.saved;
    let is_comparable = (live.seq, live.fold_version, live.shape) == (saved.seq, saved.fold_version, saved.shape);
    if is_comparable && live.digest != saved.digest {
        tracing::error!(aquarium = %head.value.aquarium_id, seq = saved.seq, "the digest of a timeline differs");
    }
}
