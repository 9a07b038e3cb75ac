//! Requests and responses that several calculators share.

use contracts::aquariums::AquariumKind;
use kit::http::{Fields, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use water::derived::Method;
use water::{Decimal, Entered, Unit};

use crate::api::fields;
use crate::domain::tools::{Answer, Invalid, Used};

/// A number with its unit.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnteredAmount {
    /// Number.
    value: Decimal,
    /// Its unit. Gallons need a system, and concentrations a basis.
    unit: Unit,
}

impl From<EnteredAmount> for Entered {
    fn from(amount: EnteredAmount) -> Self {
        Self { value: amount.value, unit: amount.unit }
    }
}

/// A computed value.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComputedValue {
    /// Value, rounded to two digits of its uncertainty.
    value: Decimal,
    /// Standard uncertainty, in the unit of the value.
    uncertainty: Decimal,
    /// Unit.
    unit: Unit,
    /// How it was computed.
    method: ComputedBy,
    /// What it was computed from.
    inputs: Vec<ComputedFrom>,
}

/// How a value was computed.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComputedBy {
    /// Stable name of the method.
    #[schema(example = "emerson-1975")]
    name: &'static str,
    /// Where the formula comes from.
    source: &'static str,
    /// True if the formula makes assumptions about the water that nothing measured confirms.
    estimate: bool,
}

/// An input of a computed value.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComputedFrom {
    /// Name.
    #[schema(example = "temperature")]
    name: &'static str,
    /// Value.
    value: Decimal,
    /// Standard uncertainty. That of measured values is typical of hobby probes and test kits.
    uncertainty: Decimal,
    /// Unit. Null for numbers without one.
    unit: Option<Unit>,
}

impl From<Answer> for ComputedValue {
    fn from(answer: Answer) -> Self {
        Self {
            value: answer.value,
            uncertainty: answer.uncertainty,
            unit: answer.unit,
            method: answer.method.into(),
            inputs: inputs(answer.inputs),
        }
    }
}

impl From<Method> for ComputedBy {
    fn from(method: Method) -> Self {
        Self { name: method.name, source: method.source, estimate: method.estimate }
    }
}

/// The inputs of a computed value.
pub fn inputs(used: Vec<Used>) -> Vec<ComputedFrom> {
    let view = |used: Used| ComputedFrom {
        name: used.name,
        value: used.value,
        uncertainty: used.uncertainty,
        unit: used.unit,
    };
    used.into_iter().map(view).collect()
}

/// The problem of an invalid field.
pub fn problem(invalid: Invalid) -> Problem {
    let Invalid { field, message } = invalid;
    let mut fields = Fields::new();
    fields.refuse(&field, message);
    complete(fields)
}

/// The problem of a field that must be there.
pub fn missing(field: &str) -> Problem {
    let mut fields = Fields::new();
    fields.required(field, None::<()>);
    complete(fields)
}

/// The problem that the fields have.
fn complete(fields: Fields) -> Problem {
    match fields.all((None::<()>,)) {
        Ok(_) => Problem::internal("no field is invalid"),
        Err(problem) => problem,
    }
}

/// Parses a type of water.
pub fn kind(text: &str) -> Result<AquariumKind, Problem> {
    let mut parsed = Fields::new();
    let kind = fields::kind(&mut parsed, text);
    Ok(parsed.all((kind,))?.0)
}
