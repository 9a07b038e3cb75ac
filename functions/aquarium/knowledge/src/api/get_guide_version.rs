//! `GET /v1/aquarium/guides/{id}/versions/{version}`: a version of a care guide.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Path, Problem, Tagged};
use serde::Deserialize;
use types::GuideId;

use crate::api::guide_view::GuideVersionView;
use crate::ctx::Ctx;
use crate::domain::guide::MAX_VERSIONS;
use crate::problem::Refusal;
use crate::store::GuideRead;

/// Path parameters.
#[derive(Debug, Clone, Deserialize)]
pub struct VersionOf {
    /// Guide ID.
    id: GuideId,
    /// Number of the version.
    version: String,
}

impl VersionOf {
    /// The number of the version; `None` for a text that is no such number, which no version has. It has one spelling.
    fn number(&self) -> Option<u32> {
        let number: u32 = self.version.parse().ok()?;
        (number.to_string() == self.version && (1..=MAX_VERSIONS).contains(&number)).then_some(number)
    }
}

/// Get a guide version
///
/// Returns a version of a care guide with its text and its review. The `ETag` is that of the guide: send it as `If-Match` to write a new
/// version. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/aquarium/guides/{id}/versions/{version}", operation_id = "get_guide_version", tag = "knowledge",
    security(("bearer" = ["manager"])),
    params(
        ("id" = GuideId, Path, description = "Guide ID"),
        ("version" = u32, Path, minimum = 1, maximum = 1000, description = "Number of the version", example = 1),
    ),
    responses(
        (status = 200, description = "The version", body = GuideVersionView),
        (status = 404, description = "`knowledge.no_such_guide`: no guide with this ID; `knowledge.no_such_guide_version`: the guide has no version with this number"),
    )
)]
pub async fn get_guide_version(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(path): Path<VersionOf>,
) -> Result<Tagged<GuideVersionView>, Problem> {
    let Some(number) = path.number() else {
        standing.check().await?;
        return Err(Refusal::NoSuchGuideVersion.into());
    };
    let (_, GuideRead { guide, version }) = standing.with(ctx.store.guide(path.id, number)).await?;
    let guide = guide.ok_or(Refusal::NoSuchGuide)?;
    let version = version.ok_or(Refusal::NoSuchGuideVersion)?;
    Ok(Tagged::new(guide.version, GuideVersionView::from(&version.value)))
}
