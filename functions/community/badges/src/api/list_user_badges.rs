//! `GET /v1/community/users/{id}/badges`: the badges that a user earned.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, List, Path, Problem};
use serde::Serialize;
use types::UserId;
use utoipa::ToSchema;

use crate::api::{BadgeView, EarnedTier};
use crate::ctx::Ctx;

/// An earned badge.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EarnedBadge {
    /// The badge.
    badge: BadgeView,
    /// Earned tiers, lowest first.
    earned: Vec<EarnedTier>,
}

/// List badges of a user
///
/// Lists earned badges without progress. Returns an empty list for unknown or deleted users.
#[utoipa::path(
    get, path = "/v1/community/users/{id}/badges", operation_id = "list_user_badges", tag = "badges",
    security(("bearer" = [])),
    params(("id" = UserId, Path, description = "User ID")),
    responses(
        (status = 200, description = "Badges, oldest first", body = List<EarnedBadge>),
    )
)]
pub async fn list_user_badges(
    State(ctx): State<&'static Ctx>,
    _caller: Caller,
    Path(Id { id }): Path<Id<UserId>>,
) -> Result<Json<List<EarnedBadge>>, Problem> {
    let (catalogue, record) = futures::try_join!(ctx.store.catalogue(ctx.clock.now()), ctx.store.record_to_show(id))?;
    let held = catalogue.all().iter().filter(|badge| record.tiers(badge.id) > 0);
    let shown = |badge| BadgeView::new(badge, catalogue.version(badge.id));
    let items =
        held.map(|badge| EarnedBadge { badge: shown(badge), earned: EarnedTier::all(&record, badge) }).collect();
    Ok(Json(List { items, next_cursor: None }))
}
