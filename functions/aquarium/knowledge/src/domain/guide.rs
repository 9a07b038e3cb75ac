//! Care guides: versions, their review by a second member of the staff, and publication.
//!
//! The newest version of a guide can be reviewed, by another user than the authors since the last approved one. An approved version
//! can be published, also when a newer draft waits for its review.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{GuideId, UserId};

use super::guide_page::GuidePage;
use super::guide_text::{GuideText, TextChange};
use super::slug::Slug;

/// Maximum number of versions of a guide.
pub const MAX_VERSIONS: u32 = 1_000;
/// Maximum number of slugs that a guide has over time.
pub const MAX_SLUGS: usize = 20;
/// Maximum length of the note of a review in characters.
pub const MAX_NOTE_CHARS: usize = 1_000;

/// How far a version has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// It waits for its review.
    Draft,
    /// It may be published.
    Approved,
    /// It may not be published.
    Rejected,
    /// A newer version came before its review.
    Superseded,
}

/// The version of a guide that the public sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Number of the version.
    pub version: u32,
    /// Slug.
    pub slug: Slug,
    /// Time of its publication.
    pub at: Timestamp,
}

/// A guide, without the texts of its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guide {
    /// ID.
    pub id: GuideId,
    /// Language. It never changes: a translation is a guide of its own.
    pub language: String,
    /// Number of the newest version.
    pub newest: u32,
    /// State of the newest version.
    pub newest_state: VersionState,
    /// Title of the newest version.
    pub newest_title: String,
    /// Time of the newest version.
    pub newest_at: Timestamp,
    /// What is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Publication>,
    /// All slugs that belong to it.
    pub slugs: BTreeSet<Slug>,
    /// Slugs under which it was or is published.
    pub shown_slugs: BTreeSet<Slug>,
    /// Authors of the versions after the last approved one. The newest version has their text, so none of them reviews it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unreviewed: BTreeSet<UserId>,
    /// Time of the first version.
    pub created_at: Timestamp,
}

/// A review of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The reviewer; none if the account was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<UserId>,
    /// Time.
    pub at: Timestamp,
    /// Note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A version of a guide. Its text never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideVersion {
    /// The guide.
    pub guide_id: GuideId,
    /// Number, from 1.
    pub number: u32,
    /// Language of the guide.
    pub language: String,
    /// Text.
    pub text: GuideText,
    /// The author; none if the account was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<UserId>,
    /// Time.
    pub created_at: Timestamp,
    /// State.
    pub state: VersionState,
    /// Its review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
}

/// What a user did to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Wrote it.
    Author,
    /// Reviewed it.
    Reviewer,
}

/// A version in the records of the user who wrote or reviewed it. No user does both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideWork {
    /// The user.
    pub user_id: UserId,
    /// The guide.
    pub guide_id: GuideId,
    /// Number of the version.
    pub number: u32,
    /// What the user did.
    pub part: Part,
    /// Time.
    pub at: Timestamp,
}

/// The verdict of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The version may be published.
    Approve,
    /// It may not.
    Reject,
}

/// Reason why a guide is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuideRefusal {
    /// It has too many versions.
    TooManyVersions,
    /// It had too many slugs.
    TooManySlugs,
    /// A newer version exists.
    Outdated(u32),
    /// The reviewer wrote the version, or an earlier one whose text it has and that was not approved.
    OwnVersion,
    /// The version was reviewed before.
    Reviewed,
    /// The version was not approved.
    NotApproved,
}

/// A new version of a guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The guide from now on.
    pub guide: Guide,
    /// The new version.
    pub version: GuideVersion,
    /// The version before, if its review is no longer needed.
    pub superseded: Option<GuideVersion>,
    /// The slug that the guide gains.
    pub new_slug: Option<Slug>,
}

impl Guide {
    /// Returns a new guide with its first version.
    pub fn new(id: GuideId, language: String, text: GuideText, author: UserId, now: Timestamp) -> (Self, GuideVersion) {
        let guide = Self {
            id,
            language: language.clone(),
            newest: 1,
            newest_state: VersionState::Draft,
            newest_title: text.title.clone(),
            newest_at: now,
            published: None,
            slugs: [text.slug.clone()].into(),
            shown_slugs: BTreeSet::new(),
            unreviewed: [author].into(),
            created_at: now,
        };
        (guide, GuideVersion::new(id, 1, language, text, author, now))
    }

    /// Returns the guide with a new version, which is the newest one with a change; `None` if that would say the same.
    pub fn edited(
        &self,
        newest: &GuideVersion,
        change: TextChange,
        author: UserId,
        now: Timestamp,
    ) -> Result<Option<Edit>, GuideRefusal> {
        let text = newest.text.with(change);
        if text == newest.text {
            return Ok(None);
        }
        if self.newest >= MAX_VERSIONS {
            return Err(GuideRefusal::TooManyVersions);
        }
        let new_slug = (!self.slugs.contains(&text.slug)).then(|| text.slug.clone());
        if new_slug.is_some() && self.slugs.len() >= MAX_SLUGS {
            return Err(GuideRefusal::TooManySlugs);
        }
        let mut guide = self.clone();
        guide.newest = self.newest + 1;
        guide.newest_state = VersionState::Draft;
        guide.newest_title.clone_from(&text.title);
        guide.newest_at = now;
        guide.slugs.extend(new_slug.clone());
        guide.unreviewed.insert(author);
        let superseded = (newest.state == VersionState::Draft)
            .then(|| GuideVersion { state: VersionState::Superseded, ..newest.clone() });
        let version = GuideVersion::new(self.id, guide.newest, self.language.clone(), text, author, now);
        Ok(Some(Edit { guide, version, superseded, new_slug }))
    }

    /// Returns the guide and its version after a review; `None` if the reviewer gave this verdict before.
    pub fn reviewed(
        &self,
        version: &GuideVersion,
        reviewer: UserId,
        (verdict, note): (Verdict, Option<String>),
        now: Timestamp,
    ) -> Result<Option<(Self, GuideVersion)>, GuideRefusal> {
        if version.author == Some(reviewer) {
            return Err(GuideRefusal::OwnVersion);
        }
        let state = match verdict {
            Verdict::Approve => VersionState::Approved,
            Verdict::Reject => VersionState::Rejected,
        };
        let is_own_review = version.review.as_ref().is_some_and(|review| review.reviewer == Some(reviewer));
        if is_own_review && version.state == state {
            return Ok(None);
        }
        if version.number != self.newest {
            return Err(GuideRefusal::Outdated(self.newest));
        }
        if version.state != VersionState::Draft {
            return Err(GuideRefusal::Reviewed);
        }
        if self.unreviewed.contains(&reviewer) {
            return Err(GuideRefusal::OwnVersion);
        }
        let mut guide = Self { newest_state: state, ..self.clone() };
        if verdict == Verdict::Approve {
            guide.unreviewed.clear();
        }
        let review = Some(Review { reviewer: Some(reviewer), at: now, note });
        let next = GuideVersion { state, review, ..version.clone() };
        Ok(Some((guide, next)))
    }

    /// Returns the guide with a version published; `None` if it is published already.
    pub fn published(&self, version: &GuideVersion, now: Timestamp) -> Result<Option<Self>, GuideRefusal> {
        if self.published.as_ref().is_some_and(|published| published.version == version.number) {
            return Ok(None);
        }
        if version.state != VersionState::Approved {
            return Err(GuideRefusal::NotApproved);
        }
        let slug = version.text.slug.clone();
        let mut next = self.clone();
        next.shown_slugs.insert(slug.clone());
        next.published = Some(Publication { version: version.number, slug, at: now });
        Ok(Some(next))
    }

    /// Returns the guide without a published version; `None` if it has none.
    pub fn withdrawn(&self) -> Option<Self> {
        self.published.as_ref()?;
        Some(Self { published: None, ..self.clone() })
    }

    /// Returns the guide without a user among its authors; `None` if it does not name the user.
    pub fn without(&self, user: UserId) -> Option<Self> {
        let mut next = self.clone();
        next.unreviewed.remove(&user).then_some(next)
    }

    /// Returns the page of the published version; `None` if it is another version or none. `revision` is that of the guide.
    pub fn page(&self, version: &GuideVersion, revision: u64) -> Option<GuidePage> {
        let published = self.published.as_ref().filter(|published| published.version == version.number)?;
        let earlier_slugs = self.shown_slugs.iter().filter(|slug| **slug != published.slug).cloned().collect();
        Some(GuidePage {
            guide_id: self.id,
            language: self.language.clone(),
            number: version.number,
            text: version.text.clone(),
            published_at: published.at,
            earlier_slugs,
            revision,
        })
    }
}

impl GuideVersion {
    fn new(
        guide_id: GuideId,
        number: u32,
        language: String,
        text: GuideText,
        author: UserId,
        created_at: Timestamp,
    ) -> Self {
        let state = VersionState::Draft;
        Self { guide_id, number, language, text, author: Some(author), created_at, state, review: None }
    }

    /// Returns the record of its author or reviewer; `None` if the account was deleted.
    pub fn work(&self, part: Part) -> Option<GuideWork> {
        let (user_id, at) = match part {
            Part::Author => (self.author?, self.created_at),
            Part::Reviewer => {
                let review = self.review.as_ref()?;
                (review.reviewer?, review.at)
            }
        };
        Some(GuideWork { user_id, guide_id: self.guide_id, number: self.number, part, at })
    }

    /// Returns the version without a user; `None` if it does not name the user.
    pub fn without(&self, user: UserId) -> Option<Self> {
        let mut next = self.clone();
        next.author = self.author.filter(|author| *author != user);
        if let Some(review) = &mut next.review
            && review.reviewer == Some(user)
        {
            // The note is a text of the reviewer.
            (review.reviewer, review.note) = (None, None);
        }
        (next != *self).then_some(next)
    }

    /// Returns true if it is the first version of a guide that was created with this text.
    pub fn was_created_from(&self, language: &str, text: &GuideText) -> bool {
        self.number == 1 && self.language == language && self.text == *text
    }
}

#[cfg(test)]
#[path = "guide_tests.rs"]
mod tests;
