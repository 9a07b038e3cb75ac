//! `DELETE /v1/billing/plans/{code}`: retires a plan.

use axum::extract::State;
use dynamo::{Read, Versioned};
use kit::auth::{Admin, Standing};
use kit::http::{NoContent, Path, Problem};

use crate::api::CodePath;
use crate::ctx::Ctx;
use crate::domain::catalogue::Catalogue;
use crate::domain::codes::PlanCode;
use crate::problem::Refusal;

/// Retire a plan
///
/// It is neither offered nor granted any more, and users keep it. Setting it again offers it again. Requires the role `admin`.
/// Idempotent.
#[utoipa::path(
    delete, path = "/v1/billing/plans/{code}", operation_id = "retire_plan", tag = "billing",
    security(("bearer" = ["admin"])),
    params(("code" = PlanCode, Path, description = "Code of the plan")),
    responses(
        (status = 204, description = "Plan retired"),
        (status = 404, description = "`billing.no_such_plan`: no plan with this code"),
    )
)]
pub async fn retire_plan(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    Path(CodePath { code }): Path<CodePath<PlanCode>>,
) -> Result<NoContent, Problem> {
    let (_, read) = standing.with(ctx.store.catalogue(Read::Strong)).await?;
    let decide = |read: &Versioned<Catalogue>| {
        let mut next = read.value.clone();
        let is_new = next.retire_plan(&code).ok_or(Refusal::NoSuchPlan)?;
        Ok::<_, Problem>(is_new.then_some(next))
    };
    ctx.store.change_catalogue(read, decide).await?;
    Ok(NoContent)
}
