//! `PUT /v1/aquarium/aquariums/{id}/targets`: replaces the targets of an aquarium. Requires `If-Match`.

use axum::extract::State;
use dynamo::ConflictRetry;
use kit::auth::Standing;
use kit::http::{Fields, Id, IfMatch, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::AquariumId;
use utoipa::ToSchema;
use water::{Decimal, Parameter, Unit};

use crate::api::view::AquariumView;
use crate::ctx::Ctx;
use crate::domain::access::Role;
use crate::domain::target::{MAX_TARGETS, NotATarget, Target};
use crate::problem::Refusal;

/// The targets of an aquarium. Parameters that are left out have none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplaceTargets {
    /// The targets, at most one per parameter.
    #[schema(max_items = 17)]
    targets: Vec<TargetInput>,
}

/// The target of a parameter. It has a lower limit, an upper limit, or both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ParameterTargetInput)]
pub struct TargetInput {
    /// What the target is of.
    parameter: Parameter,
    /// Unit of the limits: one of the parameter. Concentrations of nitrogen and phosphorus need a basis.
    unit: Unit,
    /// Lower limit.
    lower: Option<Decimal>,
    /// Upper limit, above the lower one.
    upper: Option<Decimal>,
}

impl ReplaceTargets {
    fn parse(&self) -> Result<Vec<Target>, Problem> {
        let mut fields = Fields::new();
        if self.targets.len() > MAX_TARGETS {
            fields.refuse("targets", format!("must have at most {MAX_TARGETS} items"));
        }
        let mut targets: Vec<Option<Target>> = Vec::new();
        for (number, input) in self.targets.iter().take(MAX_TARGETS).enumerate() {
            let target = Target::new(input.parameter, input.unit, input.lower, input.upper);
            if targets.iter().flatten().any(|known| known.parameter == input.parameter) {
                fields.refuse(&format!("targets[{number}].parameter"), "must not have another target");
            }
            let field = target.as_ref().err().copied().map_or("lower", NotATarget::field);
            targets.push(fields.check(&format!("targets[{number}].{field}"), target));
        }
        let (mut targets,) = fields.all((targets.into_iter().collect::<Option<Vec<_>>>(),))?;
        // One order, so that the same targets are the same aquarium.
        targets.sort_by_key(|target| target.parameter);
        Ok(targets)
    }
}

/// Replace targets
///
/// Allowed for the owner and keepers. A target is a range in which a parameter is meant to be; the latest readings are compared with
/// it. Targets cause no notifications. An empty list removes all. Requires `If-Match` with the last `ETag` of the aquarium.
#[utoipa::path(
    put, path = "/v1/aquarium/aquariums/{id}/targets", operation_id = "replace_targets", tag = "aquariums",
    security(("bearer" = [])),
    params(("id" = AquariumId, Path, description = "Aquarium ID"), IfMatch),
    request_body = ReplaceTargets,
    responses(
        (status = 200, description = "The aquarium with its targets", body = AquariumView),
        (status = 403, description = "`aquariums.role_too_low`: only the owner and keepers can change targets"),
        (status = 404, description = "`aquariums.no_such_aquarium`: no aquarium with this ID, or it is not shared with the caller"),
    )
)]
pub async fn replace_targets(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    based_on: IfMatch,
    Path(Id { id }): Path<Id<AquariumId>>,
    Json(body): Json<ReplaceTargets>,
) -> Result<Tagged<AquariumView>, Problem> {
    let targets = body.parse()?;
    let mut retry = ConflictRetry::default();
    loop {
        let (_, opened) = standing.with(ctx.store.open(standing.user_id(), id)).await?;
        let opened = opened.ok_or(Refusal::NoSuchAquarium)?;
        opened.scope.at_least(Role::Keeper)?;
        let read = &opened.aquarium;
        based_on.check(read.version)?;
        let Some(next) = read.value.with_targets(targets.clone()) else {
            return Ok(Tagged::new(read.version, AquariumView::of(&read.value, &opened.scope)));
        };
        if ctx.store.change_targets(&opened, &next).await? {
            return Ok(Tagged::new(read.version + 1, AquariumView::of(&next, &opened.scope)));
        }
        retry.pause().await?;
    }
}
