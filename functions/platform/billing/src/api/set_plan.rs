//! `PUT /v1/billing/plans/{code}`: creates or replaces a plan.

use axum::extract::State;
use dynamo::{Read, Versioned};
use kit::auth::{Admin, Standing};
use kit::http::{Fields, IfMatch, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::line;
use utoipa::ToSchema;

use crate::api::CodePath;
use crate::api::catalogue_view::{BillingPlanView, PlanEntitlement};
use crate::ctx::Ctx;
use crate::domain::catalogue::{Catalogue, Listed, MAX_NAME_CHARS, Plan};
use crate::domain::codes::{PlanCode, ProductCode};
use crate::problem::Refusal;

/// Request to create or replace a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetBillingPlan {
    /// Code of its product, which must exist.
    product: ProductCode,
    /// Name, at most 60 characters.
    #[schema(min_length = 1, max_length = 60, example = "Family")]
    name: String,
    /// Order among the plans of the product: a change to a higher rank is an upgrade.
    #[schema(minimum = 0, maximum = 65535, example = 20)]
    rank: u16,
    /// What it allows, each name once. What is not named is not allowed.
    #[serde(default)]
    #[schema(max_items = 50)]
    entitlements: Vec<PlanEntitlement>,
}

impl SetBillingPlan {
    fn plan(self, code: PlanCode) -> Result<Plan, Problem> {
        let mut fields = Fields::new();
        let name = fields.check("name", line(&self.name, MAX_NAME_CHARS));
        let entitlements = PlanEntitlement::read_all(&self.entitlements, &mut fields);
        let (name,) = fields.all((name,))?;
        Ok(Plan { code, product: self.product, name, rank: self.rank, entitlements })
    }
}

/// Create or replace a plan
///
/// The code is chosen by the caller. A retired plan is offered again. Limits of other services follow the code of the plan, and
/// not its entitlements yet. Prices that are published keep the rank that they were published with. At most 50 plans, retired
/// ones included. Requires the role `admin`. Idempotent. Supports optimistic concurrency: send `If-Match` with the `ETag` of the
/// catalogue.
#[utoipa::path(
    put, path = "/v1/billing/plans/{code}", operation_id = "set_plan", tag = "billing",
    security(("bearer" = ["admin"])),
    params(("code" = PlanCode, Path, description = "Code of the plan"), OptionalIfMatch),
    request_body = SetBillingPlan,
    responses(
        (status = 200, description = "The plan, with the version of the catalogue", body = BillingPlanView),
        (status = 409, description = "`billing.catalogue_full`: there are 50 plans, including retired ones"),
    )
)]
pub async fn set_plan(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    based_on: Option<IfMatch>,
    Path(CodePath { code }): Path<CodePath<PlanCode>>,
    Json(body): Json<SetBillingPlan>,
) -> Result<Tagged<BillingPlanView>, Problem> {
    let plan = body.plan(code)?;
    let (_, read) = standing.with(ctx.store.catalogue(Read::Strong)).await?;
    let decide = |read: &Versioned<Catalogue>| {
        based_on.map_or(Ok(()), |tag| tag.check(read.version))?;
        let mut next = read.value.clone();
        next.set_plan(plan.clone()).map_err(Refusal::from)?;
        Ok::<_, Problem>((next != read.value).then_some(next))
    };
    let written = ctx.store.change_catalogue(read, decide).await?;
    Ok(Tagged::new(written.version, BillingPlanView::from(Listed { entry: &plan, is_retired: false })))
}
