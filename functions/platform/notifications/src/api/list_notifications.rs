//! `GET /v1/notifications`: the caller's inbox.

use axum::extract::State;
use contracts::notifications::{Category, NotificationIds};
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Fields, Json, List, Page, Problem, Query};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use types::Uuid;
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::domain::inbox::InboxItem;
use crate::store::inbox::Part;

/// The query of the request. The pagination parameters are named here so that unknown parameters are refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboxFilter {
    unread: Option<String>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

impl InboxFilter {
    fn parse(&self) -> Result<Part, Problem> {
        let mut fields = Fields::of_parameters();
        let part = match self.unread.as_deref() {
            None | Some("false") => Ok(Part::All),
            Some("true") => Ok(Part::Unread),
            Some(_) => Err("must be true or false"),
        };
        let part = fields.check("unread", part);
        fields.all((part,)).map(|(part,)| part)
    }
}

/// A notification in the inbox.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InboxItemView {
    id: Uuid,
    category: Category,
    /// Kind of notification: the name of its template. Ignore kinds that you do not know.
    #[schema(example = "care_event")]
    kind: String,
    /// IDs of the resources that the notification is about.
    data: NotificationIds,
    title: String,
    body: String,
    /// Path of a page of the app; null if there is none.
    link: Option<String>,
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
    /// Time at which it was marked read; null while unread.
    #[serde(serialize_with = "types::time::optional_millis")]
    read_at: Option<Timestamp>,
}

impl From<InboxItem> for InboxItemView {
    fn from(item: InboxItem) -> Self {
        Self {
            id: item.notification_id,
            category: item.category,
            kind: item.kind,
            data: item.data,
            title: item.title,
            body: item.body,
            link: item.link,
            created_at: item.created_at,
            read_at: item.read_at,
        }
    }
}

/// One page of an inbox.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InboxPage)]
pub struct Inbox {
    #[serde(flatten)]
    page: List<InboxItemView>,
    /// Number of unread notifications, counted up to 100.
    #[schema(maximum = 100)]
    unread_count: usize,
    /// Whether there are more than `unreadCount`.
    unread_count_is_more: bool,
}

/// List my notifications
///
/// Unread notifications come first, then read ones; each newest first. Notifications are kept for 90 days. A page may have fewer
/// items than `limit`: continue until `nextCursor` is null.
#[utoipa::path(
    get, path = "/v1/notifications", operation_id = "list_notifications", tag = "notifications",
    security(("bearer" = [])),
    params(
        ("unread" = Option<bool>, Query, description = "`true` for unread notifications only"),
        Page,
    ),
    responses(
        (status = 200, description = "One page", body = Inbox),
    )
)]
pub async fn list_notifications(
    State(ctx): State<&'static Public>,
    caller: Caller,
    Query(filter): Query<InboxFilter>,
    page: Page,
) -> Result<Json<Inbox>, Problem> {
    let (part, now) = (filter.parse()?, ctx.clock.now());
    let found = ctx.store.inbox(caller.user_id, part, page.limit, page.cursor, now);
    let unread = ctx.store.unread(caller.user_id, now);
    let (found, unread) = futures::join!(Box::pin(found), Box::pin(unread));
    let (unread_count, unread_count_is_more) = unread?;
    let page = List::of(found?, |item| InboxItemView::from(item.value));
    Ok(Json(Inbox { page, unread_count, unread_count_is_more }))
}
