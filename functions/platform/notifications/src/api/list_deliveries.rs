//! `GET /v1/notifications/{id}/deliveries`: what became of a notification, for admins.

use axum::extract::State;
use contracts::notifications::{Category, Channel};
use jiff::Timestamp;
use kit::auth::{Admin, Require};
use kit::http::{Fields, Id, Json, List, Path, Problem, Query};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::domain::delivery::{Delivery, Status};

/// Whose deliveries are wanted.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recipient {
    user_id: Option<String>,
}

impl Recipient {
    fn parse(&self) -> Result<UserId, Problem> {
        let mut fields = Fields::new();
        let text = self.user_id.as_deref().ok_or("is required: a notification may go to many");
        let user_id = text.and_then(|text| text.parse().map_err(|_| "must be a user's id"));
        let user_id = fields.check("userId", user_id);
        fields.all((user_id,)).map(|(user_id,)| user_id)
    }
}

/// What became of a notification on one channel. It says nothing of what was said, nor of where it went.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryView {
    channel: Channel,
    category: Category,
    status: StatusName,
    /// Why it failed or was suppressed, or why the last try failed.
    reason: Option<String>,
    /// How often a provider was tried.
    attempts: u32,
    /// When it is tried, if it waits.
    due_at: Option<Timestamp>,
    /// Since when it is so; null while it waits.
    at: Option<Timestamp>,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusName {
    /// It waits, or is being sent.
    Pending,
    /// The provider has it.
    Sent,
    /// The provider will not take it, or did not for too long.
    Failed,
    /// It shall not be sent.
    Suppressed,
    /// It is part of a mail that collects several.
    Collected,
}

impl From<&Delivery> for DeliveryView {
    fn from(delivery: &Delivery) -> Self {
        let (status, at, reason) = match &delivery.status {
            Status::Pending { last_error, .. } => (StatusName::Pending, None, last_error.clone()),
            Status::Sending { since } => (StatusName::Pending, Some(*since), None),
            Status::Sent { at } => (StatusName::Sent, Some(*at), None),
            Status::Failed { at, reason } => (StatusName::Failed, Some(*at), Some(reason.clone())),
            Status::Suppressed { at, reason } => (StatusName::Suppressed, Some(*at), Some(reason.name().to_owned())),
            Status::Collected { at, .. } => (StatusName::Collected, Some(*at), None),
        };
        Self {
            channel: delivery.channel,
            category: delivery.category,
            status,
            reason,
            attempts: delivery.attempts,
            due_at: delivery.due_at(),
            at,
        }
    }
}

/// List the deliveries of a notification
///
/// One per channel, of one recipient. An empty list: there is no such notification, it is older than 90 days, or the
/// person was not told.
#[utoipa::path(
    get, path = "/v1/notifications/{id}/deliveries", operation_id = "list_deliveries", tag = "notifications",
    security(("bearer" = ["admin"])),
    params(
        ("id" = Uuid, Path, description = "The notification"),
        ("userId" = UserId, Query, description = "The recipient"),
    ),
    responses(
        (status = 200, description = "What became of it", body = List<DeliveryView>),
    )
)]
pub async fn list_deliveries(
    State(ctx): State<&'static Public>,
    _admin: Require<Admin>,
    Path(Id { id }): Path<Id<Uuid>>,
    Query(recipient): Query<Recipient>,
) -> Result<Json<List<DeliveryView>>, Problem> {
    let deliveries = ctx.store.deliveries(recipient.parse()?, id).await?;
    let items = deliveries.iter().map(|delivery| DeliveryView::from(&delivery.value)).collect();
    Ok(Json(List { items, next_cursor: None }))
}
