//! `GET /v1/users/me/sessions`: the devices that are signed in.

use axum::extract::State;
use contracts::identity::Device;
use jiff::Timestamp;
use kit::auth::Caller;
use kit::http::{Json, List, Problem};
use serde::Serialize;
use types::SessionId;
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::domain::session::Session;

/// A signed-in device.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    id: SessionId,
    device: Device,
    created_at: Timestamp,
    /// When it last got new tokens.
    last_seen_at: Timestamp,
    /// Whether it is the one that asks.
    current: bool,
}

impl SessionView {
    fn new(session: &Session, caller: &Caller) -> Self {
        Self {
            id: session.id,
            device: session.device.clone(),
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            current: session.id == caller.session_id,
        }
    }
}

/// List one's sessions
///
/// Only those that are live, newest first. A plan's number of devices bounds them, so there is one page.
#[utoipa::path(
    get, path = "/v1/users/me/sessions", operation_id = "list_sessions", tag = "identity",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The sessions", body = List<SessionView>),
        (status = 401, description = "`identity.session_ended`"),
        (status = 404, description = "`identity.no_such_user`: the account is gone"),
    )
)]
pub async fn list_sessions(
    State(ctx): State<&'static Public>,
    caller: Caller,
) -> Result<Json<List<SessionView>>, Problem> {
    let now = ctx.clock.now();
    let account = ctx.store.account_of(&caller, now).await?;
    let mut items: Vec<_> =
        account.value.sessions.live(now).map(|session| SessionView::new(session, &caller)).collect();
    items.reverse();
    Ok(Json(List { items, next_cursor: None }))
}
