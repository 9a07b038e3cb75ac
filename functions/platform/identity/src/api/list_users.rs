//! `GET /v1/users`: all accounts, newest first, for admins and for services with the scope `users:read`.

use axum::extract::State;
use kit::auth::{Access, ReadUsers};
use kit::http::{Fields, Json, List, Page, Problem, Query};
use serde::Deserialize;
use serde::de::IgnoredAny;
use types::Role;

use crate::api::administration::AdminUserView;
use crate::ctx::Directory;
use crate::domain::account::Status;
use crate::domain::listing::Filter;

/// Which accounts are wanted. The page's own parameters are named so that a misspelt one is refused, and not ignored.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserFilter {
    status: Option<String>,
    role: Option<String>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

impl UserFilter {
    fn parse(&self) -> Result<Filter, Problem> {
        let mut fields = Fields::of_parameters();
        let status = fields.check("status", self.status.as_deref().map(status).transpose());
        let role = fields.check("role", self.role.as_deref().map(role).transpose());
        fields.all((status, role)).map(|(status, role)| Filter { status, role })
    }
}

/// Deleted accounts are not listed: nothing is left of them that could be shown.
fn status(text: &str) -> Result<Status, &'static str> {
    match text {
        "active" => Ok(Status::Active),
        "suspended" => Ok(Status::Suspended),
        _ => Err("must be active or suspended"),
    }
}

fn role(text: &str) -> Result<Role, &'static str> {
    match text {
        "user" => Ok(Role::User),
        "manager" => Ok(Role::Manager),
        "admin" => Ok(Role::Admin),
        _ => Err("must be user, manager or admin"),
    }
}

/// List users
///
/// Newest first; deleted accounts are not listed. With filters, a page can be short or empty although more follow:
/// continue until `nextCursor` is null.
#[utoipa::path(
    get, path = "/v1/users", operation_id = "list_users", tag = "identity",
    security(("bearer" = ["admin"]), ("apiKey" = ["users:read"])),
    params(
        ("status" = Option<String>, Query, description = "Return users with this status", pattern = "^(active|suspended)$", example = "suspended"),
        ("role" = Option<Role>, Query, description = "Return users with this role; every user has `user`"),
        Page,
    ),
    responses(
        (status = 200, description = "Page of results", body = List<AdminUserView>),
    )
)]
pub async fn list_users(
    State(ctx): State<&'static Directory>,
    _reader: Access<ReadUsers>,
    Query(filter): Query<UserFilter>,
    page: Page,
) -> Result<Json<List<AdminUserView>>, Problem> {
    let found = ctx.store.users(filter.parse()?, page.limit, page.cursor).await?;
    let now = ctx.clock.now();
    Ok(Json(List::of(found, |account| AdminUserView::new(&account, now))))
}
