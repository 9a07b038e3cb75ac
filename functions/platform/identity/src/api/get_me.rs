//! `GET /v1/users/me`: the account of the caller.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Problem, Tagged};

use crate::api::UserView;
use crate::ctx::Public;

/// Get my account
#[utoipa::path(
    get, path = "/v1/users/me", operation_id = "get_me", tag = "identity",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The account", body = UserView),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
    )
)]
pub async fn get_me(State(ctx): State<&'static Public>, caller: Caller) -> Result<Tagged<UserView>, Problem> {
    let now = ctx.clock.now();
    let account = ctx.store.account_of(&caller, now).await?;
    Ok(Tagged::new(account.version, UserView::new(&account.value, now)))
}
