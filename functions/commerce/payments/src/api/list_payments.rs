//! `GET /v1/commerce/admin/payments`: all payments.

use axum::extract::State;
use jiff::Timestamp;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Json, List, Page, Problem, Query};
use payment_providers::FactStatus;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use types::time::NotATime;

use crate::api::view::PaymentEntryView;
use crate::ctx::Ctx;
use crate::store::Window;

/// Query parameters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Filter {
    from: Option<String>,
    to: Option<String>,
    status: Option<String>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

impl Filter {
    fn parse(&self) -> Result<Window, Problem> {
        let mut fields = Fields::of_parameters();
        let from = fields.check("from", time(self.from.as_deref()));
        let to = fields.check("to", time(self.to.as_deref()));
        let status = fields.check("status", status(self.status.as_deref()));
        let (from, to, status) = fields.all((from, to, status))?;
        Ok(Window { from, to, status })
    }
}

fn time(text: Option<&str>) -> Result<Option<Timestamp>, NotATime> {
    text.map(types::time::parse).transpose()
}

fn status(text: Option<&str>) -> Result<Option<FactStatus>, &'static str> {
    let parse = |text: &str| serde_json::from_value::<FactStatus>(Value::String(text.to_owned()));
    text.map(parse).transpose().map_err(|_| "must be a status of payments, such as captured")
}

/// List all payments
///
/// Newest first. A new payment is listed after about a second. With filters, a page can contain fewer items than `limit`, or
/// none, although more follow: continue until `nextCursor` is null. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/admin/payments", operation_id = "list_payments", tag = "payments",
    security(("bearer" = ["manager"])),
    params(
        ("from" = Option<String>, Query, description = "Return payments that were started at this time or later", format = DateTime),
        ("to" = Option<String>, Query, description = "Return payments that were started before this time", format = DateTime),
        ("status" = Option<FactStatus>, Query, description = "Return payments in this status only"),
        Page,
    ),
    responses(
        (status = 200, description = "A page of payments", body = List<PaymentEntryView>),
    )
)]
pub async fn list_payments(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Query(filter): Query<Filter>,
    page: Page,
) -> Result<Json<List<PaymentEntryView>>, Problem> {
    let payments = ctx.store.payments(filter.parse()?, page.limit, page.cursor);
    let (_, payments) = standing.with(payments).await?;
    Ok(Json(List::of(payments, PaymentEntryView::from)))
}
