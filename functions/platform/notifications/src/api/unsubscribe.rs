//! `POST /v1/notifications/unsubscribe`: no more mails of a category, by the link of such a mail (RFC 8058).
//! The mail program sends `List-Unsubscribe=One-Click` as a form, which says nothing that is needed here.

use axum::extract::State;
use contracts::notifications::Channel;
use dynamo::StoreError;
use kit::http::{NoContent, Problem, Query};
use serde::Deserialize;

use crate::ctx::Unsubscriber;
use crate::domain::preferences::Preferences;
use crate::problem::Refusal;
use crate::store::{MAX_ATTEMPTS, Saved};
use crate::unsubscribe::verify;

/// What the link carries.
#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    token: String,
}

/// Unsubscribe from mails of a category
///
/// Nobody has to be signed in: the token of the mail is the proof, and does nothing else. Mail programs call this by
/// themselves (RFC 8058). A second time changes nothing.
#[utoipa::path(
    post, path = "/v1/notifications/unsubscribe", operation_id = "unsubscribe", tag = "notifications",
    params(("token" = String, Query, description = "The token of the mail's link")),
    responses(
        (status = 204, description = "No more of these mails will come"),
        (status = 400, description = "`notifications.unsubscribe_token_invalid`: the token is not from a mail of ours"),
    )
)]
pub async fn unsubscribe(
    State(ctx): State<&'static Unsubscriber>,
    Query(link): Query<Link>,
) -> Result<NoContent, Problem> {
    let proven = verify(&ctx.link_key, &link.token).map_err(|_| Refusal::UnsubscribeTokenInvalid)?;
    let (user_id, category) = proven;
    let mut read = ctx.store.preferences(user_id).await?;
    for attempt in 1..=MAX_ATTEMPTS {
        let before = read.as_ref().map_or_else(|| Preferences::of_nobody_s_saying(user_id), |read| read.value.clone());
        if !before.allow(category, Channel::Email) {
            return Ok(NoContent);
        }
        let after = before.without(category, Channel::Email).map_err(|_| Refusal::UnsubscribeTokenInvalid)?;
        match ctx.store.save_preferences(read.as_ref(), after).await? {
            // Whoever deleted their account gets no more mails either.
            Saved::Done(_) | Saved::Forgotten => return Ok(NoContent),
            Saved::Newer(newer) => read = newer,
        }
        tokio::time::sleep(dynamo::backoff(attempt)).await;
    }
    Err(StoreError::Contended { attempts: MAX_ATTEMPTS }.into())
}
