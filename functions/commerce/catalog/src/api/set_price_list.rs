//! `PUT /v1/commerce/price-lists/{code}`: creates or changes a price list.
//!
//! Emits `catalog.price_list_changed.v1`.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox, Read};
use jiff::Timestamp;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Invocation, Json, Path, Problem};
use serde::Deserialize;
use types::{CurrencyCode, line};
use utoipa::ToSchema;

use crate::api::price_view::PriceListView;
use crate::ctx::Ctx;
use crate::domain::names::Slug;
use crate::domain::price_list::{MAX_LIST_TITLE_CHARS, PriceList, Scope};
use crate::problem::Refusal;

/// Path of a price list.
#[derive(Debug, Deserialize)]
pub struct PriceListPath {
    /// Code.
    pub code: String,
}

/// Request to create or change a price list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetPriceList {
    /// Title.
    #[schema(min_length = 1, max_length = 100, example = "Winter sale")]
    title: String,
    /// Currency of its prices. It never changes.
    currency: CurrencyCode,
    /// Region where it applies: lower-case letters a-z, digits and hyphens. Absent for everywhere. It never changes.
    #[schema(min_length = 1, max_length = 100, example = "de")]
    region: Option<String>,
    /// Customer group to which it applies, in the same form. Absent for everybody. It never changes.
    #[schema(min_length = 1, max_length = 100, example = "dealers")]
    customer_group: Option<String>,
    /// When it begins to apply, not in the past. By default now, or as it was.
    valid_from: Option<Timestamp>,
    /// When it ends to apply. Absent for never.
    valid_until: Option<Timestamp>,
}

/// What of a request is parsed.
struct Parsed {
    title: String,
    region: Option<Slug>,
    customer_group: Option<Slug>,
}

impl SetPriceList {
    fn parse(&self) -> Result<Parsed, Problem> {
        let mut fields = Fields::new();
        let title = fields.check("title", line(&self.title, MAX_LIST_TITLE_CHARS));
        let region = self.region.as_deref().and_then(|text| fields.check("region", Slug::parse(text)));
        let group = self.customer_group.as_deref();
        let customer_group = group.and_then(|text| fields.check("customerGroup", Slug::parse(text)));
        let (title,) = fields.all((title,))?;
        Ok(Parsed { title, region, customer_group })
    }
}

/// Replace a price list
///
/// Creates the price list with this code, or changes its title and validity. A buyer gets the lowest price of all lists that
/// apply. When a list applied in the past never changes, because the lowest price before a reduction depends on it: end a list
/// now or later, and begin it now or later. There are at most 50 lists. Requires the role `manager` or `admin`. Idempotent.
#[utoipa::path(
    put, path = "/v1/commerce/price-lists/{code}", operation_id = "set_price_list", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(("code" = String, Path, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, description = "Code: lower-case letters a-z, digits, and single hyphens between them", example = "eur-sale")),
    request_body = SetPriceList,
    responses(
        (status = 200, description = "The price list", body = PriceListView),
        (status = 409, description = "`catalog.price_list_scope_fixed`: currency, region or customer group would change; `catalog.price_list_past_fixed`: when the list applied in the past would change; `catalog.too_many_price_lists`: there are 50 price lists"),
        (status = 422, description = "`catalog.price_list_empty`: the list would end before it begins"),
    )
)]
pub async fn set_price_list(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Manager>,
    Path(PriceListPath { code }): Path<PriceListPath>,
    Json(body): Json<SetPriceList>,
) -> Result<Json<PriceListView>, Problem> {
    let mut fields = Fields::of_parameters();
    let code = fields.check("code", Slug::parse(&code));
    let ((code,), parsed, now) = (fields.all((code,))?, body.parse()?, ctx.clock.now());
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.price_lists(Read::Strong)).await?;
        let lists = read.as_ref().map(|lists| lists.value.clone()).unwrap_or_default();
        let begun = lists.get(&code).map(|list| list.valid_from);
        let scope = Scope {
            currency: body.currency.clone(),
            region: parsed.region.clone(),
            customer_group: parsed.customer_group.clone(),
        };
        let valid_from = body.valid_from.or(begun).unwrap_or(now);
        let list = PriceList { title: parsed.title.clone(), scope, valid_from, valid_until: body.valid_until };
        let view = PriceListView::of(&code, &list);
        let revision = read.as_ref().map_or(0, |read| read.version) + 1;
        let outbox = Outbox::of(call.event(now, list.fact(&code, revision)))?;
        let Some(next) = lists.with(&code, list, now).map_err(Refusal::from)? else { return Ok(Json(view)) };
        if ctx.store.write_price_lists(read.as_ref(), &next, &outbox).await? {
            return Ok(Json(view));
        }
        retry.pause().await?;
    }
}
