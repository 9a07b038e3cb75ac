//! `DELETE /v1/billing/prices/{code}`: retires a price.

use axum::extract::State;
use dynamo::{Read, Versioned};
use kit::auth::{Admin, Standing};
use kit::http::{NoContent, Path, Problem};

use crate::api::CodePath;
use crate::ctx::Ctx;
use crate::domain::catalogue::Catalogue;
use crate::domain::codes::PriceCode;
use crate::problem::Refusal;

/// Retire a price
///
/// It is not offered any more. Publishing another version offers it again. Requires the role `admin`.
/// Idempotent.
#[utoipa::path(
    delete, path = "/v1/billing/prices/{code}", operation_id = "retire_price", tag = "billing",
    security(("bearer" = ["admin"])),
    params(("code" = PriceCode, Path, description = "Code of the price")),
    responses(
        (status = 204, description = "Price retired"),
        (status = 404, description = "`billing.no_such_price`: no price with this code"),
    )
)]
pub async fn retire_price(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    Path(CodePath { code }): Path<CodePath<PriceCode>>,
) -> Result<NoContent, Problem> {
    let (_, read) = standing.with(ctx.store.catalogue(Read::Strong)).await?;
    let decide = |read: &Versioned<Catalogue>| {
        let mut next = read.value.clone();
        let is_new = next.retire_price(&code).ok_or(Refusal::NoSuchPrice)?;
        Ok::<_, Problem>(is_new.then_some(next))
    };
    ctx.store.change_catalogue(read, decide).await?;
    Ok(NoContent)
}
