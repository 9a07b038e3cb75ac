//! `GET /v1/aquarium/aquariums/{id}/alarms/{episodeId}`: an alarm.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, Path, Problem};
use types::{AquariumId, EpisodeId};

use crate::api::alarm_views::{AlarmView, EpisodePath};
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get an alarm
///
/// Allowed for all members of the aquarium.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/alarms/{episodeId}", operation_id = "get_alarm_episode", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), ("episodeId" = EpisodeId, Path, description = "Episode ID")),
    responses(
        (status = 200, description = "The alarm", body = AlarmView),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_alarm_episode`: the aquarium has no alarm with this ID"),
    )
)]
pub async fn get_alarm_episode(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<EpisodePath>,
) -> Result<Json<AlarmView>, Problem> {
    let found = ctx.store.access_and_episode(caller.user_id, path.id, path.episode_id).await?;
    let (_, _, episode) = found.ok_or(Refusal::NoSuchAquarium)?;
    let episode = episode.ok_or(Refusal::NoSuchAlarmEpisode)?;
    Ok(Json(AlarmView::from(&episode.value)))
}
