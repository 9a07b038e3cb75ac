//! `GET /v1/community/badges/mine`: what the caller has earned, and how far they are.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::{BadgeView, EarnedTier};
use crate::ctx::Ctx;
use crate::domain::badge::Badge;
use crate::domain::record::Record;

/// How far somebody is with a badge.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MyBadge {
    /// The badge.
    badge: BadgeView,
    /// What they earned of it, the lowest tier first. It stays, whatever is removed later.
    earned: Vec<EarnedTier>,
    /// How much is counted now.
    progress: u64,
    /// What comes next; absent after the last tier, and for what is retired.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<NextTier>,
}

/// A tier that is not earned yet.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextTier {
    /// Which tier, from 1.
    tier: usize,
    /// What it is called.
    name: String,
    /// How much must be counted.
    threshold: u64,
}

impl MyBadge {
    fn new(record: &Record, badge: &Badge) -> Self {
        let held = record.tiers(badge.id);
        let next = badge.design.tiers.get(held).filter(|_| badge.retired.is_none());
        let next = next.map(|tier| NextTier { tier: held + 1, name: tier.name.clone(), threshold: tier.threshold });
        let progress = record.progress(&badge.design.requirement);
        Self { badge: BadgeView::from(badge), earned: EarnedTier::all(record, badge), progress, next }
    }
}

/// List one's own badges
///
/// Every badge that can be earned, and retired ones that the caller has. A badge that is new counts what was before it; its
/// tiers are given with the next thing that the caller does.
#[utoipa::path(
    get, path = "/v1/community/badges/mine", operation_id = "list_my_badges", tag = "badges",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The badges, the oldest first; one page", body = List<MyBadge>),
    )
)]
pub async fn list_my_badges(State(ctx): State<&'static Ctx>, caller: Caller) -> Result<Json<List<MyBadge>>, Problem> {
    let (catalogue, record) =
        futures::try_join!(ctx.store.catalogue(ctx.clock.now()), ctx.store.record_to_show(caller.user_id))?;
    let shown = catalogue.all().iter().filter(|badge| badge.retired.is_none() || record.tiers(badge.id) > 0);
    let items = shown.map(|badge| MyBadge::new(&record, badge)).collect();
    Ok(Json(List { items, next_cursor: None }))
}
