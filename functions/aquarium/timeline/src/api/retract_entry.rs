//! `POST /v1/aquarium/aquariums/{id}/timeline/entries/{seq}/retraction`: retracts an entry. Requires `Idempotency-Key` and
//! `If-Match`.
//!
//! Emits `timeline.entry_corrected.v1`.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Created, Fields, IdempotencyKey, IfMatch, Invocation, Json, Path, Problem};
use serde::{Deserialize, Serialize};
use types::AquariumId;
use utoipa::ToSchema;

use super::command::Command;
use super::correct_entry::{Change, amend};
use super::{EntryPath, TimelineEntryView, parsing};
use crate::ctx::Ctx;
use crate::domain::stream::Amendment;

/// Request to retract an entry.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetractEntry {
    /// Reason for the retraction.
    #[schema(min_length = 1, max_length = 500, example = "Wrong aquarium.")]
    note: Option<String>,
}

/// Retract an entry
///
/// Appends a retraction to the timeline, and publishes `timeline.entry_corrected.v1`. The owner and keepers of the aquarium can
/// retract entries, also those of others. A retracted entry stays in the timeline, but no longer counts. It cannot be
/// corrected. `If-Match` is the `ETag` of the entry. Limit: 1,000 changes of timelines per user and day. Idempotent by
/// `Idempotency-Key` for 30 days. Returns the retracted entry.
#[utoipa::path(
    post, path = "/v1/aquarium/aquariums/{id}/timeline/entries/{seq}/retraction", operation_id = "retract_entry", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("seq" = u64, Path, description = "Sequence number", minimum = 1, maximum = 9_999_999_999_i64),
        IdempotencyKey,
        IfMatch,
    ),
    request_body = RetractEntry,
    responses(
        (status = 201, description = "Entry retracted", body = TimelineEntryView),
        (status = 403, description = "`timeline.role_too_low`: only the owner and keepers can retract entries"),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_entry`: no entry with this sequence number"),
        (status = 409, description = "`timeline.not_correctable`: the entry is a correction or a retraction; `timeline.entry_retracted`: the entry is retracted; `timeline.newer_entries`: a newer version of the service has written to this timeline; retry after `Retry-After` seconds"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request"),
        (status = 429, description = "`request.limit_exceeded`: the user changed timelines and tasks 1,000 times today; retry after `Retry-After` seconds"),
        (status = 503, description = "`timeline.rebuilding`: the state of the timeline is being computed again; retry after `Retry-After` seconds"),
    )
)]
pub async fn retract_entry(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing,
    key: IdempotencyKey,
    if_match: IfMatch,
    Path(path): Path<EntryPath>,
    Json(body): Json<RetractEntry>,
) -> Result<Created<TimelineEntryView>, Problem> {
    let now = parsing::in_millis(ctx.clock.now());
    let command = Command::new("retract_entry", &standing, &key, path.id, &(&path.seq, &body), now)?.about(path.seq());
    let mut fields = Fields::new();
    let note = fields.check("note", body.note.as_deref().map(parsing::note).transpose());
    let (note,) = fields.all((note,))?;
    let change = Change { amendment: Amendment::Retract, note, if_match, now };
    amend(ctx, &call, &standing, &command, &path, change).await
}
