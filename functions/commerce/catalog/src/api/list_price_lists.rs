//! `GET /v1/commerce/price-lists`: all price lists.

use axum::extract::State;
use dynamo::Read;
use kit::auth::{Manager, Standing};
use kit::http::{Json, List, Problem};

use crate::api::price_view::PriceListView;
use crate::ctx::Ctx;

/// List price lists
///
/// All price lists, ordered by code. There are at most 50, so there is one page. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/price-lists", operation_id = "list_price_lists", tag = "catalog",
    security(("bearer" = ["manager"])),
    responses(
        (status = 200, description = "The price lists", body = List<PriceListView>),
    )
)]
pub async fn list_price_lists(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
) -> Result<Json<List<PriceListView>>, Problem> {
    let (_, lists) = standing.with(ctx.store.price_lists(Read::Strong)).await?;
    let lists = lists.map(|lists| lists.value).unwrap_or_default();
    let items = lists.iter().map(|(code, list)| PriceListView::of(code, list)).collect();
    Ok(Json(List { items, next_cursor: None }))
}
