//! `POST /v1/aquarium/guides/{id}/publish`: publishes an approved version of a care guide.
//!
//! Emits `knowledge.guide_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Manager, Standing};
use kit::http::{Id, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::GuideId;
use utoipa::ToSchema;

use crate::api::guide_fields::{changed, tagged};
use crate::api::guide_view::GuideView;
use crate::ctx::Ctx;
use crate::problem::Refusal;
use crate::store::GuideNotWritten;

/// Request to publish a guide.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublishGuide {
    /// Number of the version. An earlier approved version may be published too.
    #[schema(minimum = 1, maximum = 1000, example = 1)]
    version: u32,
}

/// Publish a guide
///
/// Makes an approved version visible to the public, in the place of the one that was published before. An earlier slug under which the
/// guide was published redirects to the slug of the version. Requires the role `manager` or `admin`. Idempotent.
#[utoipa::path(
    post, path = "/v1/aquarium/guides/{id}/publish", operation_id = "publish_guide", tag = "knowledge",
    security(("bearer" = ["manager"])),
    params(("id" = GuideId, Path, description = "Guide ID")),
    request_body = PublishGuide,
    responses(
        (status = 200, description = "The published guide", body = GuideView),
        (status = 404, description = "`knowledge.no_such_guide`: no guide with this ID; `knowledge.no_such_guide_version`: the guide has no version with this number"),
        (status = 409, description = "`knowledge.version_not_approved`: the version was not approved by a second user"),
    )
)]
pub async fn publish_guide(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<GuideId>>,
    Json(body): Json<PublishGuide>,
) -> Result<Tagged<GuideView>, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.shown(id, Some(body.version))).await?;
        let guide = read.guide.as_ref().ok_or(Refusal::NoSuchGuide)?;
        let version = read.version.as_ref().ok_or(Refusal::NoSuchGuideVersion)?;
        let next = guide.value.published(&version.value, now).map_err(Refusal::from)?;
        let Some(next) = next else { return Ok(tagged(guide)) };
        let revision = guide.version + 1;
        let page = next.page(&version.value, revision);
        let outbox = match &page {
            Some(page) => changed(&call, page.changed_fact(true, revision), now)?,
            None => Outbox::none(),
        };
        match ctx.store.show_guide((&read, guide), next, page.as_ref(), &outbox).await {
            Ok(written) => return Ok(tagged(&written)),
            Err(GuideNotWritten::Store(error)) => return Err(error.into()),
            Err(_) => retry.pause().await?,
        }
    }
}
