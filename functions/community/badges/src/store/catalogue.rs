//! Badges and kinds of events in the table.

use std::sync::Arc;

use contracts::wallet::BUILT_IN_CURRENCIES;
use dynamo::{ConflictRetry, Decision, Entity, Key, Outbox, Read, StoreError, TransactionError, Versioned};
use jiff::{SignedDuration, Timestamp};
use types::{BadgeId, CurrencyCode, EventTypeId};

use super::{BADGES, Badges, CodeClaim, Currency, EventType, Store, badge_key, counter_key, in_catalogue};
use crate::domain::badge::Badge;
use crate::domain::catalogue::{Catalogue, Counter};

/// How long a process shows the catalogue without asking whether it has changed: all users read the one partition.
pub const FRESH_FOR: SignedDuration = SignedDuration::from_secs(1);
/// How many badges one query reads.
const PAGE_BADGES: u32 = 100;
/// How many queries read all badges: twice what the most badges need.
const MAX_PAGES: usize = 4;

/// Why a badge was not added or changed.
#[derive(Debug)]
pub enum NotChanged {
    /// The badge was added before.
    Exists(Box<Versioned<Badge>>),
    /// There is no such badge.
    Missing,
    /// Another badge has the code.
    CodeTaken,
    /// There is no room for another badge.
    Full,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for NotChanged {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// All badges as of at least this revision. What a process read before is used as long as it is right.
    pub async fn catalogue_at(&self, revision: u64, now: Timestamp) -> Result<Arc<Catalogue>, StoreError> {
        if let Some(kept) = self.kept(|kept| kept.catalogue.revision() >= revision) {
            return Ok(kept);
        }
        let mut retry = ConflictRetry::default();
        loop {
            // The change that counted up the revision may not be readable yet in all its items.
            let badges = self.badges().await?;
            let versions = badges.iter().map(|badge| (badge.value.id, badge.version)).collect();
            let badges = badges.into_iter().map(|badge| badge.value).collect();
            if let Some(catalogue) = Catalogue::new(revision, badges) {
                let catalogue = Arc::new(catalogue.with_versions(versions));
                self.keep(&catalogue, now);
                return Ok(catalogue);
            }
            retry.pause().await?;
        }
    }

    /// All badges, for who shows them: may miss the last second.
    pub async fn catalogue(&self, now: Timestamp) -> Result<Arc<Catalogue>, StoreError> {
        if let Some(kept) = self.kept(|kept| now.duration_since(kept.checked_at) < FRESH_FOR) {
            return Ok(kept);
        }
        let counter = self.table.get::<Counter>(counter_key(), Read::Eventual).await?;
        let catalogue = self.catalogue_at(counter.map_or(0, |counter| counter.value.revision), now).await?;
        self.keep(&catalogue, now);
        Ok(catalogue)
    }

    async fn badges(&self) -> Result<Vec<Versioned<Badge>>, StoreError> {
        let prefix = in_catalogue(BADGES.to_owned());
        let pages = self.table.list_pages(&prefix, PAGE_BADGES, MAX_PAGES, Read::Strong).await?;
        if pages.more {
            return Err(StoreError::Refused("there are more badges than there can be".into()));
        }
        Ok(pages.items)
    }

    /// A badge, as it stands now.
    pub async fn badge(&self, id: BadgeId) -> Result<Option<Versioned<Badge>>, StoreError> {
        self.table.get(badge_key(id), Read::Strong).await
    }

    /// How often badges were changed, as it stands now.
    pub async fn revision(&self) -> Result<u64, StoreError> {
        let counter = self.table.get::<Counter>(counter_key(), Read::Strong).await?;
        Ok(counter.map_or(0, |counter| counter.value.revision))
    }

    /// Adds a badge: `make` gets the revision that brings it.
    pub async fn add_badge(&self, make: impl Fn(u64) -> Badge) -> Result<Versioned<Badge>, NotChanged> {
        let mut retry = ConflictRetry::default();
        loop {
            let read = self.table.get::<Counter>(counter_key(), Read::Strong).await?;
            let counter = read.as_ref().map(|read| read.value.clone()).unwrap_or_default();
            let badge = make(counter.revision + 1);
            let Some(grown) = counter.grown() else {
                // A repeat of the request that took the last room gets its badge.
                let before = self.table.get::<Badge>(badge.key(), Read::Strong).await?;
                return Err(before.map_or(NotChanged::Full, |before| NotChanged::Exists(Box::new(before))));
            };
            let claim = CodeClaim { code: badge.design.code.clone(), badge_id: badge.id };
            let none = Outbox::none();
            let transaction = self.table.transaction().create(&badge, &none).create(&claim, &none);
            let transaction = match &read {
                Some(read) => transaction.replace(read, &grown, &none),
                None => transaction.create(&grown, &none),
            };
            match transaction.commit().await {
                Ok(()) => return Ok(Versioned::new(badge, 1)),
                Err(TransactionError::Store(error)) => return Err(error.into()),
                Err(TransactionError::Cancelled(cancelled)) => {
                    if let Some(before) = cancelled.item::<Badge>(0)? {
                        return Err(NotChanged::Exists(Box::new(before)));
                    }
                    if cancelled.failed(1) {
                        return Err(NotChanged::CodeTaken);
                    }
                }
            }
            retry.pause().await?;
        }
    }

    /// Changes a badge: `decide` gets it and the revision of the change, and gives it back changed, or nothing where there
    /// is nothing to change.
    pub async fn change_badge<E: From<NotChanged> + From<StoreError>>(
        &self,
        id: BadgeId,
        decide: impl Fn(&Versioned<Badge>, u64) -> Result<Option<Badge>, E>,
    ) -> Result<Versioned<Badge>, E> {
        let mut retry = ConflictRetry::default();
        loop {
            let mut found = self.table.get_many(vec![badge_key(id), counter_key()], Read::Strong).await?;
            let read = found.take::<Badge>(badge_key(id))?.ok_or(NotChanged::Missing)?;
            let counter = found.take::<Counter>(counter_key())?.ok_or(NotChanged::Missing)?;
            let changed = counter.value.changed();
            let Some(next) = decide(&read, changed.revision)? else { return Ok(read) };
            let none = Outbox::none();
            let transaction = self.table.transaction().replace(&read, &next, &none);
            match transaction.replace(&counter, &changed, &none).commit().await {
                Ok(()) => return Ok(read.successor(next)),
                Err(TransactionError::Store(error)) => return Err(error.into()),
                Err(TransactionError::Cancelled(_)) => retry.pause().await?,
            }
        }
    }

    /// An event type, as of its newest event.
    pub async fn event_type(&self, id: EventTypeId) -> Result<Option<EventType>, StoreError> {
        Ok(self.table.get::<EventType>(event_type_key(id), Read::Strong).await?.map(|read| read.value))
    }

    /// Records a currency. False if it is known.
    pub async fn keep_currency(&self, code: &CurrencyCode) -> Result<bool, StoreError> {
        let currency = Currency { code: code.clone() };
        let decide =
            |known: Option<&Versioned<Currency>>| Decision::<_>::from(known.is_none().then(|| currency.clone()));
        Ok(self.table.update(currency.key(), decide).await?.is_applied())
    }

    /// Whether rewards and requirements can be in this currency: it is built in, or an admin created it in the wallet.
    pub async fn has_currency(&self, code: &CurrencyCode) -> Result<bool, StoreError> {
        if BUILT_IN_CURRENCIES.contains(&code.as_str()) {
            return Ok(true);
        }
        let key = Currency { code: code.clone() }.key();
        Ok(self.table.get::<Currency>(key, Read::Strong).await?.is_some())
    }

    /// Notes a kind of event, unless what is known is as new. False if there was nothing to note.
    pub async fn keep_event_type(&self, changed: EventType) -> Result<bool, StoreError> {
        let key = event_type_key(changed.event_type_id);
        let decide = |known: Option<&Versioned<EventType>>| {
            let is_news = known.is_none_or(|known| known.value.revision < changed.revision);
            Decision::<_>::from(is_news.then(|| changed.clone()))
        };
        Ok(self.table.update(key, decide).await?.is_applied())
    }
}

fn event_type_key(id: EventTypeId) -> Key<Badges> {
    EventType { event_type_id: id, retired: false, revision: 0 }.key()
}
