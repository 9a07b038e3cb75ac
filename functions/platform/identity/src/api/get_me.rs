//! `GET /v1/users/me`: the caller's own account.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Problem, Tagged};

use crate::api::UserView;
use crate::ctx::Public;

/// Read one's own account
#[utoipa::path(
    get, path = "/v1/users/me", operation_id = "get_me", tag = "identity",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The account", body = UserView),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`, `identity.session_ended`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`identity.no_such_user`: the account is gone", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn get_me(State(ctx): State<&'static Public>, caller: Caller) -> Result<Tagged<UserView>, Problem> {
    let account = ctx.store.account_of(&caller, ctx.clock.now()).await?;
    Ok(Tagged::new(account.version, UserView::from(&account.value)))
}
