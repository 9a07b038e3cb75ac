//! `GET /v1/commerce/payment-methods`: the saved payment methods of the caller.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Problem};

use crate::api::view::PaymentMethodView;
use crate::ctx::Ctx;

/// List payment methods
///
/// Saved payment methods of the caller, at most 50, the newest first. Of a card only brand, last digits and expiry are stored.
/// Not available to guests.
#[utoipa::path(
    get, path = "/v1/commerce/payment-methods", operation_id = "list_payment_methods", tag = "payments",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All saved payment methods", body = List<PaymentMethodView>),
    )
)]
pub async fn list_payment_methods(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
) -> Result<Json<List<PaymentMethodView>>, Problem> {
    let (methods, customers) =
        futures::try_join!(ctx.store.methods(caller.user_id), ctx.store.customers(caller.user_id))?;
    let mut methods = methods;
    methods.sort_by_key(|method| std::cmp::Reverse((method.saved_at, method.id)));
    let default = |provider| customers.iter().find(|customer| customer.value.provider == provider)?.value.default;
    let items = methods.iter().map(|method| PaymentMethodView::of(method, default(method.provider))).collect();
    Ok(Json(List::new(items, None)))
}
