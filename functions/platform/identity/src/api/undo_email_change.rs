//! `POST /v1/auth/undo-email`: takes a change of the e-mail address back with the token of the notice to the earlier address.
//!
//! Emits `identity.password_changed.v1` and `identity.session_ended.v1` for each session; `identity.email_changed.v1` if the
//! change was confirmed, and `identity.telegram_unlinked.v1` if a Telegram account was linked.

use axum::extract::State;
use kit::auth::Purpose;
use kit::http::{Fields, Invocation, Json, NoContent, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::{LinkToken, password_set};
use crate::ctx::Links;
use crate::domain::account::Account;
use crate::domain::attempts::Source;
use crate::domain::password::Password;
use crate::problem::Refusal;
use crate::store::Start;

/// Request to undo a change of the e-mail address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UndoEmailChange {
    /// `token` in the fragment of the link in the notice.
    #[schema(value_type = String, max_length = 128)]
    token: LinkToken,
    /// New password: 8 to 128 characters, not easy to guess (zxcvbn score of at least 3).
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128, example = "correct horse battery staple")]
    password: Password,
}

/// Undo change of e-mail address
///
/// For the owner of the earlier address, who did not request the change. Restores the address, sets a new password, ends
/// all sessions and unlinks Telegram, so that only the owner of the mailbox can sign in. Two-step verification stays
/// enabled. Before the change is confirmed, it cancels the change and does the rest. The token is valid for one use, until
/// seven days after the change was confirmed.
#[utoipa::path(
    post, path = "/v1/auth/undo-email", operation_id = "undo_email_change", tag = "identity",
    request_body = UndoEmailChange,
    responses(
        (status = 204, description = "Change undone, password set, all sessions ended"),
        (status = 409, description = "`identity.email_taken`: another account has the address"),
        (status = 422, description = "`identity.link_invalid`: the token is invalid or expired, or was used"),
    )
)]
pub async fn undo_email_change(
    State(ctx): State<&'static Links>,
    call: Invocation,
    Json(body): Json<UndoEmailChange>,
) -> Result<NoContent, Problem> {
    let (user_id, proof) = body.token.open(&ctx.link_key, Purpose::UndoEmailChange)?;
    let read = ctx.store.account(user_id).await?.ok_or(Refusal::LinkInvalid)?;
    let now = ctx.clock.now();
    // Before the hash, which is slow.
    read.value.check_undo(proof, now).map_err(Refusal::from)?;
    let mut fields = Fields::new();
    let strong = fields.check("password", password_set::check(&body.password, &read.value));
    fields.all((strong,))?;
    let hash = password_set::hash(&ctx.store, &body.password)?;
    ctx.store
        .change_with_claims(Start::or_refuse(read, Refusal::LinkInvalid), |account: &mut Account| {
            let undone = account.undo_email_change(proof, hash.clone(), now).map_err(Refusal::from)?;
            // The owner can sign in from here while strangers guess.
            account.known_sources.remember(&Source::of(&call.source_ip));
            let mut outbox = password_set::events(&call, now, undone.password)?;
            if let Some(changed) = undone.changed {
                outbox.push(call.event(now, changed))?;
            }
            if let Some(disabled) = undone.mfa_disabled {
                outbox.push(call.event(now, disabled))?;
            }
            Ok::<_, Problem>(((), outbox))
        })
        .await?;
    Ok(NoContent)
}
