//! `GET /v1/community/points/subscriptions`: the point subscriptions of the caller.

use std::collections::HashMap;

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::view::PointView;
use crate::ctx::Ctx;

/// A subscription.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionView {
    /// The point.
    point: PointView,
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
    Ok(Json(List::new(items, page.next.as_ref())))
}
