//! `GET /v1/users/me/sessions`: the signed-in devices of the caller.

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

/// An active session.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// Session ID.
    id: SessionId,
    /// Device that signed in.
    device: Device,
    /// Time of sign-in.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
    /// Time of the last token refresh.
    #[serde(serialize_with = "types::time::millis")]
    last_seen_at: Timestamp,
    /// Whether it is the session of the caller.
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

/// List my sessions
///
/// Lists active sessions, newest first, on one page. The plan limits their number.
#[utoipa::path(
    get, path = "/v1/users/me/sessions", operation_id = "list_sessions", tag = "identity",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Active sessions", body = List<SessionView>),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
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
