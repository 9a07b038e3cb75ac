//! `GET /v1/community/badges/mine`: the badges and progress of the caller.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::{BadgeView, EarnedTier};
use crate::ctx::Ctx;
use crate::domain::badge::Badge;
use crate::domain::record::Record;

/// A badge with the progress of the caller.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MyBadge {
    /// The badge.
    badge: BadgeView,
    /// Earned tiers, lowest first. They are never revoked.
    earned: Vec<EarnedTier>,
    /// Current count.
    progress: u64,
    /// Current count of what can earn rewards. Care events whose own reward is withheld are left out. The reward of a tier
    /// is paid once this count reaches the threshold.
    reward_progress: u64,
    /// Next tier. Null after the last tier and for retired badges.
    next: Option<NextTier>,
}

/// A tier that is not earned yet.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextTier {
    /// Number of the tier, from 1.
    tier: usize,
    /// Name.
    name: String,
    /// Required count.
    threshold: u64,
}

impl MyBadge {
    fn new(record: &Record, badge: &Badge, version: u64) -> Self {
        let held = record.tiers(badge.id);
        let next = badge.design.tiers.get(held).filter(|_| badge.retired.is_none());
        let next = next.map(|tier| NextTier { tier: held + 1, name: tier.name.clone(), threshold: tier.threshold });
        let progress = record.progress(&badge.design.requirement);
        let reward_progress = record.reward_progress(&badge.design.requirement);
        Self {
            badge: BadgeView::new(badge, version),
            earned: EarnedTier::all(record, badge),
            progress,
            reward_progress,
            next,
        }
    }
}

/// List my badges and progress
///
/// Lists every active badge, and retired badges that you earned. New badges count past activity; their tiers are
/// awarded with your next activity.
#[utoipa::path(
    get, path = "/v1/community/badges/mine", operation_id = "list_my_badges", tag = "badges",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Badges, oldest first", body = List<MyBadge>),
    )
)]
pub async fn list_my_badges(State(ctx): State<&'static Ctx>, caller: Caller) -> Result<Json<List<MyBadge>>, Problem> {
    let (catalogue, record) =
        futures::try_join!(ctx.store.catalogue(ctx.clock.now()), ctx.store.record_to_show(caller.user_id))?;
    let shown = catalogue.all().iter().filter(|badge| badge.retired.is_none() || record.tiers(badge.id) > 0);
    let items = shown.map(|badge| MyBadge::new(&record, badge, catalogue.version(badge.id))).collect();
    Ok(Json(List { items, next_cursor: None }))
}
