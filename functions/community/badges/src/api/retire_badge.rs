//! `DELETE /v1/community/badges/{id}`: retires a badge. Users keep the tiers that they earned.

use axum::extract::State;
use kit::auth::{Admin, Standing};
use kit::http::{Id, IfMatch, NoContent, Path, Problem};
use kit::openapi::OptionalIfMatch;
use types::BadgeId;

use crate::ctx::Ctx;
use crate::domain::badge::Badge;

/// Retire a badge
///
/// Requires the role `admin`. The badge can no longer be earned; earned tiers remain. Idempotent. Supports
/// optimistic concurrency with `If-Match`.
#[utoipa::path(
    delete, path = "/v1/community/badges/{id}", operation_id = "retire_badge", tag = "badges",
    security(("bearer" = ["admin"])),
    params(
        ("id" = BadgeId, Path, description = "Badge ID"),
        OptionalIfMatch,
    ),
    responses(
        (status = 204, description = "Badge retired"),
        (status = 404, description = "`badges.no_such_badge`: no badge with this ID"),
    )
)]
pub async fn retire_badge(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    seen: Option<IfMatch>,
    Path(Id { id }): Path<Id<BadgeId>>,
) -> Result<NoContent, Problem> {
    standing.check().await?;
    let retire = |read: &dynamo::Versioned<Badge>, revision| {
        if read.value.retired.is_some() {
            return Ok(None);
        }
        seen.map_or(Ok(()), |seen| seen.check(read.version))?;
        Ok::<_, Problem>(Some(Badge { retired: Some(revision), changed: revision, ..read.value.clone() }))
    };
    ctx.store.change_badge(id, retire).await?;
    Ok(NoContent)
}
