//! `POST /v1/aquarium/aquariums/{id}/alarms/{episodeId}/acknowledgement`: acknowledges an alarm.
//!
//! Emits `aquariums.alarm_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::Standing;
use kit::http::{Invocation, Json, Path, Problem};
use types::{AquariumId, EpisodeId};

use crate::alarming::Cause;
use crate::api::alarm_views::{AlarmView, EpisodePath};
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::problem::Refusal;

/// Acknowledge an alarm
///
/// Allowed for the owner and keepers of the aquarium. Ends the reminders of the alarm for all members; its end is still
/// notified. Has no effect on an alarm that has ended. Idempotent: repeating the request has no further effect.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/alarms/{episodeId}/acknowledgement", operation_id = "acknowledge_alarm", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), ("episodeId" = EpisodeId, Path, description = "Episode ID")),
    responses(
        (status = 200, description = "The alarm", body = AlarmView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can acknowledge alarms"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_alarm_episode`: the aquarium has no alarm with this ID"),
    )
)]
pub async fn acknowledge_alarm(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Path(path): Path<EpisodePath>,
) -> Result<Json<AlarmView>, Problem> {
    let (user, cause) = (standing.user_id(), Cause::new(call.correlation_id, ctx.clock.now()));
    let mut retry = ConflictRetry::default();
    loop {
        let (_, found) = standing.with(ctx.store.access_and_episode(user, path.id, path.episode_id)).await?;
        let (scope, access, read) = found.ok_or(Refusal::NoSuchAquarium)?;
        scope.at_least(Role::Keeper)?;
        let read = read.ok_or(Refusal::NoSuchAlarmEpisode)?;
        let Some(next) = read.value.acknowledged(cause.now) else { return Ok(Json(AlarmView::from(&read.value))) };
        let outbox = Outbox::of(cause.event(next.changed_fact(read.version + 1)))?;
        if ctx.store.change_episode(&access, &read, &next, &outbox).await? {
            return Ok(Json(AlarmView::from(&next)));
        }
        retry.pause().await?;
    }
}
