//! `GET /v1/commerce/backoffice/dashboard`: figures for the staff.

use axum::extract::State;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kit::auth::{Manager, Standing};
use kit::http::{Json, Problem};

use crate::api::dashboard_view::{AttentionOrder, CurrencyRevenue, DashboardView, ScarceVariant};
use crate::ctx::Ctx;
use crate::domain::variant::VariantFacts;
use crate::store::Figures;

/// Get the back-office dashboard
///
/// Returns open orders, orders to be shipped, orders that need attention, today's revenue by currency (days are in UTC), and variants of
/// which few or no units can be ordered. Figures follow events within seconds. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/backoffice/dashboard", operation_id = "get_dashboard", tag = "storefront",
    security(("bearer" = ["manager"])),
    responses((status = 200, description = "The figures", body = DashboardView))
)]
pub async fn get_dashboard(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
) -> Result<Json<DashboardView>, Problem> {
    let (_, figures) = Box::pin(standing.with(ctx.store.figures())).await?;
    Ok(Json(view(figures, ctx.clock.now())))
}

fn view(figures: Figures, now: Timestamp) -> DashboardView {
    let Figures { total, attention, out_of_stock, low_stock } = figures;
    let day = now.to_zoned(TimeZone::UTC).date();
    let revenue = total.revenue_of(day).into_iter().map(|(currency, revenue)| CurrencyRevenue {
        currency,
        amount_minor: revenue.amount_minor,
        orders: revenue.orders,
    });
    DashboardView {
        open_orders: total.open,
        to_ship: total.to_ship,
        attention_count: total.attention,
        attention: attention.iter().map(AttentionOrder::from).collect(),
        day,
        revenue: revenue.collect(),
        scarce: out_of_stock.into_iter().chain(low_stock).map(scarce).collect(),
        as_of: Some(total.as_of).filter(|as_of| *as_of > Timestamp::UNIX_EPOCH),
    }
}

fn scarce(facts: VariantFacts) -> ScarceVariant {
    ScarceVariant {
        variant_id: facts.variant_id,
        product_id: facts.product_id,
        sku: facts.details.value.map(|details| details.sku),
        availability: facts.stock.value,
    }
}
