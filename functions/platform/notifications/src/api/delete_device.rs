//! `DELETE /v1/notifications/devices/{id}`: no more push messages to a device.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, NoContent, Path, Problem};
use types::Uuid;

use crate::ctx::PushDevices;
use crate::problem::Refusal;

/// Delete a device
#[utoipa::path(
    delete, path = "/v1/notifications/devices/{id}", operation_id = "delete_device", tag = "notifications",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The device")),
    responses(
        (status = 204, description = "It gets no more push messages"),
        (status = 404, description = "`notifications.no_such_device`"),
    )
)]
pub async fn delete_device(
    State(ctx): State<&'static PushDevices>,
    caller: Caller,
    Path(Id { id }): Path<Id<Uuid>>,
) -> Result<NoContent, Problem> {
    let device = ctx.store.remove_device(caller.user_id, id).await?.ok_or(Refusal::NoSuchDevice)?;
    ctx.take_out(&device).await;
    Ok(NoContent)
}
