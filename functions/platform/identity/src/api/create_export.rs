//! `POST /v1/users/me/exports`: starts an export of the caller's personal data. Emits `identity.export_requested.v1`.

use axum::extract::State;
use contracts::identity::ExportRequested;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Accepted, IdempotencyKey, Invocation, Problem};
use kit::jobs::{Job, NotRequested, Requested};
use kit::openapi::OptionalIdempotencyKey;

use crate::api::ExportView;
use crate::ctx::Public;
use crate::domain::limits::EXPORTS;
use crate::problem::Refusal;

/// Start a data export
///
/// Starts an export of all personal data that every context stores about the caller. The export runs asynchronously;
/// follow it with `GET /v1/users/me/exports/{id}`. A notification is sent when it is ready. One export can run at a
/// time, and five can be requested per day (UTC). With an `Idempotency-Key`, a repeated request returns the same export.
#[utoipa::path(
    post, path = "/v1/users/me/exports", operation_id = "create_export", tag = "identity",
    security(("bearer" = [])),
    params(OptionalIdempotencyKey),
    responses(
        (status = 202, description = "Export requested", body = ExportView),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
        (status = 409, description = "`identity.export_running`: an earlier export is not finished"),
        (status = 429, description = "`request.limit_exceeded`: five exports were requested today; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_export(
    State(ctx): State<&'static Public>,
    call: Invocation,
    caller: Caller,
    attempt: Option<IdempotencyKey>,
) -> Result<Accepted<ExportView>, Problem> {
    let now = ctx.clock.now();
    let user_id = caller.user_id;
    let id = attempt.map_or_else(types::new_uuid, |attempt| attempt.derive_id("create_export", &user_id.to_string()));
    let job = Job::new(id, user_id, call.correlation_id.clone(), now);
    let outbox = Outbox::of(call.event(now, ExportRequested { user_id, export_id: id }))?;
    let exports = ctx.store.exports();
    let (account, known) = futures::join!(ctx.store.account_of(&caller, now), exports.known(user_id, id));
    account?;
    let job = match exports.request(known?, job, EXPORTS, now, &outbox).await {
        Ok(Requested::New(job) | Requested::Repeated(job)) => job,
        Err(NotRequested::Running(_)) => return Err(Refusal::ExportRunning.into()),
        Err(NotRequested::Limit(exceeded)) => return Err(exceeded.into()),
        Err(NotRequested::Store(error)) => return Err(error.into()),
    };
    Ok(Accepted::at(format!("/v1/users/me/exports/{}", job.id), ExportView::of(&job, now)))
}
