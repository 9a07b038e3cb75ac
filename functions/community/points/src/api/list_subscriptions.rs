//! `GET /v1/community/points/subscriptions`: the point subscriptions of the caller.

use std::collections::HashMap;

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::view::PointSummary;
use crate::ctx::Gallery;

/// A subscription.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionView {
    /// The point.
    point: PointSummary,
    /// Time of subscription.
    #[serde(serialize_with = "types::time::millis")]
    since: Timestamp,
}

/// List my point subscriptions
///
/// Ordered by point ID. The order carries no meaning. A page can contain fewer items than `limit`, because ended
/// subscriptions are skipped.
#[utoipa::path(
    get, path = "/v1/community/points/subscriptions", operation_id = "list_subscriptions", tag = "points",
    security(("bearer" = [])),
    params(
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<SubscriptionView>),
    )
)]
pub async fn list_subscriptions(
    State(ctx): State<&'static Gallery>,
    caller: Caller,
    page: Page,
) -> Result<Json<List<SubscriptionView>>, Problem> {
    let now = ctx.clock.now();
    let page = ctx.store.subscriptions(caller.user_id, page).await?;
    let active = page.items.iter().map(|read| &read.value).filter(|subscription| subscription.active);
    let since: HashMap<_, _> = active.clone().map(|subscription| (subscription.point_id, subscription.since)).collect();
    let ids: Vec<_> = active.map(|subscription| subscription.point_id).collect();
    let mut items = Vec::with_capacity(ids.len());
    for seen in ctx.store.seen_points(caller.user_id, &ids).await? {
        let point = PointSummary::of(&seen.point.value, &seen.activity, &ctx.files, now).await?;
        // The page and the points are two reads: one may know of an end that the other does not.
        let point = point.filter(|_| seen.activity.subscribed);
        let since = since.get(&seen.point.value.id).copied();
        items.extend(point.zip(since).map(|(point, since)| SubscriptionView { point, since }));
    }
    Ok(Json(List::new(items, page.next.as_ref())))
}
