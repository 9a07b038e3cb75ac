//! `POST /v1/users/me/exports`: starts an export of the caller's personal data. Emits `identity.export_requested.v1`.

use axum::extract::State;
use contracts::identity::ExportRequested;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Accepted, IdempotencyKey, Invocation, Json, Problem};
use kit::jobs::{Job, Requested};
use kit::openapi::OptionalIdempotencyKey;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::ExportView;
use crate::api::step_up::StepUp;
use crate::ctx::Public;
use crate::domain::limits::EXPORTS;
use crate::domain::password::Password;
use crate::mfa_keys::WithMfaKeys;
use crate::problem::Refusal;

/// Request to start a data export.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateExport {
    /// Password. Required if the account has one.
    #[schema(value_type = Option<String>, format = Password, max_length = 128, example = "correct horse battery staple")]
    password: Option<Password>,
    /// Six-digit code of the authenticator app, or a recovery code. Required if two-step verification is enabled.
    #[schema(format = Password, min_length = 6, max_length = 64, example = "287082")]
    code: Option<String>,
}

/// Start a data export
///
/// Starts an export of all personal data that every context stores about the caller. The export runs asynchronously;
/// follow it with `GET /v1/users/me/exports/{id}`. A notification is sent when it is ready. One export can run at a
/// time, and five can be requested per day (UTC). With an `Idempotency-Key`, a repeated request returns the same export.
/// Requires the password if the account has one, or else a sign-in within the last five minutes, and a code if two-step
/// verification is enabled: one request copies everything that the account holds.
#[utoipa::path(
    post, path = "/v1/users/me/exports", operation_id = "create_export", tag = "identity",
    security(("bearer" = [])),
    params(OptionalIdempotencyKey),
    request_body = CreateExport,
    responses(
        (status = 202, description = "Export requested", body = ExportView),
        (status = 403, description = "`identity.wrong_password`: the password is wrong; `identity.mfa_code_required`: two-step verification is enabled; send `code`; `identity.mfa_code_wrong`: the code is wrong, used or expired; `identity.reauthentication_required`: the account has no password, and the last sign-in is more than five minutes ago"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
        (status = 409, description = "`identity.export_running`: an earlier export is not finished"),
        (status = 429, description = "`request.limit_exceeded`: five exports were requested today; `identity.too_many_attempts`: five wrong passwords or codes within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn create_export(
    State(ctx): State<&'static WithMfaKeys<Public>>,
    call: Invocation,
    caller: Caller,
    attempt: Option<IdempotencyKey>,
    Json(body): Json<CreateExport>,
) -> Result<Accepted<ExportView>, Problem> {
    let (store, now) = (&ctx.base.store, ctx.base.clock.now());
    let user_id = caller.user_id;
    let id = attempt.map_or_else(types::new_uuid, |attempt| attempt.derive_id("create_export", &user_id.to_string()));
    let job = Job::new(id, user_id, call.correlation_id.clone(), now);
    let outbox = Outbox::of(call.event(now, ExportRequested { user_id, export_id: id }))?;
    let exports = store.exports();
    let (read, known) = futures::join!(store.account_of(&caller, now), exports.known(user_id, id));
    let read = read?;
    let step_up = StepUp::new(&read.value, caller.session_id, body.password.as_ref(), body.code.as_deref(), now)?;
    let keys = ctx.mfa_keys(now).await;
    let checked = store.change_if(read, |account| {
        let before = account.clone();
        let checked = step_up.check_factors(account, &keys, now)?;
        // A right password alone leaves nothing to write.
        Ok::<_, Problem>((checked, (before != *account).then(Outbox::none)))
    });
    let (_, checked) = checked.await?;
    checked?;
    let job = match exports.request(known?, job, EXPORTS, now, &outbox).await {
        Ok(Requested::New(job) | Requested::Repeated(job)) => job,
        Err(refused) => return Err(refused.problem(Refusal::ExportRunning)),
    };
    Ok(Accepted::at(format!("/v1/users/me/exports/{}", job.id), ExportView::of(&job, now)))
}
