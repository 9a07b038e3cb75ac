//! `GET /v1/users/me/exports/{id}`: the status of an export, and a download link once it is done.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Id, Json, Path, Problem};
use types::Uuid;

use crate::api::ExportView;
use crate::ctx::Downloads;
use crate::problem::Refusal;

/// Get a data export
///
/// Returns status and progress of an export that the caller requested. If the status is `done`, the response has a
/// download URL that is valid for 15 minutes; request the export again for a new one. The file is a JSON document
/// (docs/personal-data-export.md) and is deleted after seven days.
#[utoipa::path(
    get, path = "/v1/users/me/exports/{id}", operation_id = "get_export", tag = "identity",
    security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Export ID")),
    responses(
        (status = 200, description = "The export", body = ExportView),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_export`: the caller has no export with this ID; `identity.no_such_user`: the account was deleted"),
    )
)]
pub async fn get_export(
    State(ctx): State<&'static Downloads>,
    caller: Caller,
    Path(Id { id }): Path<Id<Uuid>>,
) -> Result<Json<ExportView>, Problem> {
    let now = ctx.clock.now();
    // A deleted account makes its files unreachable at once.
    let account = ctx.store.account_of(&caller, now).await?;
    let job = ctx.store.exports().get(caller.user_id, id).await?.ok_or(Refusal::NoSuchExport)?.value;
    if !account.value.owns_since(job.requested_at) {
        return Err(Refusal::NoSuchExport.into());
    }
    let view = ExportView::of(&job, now);
    Ok(Json(match ctx.files.download(&job, now).await? {
        Some(file) => view.with_url(file.url, file.expires_at),
        None => view,
    }))
}
