//! `POST /v1/community/events/types`: makes a kind of care event. Needs `Idempotency-Key`.
//! Emits `events.event_type_changed.v1`.

use axum::extract::State;
use dynamo::{Outbox, Versioned};
use kit::auth::{Admin, Require};
use kit::http::{Created, Fields, IdempotencyKey, Invocation, Json, Problem};
use serde::Deserialize;
use types::{EventTypeId, Money};
use utoipa::ToSchema;

use crate::api::EventTypeView;
use crate::ctx::Ctx;
use crate::domain::event_type::{self, Description, EventType};
use crate::domain::refusal::Refusal;
use crate::store::NotMade;

/// A new kind.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateEventType {
    /// Its short name, unique, which never changes.
    #[schema(max_length = 40, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "feeding")]
    code: String,
    /// What people call it.
    #[schema(min_length = 1, max_length = 60, example = "Feeding")]
    name: String,
    /// What the app shows for it: a name in its own set, or an emoji.
    #[schema(min_length = 1, max_length = 32, example = "bowl")]
    icon: String,
    /// What the author of such an event gets.
    reward: Option<Money>,
    /// How many minutes one person waits between two of them at one point.
    #[schema(maximum = 10080, example = 60)]
    cooldown_minutes: u32,
    /// How many metres from the point the author may be; absent where it does not matter.
    #[schema(minimum = 1, maximum = 100_000, example = 200)]
    max_distance_m: Option<u32>,
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
        let (code, name, icon, reward, cooldown_minutes, max_distance_m) =
            fields.all((code, name, icon, reward, cooldown, distance))?;
        Ok((code, Description { name, icon, reward, cooldown_minutes, max_distance_m }))
    }
}

/// Make a kind of care event
///
/// For admins. The code is how others know the kind, and stays.
#[utoipa::path(
    post, path = "/v1/community/events/types", operation_id = "create_event_type", tag = "events",
    security(("bearer" = ["admin"])),
    params(IdempotencyKey),
    request_body = CreateEventType,
    responses(
        (status = 201, description = "It is made", body = EventTypeView),
        (status = 409, description = "`events.code_taken`: another kind has the code"),
        (status = 422, description = "`events.key_reused`: the `Idempotency-Key` has asked for something else"),
    )
)]
pub async fn create_event_type(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    admin: Require<Admin>,
    attempt: IdempotencyKey,
    Json(body): Json<CreateEventType>,
) -> Result<Created<EventTypeView>, Problem> {
    let now = ctx.clock.now();
    let (code, description) = body.parse()?;
    let id = EventTypeId::new(attempt.derive_id("create_event_type", &admin.caller.user_id.to_string()));
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

/// A repeat gets what the first try made, if it asks for what stands there now.
fn same_as_before(before: Versioned<EventType>, asked: &EventType) -> Result<EventType, Refusal> {
    let before = before.value;
    if (&before.code, &before.description) == (&asked.code, &asked.description) {
        Ok(before)
    } else {
        Err(Refusal::KeyReused)
    }
}
