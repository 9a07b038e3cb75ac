//! `POST /v1/billing/prices`: publishes a price as the next version of its code. Requires `Idempotency-Key`.

use axum::extract::State;
use dynamo::{ConflictRetry, Read};
use kit::auth::{Admin, Standing};
use kit::http::{Created, IdempotencyKey, Json, Problem};
use serde::Deserialize;
use types::{CurrencyCode, PriceId};
use utoipa::ToSchema;

use crate::api::catalogue_view::BillingPriceView;
use crate::ctx::Ctx;
use crate::domain::catalogue::{Listed, NewPrice, Price};
use crate::domain::codes::{PlanCode, PriceCode};
use crate::domain::period::Interval;
use crate::problem::Refusal;
use crate::store::NotPublished;

/// Request to publish a price.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublishPrice {
    /// Code of the price, the same for all versions.
    code: PriceCode,
    /// Code of the plan, which must exist. The same for all versions.
    plan: PlanCode,
    /// How long a period is. The same for all versions.
    interval: Interval,
    /// Amount per period in minor units.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 999)]
    amount_minor: i64,
    /// Currency. The same for all versions.
    currency: CurrencyCode,
    /// Length of the trial in days; 0 for none.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 365, default = 0, example = 14)]
    trial_days: u16,
}

impl PublishPrice {
    fn with_id(&self, id: PriceId) -> NewPrice {
        NewPrice {
            id,
            code: self.code.clone(),
            plan: self.plan.clone(),
            interval: self.interval,
            amount: self.amount_minor,
            currency: self.currency.clone(),
            trial_days: self.trial_days,
        }
    }
}

/// Publish a price
///
/// Publishes the next version of a price, which never changes. New subscriptions get the newest version, and others keep
/// theirs. A retired price is offered again. At most 200 prices, retired ones included. Requires the role `admin`. Idempotent
/// by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/billing/prices", operation_id = "publish_price", tag = "billing",
    security(("bearer" = ["admin"])),
    params(IdempotencyKey),
    request_body = PublishPrice,
    responses(
        (status = 201, description = "The version of the price", body = BillingPriceView),
        (status = 409, description = "`billing.price_fixed`: the versions before have another plan, interval or currency; `billing.catalogue_full`: there are 200 prices, including retired ones"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with a different request body"),
    )
)]
pub async fn publish_price(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    attempt: IdempotencyKey,
    Json(body): Json<PublishPrice>,
) -> Result<Created<BillingPriceView>, Problem> {
    let id = PriceId::new(attempt.derive_id("publish_price", &standing.user_id().to_string()));
    let (new, now) = (body.with_id(id), ctx.clock.now());
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.catalogue(Read::Strong)).await?;
        let mut next = read.value.clone();
        let price = next.publish(new.clone(), now).map_err(Refusal::from)?;
        if next == read.value {
            // A repeated request, for the newest version.
            return Ok(created(&price));
        }
        match ctx.store.publish_price(&read, &next, &price).await {
            Ok(_) => return Ok(created(&price)),
            Err(NotPublished::Exists(before)) if before.is_as(&new) => return Ok(created(&before)),
            Err(NotPublished::Exists(_)) => return Err(Refusal::KeyReused.into()),
            Err(NotPublished::Conflict) => retry.pause().await?,
            Err(NotPublished::Store(error)) => return Err(error.into()),
        }
    }
}

fn created(price: &Price) -> Created<BillingPriceView> {
    let view = BillingPriceView::from(Listed { entry: price, is_retired: false });
    Created::at("/v1/billing/catalogue", view)
}
