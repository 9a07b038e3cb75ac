//! `GET /v1/commerce/admin/orders?state&from&to`: the orders of a state, newest first, for managers.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Json, List, Page, Problem, Query};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::api::order_view::OrderSummary;
use crate::ctx::Ctx;
use crate::domain::listed_state::ListedState;
use crate::store::OrderFilter;

/// Which orders are wanted. The page's own parameters are named so that a misspelt one is refused, and not ignored.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderQuery {
    state: Option<String>,
    from: Option<String>,
    to: Option<String>,
    #[serde(rename = "limit")]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "cursor")]
    _cursor: Option<IgnoredAny>,
}

impl OrderQuery {
    fn parse(&self) -> Result<OrderFilter, Problem> {
        let mut fields = Fields::of_parameters();
        let time = |text: Option<&str>| text.map(types::time::parse).transpose();
        let state = self.state.as_deref().map(|text| {
            ListedState::parse(text).ok_or("must be held, paying, confirmed, cancelling, cancelled, lapsed or closed")
        });
        let state = match state {
            Some(state) => fields.check("state", state),
            None => fields.required("state", None),
        };
        let from = fields.check("from", time(self.from.as_deref()));
        let until = fields.check("to", time(self.to.as_deref()));
        fields.all((state, from, until)).map(|(state, from, until)| OrderFilter { state, from, until })
    }
}

/// List orders
///
/// Orders in a state, newest first. An order that was just placed or changed can be missing for a second. Requires the role
/// `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/admin/orders", operation_id = "list_all_orders", tag = "orders",
    security(("bearer" = ["manager"])),
    params(
        ("state" = ListedState, Query, description = "State"),
        ("from" = Option<String>, Query, description = "Return orders placed at this time or later", format = DateTime, example = "2026-03-14T00:00:00Z"),
        ("to" = Option<String>, Query, description = "Return orders placed before this time", format = DateTime, example = "2026-03-15T00:00:00Z"),
        Page,
    ),
    responses((status = 200, description = "Page of results", body = List<OrderSummary>))
)]
pub async fn list_all_orders(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Query(query): Query<OrderQuery>,
    page: Page,
) -> Result<Json<List<OrderSummary>>, Problem> {
    let (_, found) = standing.with(ctx.store.orders_in(query.parse()?, page.limit, page.cursor)).await?;
    Ok(Json(List::of(found, |entry| OrderSummary::from(entry.value))))
}
