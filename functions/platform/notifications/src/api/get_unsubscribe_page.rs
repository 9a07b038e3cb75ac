//! `GET /v1/notifications/unsubscribe`: the page that the unsubscribe link of an e-mail opens. It changes nothing, because
//! mail scanners and link previews open links too; its button sends the POST request.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use kit::http::{Problem, Query};

use super::unsubscribe::{Link, invalid};
use crate::ctx::Unsubscriber;
use crate::pages::UnsubscribePage;
use crate::unsubscribe::verify;

/// Get the unsubscribe page
///
/// The page that the unsubscribe link of an e-mail opens in a browser, in the user's language. It changes nothing: its
/// button sends `POST /v1/notifications/unsubscribe`. No sign-in is needed. The page loads no external resources.
#[utoipa::path(
    get, path = "/v1/notifications/unsubscribe", operation_id = "get_unsubscribe_page", tag = "notifications",
    params(("token" = String, Query, description = "Token of the e-mail's unsubscribe link", max_length = 128)),
    responses(
        (status = 200, description = "A page that asks for confirmation", body = String, content_type = "text/html"),
        (status = 400, description = "`notifications.unsubscribe_token_invalid`: the token is not valid; clients that accept `text/html` get a page that says so"),
    )
)]
pub async fn get_unsubscribe_page(
    State(ctx): State<&'static Unsubscriber>,
    headers: HeaderMap,
    Query(link): Query<Link>,
) -> Result<Response, Problem> {
    let Ok((user_id, category)) = verify(&ctx.link_key, &link.token) else {
        return invalid(ctx, &headers);
    };
    let language = ctx.store.preferences(user_id).await?.map(|read| read.value.language).unwrap_or_default();
    let page = UnsubscribePage::Confirm { category, token: &link.token };
    page.response(&ctx.branding, language).map_err(Problem::internal)
}
