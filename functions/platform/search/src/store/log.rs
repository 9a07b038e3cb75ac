//! The log of changes of a collection: one partition, which one query reads from a number on, with the pointer to the newest index.

use dynamo::{Entity, Key, Outbox, Read, StoreError, Transaction, Versioned};
use jiff::Timestamp;
use kit::snapshot::SnapshotRef;
use search_engine::Collection;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::figures::part_keys;
use super::{FigurePart, Search, Store};
use crate::domain::log::{CHANGE_LIFETIME, IndexState, Next, Sequence, Subject};
use crate::domain::report::day_of;

/// Number of changes of a page. A change has about 200 bytes, so a page has less than the 1 MB that a query reads.
const PAGE_CHANGES: u32 = 2_000;
/// Number of pages that are read at most. What is more is found by the next read.
const MAX_PAGES: usize = 10;
/// Counter of the head.
const SEQUENCE: &str = "sequence";

/// An item of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LogItem {
    /// A change.
    Change {
        /// Name of the collection.
        collection: String,
        /// Number, from 1 and without gaps.
        sequence: u64,
        /// What changed.
        subject: Subject,
        /// When.
        at: Timestamp,
    },
    /// The number of the last change.
    Head(Head),
    /// The newest index.
    Pointer(Pointer),
}

/// The number of the last change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    collection: String,
    #[serde(default)]
    sequence: u64,
}

/// The newest index of a collection. Builds move it under its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointer {
    /// Name of the collection.
    pub collection: String,
    /// Hash of the declaration that it was built for.
    #[serde(default)]
    pub declaration: String,
    /// Number of the index: one more with each build.
    pub epoch: u64,
    /// Its file.
    pub snapshot: SnapshotRef,
    /// The file of the index before it, which readers may be loading, or need if the newest is damaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<SnapshotRef>,
    /// Number of the last change that the index before it contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_covered: Option<u64>,
    /// Number of the last change that it contains.
    pub covered: u64,
    /// Number of its documents.
    pub documents: u64,
    /// Number of documents that the engine refused.
    #[serde(default)]
    pub refused: u64,
    /// When it was built.
    pub built_at: Timestamp,
}

impl Pointer {
    /// The hash of a collection's declaration. An index that was built for another is built again.
    pub fn declaration_of(collection: &Collection) -> String {
        types::hex(&Sha256::digest(format!("{collection:?}"))[..8])
    }

    /// True if it was built for this declaration.
    pub fn fits(&self, collection: &Collection) -> bool {
        self.declaration == Self::declaration_of(collection)
    }

    /// The index before it, if that can be read in its place.
    pub fn before(&self) -> Option<Self> {
        let (snapshot, covered) = (self.previous.clone()?, self.previous_covered?);
        let epoch = self.epoch.saturating_sub(1);
        Some(Self { snapshot, covered, epoch, previous: None, previous_covered: None, ..self.clone() })
    }

    /// True if its index contains what another contains.
    pub fn contains(&self, other: &Self) -> bool {
        self.covered >= other.covered && self.declaration == other.declaration
    }
}

/// A part of the log.
#[derive(Debug, Clone, Default)]
pub struct LogRead {
    /// Changes, in order. Those that are missing have expired.
    pub changes: Vec<(u64, Subject)>,
    /// The newest index; none before the first build.
    pub pointer: Option<Versioned<Pointer>>,
}

/// A transaction with a change of the log was not written.
#[derive(Debug)]
pub enum NotAppended {
    /// Another writer was faster: read again.
    Conflict,
    /// The table failed.
    Store(StoreError),
}

impl LogItem {
    fn sort_key(&self) -> String {
        match self {
            Self::Change { sequence, .. } => change_sort_key(*sequence),
            Self::Head(_) => "log#head".to_owned(),
            Self::Pointer(_) => "log#pointer".to_owned(),
        }
    }

    fn collection(&self) -> &str {
        match self {
            Self::Change { collection, .. }
            | Self::Head(Head { collection, .. })
            | Self::Pointer(Pointer { collection, .. }) => collection,
        }
    }
}

impl Entity for LogItem {
    type Context = Search;

    fn key(&self) -> Key<Search> {
        log_key(self.collection(), self.sort_key())
    }

    fn expires_at(&self) -> Option<i64> {
        match self {
            Self::Change { at, .. } => Some(at.as_second() + CHANGE_LIFETIME.as_secs()),
            _ => None,
        }
    }
}

/// Digits sort before letters, so head and pointer follow all changes.
fn change_sort_key(sequence: u64) -> String {
    format!("log#{sequence:020}")
}

fn log_key(collection: &str, sort: impl Into<String>) -> Key<Search> {
    Key::new("changes", collection, sort)
}

pub(super) fn head_key(collection: &str) -> Key<Search> {
    log_key(collection, "log#head")
}

pub(super) fn pointer_key(collection: &str) -> Key<Search> {
    log_key(collection, "log#pointer")
}

/// The number of the last change, from what was read.
pub(super) fn sequence_of(head: Option<Versioned<LogItem>>) -> u64 {
    match head.map(|head| head.value) {
        Some(LogItem::Head(head)) => head.sequence,
        _ => 0,
    }
}

pub(super) fn pointer_of(item: Versioned<LogItem>) -> Option<Versioned<Pointer>> {
    let version = item.version;
    match item.value {
        LogItem::Pointer(pointer) => Some(Versioned::new(pointer, version)),
        _ => None,
    }
}

/// Adds a change to a transaction, with the number after `last`. The transaction is refused if another change has that number.
pub(super) fn append(
    transaction: Transaction<Search>,
    (collection, last): (&str, u64),
    subject: Subject,
    at: Timestamp,
    outbox: &Outbox,
) -> Transaction<Search> {
    let (collection, sequence) = (collection.to_owned(), last + 1);
    let bound = i64::try_from(sequence).unwrap_or(i64::MAX);
    let head = LogItem::Head(Head { collection: collection.clone(), sequence });
    let change = LogItem::Change { collection, sequence, subject, at };
    transaction.count(&head, SEQUENCE, 1, bound..=bound).create(&change, outbox)
}

impl Store {
    /// Returns the changes after a number, and the pointer. The read is strongly consistent. Changes that have expired are left out.
    pub async fn log_after(&self, collection: &str, after: u64) -> Result<LogRead, StoreError> {
        let (mut read, mut numbers) = (LogRead::default(), Sequence::after(after));
        let cursor_after = |last: u64| Some(log_key(collection, change_sort_key(last)).cursor());
        let mut cursor = cursor_after(after);
        for _ in 0..MAX_PAGES {
            let page =
                self.table.list_strong::<LogItem>(log_key(collection, "log#"), false, PAGE_CHANGES, cursor).await?;
            cursor = page.next;
            for item in page.items {
                match item.value {
                    LogItem::Change { sequence, subject, .. } => match numbers.next(sequence) {
                        Next::Follows => read.changes.push((sequence, subject)),
                        Next::FollowsLost(lost) => {
                            tracing::error!(
                                collection,
                                from = lost.start,
                                to = lost.end,
                                "changes of the log are lost"
                            );
                            read.changes.push((sequence, subject));
                        }
                        Next::ReadAgain => {
                            cursor = cursor_after(numbers.last());
                            break;
                        }
                    },
                    LogItem::Pointer(pointer) => read.pointer = Some(Versioned::new(pointer, item.version)),
                    LogItem::Head(_) => {}
                }
            }
            if cursor.is_none() {
                break;
            }
        }
        Ok(read)
    }

    /// Returns the pointer. The read is strongly consistent.
    pub async fn pointer(&self, collection: &str) -> Result<Option<Versioned<Pointer>>, StoreError> {
        let item = self.table.get::<LogItem>(pointer_key(collection), Read::Strong).await?;
        Ok(item.and_then(pointer_of))
    }

    /// Returns the number of the last change, and the pointer. The read is strongly consistent.
    pub async fn log_state(&self, collection: &str) -> Result<(u64, Option<Versioned<Pointer>>), StoreError> {
        let keys = vec![head_key(collection), pointer_key(collection)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let last = sequence_of(found.take(head_key(collection))?);
        Ok((last, found.take::<LogItem>(pointer_key(collection))?.and_then(pointer_of)))
    }

    /// Returns whether a collection's index lacks something, and its file, in one strongly consistent read.
    pub async fn index_state(
        &self,
        collection: &Collection,
        now: Timestamp,
    ) -> Result<(IndexState, Option<SnapshotRef>), StoreError> {
        let today = day_of(now);
        let days = [today, today.saturating_sub(jiff::Span::new().days(1))];
        let mut keys = vec![head_key(collection.name), pointer_key(collection.name)];
        keys.extend(part_keys(collection.name, &days));
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let last = sequence_of(found.take(head_key(collection.name))?);
        let pointer = found.take::<LogItem>(pointer_key(collection.name))?.and_then(pointer_of);
        let fitting = pointer.filter(|pointer| pointer.value.fits(collection));
        let state = IndexState {
            last,
            covered: fitting.as_ref().map_or(0, |pointer| pointer.value.covered),
            built_at: fitting.as_ref().map(|pointer| pointer.value.built_at),
            has_searches: !found.into_readable::<FigurePart>().is_empty(),
            is_gone: false,
        };
        Ok((state, fitting.map(|pointer| pointer.value.snapshot)))
    }

    /// Moves the pointer, if it is still as it was read. False if another build was faster.
    pub async fn move_pointer(&self, read: Option<&Versioned<Pointer>>, next: &Pointer) -> Result<bool, StoreError> {
        let next = LogItem::Pointer(next.clone());
        let written = match read {
            Some(read) => {
                let read = Versioned::new(LogItem::Pointer(read.value.clone()), read.version);
                self.table.replace(&read, next, &Outbox::none()).await.map(drop)
            }
            None => self.table.create(next, &Outbox::none()).await.map(drop),
        };
        match written {
            Ok(()) => Ok(true),
            Err(dynamo::Conflict::Item(_)) => Ok(false),
            Err(dynamo::Conflict::Store(error)) => Err(error),
        }
    }

    /// Appends a change of nothing but the index, with the number after `last`.
    pub(crate) async fn append_only(
        &self,
        collection: &str,
        last: u64,
        at: Timestamp,
        outbox: &Outbox,
    ) -> Result<(), NotAppended> {
        commit(append(self.table.transaction(), (collection, last), Subject::Index, at, outbox)).await
    }
}

/// Commits a transaction whose conditions can be read and tried again.
pub(super) async fn commit(transaction: Transaction<Search>) -> Result<(), NotAppended> {
    match transaction.commit().await {
        Ok(()) => Ok(()),
        Err(dynamo::TransactionError::Cancelled(_)) => Err(NotAppended::Conflict),
        Err(dynamo::TransactionError::Store(error)) => Err(NotAppended::Store(error)),
    }
}
