//! `POST /v1/community/events/types`: creates an event type. Requires `Idempotency-Key`.
//!
//! Emits `events.event_type_changed.v1`.

use axum::extract::State;
use dynamo::{Outbox, Versioned};
use kit::auth::{Admin, Standing};
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use serde::Deserialize;
use types::{EventTypeId, Money, PositiveMoney};
use utoipa::ToSchema;

use crate::api::EventTypeView;
use crate::ctx::Ctx;
use crate::domain::event_type::{self, Description, EventType};
use crate::domain::refusal::Refusal;
use crate::domain::reward::RewardLimits;
use crate::store::NotMade;

/// What is wrong with an unknown currency.
const UNKNOWN_CURRENCY: &str = "unknown currency: list currencies with `GET /v1/community/currencies`";

/// Request to create an event type.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateEventType {
    /// Unique, immutable code.
    #[schema(max_length = 40, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "feeding")]
    code: String,
    /// Display name.
    #[schema(min_length = 1, max_length = 60, example = "Feeding")]
    name: String,
    /// Icon: a name in the icon set of the app, or an emoji.
    #[schema(min_length = 1, max_length = 32, example = "bowl")]
    icon: String,
    /// Reward for the author of an event.
    #[schema(value_type = Option<PositiveMoney>)]
    reward: Option<Money>,
    /// Minimum time in minutes between two events of one user at one point.
    #[schema(maximum = 10080, example = 60)]
    cooldown_minutes: u32,
    /// Maximum distance of the author from the point in metres. Absent if there is no limit.
    #[schema(minimum = 1, maximum = 100_000, example = 200)]
    max_distance_m: Option<u32>,
    /// Maximum number of rewards per user and day (UTC). Defaults to 10.
    #[schema(minimum = 1, maximum = 1000, example = 10)]
    daily_rewards_per_user: Option<u32>,
    /// Maximum number of rewards of all users per day (UTC). Defaults to 10,000.
    #[schema(minimum = 1, maximum = 1_000_000, example = 10_000)]
    daily_rewards: Option<u32>,
}

/// The currency of a reward, if it is unknown to the wallet.
pub async fn check_reward(ctx: &Ctx, reward: Option<&Money>) -> Result<(), Problem> {
    let mut fields = Fields::new();
    let known = match reward {
        Some(reward) => ctx.store.has_currency(&reward.currency).await?,
        None => true,
    };
    if !known {
        fields.refuse("reward.currency", UNKNOWN_CURRENCY);
    }
    fields.all((Some(()),)).map(|_| ())
}

impl CreateEventType {
    fn parse(self) -> Result<(String, Description), Problem> {
        let mut fields = Fields::new();
        let code = fields.check("code", event_type::code(&self.code));
        let name = fields.check("name", event_type::name(&self.name));
        let icon = fields.check("icon", event_type::icon(&self.icon));
        let reward = fields.check("reward", self.reward.map(event_type::reward).transpose());
        let cooldown = fields.check("cooldownMinutes", event_type::cooldown(self.cooldown_minutes));
        let distance = fields.check("maxDistanceM", self.max_distance_m.map(event_type::distance).transpose());
        let limits = RewardLimits::default();
        let per_user = self.daily_rewards_per_user.unwrap_or(limits.daily_rewards_per_user);
        let per_user = fields.check("dailyRewardsPerUser", event_type::daily_rewards_per_user(per_user));
        let per_day = self.daily_rewards.unwrap_or(limits.daily_rewards);
        let per_day = fields.check("dailyRewards", event_type::daily_rewards(per_day));
        let reward_limits = per_user
            .zip(per_day)
            .map(|(daily_rewards_per_user, daily_rewards)| RewardLimits { daily_rewards_per_user, daily_rewards });
        let (code, name, icon, reward, cooldown_minutes, max_distance_m, reward_limits) =
            fields.all((code, name, icon, reward, cooldown, distance, reward_limits))?;
        Ok((code, Description { name, icon, reward, cooldown_minutes, max_distance_m, reward_limits }))
    }
}

/// Create an event type
///
/// Requires the role `admin`. The code identifies the type in other contexts and cannot be changed. Idempotent by
/// `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/community/events/types", operation_id = "create_event_type", tag = "events",
    security(("bearer" = ["admin"])),
    params(IdempotencyKey),
    request_body = CreateEventType,
    responses(
        (status = 201, description = "Event type created", body = EventTypeView),
        (status = 409, description = "`events.code_taken`: another event type has this code"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
    )
)]
pub async fn create_event_type(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Admin>,
    attempt: IdempotencyKey,
    Json(body): Json<CreateEventType>,
) -> Result<Created<EventTypeView>, Problem> {
    let now = ctx.clock.now();
    let (code, description) = body.parse()?;
    let admin = standing.check().await?;
    check_reward(ctx, description.reward.as_ref()).await?;
    let id = EventTypeId::new(attempt.derive_id("create_event_type", &admin.user_id.to_string()));
    let kind = EventType { id, code, description, retired: false, created_at: now };
    let outbox = Outbox::of(call.event(now, kind.changed(1)))?;
    let kind = match ctx.store.add_event_type(&kind, &outbox).await {
        Ok(()) => kind,
        Err(NotMade::Exists(before)) => same_as_before(*before, &kind)?,
        Err(NotMade::CodeTaken) => return Err(Refusal::CodeTaken.into()),
        Err(NotMade::Store(error)) => return Err(error.into()),
    };
    Ok(Created::at(format!("/v1/community/events/types/{id}"), kind.into()))
}

/// Returns the existing resource if the request is the same, for a retry with the same key.
fn same_as_before(before: Versioned<EventType>, asked: &EventType) -> Result<EventType, Refusal> {
    let before = before.value;
    if (&before.code, &before.description) == (&asked.code, &asked.description) {
        Ok(before)
    } else {
        Err(Refusal::KeyReused)
    }
}
