//! Suggestions of users about species: with the species, where the staff decides on them, and in the records of their users.

use dynamo::{
    Conflict, ConflictRetry, Cursor, Entity, IndexKey, Key, Outbox, Page, Read, StoreError, TransactionError,
    Versioned, is_written,
};
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use kit::limits::{Exceeded, Subject};
use kit::sqs::Round;
use types::{SuggestionId, UserId};

use super::species::changed;
use super::{Knowledge, SpeciesRead, SpeciesWrite, Store, species_key};
use crate::domain::limits::SUGGESTIONS;
use crate::domain::species::Species;
use crate::domain::species_id::SpeciesId;
use crate::domain::suggestion::{DELETED_HOURS, OwnSuggestion, PLACE_PREFIX, SHARDS, Shard, Suggestion, oldest};

/// What the sort keys in the list of a user start with.
const CREATED_PREFIX: &str = "created#";
/// Number of suggestions that lose their user in a round.
const FORGET_PAGE: u32 = 100;
/// The position of the record of the user in the transaction that creates a suggestion.
const OWN_RECORD: usize = 3;
/// The version of an open suggestion, and of its record: both are created together, and change with the decision only.
const OPEN_VERSION: u64 = 1;

impl Entity for Suggestion {
    type Context = Knowledge;

    fn key(&self) -> Key<Knowledge> {
        suggestion_key(&self.proposal.species_id, self.id)
    }

    /// Listed by its time while it is open.
    fn index(&self) -> Option<IndexKey<Knowledge>> {
        self.decision.is_none().then(|| IndexKey::new("suggestions", self.shard(), self.place()))
    }
}

impl Entity for OwnSuggestion {
    type Context = Knowledge;

    fn key(&self) -> Key<Knowledge> {
        own_key(self.user_id, self.id)
    }

    /// Listed for its user by its time, until it is deleted.
    fn index(&self) -> Option<IndexKey<Knowledge>> {
        let sort = format!("{CREATED_PREFIX}{:014}#{}", self.created_at.as_millisecond(), self.id);
        self.deleted_at.is_none().then(|| IndexKey::new("suggester", self.user_id, sort))
    }

    fn expires_at(&self) -> Option<i64> {
        self.deleted_at.map(|at| (at + SignedDuration::from_hours(DELETED_HOURS)).as_second())
    }
}

fn suggestion_key(species: &SpeciesId, id: SuggestionId) -> Key<Knowledge> {
    Key::new("species", species, format!("suggestion#{id}"))
}

fn own_key(user: UserId, id: SuggestionId) -> Key<Knowledge> {
    Key::new("user", user, format!("suggestion#{id}"))
}

/// What the keys of all suggestions of a user start with.
fn own_prefix(user: UserId) -> Key<Knowledge> {
    Key::new("user", user, "suggestion#")
}

/// Reason why a suggestion was not written.
#[derive(Debug)]
pub enum SuggestionNotWritten {
    /// The user has made too many today.
    Limit(Exceeded),
    /// The user deleted a suggestion that was made with the same key.
    KeyUsed,
    /// Something changed since it was read, or the account of the user is being erased. Read it again.
    Conflict,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for SuggestionNotWritten {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// Returns a species and a suggestion about it, in one round trip. The read is strongly consistent.
    pub async fn species_and_suggestion(
        &self,
        species: &SpeciesId,
        id: SuggestionId,
    ) -> Result<(Option<Versioned<Species>>, Option<Versioned<Suggestion>>), StoreError> {
        let keys = vec![species_key(species), suggestion_key(species, id)];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        Ok((found.take(species_key(species))?, found.take(suggestion_key(species, id))?))
    }

    /// Returns a species with its entries and a suggestion about it, in one round trip. The read is strongly consistent.
    pub async fn suggestion_to_decide(
        &self,
        species: &SpeciesId,
        id: SuggestionId,
    ) -> Result<(SpeciesRead, Option<Versioned<Suggestion>>), StoreError> {
        let (species, suggestion) = futures::join!(
            Box::pin(self.to_change(species)),
            Box::pin(self.table.get(suggestion_key(species, id), Read::Strong)),
        );
        Ok((species?, suggestion?))
    }

    /// Creates a suggestion with the record of its user.
    pub async fn create_suggestion(&self, suggestion: &Suggestion, user: UserId) -> Result<(), SuggestionNotWritten> {
        let (none, now) = (Outbox::none(), suggestion.created_at);
        let transaction = self.table.transaction().create(suggestion, &none).unless_forgotten(user);
        let mut transaction = SUGGESTIONS.count_in(transaction, Subject::User(user), now);
        if let Some(own) = suggestion.own() {
            transaction = transaction.create(&own, &none);
        }
        match transaction.commit().await {
            Ok(()) => Ok(()),
            Err(TransactionError::Store(error)) => Err(error.into()),
            // The record of a deleted suggestion: its ID must not name another one, which a decision would then be about.
            Err(TransactionError::Cancelled(cancelled)) if !cancelled.failed(0) && cancelled.failed(OWN_RECORD) => {
                Err(SuggestionNotWritten::KeyUsed)
            }
            // A repeated request finds the suggestion, also when the limit is reached.
            Err(TransactionError::Cancelled(cancelled)) if !cancelled.failed(0) && cancelled.failed(2) => {
                Err(SuggestionNotWritten::Limit(SUGGESTIONS.exceeded(now)))
            }
            Err(TransactionError::Cancelled(_)) => Err(SuggestionNotWritten::Conflict),
        }
    }

    /// Writes the decision on a suggestion that is as it was read, in the record of its user too, with the change of the species that
    /// follows from it. `notice` has the notification of the user.
    pub async fn decide_suggestion(
        &self,
        read: &Versioned<Suggestion>,
        next: &Suggestion,
        species: Option<&SpeciesWrite<'_>>,
        notice: &Outbox,
    ) -> Result<(), SuggestionNotWritten> {
        let mut transaction = self.table.transaction().replace(read, next, &Outbox::none());
        if let (Some(before), Some(after)) = (read.value.own(), next.own()) {
            // The events stay with the record of the user, where erasure finds them.
            transaction = transaction.replace(&Versioned::new(before, OPEN_VERSION), &after, notice);
        }
        if let Some(species) = species {
            transaction = changed(transaction, species);
        }
        match transaction.commit().await {
            Ok(()) => Ok(()),
            Err(TransactionError::Store(error)) => Err(error.into()),
            Err(TransactionError::Cancelled(_)) => Err(SuggestionNotWritten::Conflict),
        }
    }

    /// Returns a suggestion of a user that the user has not deleted.
    pub async fn own_suggestion(
        &self,
        user: UserId,
        id: SuggestionId,
    ) -> Result<Option<Versioned<OwnSuggestion>>, StoreError> {
        let own = self.table.get::<OwnSuggestion>(own_key(user, id), Read::Strong).await?;
        Ok(own.filter(|own| own.value.deleted_at.is_none()))
    }

    /// Deletes an open suggestion; the record of its user stays as deleted. False if it is not as it was read.
    pub async fn delete_suggestion(&self, own: &Versioned<OwnSuggestion>, now: Timestamp) -> Result<bool, StoreError> {
        let suggestion = Versioned::new(own.value.suggestion(), OPEN_VERSION);
        let (deleted, none) = (own.value.deleted(now), Outbox::none());
        is_written(self.table.transaction().delete(&suggestion).replace(own, &deleted, &none).commit().await)
    }

    /// Returns a page of the suggestions of a user, newest first.
    pub async fn suggestions_of(
        &self,
        user: UserId,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<OwnSuggestion>, StoreError> {
        self.table.list_index(IndexKey::new("suggester", user, CREATED_PREFIX), true, limit, after).await
    }

    /// Returns a page of the open suggestions, oldest first. All partitions are read at once.
    pub async fn open_suggestions(&self, limit: u32, after: Option<Cursor>) -> Result<Page<Suggestion>, StoreError> {
        let pages = (0..SHARDS).map(|shard| {
            let prefix = IndexKey::new("suggestions", shard, PLACE_PREFIX);
            self.table.list_index::<Suggestion>(prefix, false, limit, after.clone())
        });
        let shards = try_join_all(pages).await?.into_iter().map(|page| Shard {
            end: page.next.map(|end| end.as_str().to_owned()),
            items: page.items.into_iter().map(|read| (read.value.place(), read)).collect(),
        });
        let (items, next) = oldest(shards.collect(), usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(Page { items, next: next.map(Cursor::of) })
    }

    /// Removes a user from suggestions, a page at a time: open ones are deleted, and decided ones stay without the user.
    pub async fn forget_suggestions(&self, user: UserId) -> Result<Round, StoreError> {
        let page = self.table.list_strong::<OwnSuggestion>(own_prefix(user), false, FORGET_PAGE, None).await?;
        let more = page.next.is_some();
        let mut changed = 0;
        for own in page.items {
            self.without_user(suggestion_key(&own.value.proposal.species_id, own.value.id)).await?;
            // Only now: a repeat finds what a killed one left.
            changed += usize::from(self.table.remove(own).await?);
        }
        Ok(Round { changed, more })
    }

    /// Removes the user of a suggestion, or an open suggestion.
    async fn without_user(&self, key: Key<Knowledge>) -> Result<(), StoreError> {
        let mut retry = ConflictRetry::default();
        let mut read = self.table.get::<Suggestion>(key, Read::Strong).await?;
        loop {
            let Some(known) = read else { return Ok(()) };
            let written = match known.value.without_user() {
                _ if known.value.decision.is_none() => self.table.delete(&known).await,
                Some(next) => self.table.replace(&known, next, &Outbox::none()).await.map(drop),
                None => return Ok(()),
            };
            match written {
                Ok(()) => return Ok(()),
                Err(Conflict::Item(newer)) => read = newer.map(|newer| *newer),
                Err(Conflict::Store(error)) => return Err(error),
            }
            retry.pause().await?;
        }
    }
}
