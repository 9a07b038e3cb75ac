//! `GET /v1/community/badges/{id}`: a badge with its version.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Path, Problem, Tagged};
use types::BadgeId;

use crate::api::BadgeView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get a badge
///
/// Returns retired badges too. Send the `ETag` as `If-Match` to change exactly this version.
#[utoipa::path(
    get, path = "/v1/community/badges/{id}", operation_id = "get_badge", tag = "badges",
    security(("bearer" = [])),
    params(("id" = BadgeId, Path, description = "Badge ID")),
    responses(
        (status = 200, description = "The badge", body = BadgeView),
        (status = 404, description = "`badges.no_such_badge`: no badge with this ID"),
    )
)]
pub async fn get_badge(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Path(Id { id }): Path<Id<BadgeId>>,
) -> Result<Tagged<BadgeView>, Problem> {
    let found = ctx.store.badge(id).await?.ok_or(Refusal::NoSuchBadge)?;
    Ok(Tagged::new(found.version, BadgeView::new(&found.value, found.version)))
}
