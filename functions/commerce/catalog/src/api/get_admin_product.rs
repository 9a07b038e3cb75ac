//! `GET /v1/commerce/admin/products/{id}`: a product, whether or not it is published.

use axum::extract::State;
use dynamo::Read;
use kit::auth::{Manager, Standing};
use kit::http::{Id, Path, Problem, Tagged};
use types::ProductId;

use crate::api::rules;
use crate::api::view::ProductView;
use crate::ctx::Gallery;

/// Get any product
///
/// Returns a product in any status. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/admin/products/{id}", operation_id = "get_admin_product", tag = "catalog",
    security(("bearer" = ["manager"])),
    params(("id" = ProductId, Path, description = "Product ID")),
    responses(
        (status = 200, description = "The product", body = ProductView),
        (status = 404, description = "`catalog.no_such_product`: no product with this ID"),
    )
)]
pub async fn get_admin_product(
    State(ctx): State<&'static Gallery>,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<ProductId>>,
) -> Result<Tagged<ProductView>, Problem> {
    let (_, product) = standing.with(ctx.store.product(id, Read::Strong)).await?;
    let product = rules::existing(product)?;
    rules::shown(ctx, &product).await
}
