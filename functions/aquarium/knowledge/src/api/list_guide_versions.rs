//! `GET /v1/aquarium/guides/{id}/versions`: the versions of a care guide.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Id, Json, List, Page, Path, Problem};
use types::GuideId;

use crate::api::guide_view::GuideVersionSummary;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// List guide versions
///
/// Returns the versions of a care guide with their reviews, newest first, without their bodies. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/aquarium/guides/{id}/versions", operation_id = "list_guide_versions", tag = "knowledge",
    security(("bearer" = ["manager"])),
    params(("id" = GuideId, Path, description = "Guide ID"), Page),
    responses(
        (status = 200, description = "A page of versions", body = List<GuideVersionSummary>),
        (status = 404, description = "`knowledge.no_such_guide`: no guide with this ID"),
    )
)]
pub async fn list_guide_versions(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<GuideId>>,
    page: Page,
) -> Result<Json<List<GuideVersionSummary>>, Problem> {
    let (_, (guide, versions)) = standing.with(ctx.store.versions(id, page.limit, page.cursor)).await?;
    guide.ok_or(Refusal::NoSuchGuide)?;
    Ok(Json(List::of(versions, |version| GuideVersionSummary::from(&version.value))))
}
