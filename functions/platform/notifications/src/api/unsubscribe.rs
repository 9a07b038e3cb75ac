//! `POST /v1/notifications/unsubscribe`: turns off the e-mails of a category, with the token of such an e-mail (RFC 8058).
//! Mail programs send the form `List-Unsubscribe=One-Click`, which carries nothing that is needed here.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::{IntoResponse, Response};
use contracts::notifications::{Category, Channel};
use dynamo::{ConflictRetry, Outbox};
use kit::http::{NoContent, Problem, Query};
use serde::Deserialize;
use types::UserId;

use crate::ctx::Unsubscriber;
use crate::domain::language::Language;
use crate::domain::preferences::Preferences;
use crate::pages::UnsubscribePage;
use crate::problem::Refusal;
use crate::store::Saved;
use crate::unsubscribe::verify;

/// The query of an unsubscribe link.
#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    pub(super) token: String,
}

/// Unsubscribe from e-mails
///
/// Turns off the e-mails of the category that the token names. No sign-in is needed: the token authorizes this change and
/// nothing else. Mail programs send this request themselves (RFC 8058, one-click unsubscribe) and get 204; browsers, which
/// accept `text/html`, get a page. Idempotent.
#[utoipa::path(
    post, path = "/v1/notifications/unsubscribe", operation_id = "unsubscribe", tag = "notifications",
    params(("token" = String, Query, description = "Token of the e-mail's unsubscribe link", max_length = 128)),
    responses(
        (status = 200, description = "Unsubscribed; a page, for clients that accept `text/html`", body = String, content_type = "text/html"),
        (status = 204, description = "Unsubscribed"),
        (status = 400, description = "`notifications.unsubscribe_token_invalid`: the token is not valid"),
    )
)]
pub async fn unsubscribe(
    State(ctx): State<&'static Unsubscriber>,
    headers: HeaderMap,
    Query(link): Query<Link>,
) -> Result<Response, Problem> {
    let Ok((user_id, category)) = verify(&ctx.link_key, &link.token) else { return invalid(ctx, &headers) };
    let language = turn_off(ctx, user_id, category).await?;
    if accepts_html(&headers) {
        let page = UnsubscribePage::Done { category };
        return page.response(&ctx.branding, language).map_err(Problem::internal);
    }
    Ok(NoContent.into_response())
}

/// The response to a token that is not valid: a page for browsers, a problem for others.
pub(super) fn invalid(ctx: &Unsubscriber, headers: &HeaderMap) -> Result<Response, Problem> {
    if accepts_html(headers) {
        return UnsubscribePage::Invalid.response(&ctx.branding, Language::default()).map_err(Problem::internal);
    }
    Err(Refusal::UnsubscribeTokenInvalid.into())
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("text/html"))
}

/// Turns off the e-mails of a category; returns the user's language.
async fn turn_off(ctx: &Unsubscriber, user_id: UserId, category: Category) -> Result<Language, Problem> {
    let mut read = ctx.store.preferences(user_id).await?;
    let mut retry = ConflictRetry::default();
    loop {
        let before = read.as_ref().map_or_else(|| Preferences::defaults_of(user_id), |read| read.value.clone());
        let language = before.language;
        if !before.allow(category, Channel::Email) {
            return Ok(language);
        }
        let after = before.without(category, Channel::Email).map_err(|_| Refusal::UnsubscribeTokenInvalid)?;
        match ctx.store.save_preferences(read.as_ref(), after, &Outbox::none()).await? {
            // A deleted user receives no e-mails either.
            Saved::Done(_) | Saved::Forgotten => return Ok(language),
            Saved::Newer(newer) => read = newer,
        }
        retry.pause().await?;
    }
}
