//! `GET /v1/aquarium/aquariums/{id}/readings/manual/{readingId}`: a reading that a member recorded by hand.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Path, Problem, Tagged};
use types::{AquariumId, ReadingId};

use crate::api::reading_view::{ManualReading, ReadingPath};
use crate::ctx::Ctx;
use crate::problem::{Refusal, SensingRefusal};

/// Get a manual reading
///
/// Allowed for all members of the aquarium. The `ETag` is the version that corrections and deletion need as `If-Match`.
#[utoipa::path(
    get, path = "/v1/aquarium/aquariums/{id}/readings/manual/{readingId}", operation_id = "get_manual_reading", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), ("readingId" = ReadingId, Path, description = "Reading ID")),
    responses(
        (status = 200, description = "The reading", body = ManualReading),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller; `aquariums.no_such_reading`: the aquarium has no reading with this ID"),
    )
)]
pub async fn get_manual_reading(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    Path(ReadingPath { id, reading_id }): Path<ReadingPath>,
) -> Result<Tagged<ManualReading>, Problem> {
    let found = ctx.store.reading(caller.user_id, id, reading_id).await?;
    let (_, read) = found.ok_or(Refusal::NoSuchAquarium)?;
    let read = read.filter(|read| !read.value.is_deleted()).ok_or(SensingRefusal::NoSuchReading)?;
    Ok(Tagged::new(read.version, ManualReading::of(&read.value)))
}
