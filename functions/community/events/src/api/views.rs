//! Views of care events, event types and schedules in responses.

use dynamo::Page;
use futures::future::try_join_all;
use jiff::Timestamp;
use kit::file_urls::{FileUrls, UrlError};
use kit::http::{List, Problem};
use serde::Serialize;
use types::{CareEventId, EventTypeId, MediaId, Money, PointId, ScheduleId, UserId};
use utoipa::ToSchema;

use crate::ctx::Gallery;
use crate::domain::care_event::CareEvent;
use crate::domain::copies::MediumCopy;
use crate::domain::event_type::EventType;
use crate::domain::reward::RewardWithheld;
use crate::domain::schedule::Schedule;
use crate::store::Beside;

/// An event type.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventTypeView {
    /// Event type ID.
    pub id: EventTypeId,
    /// Immutable code.
    #[schema(example = "feeding")]
    pub code: String,
    /// Display name.
    #[schema(example = "Feeding")]
    pub name: String,
    /// Icon: a name in the icon set of the app, or an emoji.
    #[schema(example = "bowl")]
    pub icon: String,
    /// Reward for the author of an event.
    pub reward: Option<Money>,
    /// Minimum time in minutes between two events of one user at one point.
    pub cooldown_minutes: u32,
    /// Maximum distance of the author from the point in metres. Null if there is no limit.
    pub max_distance_m: Option<u32>,
    /// Maximum number of rewards per user and day (UTC).
    #[schema(example = 10)]
    pub daily_rewards_per_user: u32,
    /// Maximum number of rewards of all users per day (UTC).
    #[schema(example = 10_000)]
    pub daily_rewards: u32,
    /// Whether the type is retired: no new events of it can be created.
    pub retired: bool,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    pub created_at: Timestamp,
}

impl From<EventType> for EventTypeView {
    fn from(kind: EventType) -> Self {
        let EventType { id, code, description, retired, created_at } = kind;
        Self {
            id,
            code,
            name: description.name,
            icon: description.icon,
            reward: description.reward,
            cooldown_minutes: description.cooldown_minutes,
            max_distance_m: description.max_distance_m,
            daily_rewards_per_user: description.reward_limits.daily_rewards_per_user,
            daily_rewards: description.reward_limits.daily_rewards,
            retired,
            created_at,
        }
    }
}

/// A care event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// Care event ID.
    pub id: CareEventId,
    /// Point ID.
    pub point_id: PointId,
    /// Name of the point. Null after the point was deleted.
    #[schema(example = "Fountain behind the market")]
    pub point_name: Option<String>,
    /// User ID of the author. Null after the author deleted the account.
    pub author_id: Option<UserId>,
    /// Event type ID.
    pub event_type_id: EventTypeId,
    /// Code of the event type.
    #[schema(example = "feeding")]
    pub code: String,
    /// Name of the event type at the time of the report.
    #[schema(example = "Feeding")]
    pub type_name: String,
    /// Note of the author.
    pub note: Option<String>,
    /// Media IDs of the photos that the author attached, including photos that were deleted since.
    pub photo_media_ids: Vec<MediaId>,
    /// The photos that are still published.
    pub photos: Vec<EventPhoto>,
    /// Time when it happened.
    #[serde(serialize_with = "types::time::millis")]
    pub occurred_at: Timestamp,
    /// Time when it was reported.
    #[serde(serialize_with = "types::time::millis")]
    pub reported_at: Timestamp,
    /// Reward for the author. Null if there is none.
    pub reward: Option<Money>,
    /// Why there is no reward although the event type has one. In the response to the author's report only.
    pub reward_withheld: Option<RewardWithheld>,
}

/// A photo of a care event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventPhoto {
    /// Media ID.
    media_id: MediaId,
    /// URL of a JPEG of at most 1280 pixels on the longer side. Null while it is not known.
    #[schema(example = "https://media.example.com/published/photo/large.jpg")]
    url: Option<String>,
    /// URL of a JPEG of at most 640 pixels on the longer side. Null while it is not known.
    #[schema(example = "https://media.example.com/published/photo/medium.jpg")]
    thumbnail_url: Option<String>,
    /// Time until the URLs are valid. Null if they do not expire.
    #[serde(serialize_with = "types::time::optional_millis")]
    urls_expire_at: Option<Timestamp>,
}

impl EventPhoto {
    async fn of(medium: &MediumCopy, files: &FileUrls, now: Timestamp) -> Result<Self, UrlError> {
        let (mut url, mut thumbnail_url, mut urls_expire_at) = (None, None, None);
        if let Some(path) = &medium.path {
            let large = files.url(&format!("{path}large.jpg"), now).await?;
            urls_expire_at = large.expires_at;
            url = Some(large.url);
            thumbnail_url = Some(files.url(&format!("{path}medium.jpg"), now).await?.url);
        }
        Ok(Self { media_id: medium.media_id, url, thumbnail_url, urls_expire_at })
    }
}

impl EventView {
    /// The event as its author sees it.
    pub async fn for_author(
        event: CareEvent,
        beside: &Beside,
        files: &FileUrls,
        now: Timestamp,
    ) -> Result<Self, UrlError> {
        let reward_withheld = event.reward_withheld;
        Ok(Self { reward_withheld, ..Self::of(event, beside, files, now).await? })
    }

    /// The event as everyone sees it.
    pub async fn of(event: CareEvent, beside: &Beside, files: &FileUrls, now: Timestamp) -> Result<Self, UrlError> {
        let published = event.photo_media_ids.iter().filter_map(|id| beside.published(*id));
        let photos = try_join_all(published.map(|medium| EventPhoto::of(medium, files, now))).await?;
        Ok(Self {
            id: event.id,
            point_id: event.point_id,
            point_name: beside.point_name(event.point_id).map(str::to_owned),
            author_id: event.author_id,
            event_type_id: event.event_type_id,
            code: event.code,
            type_name: event.type_name,
            note: event.note,
            photo_media_ids: event.photo_media_ids,
            photos,
            occurred_at: event.occurred_at,
            reported_at: event.reported_at,
            reward: event.reward,
            reward_withheld: None,
        })
    }
}

/// The views of a page of events.
pub async fn page(ctx: &Gallery, page: Page<CareEvent>) -> Result<List<EventView>, Problem> {
    let now = ctx.clock.now();
    let events: Vec<_> = page.items.into_iter().map(|event| event.value).collect();
    let beside = ctx.store.beside(&events).await?;
    let views = events.into_iter().map(|event| EventView::of(event, &beside, &ctx.files, now));
    Ok(List::new(try_join_all(views).await?, page.next.as_ref()))
}

/// A reminder schedule.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleView {
    /// Schedule ID.
    pub id: ScheduleId,
    /// User ID of the creator.
    pub creator_id: UserId,
    /// Point ID.
    pub point_id: PointId,
    /// Event type ID.
    pub event_type_id: EventTypeId,
    /// Recurrence rule (RFC 5545).
    #[schema(example = "FREQ=WEEKLY;BYDAY=MO,TH")]
    pub rrule: String,
    /// IANA time zone of the rule.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// Start of the recurrence in local time of `timeZone`.
    #[schema(example = "2026-04-01T18:00")]
    pub starts_at: String,
    /// Title.
    pub title: Option<String>,
    /// Next occurrence. Null if none follows.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub next_at: Option<Timestamp>,
    /// When it was made.
    #[serde(serialize_with = "types::time::millis")]
    pub created_at: Timestamp,
}

impl ScheduleView {
    /// A schedule as it looks now.
    pub fn of(schedule: Schedule, now: Timestamp) -> Self {
        let recurrence = &schedule.recurrence;
        Self {
            id: schedule.id,
            creator_id: schedule.creator_id,
            point_id: schedule.point_id,
            event_type_id: schedule.event_type_id,
            rrule: recurrence.rrule().to_owned(),
            time_zone: recurrence.time_zone().as_str().to_owned(),
            starts_at: calendar::format_local(recurrence.starts_at()),
            next_at: recurrence.next_after(now),
            title: schedule.title,
            created_at: schedule.created_at,
        }
    }
}
