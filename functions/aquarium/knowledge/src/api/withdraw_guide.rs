//! `POST /v1/aquarium/guides/{id}/withdraw`: withdraws a care guide from the public.
//!
//! Emits `knowledge.guide_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Manager, Standing};
use kit::http::{Id, Invocation, Path, Problem, Tagged};
use types::GuideId;

use crate::api::guide_fields::{changed, tagged};
use crate::api::guide_view::GuideView;
use crate::ctx::Ctx;
use crate::problem::Refusal;
use crate::store::GuideNotWritten;

/// Withdraw a guide
///
/// Hides a guide from the public. Caches may keep it for 60 seconds. Its versions stay, and an approved one can be published again. Requires
/// the role `manager` or `admin`. Idempotent.
#[utoipa::path(
    post, path = "/v1/aquarium/guides/{id}/withdraw", operation_id = "withdraw_guide", tag = "knowledge",
    security(("bearer" = ["manager"])),
    params(("id" = GuideId, Path, description = "Guide ID")),
    responses(
        (status = 200, description = "The guide, which is not published any more", body = GuideView),
        (status = 404, description = "`knowledge.no_such_guide`: no guide with this ID"),
    )
)]
pub async fn withdraw_guide(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<GuideId>>,
) -> Result<Tagged<GuideView>, Problem> {
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.shown(id, None)).await?;
        let guide = read.guide.as_ref().ok_or(Refusal::NoSuchGuide)?;
        let Some(next) = guide.value.withdrawn() else { return Ok(tagged(guide)) };
        let outbox = match &read.page {
            Some(page) => changed(&call, page.value.changed_fact(false, guide.version + 1), now)?,
            None => Outbox::none(),
        };
        match ctx.store.show_guide((&read, guide), next, None, &outbox).await {
            Ok(written) => return Ok(tagged(&written)),
            Err(GuideNotWritten::Store(error)) => return Err(error.into()),
            Err(_) => retry.pause().await?,
        }
    }
}
