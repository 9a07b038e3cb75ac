//! Guides in responses.

use jiff::Timestamp;
use serde::Serialize;
use types::{GuideId, UserId};
use utoipa::ToSchema;

use crate::api::view::SpeciesSource;
use crate::domain::guide::{Guide, GuideVersion, Publication, Review, VersionState};
use crate::domain::guide_page::{GuideEntry, GuidePage};

/// State of a version of a guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GuideVersionState {
    /// Waits for a review by another user than its author.
    Draft,
    /// May be published.
    Approved,
    /// May not be published.
    Rejected,
    /// A newer version came before its review.
    Superseded,
}

impl From<VersionState> for GuideVersionState {
    fn from(state: VersionState) -> Self {
        match state {
            VersionState::Draft => Self::Draft,
            VersionState::Approved => Self::Approved,
            VersionState::Rejected => Self::Rejected,
            VersionState::Superseded => Self::Superseded,
        }
    }
}

/// Published version of a guide.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuidePublication {
    /// Number of the version.
    #[schema(example = 2)]
    version: u32,
    /// Slug.
    #[schema(example = "water-changes")]
    slug: String,
    /// Time of its publication.
    #[serde(serialize_with = "types::time::millis")]
    published_at: Timestamp,
}

impl From<&Publication> for GuidePublication {
    fn from(publication: &Publication) -> Self {
        let Publication { version, slug, at } = publication;
        Self { version: *version, slug: slug.to_string(), published_at: *at }
    }
}

/// Guide as the staff sees it. The texts are in its versions.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuideView {
    /// Guide ID.
    id: GuideId,
    /// Language (BCP 47).
    #[schema(example = "en")]
    language: String,
    /// Number of the newest version.
    #[schema(example = 3)]
    newest_version: u32,
    /// State of the newest version.
    newest_state: GuideVersionState,
    /// Title of the newest version.
    #[schema(example = "Water changes")]
    newest_title: String,
    /// Time of the newest version.
    #[serde(serialize_with = "types::time::millis")]
    updated_at: Timestamp,
    /// What is published. Null if nothing is.
    published: Option<GuidePublication>,
    /// Time of the first version.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
}

impl From<&Guide> for GuideView {
    fn from(guide: &Guide) -> Self {
        Self {
            id: guide.id,
            language: guide.language.clone(),
            newest_version: guide.newest,
            newest_state: guide.newest_state.into(),
            newest_title: guide.newest_title.clone(),
            updated_at: guide.newest_at,
            published: guide.published.as_ref().map(Into::into),
            created_at: guide.created_at,
        }
    }
}

/// Review of a version of a guide.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuideReview {
    /// User ID of the reviewer. Null if the account was deleted.
    reviewer_id: Option<UserId>,
    /// Time.
    #[serde(serialize_with = "types::time::millis")]
    reviewed_at: Timestamp,
    /// Note of the reviewer. Null if there is none.
    #[schema(example = "The dose needs a source.")]
    note: Option<String>,
}

impl From<&Review> for GuideReview {
    fn from(review: &Review) -> Self {
        Self { reviewer_id: review.reviewer, reviewed_at: review.at, note: review.note.clone() }
    }
}

/// Version of a guide in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuideVersionSummary {
    /// Number, from 1.
    #[schema(example = 3)]
    version: u32,
    /// State.
    state: GuideVersionState,
    /// Slug.
    #[schema(example = "water-changes")]
    slug: String,
    /// Title in plain text: escape it where you render it.
    #[schema(example = "Water changes")]
    title: String,
    /// User ID of the author. Null if the account was deleted.
    author_id: Option<UserId>,
    /// Time.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
    /// Review. Null if there is none.
    review: Option<GuideReview>,
}

impl From<&GuideVersion> for GuideVersionSummary {
    fn from(version: &GuideVersion) -> Self {
        Self {
            version: version.number,
            state: version.state.into(),
            slug: version.text.slug.to_string(),
            title: version.text.title.clone(),
            author_id: version.author,
            created_at: version.created_at,
            review: version.review.as_ref().map(Into::into),
        }
    }
}

/// Version of a guide.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuideVersionView {
    #[serde(flatten)]
    summary_view: GuideVersionSummary,
    /// Guide ID.
    guide_id: GuideId,
    /// Language (BCP 47).
    #[schema(example = "en")]
    language: String,
    /// Summary in plain text: escape it where you render it.
    #[schema(example = "How much water to change, and how often.")]
    summary: String,
    /// Body in Markdown, without raw HTML and images.
    #[schema(example = "# Water changes")]
    body: String,
    /// IDs of the species that it is about.
    species_ids: Vec<String>,
    /// Sources.
    sources: Vec<SpeciesSource>,
}

impl From<&GuideVersion> for GuideVersionView {
    fn from(version: &GuideVersion) -> Self {
        Self {
            summary_view: version.into(),
            guide_id: version.guide_id,
            language: version.language.clone(),
            summary: version.text.summary.clone(),
            body: version.text.body.clone(),
            species_ids: version.text.species_ids.iter().map(ToString::to_string).collect(),
            sources: version.text.sources.iter().map(Into::into).collect(),
        }
    }
}

/// Guide whose newest version waits for a review.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuideDraft {
    /// Guide ID.
    id: GuideId,
    /// Language (BCP 47).
    #[schema(example = "en")]
    language: String,
    /// Number of the version.
    #[schema(example = 3)]
    version: u32,
    /// Title of the version.
    #[schema(example = "Water changes")]
    title: String,
    /// Time of the version.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
}

impl From<Guide> for GuideDraft {
    fn from(guide: Guide) -> Self {
        let Guide { id, language, newest, newest_title, newest_at, .. } = guide;
        Self { id, language, version: newest, title: newest_title, created_at: newest_at }
    }
}

/// Published guide in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CareGuideSummary {
    /// Guide ID.
    id: GuideId,
    /// Slug.
    #[schema(example = "water-changes")]
    slug: String,
    /// Language (BCP 47).
    #[schema(example = "en")]
    language: String,
    /// Title in plain text: escape it where you render it.
    #[schema(example = "Water changes")]
    title: String,
    /// Summary in plain text: escape it where you render it.
    #[schema(example = "How much water to change, and how often.")]
    summary: String,
    /// Time of the publication.
    #[serde(serialize_with = "types::time::millis")]
    published_at: Timestamp,
}

impl From<GuideEntry> for CareGuideSummary {
    fn from(entry: GuideEntry) -> Self {
        let GuideEntry { guide_id, language, slug, title, summary, published_at, .. } = entry;
        Self { id: guide_id, slug: slug.to_string(), language, title, summary, published_at }
    }
}

/// Published guide.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CareGuide {
    /// Guide ID.
    id: GuideId,
    /// Slug.
    #[schema(example = "water-changes")]
    slug: String,
    /// Language (BCP 47).
    #[schema(example = "en")]
    language: String,
    /// Title in plain text: escape it where you render it.
    #[schema(example = "Water changes")]
    title: String,
    /// Summary in plain text: escape it where you render it.
    #[schema(example = "How much water to change, and how often.")]
    summary: String,
    /// Body in Markdown, without raw HTML and images.
    #[schema(example = "# Water changes")]
    body: String,
    /// IDs of the species that it is about.
    species_ids: Vec<String>,
    /// Sources with their licences.
    sources: Vec<SpeciesSource>,
    /// Number of the version.
    #[schema(example = 2)]
    version: u32,
    /// Time of the publication.
    #[serde(serialize_with = "types::time::millis")]
    published_at: Timestamp,
}

impl From<GuidePage> for CareGuide {
    fn from(page: GuidePage) -> Self {
        let GuidePage { guide_id, language, number, text, published_at, .. } = page;
        Self {
            id: guide_id,
            slug: text.slug.to_string(),
            language,
            title: text.title,
            summary: text.summary,
            body: text.body,
            species_ids: text.species_ids.iter().map(ToString::to_string).collect(),
            sources: text.sources.iter().map(Into::into).collect(),
            version: number,
            published_at,
        }
    }
}
