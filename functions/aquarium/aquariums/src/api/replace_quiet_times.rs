//! `PUT /v1/aquarium/aquariums/{id}/quiet`: replaces the quiet times of an aquarium.

use axum::extract::State;
use calendar::{DailyWindow, ZoneName};
use futures::future::try_join;
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Fields, Id, Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::AquariumId;
use utoipa::ToSchema;

use crate::alarming::{Cause, change_setup};
use crate::api::alarm_views::{DailyQuietTime, QuietTimes, daily_window};
use crate::api::attempts::InstallationAttempts;
use crate::ctx::Ctx;
use crate::domain::alarm::Maintenance;
use crate::domain::alarm_history::MAX_EPISODES_PER_WRITE;
use crate::domain::quiet;
use crate::problem::SensingRefusal;
use crate::store::{Committed, Installation};

/// Request to replace quiet times.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplaceQuietTimes {
    /// End of a quiet time that begins now, at most 24 hours ahead. Without it, one that is under way ends now.
    #[schema(value_type = Option<Timestamp>)]
    until: Option<String>,
    /// Quiet times of every day, by the clock of the aquarium. None if it is absent.
    #[serde(default)]
    #[schema(max_items = 4)]
    daily: Vec<DailyQuietTime>,
}

/// What a request asks for: an end and daily windows.
pub(super) type Wanted = (Option<Timestamp>, Vec<DailyWindow>);

impl ReplaceQuietTimes {
    fn parse(&self, now: Timestamp) -> Result<Wanted, Problem> {
        let mut fields = Fields::new();
        let end = fields.check("until", self.until.as_deref().map(types::time::parse).transpose());
        let until = end.and_then(|end| fields.check("until", end.map(|end| quiet::until(end, now)).transpose()));
        let windows = self.daily.iter().enumerate().map(|(number, time)| daily_window(&mut fields, number, time));
        let windows: Vec<_> = windows.collect();
        let windows = windows.into_iter().collect::<Option<Vec<_>>>();
        let daily = windows.and_then(|windows| fields.check("daily", quiet::daily(windows)));
        fields.all((until, daily))
    }
}

/// Replace quiet times
///
/// Allowed for the owner and keepers of the aquarium. In quiet times, such as a water change or feeding, alarm rules
/// are suspended, no reminders are sent, and the silence of a device is reported later. Alarms that fire go on. A change
/// holds from now on: samples from before are judged by the quiet times of their time, also if they arrive late.
/// Idempotent: repeating the request has no further effect. Limit: 200 changes of alarm rules and quiet times per user and
/// day (UTC).
#[utoipa::path(
    put, path = "/v1/aquarium/aquariums/{id}/quiet", operation_id = "replace_quiet_times", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID")),
    request_body = ReplaceQuietTimes,
    responses(
        (status = 200, description = "The quiet times", body = QuietTimes),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can set quiet times"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
        (status = 409, description = "`aquariums.too_many_alarms`: more than 40 alarms would change at once"),
        (status = 429, description = "`request.limit_exceeded`: the user changed alarm rules and quiet times 200 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn replace_quiet_times(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    Path(Id { id }): Path<Id<AquariumId>>,
    Json(body): Json<ReplaceQuietTimes>,
) -> Result<Json<QuietTimes>, Problem> {
    let now = ctx.clock.now();
    let wanted = body.parse(now)?;
    Box::pin(set(ctx, call, &standing, id, &wanted)).await.map(Json)
}

/// Sets quiet times, and returns them.
pub(super) async fn set(
    ctx: &Ctx,
    call: Invocation,
    standing: &Standing,
    id: AquariumId,
    wanted: &Wanted,
) -> Result<QuietTimes, Problem> {
    let user = standing.user_id();
    let mut attempts = InstallationAttempts::begin(standing, || ctx.store.installation(user, id)).await?;
    let cause = Cause::new(call.correlation_id, ctx.clock.now());
    loop {
        let installation = attempts.read().await?;
        if let Some(quiet) = write(ctx, &installation, wanted, &cause).await? {
            return Ok(quiet);
        }
    }
}

/// The quiet times; none if another write was faster.
async fn write(
    ctx: &Ctx,
    installation: &Installation,
    (until, daily): &Wanted,
    cause: &Cause,
) -> Result<Option<QuietTimes>, Problem> {
    let (directory, now) = (installation.directory(), cause.now);
    let zone = ctx.store.zone_of(installation.scope.owner_id(), directory.aquarium_id);
    let (zone, heads) = try_join(zone, ctx.store.current_heads(&directory)).await?;
    let zone = zone.unwrap_or_else(ZoneName::utc);
    let quiet = quiet::replaced(directory.quiet.as_ref(), zone, *until, daily.clone(), now);
    let is_none = directory.quiet.is_none() && quiet == Maintenance::none(quiet.zone.clone());
    if is_none || directory.quiet.as_ref() == Some(&quiet) {
        return Ok(Some(QuietTimes::of(Some(&quiet), now)));
    }
    let mut writes = Vec::new();
    for head in heads {
        let next = head.value.with_quiet(quiet.clone());
        writes.push(change_setup(&ctx.store, &installation.access, head, next, cause).await?);
    }
    let changed: usize = writes.iter().map(|write| write.effects.episodes().count()).sum();
    if changed > MAX_EPISODES_PER_WRITE {
        return Err(SensingRefusal::TooManyAlarms.into());
    }
    let view = QuietTimes::of(Some(&quiet), now);
    let next = directory.with_quiet(quiet);
    let committed = ctx.store.write_quiet(installation, &next, &writes, now).await?;
    Ok((committed == Committed::Done).then_some(view))
}
