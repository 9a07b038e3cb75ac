//! `PATCH /v1/community/events/types/{id}`: changes a kind of care event. Only fields that are given change. Needs `If-Match`.
//! Emits `events.event_type_changed.v1` where something did.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Require};
use kit::http::{Fields, Id, IfMatch, Invocation, Json, Path, Problem, Tagged};
use serde::{Deserialize, Deserializer};
use types::{EventTypeId, Money};
use utoipa::ToSchema;

use crate::api::EventTypeView;
use crate::ctx::Ctx;
use crate::domain::event_type::{self, Description};
use crate::domain::refusal::Refusal;
use crate::store::NotChanged;

/// What shall change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::option_option, reason = "absent, null and a value are three wishes: leave, clear, set")]
pub struct UpdateEventType {
    /// What people call it.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 60, example = "Feeding")]
    name: Option<String>,
    /// What the app shows for it.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, min_length = 1, max_length = 32, example = "bowl")]
    icon: Option<String>,
    /// What the author of such an event gets; null for nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Money>)]
    reward: Option<Option<Money>>,
    /// How many minutes one person waits between two of them at one point.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, maximum = 10080)]
    cooldown_minutes: Option<u32>,
    /// How many metres from the point the author may be; null where it does not matter.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 100_000)]
    max_distance_m: Option<Option<u32>>,
}

/// A field that is there, be it null: what may not be null is refused by its own type.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

impl UpdateEventType {
    /// The description with what is given.
    fn apply(self, before: &Description) -> Result<Description, Problem> {
        let mut fields = Fields::new();
        let name = fields.check("name", self.name.as_deref().map(event_type::name).transpose());
        let icon = fields.check("icon", self.icon.as_deref().map(event_type::icon).transpose());
        let reward = self.reward.map(|reward| reward.map(event_type::reward).transpose()).transpose();
        let reward = fields.check("reward", reward);
        let cooldown = fields.check("cooldownMinutes", self.cooldown_minutes.map(event_type::cooldown).transpose());
        let distance = self.max_distance_m.map(|metres| metres.map(event_type::distance).transpose()).transpose();
        let distance = fields.check("maxDistanceM", distance);
        let (name, icon, reward, cooldown, distance) = fields.all((name, icon, reward, cooldown, distance))?;
        Ok(Description {
            name: name.unwrap_or_else(|| before.name.clone()),
            icon: icon.unwrap_or_else(|| before.icon.clone()),
            reward: reward.unwrap_or_else(|| before.reward.clone()),
            cooldown_minutes: cooldown.unwrap_or(before.cooldown_minutes),
            max_distance_m: distance.unwrap_or(before.max_distance_m),
        })
    }
}

/// Change a kind of care event
///
/// For admins. Events that were reported keep what the kind was then. One that is retired changes no more.
#[utoipa::path(
    patch, path = "/v1/community/events/types/{id}", operation_id = "update_event_type", tag = "events",
    security(("bearer" = ["admin"])),
    params(
        ("id" = EventTypeId, Path, description = "Which kind"),
        IfMatch,
    ),
    request_body = UpdateEventType,
    responses(
        (status = 200, description = "The kind as it is now", body = EventTypeView),
        (status = 404, description = "`events.no_such_event_type`"),
        (status = 409, description = "`events.type_retired`: it changes no more"),
    )
)]
pub async fn update_event_type(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    _admin: Require<Admin>,
    based_on: IfMatch,
    Path(Id { id }): Path<Id<EventTypeId>>,
    Json(body): Json<UpdateEventType>,
) -> Result<Tagged<EventTypeView>, Problem> {
    let now = ctx.clock.now();
    let read = ctx.store.event_type(id).await?.ok_or(Refusal::NoSuchEventType)?;
    based_on.check(read.version)?;
    let description = body.apply(&read.value.description)?;
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
