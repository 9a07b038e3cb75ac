//! `GET /v1/community/points/subscriptions`: the points that the caller wants to hear of.

use std::collections::HashMap;

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::view::PointView;
use crate::ctx::Ctx;

/// A point that the caller hears of.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionView {
    /// The point.
    point: PointView,
    /// Since when.
    since: Timestamp,
}

/// List one's own subscriptions
///
/// In the order of the points' ids, which is none that means anything. A page may hold fewer than `limit`, since what was
/// ended is passed over.
#[utoipa::path(
    get, path = "/v1/community/points/subscriptions", operation_id = "list_subscriptions", tag = "points",
    security(("bearer" = [])),
    params(
        Page,
    ),
    responses(
        (status = 200, description = "One page", body = List<SubscriptionView>),
    )
)]
pub async fn list_subscriptions(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    page: Page,
) -> Result<Json<List<SubscriptionView>>, Problem> {
    let page = ctx.store.subscriptions(caller.user_id, page).await?;
    let mut active: Vec<_> = page.items.into_iter().map(|read| read.value).collect();
    active.retain(|subscription| subscription.active);
    let points = ctx.store.points(active.iter().map(|subscription| subscription.point_id)).await?;
    let mut points: HashMap<_, _> = points.into_iter().map(|point| (point.value.id, point.value)).collect();
    let items = active.iter().filter_map(|subscription| {
        let point = PointView::of(&points.remove(&subscription.point_id)?)?;
        Some(SubscriptionView { point, since: subscription.since })
    });
    let items = items.collect();
    Ok(Json(List { items, next_cursor: page.next.map(|cursor| cursor.encode()) }))
}
