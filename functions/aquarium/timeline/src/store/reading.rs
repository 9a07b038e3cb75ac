//! Reads of members: the timeline at its end, its entries, its past states.

use dynamo::{Cursor, Outbox, Page, Read, StoreError, Versioned, is_written};
use jiff::{Timestamp, ToSpan};
use types::{AquariumId, UserId, Uuid};

use super::keys::{
    access_key, entries_of, entry_key, happened, happened_key, head_key, mark_key, projection_key, rebuild_key,
    snapshots_before, view_key,
};
use super::{Mark, Store};
use crate::domain::access::{Access, Scope};
use crate::domain::entry::Entry;
use crate::domain::month::{Month, MonthView};
use crate::domain::projection::{Projection, Rebuild, RebuildOf, Snapshot};
use crate::domain::state::{SavedState, State};
use crate::domain::stream::{Head, Stream};

/// Entries per read of a replay.
const REPLAY_PAGE: u32 = 500;
/// Maximum number of entries that one attempt folds to compute a state again. The next one goes on from there.
pub const MAX_REBUILT_ENTRIES: u64 = 2_000;
/// From so many folded entries on, a whole result is kept too. To read fewer costs about as much as to write the result.
const MIN_KEPT_ENTRIES: u64 = 100;
/// Snapshots that are read to find one of this version of the code.
const SNAPSHOT_CANDIDATES: u32 = 4;

/// A timeline that a member opened: the authority, and the end of the log, from one strongly consistent read.
#[derive(Debug)]
pub struct Opened {
    /// The members. Writes are conditional on it.
    pub access: Versioned<Access>,
    /// What the caller may do.
    pub scope: Scope,
    /// The end of the log; none if there are no entries.
    pub head: Option<Versioned<Head>>,
    /// The mark of the command, if it was carried out before.
    pub mark: Option<Mark>,
    /// The entry that the command is about, if the caller is the owner, in whose partition it was looked for.
    pub(super) own_entry: Option<Versioned<Entry>>,
}

impl Opened {
    /// Sequence number of the last entry, 0 without entries.
    pub fn last_seq(&self) -> u64 {
        self.head.as_ref().map_or(0, |head| head.value.last_seq)
    }
}

/// A month, and how far the views are.
#[derive(Debug)]
pub struct ReadMonth {
    /// The month; none without entries.
    pub view: Option<MonthView>,
    /// Sequence number of the last entry that all views include.
    pub as_of: u64,
}

/// How far a replay came.
struct Replayed {
    state: State,
    /// False if more entries follow.
    is_whole: bool,
}

impl Store {
    /// Opens a timeline to read; none for users without access.
    pub async fn open(&self, user: UserId, aquarium: AquariumId) -> Result<Option<Opened>, StoreError> {
        self.open_with(user, aquarium, None, None).await
    }

    /// Opens a timeline for a command, which may be about an entry; none for users without access.
    pub async fn open_for(
        &self,
        user: UserId,
        aquarium: AquariumId,
        command: Uuid,
        entry: Option<u64>,
    ) -> Result<Option<Opened>, StoreError> {
        self.open_with(user, aquarium, Some(command), entry).await
    }

    async fn open_with(
        &self,
        user: UserId,
        aquarium: AquariumId,
        command: Option<Uuid>,
        entry: Option<u64>,
    ) -> Result<Option<Opened>, StoreError> {
        let mut keys = vec![access_key(aquarium), head_key(aquarium)];
        keys.extend(command.map(|command| mark_key(aquarium, command)));
        keys.extend(entry.map(|seq| entry_key(user, aquarium, seq)));
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let Some(access) = found.take::<Access>(access_key(aquarium))? else { return Ok(None) };
        let Some(scope) = access.value.scope(user) else { return Ok(None) };
        let head = found.take(head_key(aquarium))?;
        let mark = command.map(|command| found.take::<Mark>(mark_key(aquarium, command))).transpose()?.flatten();
        let own_entry = entry.map(|seq| found.take(entry_key(user, aquarium, seq))).transpose()?.flatten();
        Ok(Some(Opened { access, scope, head, mark: mark.map(|mark| mark.value), own_entry }))
    }

    /// Returns the entry that a command is about. That of a keeper takes another read, since it lies under the owner.
    pub async fn target(&self, opened: &Opened, seq: u64) -> Result<Option<Versioned<Entry>>, StoreError> {
        if opened.scope.is_owner() { Ok(opened.own_entry.clone()) } else { self.entry(&opened.scope, seq).await }
    }

    /// Returns the authority of a user; none for users without access.
    pub async fn scope(&self, user: UserId, aquarium: AquariumId) -> Result<Option<Scope>, StoreError> {
        let access = self.table.get::<Access>(access_key(aquarium), Read::Strong).await?;
        Ok(access.and_then(|access| access.value.scope(user)))
    }

    /// Returns the authority of a user and an entry, which is read at the same time if the user is the owner.
    pub async fn entry_for(
        &self,
        user: UserId,
        aquarium: AquariumId,
        seq: u64,
    ) -> Result<Option<(Scope, Option<Versioned<Entry>>)>, StoreError> {
        let own = entry_key(user, aquarium, seq);
        let mut found = self.table.get_many(vec![access_key(aquarium), own], Read::Strong).await?;
        let access = found.take::<Access>(access_key(aquarium))?;
        let Some(scope) = access.and_then(|access| access.value.scope(user)) else { return Ok(None) };
        let entry = if scope.is_owner() {
            found.take(entry_key(user, aquarium, seq))?
        } else {
            self.entry(&scope, seq).await?
        };
        Ok(Some((scope, entry)))
    }

    /// Returns an entry.
    pub async fn entry(&self, scope: &Scope, seq: u64) -> Result<Option<Versioned<Entry>>, StoreError> {
        self.table.get(entry_key(scope.owner_id(), scope.aquarium_id(), seq), Read::Strong).await
    }

    /// Returns the entries with sequence numbers from `first` to `last`, at most 100.
    pub async fn entries_between(
        &self,
        scope: &Scope,
        first: u64,
        last: u64,
    ) -> Result<Vec<Versioned<Entry>>, StoreError> {
        let keys = (first..=last).map(|seq| entry_key(scope.owner_id(), scope.aquarium_id(), seq)).collect();
        self.table.get_many(keys, Read::Strong).await?.into_all()
    }

    /// A page of the entries that happened before an instant, newest first, as the index has them.
    pub async fn entries_before(
        &self,
        aquarium: AquariumId,
        before: Option<Timestamp>,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<Entry>, StoreError> {
        let bound = before.map(|before| happened_key(aquarium, before, 0).cursor());
        let after = match (after, bound) {
            // Both are places in the same order: the earlier one is the end of what is asked for.
            (Some(after), Some(bound)) => Some(if after.as_str() < bound.as_str() { after } else { bound }),
            (after, bound) => after.or(bound),
        };
        self.table.list_index(happened(aquarium), true, limit, after).await
    }

    /// Returns the end of a timeline with its state, which is computed from the entries if the head has one of another version.
    /// None while that takes further attempts.
    pub async fn stream(&self, opened: &Opened) -> Result<Option<Stream>, StoreError> {
        let scope = &opened.scope;
        let Some(head) = &opened.head else {
            return Ok(Some(Stream::new(scope.aquarium_id(), scope.owner_id())));
        };
        let state = if let Some(state) = head.value.saved.load() {
            Some(state)
        } else {
            let rebuilt = self.rebuilt(&opened.access, scope.owner_id(), (RebuildOf::Head, head.value.last_seq));
            // Boxed, because the future is large and rare.
            Box::pin(rebuilt).await?
        };
        Ok(state.map(|state| Stream::at(&head.value, scope.owner_id(), state)))
    }

    /// Folds all entries up to a sequence number, from where the last attempt ended. None if these are more than
    /// [`MAX_REBUILT_ENTRIES`]: the next attempt goes on.
    pub(super) async fn rebuilt(
        &self,
        access: &Versioned<Access>,
        owner: UserId,
        (of, seq): (RebuildOf, u64),
    ) -> Result<Option<State>, StoreError> {
        let aquarium = access.value.aquarium_id;
        let mut found = self.table.get_many(vec![rebuild_key(aquarium, of)], Read::Strong).await?;
        let read = found.take::<Rebuild>(rebuild_key(aquarium, of))?;
        let known = read.as_ref().and_then(|read| read.value.saved.load());
        let known_seq = known.as_ref().map_or(0, |state| state.seq);
        let begun = known.filter(|state| state.seq <= seq).unwrap_or_default();
        let until = |entry: &Entry| entry.seq <= seq;
        let Replayed { state, is_whole } = self.replay(owner, aquarium, begun, until, MAX_REBUILT_ENTRIES).await?;
        if !is_whole {
            if of.keeps_part(state.seq, known_seq) {
                self.keep_rebuild(access, (of, read.as_ref()), &state).await?;
            }
            return Ok(None);
        }
        // A timeline that is only read is not folded again at each read. The head is left to appends: older code that still runs
        // refuses to append to a head of newer code.
        if state.seq >= known_seq.saturating_add(MIN_KEPT_ENTRIES)
            && let Err(error) = self.keep_rebuild(access, (of, read.as_ref()), &state).await
        {
            tracing::warn!(%aquarium, %error, "the state of a timeline is computed again at its next read");
        }
        Ok(Some(state))
    }

    /// Keeps how far a state was computed. Of two attempts at the same time one is kept, and none of an aquarium that was deleted
    /// meanwhile.
    async fn keep_rebuild(
        &self,
        access: &Versioned<Access>,
        (of, read): (RebuildOf, Option<&Versioned<Rebuild>>),
        state: &State,
    ) -> Result<(), StoreError> {
        let saved = SavedState::of(state).map_err(|error| StoreError::Refused(error.to_string()))?;
        let next = Rebuild { aquarium_id: access.value.aquarium_id, of, saved };
        let transaction = self.table.transaction().unchanged(access);
        let transaction = match read {
            Some(read) => transaction.replace(read, &next, &Outbox::none()),
            None => transaction.create(&next, &Outbox::none()),
        };
        is_written(transaction.commit().await)?;
        Ok(())
    }

    /// Folds at most `max` entries after a state, as long as `until` holds.
    async fn replay(
        &self,
        owner: UserId,
        aquarium: AquariumId,
        mut state: State,
        until: impl Fn(&Entry) -> bool,
        max: u64,
    ) -> Result<Replayed, StoreError> {
        let limit = state.seq.saturating_add(max);
        let mut after = Some(entry_key(owner, aquarium, state.seq).cursor());
        loop {
            let page = self.entry_page(owner, aquarium, after, REPLAY_PAGE).await?;
            for entry in page.items {
                if !until(&entry.value) {
                    return Ok(Replayed { state, is_whole: true });
                }
                if state.seq >= limit {
                    return Ok(Replayed { state, is_whole: false });
                }
                state = folded(&state, &entry.value)?;
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(Replayed { state, is_whole: true }),
            }
        }
    }

    /// A page of the log.
    pub(super) async fn entry_page(
        &self,
        owner: UserId,
        aquarium: AquariumId,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<Entry>, StoreError> {
        self.table.list_strong::<Entry>(entries_of(owner, aquarium), false, limit, after).await
    }

    /// Returns the newest snapshot of this version of the code that was recorded by an instant.
    pub async fn snapshot_at(&self, aquarium: AquariumId, at: Timestamp) -> Result<Option<State>, StoreError> {
        let after = at.checked_add(1.millisecond()).unwrap_or(Timestamp::MAX);
        let cursor = snapshots_before(aquarium, after.as_millisecond().max(0)).cursor();
        let prefix = super::keys::of_kind(aquarium, "snap");
        let page = self.table.list::<Snapshot>(prefix, true, SNAPSHOT_CANDIDATES, Some(cursor)).await?;
        Ok(page.items.iter().find_map(|snapshot| snapshot.value.saved.load()))
    }

    /// Returns the state at an instant: a snapshot and the entries that were recorded after it. None if these are more than
    /// `max`.
    pub async fn state_at(
        &self,
        scope: &Scope,
        snapshot: Option<State>,
        at: Timestamp,
        max: u64,
    ) -> Result<Option<State>, StoreError> {
        let until = |entry: &Entry| entry.recorded_at <= at;
        let start = snapshot.unwrap_or_default();
        let replayed = self.replay(scope.owner_id(), scope.aquarium_id(), start, until, max).await?;
        Ok(replayed.is_whole.then_some(replayed.state))
    }

    /// Returns a month for a user; none for users without access. The progress is read before the month, which then includes at least
    /// that much: a batch of reads is no snapshot.
    pub async fn month_for(
        &self,
        user: UserId,
        aquarium: AquariumId,
        month: Month,
    ) -> Result<Option<ReadMonth>, StoreError> {
        let keys = vec![access_key(aquarium), projection_key(aquarium)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let access = found.take::<Access>(access_key(aquarium))?;
        let Some(scope) = access.and_then(|access| access.value.scope(user)) else { return Ok(None) };
        let as_of = found.take::<Projection>(projection_key(aquarium))?.map_or(0, |read| read.value.as_of);
        let view = self.table.get::<MonthView>(view_key(scope.owner_id(), aquarium, month), Read::Strong).await?;
        Ok(Some(ReadMonth { view: view.map(|view| view.value), as_of }))
    }
}

/// Returns the state after an entry.
pub(super) fn folded(state: &State, entry: &Entry) -> Result<State, StoreError> {
    let recorded = entry.recorded().map_err(|error| StoreError::Corrupt {
        key: format!("entry {}", entry.seq),
        kind: std::any::type_name::<Entry>(),
        reason: error.to_string(),
    })?;
    Ok(state.after(entry.seq, &recorded))
}
