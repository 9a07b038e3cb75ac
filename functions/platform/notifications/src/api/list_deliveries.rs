//! `GET /v1/notifications/{id}/deliveries`: what became of a notification, for admins.

use axum::extract::State;
use contracts::notifications::{Category, Channel};
use jiff::Timestamp;
use kit::auth::{Admin, Standing};
use kit::http::{Fields, Id, Json, List, Path, Problem, Query};
use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::domain::delivery::{Delivery, Status};

/// The query of the request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recipient {
    user_id: Option<String>,
}

impl Recipient {
    fn parse(&self) -> Result<UserId, Problem> {
        let mut fields = Fields::of_parameters();
        let text = self.user_id.as_deref().ok_or("is required: a notification may have several recipients");
        let user_id = text.and_then(|text| text.parse().map_err(|_| "must be a user's id"));
        let user_id = fields.check("userId", user_id);
        fields.all((user_id,)).map(|(user_id,)| user_id)
    }
}

/// The delivery of a notification on one channel, without its text and address.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryView {
    channel: Channel,
    category: Category,
    status: StatusName,
    /// Why it failed or was suppressed, or why the last attempt failed.
    reason: Option<String>,
    /// Number of attempts at the provider.
    attempts: u32,
    /// Time of the next attempt, while pending.
    #[serde(serialize_with = "types::time::optional_millis")]
    due_at: Option<Timestamp>,
    /// Time of the last change of status; null while pending.
    #[serde(serialize_with = "types::time::optional_millis")]
    at: Option<Timestamp>,
}

/// Status of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DeliveryStatus)]
pub enum StatusName {
    /// Waiting, or being sent.
    Pending,
    /// Accepted by the provider.
    Sent,
    /// Refused by the provider, or given up after 12 attempts.
    Failed,
    /// Not sent, on purpose.
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
/// One delivery per channel, for one recipient. Requires the admin role. The list is empty if the notification does not exist, is
/// older than 90 days, or was not for this recipient.
#[utoipa::path(
    get, path = "/v1/notifications/{id}/deliveries", operation_id = "list_deliveries", tag = "notifications",
    security(("bearer" = ["admin"])),
    params(
        ("id" = Uuid, Path, description = "ID of the notification"),
        ("userId" = UserId, Query, description = "ID of the recipient"),
    ),
    responses(
        (status = 200, description = "The deliveries", body = List<DeliveryView>),
    )
)]
pub async fn list_deliveries(
    State(ctx): State<&'static Public>,
    standing: Standing<Admin>,
    Path(Id { id }): Path<Id<Uuid>>,
    Query(recipient): Query<Recipient>,
) -> Result<Json<List<DeliveryView>>, Problem> {
    let (_, deliveries) = standing.with(ctx.store.deliveries(recipient.parse()?, id)).await?;
    let items = deliveries.iter().map(|delivery| DeliveryView::from(&delivery.value)).collect();
    Ok(Json(List { items, next_cursor: None }))
}
