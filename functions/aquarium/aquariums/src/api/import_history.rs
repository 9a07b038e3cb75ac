//! `POST /v1/aquarium/aquariums/{id}/devices/{deviceId}/history`: imports the history of a device.

use std::collections::BTreeSet;

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Standing;
use kit::http::{Fields, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::{AquariumId, DeviceId};
use utoipa::ToSchema;

use crate::api::record_samples::{SampleInput, parsed};
use crate::api::sensing_views::DevicePath;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::day::Day;
use crate::domain::history::{History, HistoryError, MAX_HISTORY_HOURS, MAX_HISTORY_SAMPLES};
use crate::domain::hour::Hour;
use crate::problem::{Refusal, SensingRefusal};
use crate::store::NotImported;

/// The history of a device.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportHistory {
    /// The samples, in any order. All samples of an hour belong into one request.
    #[schema(min_items = 1, max_items = 2_000)]
    samples: Vec<SampleInput>,
}

/// What became of the history.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportedHistory {
    /// Number of hours that were imported.
    imported_hours: usize,
    /// Number of hours that had values already. They are unchanged.
    existing_hours: usize,
    /// Number of samples that are part of no hour: of sensors that the device does not have, with values that water cannot have, with a
    /// temperature of exactly 0 or -1 °C that no other value of the hour confirms, or of a second that has another sample.
    ignored: usize,
}

/// Import the history of a device
///
/// Allowed for the owner and keepers. Imports values from before the time that a device can record, for example from another app: up
/// to 2,000 samples, of up to 96 different hours, more than 31 and at most 400 days old. Statistics of the quarters of each hour are
/// kept, and not the samples. Calibrations apply as to recorded samples. An hour is imported once, with all sensors: hours of the
/// device that have values already are unchanged, so a repeated request has no effect. Alarms and summaries do not follow from history.
/// Limit: 500 requests per user and day.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/devices/{deviceId}/history", operation_id = "import_history", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), ("deviceId" = DeviceId, Path, description = "Device ID")),
    request_body = ImportHistory,
    responses(
        (status = 200, description = "History imported", body = ImportedHistory),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can import history"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_device`: the aquarium has no device with this ID"),
        (status = 422, description = "`aquariums.too_many_hours`: the samples are in more than 96 different hours"),
        (status = 429, description = "`request.limit_exceeded`: the user sent 500 requests with history today; retry after `Retry-After` seconds"),
    )
)]
pub async fn import_history(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Path(path): Path<DevicePath>,
    Json(body): Json<ImportHistory>,
) -> Result<Json<ImportedHistory>, Problem> {
    let sent = parsed(&body.samples, MAX_HISTORY_SAMPLES, MAX_HISTORY_HOURS)?;
    let hours: BTreeSet<Hour> = sent.iter().map(|sample| Hour::at(sample.at)).collect();
    // Of the data export. A repeated request makes up for what a killed one left.
    let days: BTreeSet<Day> = hours.iter().copied().map(Day::of).collect();
    let (place, now) = ((standing.user_id(), path.id, path.device_id), ctx.clock.now());
    let (_, mut found) = standing.with(ctx.store.history_site(place, &hours)).await?;
    let (mut retry, mut first) = (ConflictRetry::default(), None);
    loop {
        let site = found.ok_or(Refusal::NoSuchAquarium)?;
        site.scope.at_least(Role::Keeper)?;
        let head = site.head.as_ref().ok_or(SensingRefusal::NoSuchDevice)?;
        let mut history = History::of(head, &sent, now).map_err(refused)?;
        let all = history.hours.len();
        history.hours.retain(|hour, _| !site.known.contains(hour));
        let imported_hours = history.hours.len();
        let imported =
            ImportedHistory { imported_hours, existing_hours: all - imported_hours, ignored: history.ignored };
        let is_stored = imported_hours == 0
            || match ctx.store.import_hours(&site, path.device_id, history.hours, now).await {
                Ok(()) => true,
                Err(NotImported::Limit(exceeded)) => return Err(exceeded.into()),
                Err(NotImported::Store(error)) => return Err(error.into()),
                Err(NotImported::Moved) => false,
            };
        if is_stored {
            // Later attempts find the hours that this one stored.
            let imported = *first.get_or_insert(imported);
            if Box::pin(ctx.store.summarize_days(site.access(), head, &days)).await? {
                return Ok(Json(imported));
            }
        }
        retry.pause().await?;
        found = ctx.store.history_site(place, &hours).await?;
    }
}

fn refused(errors: Vec<(usize, HistoryError)>) -> Problem {
    let mut fields = Fields::new();
    for (number, error) in errors {
        fields.refuse(&format!("samples[{number}].{}", error.field()), error);
    }
    let refused = fields.all((None::<()>,)).err();
    refused.unwrap_or_else(|| Problem::internal("refused samples without an error"))
}
