//! `DELETE /v1/notifications/devices/{id}`: no more push messages to a device.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{Id, NoContent, Path, Problem};
use types::Uuid;

use crate::ctx::PushDevices;
use crate::problem::Refusal;

/// Delete a push device
#[utoipa::path(
    delete, path = "/v1/notifications/devices/{id}", operation_id = "delete_device", tag = "notifications",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "ID of the device")),
    responses(
        (status = 204, description = "Deleted: the device receives no more push messages"),
        (status = 404, description = "`notifications.no_such_device`"),
    )
)]
pub async fn delete_device(
    State(ctx): State<&'static PushDevices>,
    standing: Standing,
    Path(Id { id }): Path<Id<Uuid>>,
) -> Result<NoContent, Problem> {
    let caller = standing.check().await?;
    let device = ctx.store.remove_device(caller.user_id, id).await?.ok_or(Refusal::NoSuchDevice)?;
    ctx.take_out(&device).await;
    Ok(NoContent)
}
