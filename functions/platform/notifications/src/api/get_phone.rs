//! `GET /v1/notifications/phone`: the number that text messages to the caller go to.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, Problem};

use crate::api::PhoneView;
use crate::ctx::Public;

/// Read one's phone number
#[utoipa::path(
    get, path = "/v1/notifications/phone", operation_id = "get_phone", tag = "notifications",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The number, if there is one", body = PhoneView),
    )
)]
pub async fn get_phone(State(ctx): State<&'static Public>, caller: Caller) -> Result<Json<PhoneView>, Problem> {
    let found = ctx.store.phone(caller.user_id).await?;
    Ok(Json(found.map_or_else(PhoneView::default, |found| PhoneView::new(&found.value, ctx.clock.now()))))
}
