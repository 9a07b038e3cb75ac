//! `GET /v1/commerce/admin/products`: all products.

use axum::extract::State;
use futures::future::try_join_all;
use kit::auth::{Manager, Standing};
use kit::http::{Json, List, Page, Problem};

use crate::api::view::ProductView;
use crate::ctx::Gallery;

/// List all products
///
/// Products in any status, with the thumbnail of the first picture of each. The order carries no meaning. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/admin/products", operation_id = "list_admin_products", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(Page),
    responses(
        (status = 200, description = "A page of products", body = List<ProductView>),
    )
)]
pub async fn list_admin_products(
    State(ctx): State<&'static Gallery>,
    standing: Standing<Manager>,
    page: Page,
) -> Result<Json<List<ProductView>>, Problem> {
    let (_, products) = standing.with(ctx.store.products(page.limit, page.cursor.as_ref())).await?;
    let now = ctx.clock.now();
    let views = products.items.iter().map(|product| ProductView::in_list(&product.value, &ctx.files, now));
    let items = try_join_all(views).await?;
    Ok(Json(List::new(items, products.next.as_ref())))
}
