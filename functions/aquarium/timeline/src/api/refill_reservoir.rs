//! `POST /v1/aquarium/aquariums/{id}/dose-plans/{planId}/refill`: records a refill of a reservoir. Requires `Idempotency-Key`.
//!
//! Emits `timeline.dose_plan_changed.v1`.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Standing;
use kit::http::{Fields, IdempotencyKey, Invocation, Json, Path, Problem, Tagged};
use serde::{Deserialize, Serialize};
use types::{AquariumId, DosePlanId};
use utoipa::ToSchema;

use super::dose_views::DosePlanView;
use super::dosing::{DosePlanPath, Step, change, refused, tagged};
use super::parsing::in_millis;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Request to record a refill.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefillReservoir {
    /// What the reservoir contains after the refill, in microlitres. Its size if absent.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 1_000_000)]
    volume_ul: Option<u64>,
    /// Time of the refill, not before the last one and not in the future. Defaults to now.
    #[serde(default, serialize_with = "types::time::optional_millis")]
    filled_at: Option<Timestamp>,
}

/// Record a refill
///
/// Sets what the reservoir of a dose plan contains, and publishes `timeline.dose_plan_changed.v1`. The owner and keepers of the
/// aquarium can record refills. What was left before is replaced. The members are notified again when the reservoir is low the
/// next time. Limit: 1,000 changes of timelines per user and day. Idempotent by `Idempotency-Key` for 90 days.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/dose-plans/{planId}/refill", operation_id = "refill_reservoir", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("planId" = DosePlanId, Path, description = "Dose plan ID"),
        IdempotencyKey,
    ),
    request_body = RefillReservoir,
    responses(
        (status = 200, description = "Refill recorded", body = DosePlanView),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can record refills"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_dose_plan`: the aquarium has no dose plan with this ID"),
        (status = 409, description = "`timeline.no_reservoir`: the dose plan has no reservoir; `timeline.too_many_dose_changes`: the dose plan has 100 refills within 92 days"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines 1,000 times today; retry after `Retry-After` seconds"),
    )
)]
pub async fn refill_reservoir(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    key: IdempotencyKey,
    Path(path): Path<DosePlanPath>,
    Json(body): Json<RefillReservoir>,
) -> Result<Tagged<DosePlanView>, Problem> {
    let now = in_millis(ctx.clock.now());
    let caller = format!("{}#{}#{}", standing.user_id(), path.id, path.plan_id);
    let text = serde_json::to_string(&body).map_err(Problem::internal)?;
    let id = key.derive_id("refill_reservoir", &caller);
    let fingerprint = key.derive_id(&format!("refill_reservoir\n{text}"), &caller);
    let mut fields = Fields::new();
    let is_past = body.filled_at.is_none_or(|at| at <= now);
    let filled_at = fields.check("filledAt", is_past.then_some(body.filled_at).ok_or("must not be in the future"));
    let (filled_at,) = fields.all((filled_at,))?;
    let at = filled_at.map_or(now, in_millis);
    let refilled = change(ctx, (&standing, &call), path, now, |read| {
        if let Some(known) = read.value.reservoir.as_ref().and_then(|reservoir| reservoir.refill(id)) {
            let is_same = known.fingerprint == fingerprint;
            return if is_same { Ok(Step::Keep) } else { Err(Refusal::KeyReused.into()) };
        }
        let next = read.value.refilled((id, fingerprint), body.volume_ul, at, now).map_err(refused)?;
        Ok(Step::Write(Box::new(next)))
    });
    Ok(tagged(&refilled.await?, now))
}
