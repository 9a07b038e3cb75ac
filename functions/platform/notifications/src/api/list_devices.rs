//! `GET /v1/notifications/devices`: the devices that push messages to the caller reach.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Problem};

use crate::api::DeviceView;
use crate::ctx::Public;

/// List one's devices
///
/// At most 20, the oldest first, so there is one page.
#[utoipa::path(
    get, path = "/v1/notifications/devices", operation_id = "list_devices", tag = "notifications",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The devices", body = List<DeviceView>),
    )
)]
pub async fn list_devices(
    State(ctx): State<&'static Public>,
    caller: Caller,
) -> Result<Json<List<DeviceView>>, Problem> {
    let mut devices = ctx.store.devices(caller.user_id).await?;
    devices.sort_by_key(|device| (device.value.created_at, device.value.device_id));
    let items = devices.iter().map(|device| DeviceView::new(&device.value, &caller)).collect();
    Ok(Json(List { items, next_cursor: None }))
}
