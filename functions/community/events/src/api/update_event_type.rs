//! `PATCH /v1/community/events/types/{id}`: updates an event type. Requires `If-Match`.
//!
//! Emits `events.event_type_changed.v1` if something changes.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Standing};
use kit::http::{Fields, Id, IfMatch, Invocation, Json, Path, Problem, Tagged};
use serde::{Deserialize, Deserializer};
use types::{EventTypeId, Money, PositiveMoney};
use utoipa::ToSchema;

use crate::api::EventTypeView;
use crate::api::create_event_type::check_reward;
use crate::ctx::Ctx;
use crate::domain::event_type::{self, Description};
use crate::domain::refusal::Refusal;
use crate::domain::reward::RewardLimits;
use crate::store::NotChanged;

/// Fields to update.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent, null and a value are three wishes: leave, clear, set")]
pub struct UpdateEventType {
    /// Display name.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 60, example = "Feeding")]
    name: Option<String>,
    /// Icon: a name in the icon set of the app, or an emoji.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 32, example = "bowl")]
    icon: Option<String>,
    /// Reward for the author of an event. Null removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<PositiveMoney>)]
    reward: Option<Option<Money>>,
    /// Minimum time in minutes between two events of one user at one point.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, maximum = 10080)]
    cooldown_minutes: Option<u32>,
    /// Maximum distance of the author from the point in metres. Null removes the limit.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 100_000)]
    max_distance_m: Option<Option<u32>>,
    /// Maximum number of rewards per user and day (UTC).
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, minimum = 1, maximum = 1000)]
    daily_rewards_per_user: Option<u32>,
    /// Maximum number of rewards of all users per day (UTC).
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, minimum = 1, maximum = 1_000_000)]
    daily_rewards: Option<u32>,
}

/// Distinguishes an absent field from null.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

impl UpdateEventType {
    /// Returns the description with the changes applied.
    fn apply(self, before: &Description) -> Result<Description, Problem> {
        let mut fields = Fields::new();
        let name = fields.check("name", self.name.as_deref().map(event_type::name).transpose());
        let icon = fields.check("icon", self.icon.as_deref().map(event_type::icon).transpose());
        let reward = self.reward.map(|reward| reward.map(event_type::reward).transpose()).transpose();
        let reward = fields.check("reward", reward);
        let cooldown = fields.check("cooldownMinutes", self.cooldown_minutes.map(event_type::cooldown).transpose());
        let distance = self.max_distance_m.map(|metres| metres.map(event_type::distance).transpose()).transpose();
        let distance = fields.check("maxDistanceM", distance);
        let per_user = self.daily_rewards_per_user.unwrap_or(before.reward_limits.daily_rewards_per_user);
        let per_user = fields.check("dailyRewardsPerUser", event_type::daily_rewards_per_user(per_user));
        let per_day = self.daily_rewards.unwrap_or(before.reward_limits.daily_rewards);
        let per_day = fields.check("dailyRewards", event_type::daily_rewards(per_day));
        let (name, icon, reward, cooldown, distance, daily_rewards_per_user, daily_rewards) =
            fields.all((name, icon, reward, cooldown, distance, per_user, per_day))?;
        Ok(Description {
            name: name.unwrap_or_else(|| before.name.clone()),
            icon: icon.unwrap_or_else(|| before.icon.clone()),
            reward: reward.unwrap_or_else(|| before.reward.clone()),
            cooldown_minutes: cooldown.unwrap_or(before.cooldown_minutes),
            max_distance_m: distance.unwrap_or(before.max_distance_m),
            reward_limits: RewardLimits { daily_rewards_per_user, daily_rewards },
        })
    }
}

/// Update an event type
///
/// Requires the role `admin`. Absent fields stay unchanged. Existing events keep the previous name and reward.
/// Retired types cannot be updated. Requires `If-Match` with the last `ETag`.
#[utoipa::path(
    patch, path = "/v1/community/events/types/{id}", operation_id = "update_event_type", tag = "events",
    security(("bearer" = ["admin"])),
    params(
        ("id" = EventTypeId, Path, description = "Event type ID"),
        IfMatch,
    ),
    request_body = UpdateEventType,
    responses(
        (status = 200, description = "The updated event type", body = EventTypeView),
        (status = 404, description = "`events.no_such_event_type`: no event type with this ID"),
        (status = 409, description = "`events.type_retired`: the event type is retired"),
    )
)]
pub async fn update_event_type(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Admin>,
    based_on: IfMatch,
    Path(Id { id }): Path<Id<EventTypeId>>,
    Json(body): Json<UpdateEventType>,
) -> Result<Tagged<EventTypeView>, Problem> {
    let now = ctx.clock.now();
    let (_, read) = standing.with(ctx.store.event_type(id)).await?;
    let read = read.ok_or(Refusal::NoSuchEventType)?;
    based_on.check(read.version)?;
    let description = body.apply(&read.value.description)?;
    check_reward(ctx, description.reward.as_ref()).await?;
    let Some(next) = read.value.described(description)? else {
        return Ok(Tagged::new(read.version, read.value.into()));
    };
    let outbox = Outbox::of(call.event(now, next.changed(read.version + 1)))?;
    match ctx.store.change_event_type(&read, next, &outbox).await {
        Ok(changed) => Ok(Tagged::new(changed.version, changed.value.into())),
        Err(NotChanged::Newer(Some(newer))) => {
            based_on.check(newer.version)?;
            Err(dynamo::StoreError::Contended { attempts: 1 }.into())
        }
        Err(NotChanged::Newer(None)) => Err(Refusal::NoSuchEventType.into()),
        Err(NotChanged::Store(error)) => Err(error.into()),
    }
}
