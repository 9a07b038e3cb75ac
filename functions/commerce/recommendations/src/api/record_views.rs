//! `POST /v1/commerce/views`: records which products a visitor viewed.

use std::pin::Pin;

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::{Buyer, CheckedBuyer};
use kit::http::{Fields, Invocation, Json, NoContent, Problem};
use kit::limits::NotAllowed;
use serde::Deserialize;
use types::{BuyerId, ProductId, UserId};
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::domain::session::{MAX_BATCH_VIEWS, Session, SessionHash, View};

/// Request to record views.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordViews {
    /// ID of the session: a random text that the client generates for each visit. Only its hash is stored.
    #[schema(min_length = 16, max_length = 64, pattern = "^[A-Za-z0-9_-]+$", example = "b3k1Zq0vT5m8yXw2Lr7N4g")]
    session_id: String,
    /// Whether the visitor agreed that views are recorded for recommendations. Must be true.
    #[schema(example = true)]
    consent: bool,
    /// Views, at most 20.
    #[schema(min_items = 1, max_items = 20)]
    views: Vec<RecordedView>,
}

/// View of a product.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordedView {
    /// Product ID.
    product_id: ProductId,
    /// Time of the view.
    viewed_at: Timestamp,
}

impl RecordViews {
    fn parse(self) -> Result<(SessionHash, Vec<View>), Problem> {
        let mut fields = Fields::new();
        let session = fields.check("sessionId", SessionHash::of(&self.session_id));
        let consent = self.consent.then_some(()).ok_or("must be true; send views only after the visitor agreed");
        let consent = fields.check("consent", consent);
        let is_bounded = (1..=MAX_BATCH_VIEWS).contains(&self.views.len());
        let views = is_bounded.then_some(self.views).ok_or("must have 1 to 20 views; send several batches");
        let views = fields.check("views", views);
        let (session, (), views) = fields.all((session, consent, views))?;
        let views = views.into_iter().map(|RecordedView { product_id, viewed_at }| View { product_id, at: viewed_at });
        Ok((session, views.collect()))
    }
}

/// Record product views
///
/// Records which products a visitor viewed, for recommendations. Send views in batches, and only of visitors who agreed. With an
/// access token the views belong to the user: they are part of the user's data export and are deleted with the account. Without one
/// they belong to the session alone. Views are deleted after 30 days. A session ends after 24 hours and has at most 50 views; the newest
/// are kept. Views older than 24 hours are ignored, and those in the future count as now. Recommendations follow within about an hour.
/// Idempotent, unless times are in the future: a repeated batch adds nothing. Limits: 240 batches per user and hour; 1,200 batches of
/// guests, and 60 new sessions of guests, per network address and hour.
#[utoipa::path(
    post, path = "/v1/commerce/views", operation_id = "record_views", tag = "recommendations",
    security((), ("bearer" = [])),
    request_body = RecordViews,
    responses(
        (status = 204, description = "The views are recorded"),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 429, description = "`request.limit_exceeded`: too many batches or new sessions; retry after `Retry-After` seconds"),
    )
)]
pub async fn record_views(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    buyer: Option<Buyer>,
    Json(body): Json<RecordViews>,
) -> Result<NoContent, Problem> {
    let ((hash, views), now) = (body.parse()?, ctx.clock.now());
    let user = count(ctx, &call, buyer, now).await?;
    ctx.store.add_views(&call.source_ip, &Session::start(hash, user, now), &views, now).await?;
    Ok(NoContent)
}

/// Counts the batch, for the user in good standing who sends it, or for the network address of a guest.
async fn count(
    ctx: &'static Ctx,
    call: &Invocation,
    buyer: Option<Buyer>,
    now: Timestamp,
) -> Result<Option<UserId>, Problem> {
    let user = buyer.as_ref().and_then(|buyer| match buyer.id() {
        BuyerId::User(user) => Some(user),
        BuyerId::Guest(_) => None,
    });
    // Boxed: the compiler cannot prove that the unboxed future is `Send` for each lifetime of its borrows.
    let counted: Pin<Box<dyn Future<Output = Result<(), NotAllowed>> + Send + '_>> =
        Box::pin(ctx.store.count_batch(user, &call.source_ip, now));
    let Some(buyer) = buyer else {
        counted.await?;
        return Ok(None);
    };
    Ok(match buyer.with(counted).await? {
        (CheckedBuyer::User(caller), ()) => Some(caller.user_id),
        (CheckedBuyer::Guest(_), ()) => None,
    })
}
