//! `GET /v1/notifications/preferences`: what the caller wants to hear of, where and when.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Problem, Tagged};

use crate::api::PreferencesView;
use crate::ctx::Public;
use crate::domain::preferences::Preferences;

/// Get notification preferences
///
/// Users without saved preferences get the defaults, with `ETag: "0"`.
#[utoipa::path(
    get, path = "/v1/notifications/preferences", operation_id = "get_preferences", tag = "notifications",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The preferences", body = PreferencesView),
    )
)]
pub async fn get_preferences(
    State(ctx): State<&'static Public>,
    caller: Caller,
) -> Result<Tagged<PreferencesView>, Problem> {
    let found = ctx.store.preferences(caller.user_id).await?;
    let version = found.as_ref().map_or(0, |found| found.version);
    let preferences = found.map_or_else(|| Preferences::defaults_of(caller.user_id), |found| found.value);
    Ok(Tagged::new(version, PreferencesView::from(&preferences)))
}
