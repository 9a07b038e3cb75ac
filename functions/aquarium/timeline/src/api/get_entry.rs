//! `GET /v1/aquarium/aquariums/{id}/timeline/entries/{seq}`: an entry.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Path, Problem, Tagged};
use types::AquariumId;

use super::{EntryPath, TimelineEntryView};
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get an entry
///
/// Returns the entry as of its last correction. `amendedBy` lists the corrections and the retraction, which are entries
/// themselves. Members of the aquarium can read it.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/timeline/entries/{seq}", operation_id = "get_entry", tag = "timeline",
    security(("bearer" = [])),
    params(
        ("id" = AquariumId, Path, description = "Aquarium ID"),
        ("seq" = u64, Path, description = "Sequence number", minimum = 1, maximum = 9_999_999_999_i64),
    ),
    responses(
        (status = 200, description = "The entry", body = TimelineEntryView),
        (status = 404, description = "`timeline.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `timeline.no_such_entry`: no entry with this sequence number"),
    )
)]
pub async fn get_entry(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(path): Path<EntryPath>,
) -> Result<Tagged<TimelineEntryView>, Problem> {
    // A text that is no sequence number says nothing about the aquarium: strangers get the same answer as for any entry.
    let seq = path.seq().unwrap_or_default();
    let found = ctx.store.entry_for(caller.user_id, path.id, seq).await?;
    let (_scope, entry) = found.ok_or(Refusal::NoSuchAquarium)?;
    let entry = entry.ok_or(Refusal::NoSuchEntry)?;
    Ok(Tagged::new(entry.version, TimelineEntryView::of(&entry.value, entry.version)?))
}
