//! Guides with their versions and slugs, their public pages, and the lists of them.

use dynamo::{Cursor, IndexKey, Outbox, Page, Read, StoreError, Transaction, Versioned, refused};
use kit::limits::{Exceeded, Subject};
use kit::sqs::Round;
use types::{GuideId, UserId};

use super::guide_items::{
    CREATED_PREFIX, TITLE_PREFIX, claim_key, entries_key, guide_key, page_index, page_key, version_key, versions_key,
    works_key,
};
use super::{Knowledge, Store};
use crate::domain::guide::{Edit, Guide, GuideVersion, GuideWork, Part};
use crate::domain::guide_page::{GuideEntry, GuidePage};
use crate::domain::guide_text::MAX_GUIDE_SPECIES;
use crate::domain::limits::GUIDES;
use crate::domain::slug::{Slug, SlugClaim};
use crate::domain::species_id::SpeciesId;

/// Number of versions whose author or reviewer is removed in a round.
const FORGET_PAGE: u32 = 100;

/// A guide with one of its versions.
#[derive(Debug, Clone)]
pub struct GuideRead {
    /// The guide.
    pub guide: Option<Versioned<Guide>>,
    /// The version.
    pub version: Option<Versioned<GuideVersion>>,
}

/// A guide with what the public sees of it.
#[derive(Debug, Clone)]
pub struct ShownRead {
    /// The guide.
    pub guide: Option<Versioned<Guide>>,
    /// The version to publish.
    pub version: Option<Versioned<GuideVersion>>,
    /// The page.
    pub page: Option<Versioned<GuidePage>>,
    entries: Vec<Versioned<GuideEntry>>,
}

/// What a slug leads to.
#[derive(Debug)]
pub enum GuideBySlug {
    /// The published guide whose slug it is.
    Current(Box<Versioned<GuidePage>>),
    /// A guide that has or had it, and may not be published.
    Claimed(GuideId),
    /// Nothing.
    Unknown,
}

/// Reason why a guide was not written.
#[derive(Debug)]
pub enum GuideNotWritten {
    /// Another guide has the slug.
    SlugTaken,
    /// The author has written too many versions today.
    Limit(Exceeded),
    /// Something changed since it was read, or the account of the user is being erased. Read it again.
    Conflict,
    /// The table failed.
    Store(StoreError),
}

impl From<StoreError> for GuideNotWritten {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// Returns a guide with a version, in one round trip. The read is strongly consistent.
    pub async fn guide(&self, id: GuideId, number: u32) -> Result<GuideRead, StoreError> {
        let mut found = self.table.get_many(vec![guide_key(id), version_key(id, number)], Read::Strong).await?;
        Ok(GuideRead { guide: found.take(guide_key(id))?, version: found.take(version_key(id, number))? })
    }

    /// Returns a guide with its newest version, in one round trip. The read is strongly consistent.
    pub async fn newest(&self, id: GuideId) -> Result<GuideRead, StoreError> {
        let (guide, versions) = futures::join!(
            Box::pin(self.table.get::<Guide>(guide_key(id), Read::Strong)),
            Box::pin(self.table.list_strong::<GuideVersion>(versions_key(id), true, 1, None)),
        );
        Ok(GuideRead { guide: guide?, version: versions?.items.into_iter().next() })
    }

    /// Returns a guide with what the public sees of it, and the version to publish, in one round trip. The read is strongly consistent.
    pub async fn shown(&self, id: GuideId, number: Option<u32>) -> Result<ShownRead, StoreError> {
        let mut keys = vec![guide_key(id), page_key(id)];
        keys.extend(number.map(|number| version_key(id, number)));
        let limit = u32::try_from(MAX_GUIDE_SPECIES).unwrap_or(u32::MAX).saturating_add(1);
        let (found, entries) = futures::join!(
            Box::pin(self.table.get_many(keys, Read::Strong)),
            Box::pin(self.table.list_strong::<GuideEntry>(entries_key(id), false, limit, None)),
        );
        let mut found = found?;
        let version = match number {
            Some(number) => found.take(version_key(id, number))?,
            None => None,
        };
        let (guide, page) = (found.take(guide_key(id))?, found.take(page_key(id))?);
        Ok(ShownRead { guide, version, page, entries: entries?.items })
    }

    /// Finds a published guide by its slug, in one round trip: the index has the page, which it may miss for a second, and the claim says
    /// whose the slug is.
    pub async fn guide_by_slug(&self, slug: &Slug) -> Result<GuideBySlug, StoreError> {
        let (current, claim) = futures::join!(
            Box::pin(self.table.list_index::<GuidePage>(page_index(slug), false, 1, None)),
            Box::pin(self.table.get::<SlugClaim>(claim_key(slug), Read::Eventual)),
        );
        Ok(match (current?.items.into_iter().next(), claim?) {
            (Some(page), _) => GuideBySlug::Current(Box::new(page)),
            (None, Some(claim)) => GuideBySlug::Claimed(claim.value.guide_id),
            (None, None) => GuideBySlug::Unknown,
        })
    }

    /// Returns the page of a guide; `None` if it is not published.
    pub async fn guide_page(&self, id: GuideId) -> Result<Option<Versioned<GuidePage>>, StoreError> {
        self.table.get(page_key(id), Read::Eventual).await
    }

    /// Returns a page of the versions of a guide, newest first, with the guide, in one round trip.
    pub async fn versions(
        &self,
        id: GuideId,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<(Option<Versioned<Guide>>, Page<GuideVersion>), StoreError> {
        let (guide, versions) = futures::join!(
            Box::pin(self.table.get::<Guide>(guide_key(id), Read::Eventual)),
            Box::pin(self.table.list::<GuideVersion>(versions_key(id), true, limit, after)),
        );
        Ok((guide?, versions?))
    }

    /// Returns a page of the published guides of a language, ordered by title.
    pub async fn guides_in(
        &self,
        language: &str,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<GuideEntry>, StoreError> {
        self.table.list_index(IndexKey::new("guides", language, TITLE_PREFIX), false, limit, after).await
    }

    /// Returns a page of the published guides about a species, in one language or ordered by language, and by title.
    pub async fn guides_about(
        &self,
        species: &SpeciesId,
        language: Option<&str>,
        limit: u32,
        after: Option<Cursor>,
    ) -> Result<Page<GuideEntry>, StoreError> {
        let prefix = language.map_or_else(|| TITLE_PREFIX.to_owned(), |language| format!("{TITLE_PREFIX}{language}#"));
        self.table.list_index(IndexKey::new("species-guides", species, prefix), false, limit, after).await
    }

    /// Returns a page of the guides of a language whose newest version waits for a review, oldest first.
    pub async fn drafts(&self, language: &str, limit: u32, after: Option<Cursor>) -> Result<Page<Guide>, StoreError> {
        self.table.list_index(IndexKey::new("drafts", language, CREATED_PREFIX), false, limit, after).await
    }

    /// Creates a guide with its first version and its slug.
    pub async fn create_guide(
        &self,
        guide: &Guide,
        version: &GuideVersion,
        author: UserId,
    ) -> Result<(), GuideNotWritten> {
        let (none, now) = (Outbox::none(), version.created_at);
        let claim = SlugClaim { slug: version.text.slug.clone(), guide_id: guide.id };
        let transaction = self.table.transaction().create(guide, &none).create(version, &none).create(&claim, &none);
        let transaction = GUIDES.count_in(transaction, Subject::User(author), now);
        let Some(cancelled) = refused(credited(transaction, version, Part::Author).commit().await)? else {
            return Ok(());
        };
        // A repeated request finds the guide, and its own claim.
        let [exists, taken, exceeded] = [0, 2, 3].map(|index| cancelled.failed(index));
        Err(if taken && !exists {
            GuideNotWritten::SlugTaken
        } else if exceeded && !exists {
            GuideNotWritten::Limit(GUIDES.exceeded(now))
        } else {
            GuideNotWritten::Conflict
        })
    }

    /// Adds a version to a guide that is as it was read, with a new slug if it has one.
    pub async fn edit_guide(
        &self,
        (guide, newest): (&Versioned<Guide>, &Versioned<GuideVersion>),
        edit: &Edit,
        author: UserId,
    ) -> Result<Versioned<Guide>, GuideNotWritten> {
        let (none, now) = (Outbox::none(), edit.version.created_at);
        let transaction = self.table.transaction().replace(guide, &edit.guide, &none).create(&edit.version, &none);
        let mut transaction = GUIDES.count_in(transaction, Subject::User(author), now);
        if let Some(slug) = &edit.new_slug {
            let claim = SlugClaim { slug: slug.clone(), guide_id: guide.value.id };
            transaction = transaction.create(&claim, &none);
        }
        if let Some(superseded) = &edit.superseded {
            transaction = transaction.replace(newest, superseded, &none);
        }
        let transaction = credited(transaction, &edit.version, Part::Author);
        let Some(cancelled) = refused(transaction.commit().await)? else {
            return Ok(guide.successor(edit.guide.clone()));
        };
        let [moved, exceeded, taken] = [0, 2, 3].map(|index| cancelled.failed(index));
        Err(if exceeded && !moved {
            GuideNotWritten::Limit(GUIDES.exceeded(now))
        } else if taken && !moved && edit.new_slug.is_some() {
            GuideNotWritten::SlugTaken
        } else {
            GuideNotWritten::Conflict
        })
    }

    /// Writes a review of a version, if guide and version are as they were read.
    pub async fn review_guide(
        &self,
        (guide, version): (&Versioned<Guide>, &Versioned<GuideVersion>),
        (next, reviewed): (Guide, &GuideVersion),
    ) -> Result<Versioned<Guide>, GuideNotWritten> {
        let none = Outbox::none();
        let transaction = self.table.transaction().replace(guide, &next, &none).replace(version, reviewed, &none);
        match refused(credited(transaction, reviewed, Part::Reviewer).commit().await)? {
            None => Ok(guide.successor(next)),
            Some(_) => Err(GuideNotWritten::Conflict),
        }
    }

    /// Writes a guide that is as it was read, with its page and the entries of that in lists; without a page the public sees nothing.
    pub async fn show_guide(
        &self,
        (read, guide): (&ShownRead, &Versioned<Guide>),
        next: Guide,
        page: Option<&GuidePage>,
        outbox: &Outbox,
    ) -> Result<Versioned<Guide>, GuideNotWritten> {
        let none = Outbox::none();
        let transaction = self.table.transaction().replace(guide, &next, outbox);
        let transaction = match (&read.page, page) {
            (Some(known), Some(page)) => transaction.replace(known, page, &none),
            (Some(known), None) => transaction.delete(known),
            (None, Some(page)) => transaction.create(page, &none),
            (None, None) => transaction,
        };
        let transaction = listed(transaction, &read.entries, page.map(GuidePage::entries).unwrap_or_default());
        match refused(transaction.commit().await)? {
            None => Ok(guide.successor(next)),
            Some(_) => Err(GuideNotWritten::Conflict),
        }
    }

    /// Removes a user from the versions that the user wrote or reviewed, and from their guides, a page at a time.
    pub async fn forget_works(&self, user: UserId) -> Result<Round, StoreError> {
        let page = self.table.list_strong::<GuideWork>(works_key(user), false, FORGET_PAGE, None).await?;
        let more = page.next.is_some();
        let mut changed = 0;
        for work in page.items {
            let key = version_key(work.value.guide_id, work.value.number);
            let update = self.table.update::<GuideVersion, std::convert::Infallible>(key, |known| {
                known.and_then(|known| known.value.without(user)).into()
            });
            update.await.map(drop)?;
            let guide = guide_key(work.value.guide_id);
            let update = self.table.update::<Guide, std::convert::Infallible>(guide, |known| {
                known.and_then(|known| known.value.without(user)).into()
            });
            update.await.map(drop)?;
            // Only now: a repeat finds what a killed one left.
            changed += usize::from(self.table.remove(work).await?);
        }
        Ok(Round { changed, more })
    }
}

/// Adds the record of the user who wrote or reviewed a version, unless the user was erased.
fn credited(transaction: Transaction<Knowledge>, version: &GuideVersion, part: Part) -> Transaction<Knowledge> {
    match version.work(part) {
        Some(work) => transaction.create(&work, &Outbox::none()).unless_forgotten(work.user_id),
        None => transaction,
    }
}

/// Adds the changes of entries.
fn listed(
    transaction: Transaction<Knowledge>,
    known: &[Versioned<GuideEntry>],
    mut wanted: Vec<GuideEntry>,
) -> Transaction<Knowledge> {
    let transaction = known.iter().fold(transaction, |transaction, known| {
        let at = wanted.iter().position(|entry| entry.species_id == known.value.species_id);
        match at.map(|at| wanted.swap_remove(at)) {
            None => transaction.delete(known),
            Some(entry) if entry == known.value => transaction,
            Some(entry) => transaction.replace(known, &entry, &Outbox::none()),
        }
    });
    wanted.iter().fold(transaction, |transaction, entry| transaction.create(entry, &Outbox::none()))
}
