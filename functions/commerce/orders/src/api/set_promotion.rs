//! `PUT /v1/commerce/promotions/{id}`: creates or changes a promotion.
//!
//! Emits `orders.promotion_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use jiff::Timestamp;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Id, IfMatch, Invocation, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::{CurrencyCode, PromotionId, line};
use utoipa::ToSchema;

use crate::api::promotion_view::{PromotionEffect, PromotionLimits, PromotionView};
use crate::ctx::Ctx;
use crate::domain::names::{GroupCode, PromotionCode};
use crate::domain::shop_promotion::{MAX_NAME_CHARS, PromotionTerms, ShopPromotion, TermsError};
use crate::problem::Refusal;
use crate::store::{NotWritten, PromotionWrite};

/// Request to create or change a promotion.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetPromotion {
    /// Name, which buyers see.
    #[schema(min_length = 1, max_length = 100, example = "Spring sale")]
    name: String,
    /// What it takes off.
    effect: PromotionEffect,
    /// Currency of its amounts. Required with an amount or a minimum subtotal. With one, it applies to carts in this currency
    /// only.
    currency: Option<CurrencyCode>,
    /// Least sum of the lines before all discounts, in minor units; 0 for no condition.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, default = 0, example = 5000)]
    min_subtotal_minor: i64,
    /// Group: of its promotions only the best one applies.
    group: Option<GroupCode>,
    /// It applies alone or not at all.
    #[serde(default)]
    exclusive: bool,
    /// Promotions apply by rising priority, each on what the ones before left.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1000, default = 0)]
    priority: u16,
    /// When it begins to apply. Without it, a new promotion begins now, and an existing one keeps its beginning.
    valid_from: Option<Timestamp>,
    /// When it ends to apply. Absent for never.
    valid_until: Option<Timestamp>,
    /// Codes. With none, it applies to every cart.
    #[serde(default)]
    #[schema(max_items = 20)]
    codes: Vec<PromotionCode>,
    /// How many orders may use it. Requires codes.
    #[serde(default)]
    limits: PromotionLimits,
}

impl SetPromotion {
    /// Reads the terms of a promotion that begins at a time.
    fn terms(&self, valid_from: Timestamp) -> Result<PromotionTerms, Problem> {
        let mut fields = Fields::new();
        let name = fields.check("name", line(&self.name, MAX_NAME_CHARS));
        let Self { effect, currency, group, codes, .. } = self;
        let terms = PromotionTerms {
            name: name.clone().unwrap_or_default(),
            effect: effect.clone().into(),
            currency: currency.clone(),
            min_subtotal_minor: self.min_subtotal_minor,
            group: group.clone(),
            exclusive: self.exclusive,
            priority: self.priority,
            valid_from,
            valid_until: self.valid_until,
            codes: codes.clone(),
            limits: self.limits.into(),
        };
        let terms = terms.checked().map_err(|error| fields.refuse(field(error), error)).ok();
        fields.all((name, terms)).map(|(_, terms)| terms)
    }
}

/// The field that an error is about.
const fn field(error: TermsError) -> &'static str {
    match error {
        TermsError::Empty => "validUntil",
        TermsError::Codes => "codes",
        TermsError::CurrencyMissing => "currency",
        TermsError::MinSubtotal => "minSubtotalMinor",
        TermsError::LimitsNeedCodes | TermsError::Limits => "limits",
        TermsError::Priority => "priority",
        TermsError::Amount | TermsError::Units | TermsError::Targets => "effect",
    }
}

/// Create or change a promotion
///
/// The client chooses the ID of a new promotion, a UUID. Applies to carts at once; orders keep their discounts. End a promotion
/// with `validUntil`. Of the promotions without codes, at most 20 can be current. Emits `orders.promotion_changed.v1`. Requires
/// the role `manager` or `admin`. Idempotent.
#[utoipa::path(
    put, path = "/v1/commerce/promotions/{id}", operation_id = "set_promotion", tag = "orders",
    security(("bearer" = ["manager"])),
    params(
        ("id" = PromotionId, Path, description = "Promotion ID"),
        OptionalIfMatch,
    ),
    request_body = SetPromotion,
    responses(
        (status = 200, description = "The promotion", body = PromotionView),
        (status = 409, description = "`orders.code_taken`: another promotion has one of the codes; `orders.too_many_promotions`: 20 promotions without codes are current"),
    )
)]
pub async fn set_promotion(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    based_on: Option<IfMatch>,
    Path(Id { id }): Path<Id<PromotionId>>,
    Json(body): Json<SetPromotion>,
) -> Result<Tagged<PromotionView>, Problem> {
    let now = ctx.clock.now();
    // What does not depend on the beginning is refused before anything is read.
    body.terms(body.valid_from.unwrap_or(Timestamp::MIN))?;
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.promotion_to_change(id, &body.codes)).await?;
        let version = read.version();
        if let Some(tag) = based_on {
            tag.check(version)?;
        }
        let known_from = read.promotion.as_ref().map(|known| known.value.terms.valid_from);
        let terms = body.terms(body.valid_from.or(known_from).unwrap_or(now))?;
        if let Some(same) = read.promotion.as_ref().filter(|known| known.value.terms == terms) {
            return Ok(Tagged::new(same.version, PromotionView::new(&same.value, read.used)));
        }
        if read.is_taken() {
            return Err(Refusal::CodeTaken.into());
        }
        let created_at = read.promotion.as_ref().map_or(now, |known| known.value.created_at);
        let promotion = ShopPromotion { id, created_at, terms };
        let automatic = read.automatic.value.with(&promotion, now).map_err(|_| Refusal::TooManyAutomatic)?;
        let outbox = Outbox::of(call.event(now, promotion.fact(version + 1)))?;
        let write = PromotionWrite { promotion: &promotion, automatic, outbox: &outbox };
        match ctx.store.set_promotion(&read, write).await {
            Ok(()) => return Ok(Tagged::new(version + 1, PromotionView::new(&promotion, read.used))),
            Err(NotWritten::Conflict) => retry.pause().await?,
            Err(NotWritten::Store(error)) => return Err(error.into()),
        }
    }
}
