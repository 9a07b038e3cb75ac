//! `GET /v1/community/users/{id}/badges`: what somebody has earned.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Path, Problem};
use serde::Serialize;
use types::UserId;
use utoipa::ToSchema;

use crate::api::{BadgeView, EarnedTier};
use crate::ctx::Ctx;

/// A badge that somebody has.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EarnedBadge {
    /// The badge.
    badge: BadgeView,
    /// What they earned of it, the lowest tier first.
    earned: Vec<EarnedTier>,
}

/// List somebody's badges
///
/// Only what they earned: how far they are is for themselves to see. Nobody's badges are empty, and so are those of who was
/// deleted.
#[utoipa::path(
    get, path = "/v1/community/users/{id}/badges", operation_id = "list_user_badges", tag = "badges",
    security(("bearer" = [])),
    params(("id" = UserId, Path, description = "Whose")),
    responses(
        (status = 200, description = "The badges, the oldest first; one page", body = List<EarnedBadge>),
    )
)]
pub async fn list_user_badges(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Path(Id { id }): Path<Id<UserId>>,
) -> Result<Json<List<EarnedBadge>>, Problem> {
    let (catalogue, record) = futures::try_join!(ctx.store.catalogue(ctx.clock.now()), ctx.store.record_to_show(id))?;
    let held = catalogue.all().iter().filter(|badge| record.tiers(badge.id) > 0);
    let items =
        held.map(|badge| EarnedBadge { badge: badge.into(), earned: EarnedTier::all(&record, badge) }).collect();
    Ok(Json(List { items, next_cursor: None }))
}
