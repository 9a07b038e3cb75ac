//! The result of a stocking check.

use contracts::knowledge::SpeciesWater;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::view::{SpeciesFactValue, SpeciesSource};
use crate::domain::source::Source;
use crate::domain::stocking::{Evidence, Given, Parameter, Reason, Rule, Severity, Stock, worst};

/// Result of a stocking check, or of a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StockingVerdict {
    /// There are no reasons against it. The number of animals is not compared with the volume: `fits` does not say that the aquarium is large
    /// enough for that many.
    Fits,
    /// Possible with care.
    Caution,
    /// Nothing can be said, because a fact or a parameter is missing.
    Unknown,
    /// Does not fit.
    Conflict,
}

impl From<Severity> for StockingVerdict {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Caution => Self::Caution,
            Severity::Unknown => Self::Unknown,
            Severity::Conflict => Self::Conflict,
        }
    }
}

/// Rule that a reason follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StockingRule {
    /// The species lives in another water.
    Water,
    /// The temperatures of a species and the aquarium, or of two species, are compared.
    Temperature,
    /// The pH is compared.
    Ph,
    /// The general hardness is compared.
    Gh,
    /// The salinity is compared.
    Salinity,
    /// A species needs a larger aquarium.
    Volume,
    /// A species needs a larger group.
    Group,
    /// A predator may eat a species: it is at least twice as long.
    Predation,
    /// Temperaments that do not go together, several animals of a species that is not peaceful, or a temperament that is not known.
    Temperament,
    /// A species does not leave plants alone, or it is not known whether it does.
    Plants,
}

impl From<Rule> for StockingRule {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::Water => Self::Water,
            Rule::Range(Parameter::Temperature) => Self::Temperature,
            Rule::Range(Parameter::Ph) => Self::Ph,
            Rule::Range(Parameter::Gh) => Self::Gh,
            Rule::Range(Parameter::Salinity) => Self::Salinity,
            Rule::Volume => Self::Volume,
            Rule::Group => Self::Group,
            Rule::Predation => Self::Predation,
            Rule::Temperament => Self::Temperament,
            Rule::Plants => Self::Plants,
        }
    }
}

/// Fact that a reason compares.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockingEvidence {
    /// Species ID.
    #[schema(example = "paracheirodon-innesi")]
    species_id: String,
    /// Name of the fact, which says its unit.
    #[schema(example = "minVolumeMl")]
    fact: String,
    /// Value. Null if no source gives it.
    value: Option<SpeciesFactValue>,
    /// The sources of the value, as positions in `sources` of the report, from 0.
    sources: Vec<usize>,
}

/// Why something does not fit, needs care, or cannot be said.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockingReason {
    /// Rule.
    rule: StockingRule,
    /// How bad it is.
    severity: StockingVerdict,
    /// The one or two species that it is about.
    species_ids: Vec<String>,
    /// Water of the aquarium, for the rule `water`; `fresh` for a pond. Null for other rules.
    given_water: Option<SpeciesWater>,
    /// What the request says, in the unit of the facts: the lowest value. Null if the rule compares species only, or if the request does not
    /// say it.
    #[schema(example = 54000)]
    given_min: Option<i64>,
    /// The highest value.
    #[schema(example = 54000)]
    given_max: Option<i64>,
    /// The facts that are compared.
    evidence: Vec<StockingEvidence>,
}

/// Result for a species.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockingSpeciesResult {
    /// Species ID.
    #[schema(example = "paracheirodon-innesi")]
    species_id: String,
    /// Number of animals or plants. Compared with the smallest group of the species, not with the volume of the aquarium.
    count: u32,
    /// The worst of the reasons that are about it.
    verdict: StockingVerdict,
}

/// Report of a stocking check.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockingReport {
    /// The worst of all reasons.
    verdict: StockingVerdict,
    /// The species, ordered by ID.
    species: Vec<StockingSpeciesResult>,
    /// The reasons: those on one species, then those on two.
    reasons: Vec<StockingReason>,
    /// The sources that evidence refers to.
    sources: Vec<SpeciesSource>,
}

impl StockingReport {
    /// Returns the report on a check.
    pub fn of(stock: &[Stock<'_>], reasons: &[Reason<'_>]) -> Self {
        let mut sources = Cited::default();
        let shown = reasons.iter().map(|reason| reason_view(&mut sources, reason)).collect();
        let verdict = |reasons: &[Reason<'_>]| worst(reasons).map_or(StockingVerdict::Fits, Into::into);
        let species = stock.iter().map(|stock| {
            let own = reasons.iter().filter(|reason| reason.species.contains(&&stock.species.id)).cloned();
            StockingSpeciesResult {
                species_id: stock.species.id.to_string(),
                count: stock.count,
                verdict: verdict(&own.collect::<Vec<_>>()),
            }
        });
        let species = species.collect();
        let sources = sources.0.into_iter().map(SpeciesSource::from).collect();
        Self { verdict: verdict(reasons), species, reasons: shown, sources }
    }
}

/// The sources that were cited so far, each once.
#[derive(Debug, Default)]
struct Cited<'a>(Vec<&'a Source>);

impl<'a> Cited<'a> {
    fn position(&mut self, source: &'a Source) -> usize {
        self.0.iter().position(|known| *known == source).unwrap_or_else(|| {
            self.0.push(source);
            self.0.len() - 1
        })
    }
}

fn reason_view<'a>(sources: &mut Cited<'a>, reason: &Reason<'a>) -> StockingReason {
    let (given_water, span) = match reason.given {
        Given::Nothing => (None, None),
        Given::Water(water) => (Some(water), None),
        Given::Numbers(span) => (None, Some(span)),
    };
    StockingReason {
        rule: reason.rule.into(),
        severity: reason.severity.into(),
        species_ids: reason.species.iter().map(ToString::to_string).collect(),
        given_water,
        given_min: span.map(|span| span.min),
        given_max: span.map(|span| span.max),
        evidence: reason.evidence.iter().map(|evidence| evidence_view(sources, *evidence)).collect(),
    }
}

fn evidence_view<'a>(sources: &mut Cited<'a>, Evidence { species, fact }: Evidence<'a>) -> StockingEvidence {
    let known = species.facts.get(&fact);
    let cited = known.into_iter().flat_map(|known| &known.sources);
    let cited = cited.filter_map(|id| species.sources.get(id)).map(|source| sources.position(source)).collect();
    StockingEvidence {
        species_id: species.id.to_string(),
        fact: fact.as_str().to_owned(),
        value: known.map(|known| (&known.value).into()),
        sources: cited,
    }
}
