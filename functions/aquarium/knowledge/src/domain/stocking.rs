//! The stocking check: which species fit an aquarium and each other, and why not.
//!
//! A pure function of the aquarium and the facts on the species. It assumes nothing: where a rule needs a fact that no source gives, or a
//! parameter that the request does not name, it says so with a reason of the severity [`Severity::Unknown`]. A rule on two
//! species says nothing about others, so that the reasons for some of the species are those for all, without those that name the rest.

use std::collections::BTreeSet;

use contracts::knowledge::{SpeciesKind, SpeciesWater};

use super::fact::{FactName, TEMPERAMENTS};
use super::species::Species;
use super::species_id::SpeciesId;

/// By how much a predator must be larger than another animal to be able to swallow it, times ten. Predators take prey of up to about half
/// their own length; this is a rule of thumb of the check and no fact on a species.
pub const PREY_RATIO_TENTHS: i64 = 20;

/// A parameter of the water.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parameter {
    /// Temperature in thousandths of a degree Celsius.
    Temperature,
    /// pH in thousandths.
    Ph,
    /// General hardness (Ca + Mg) in micromoles per litre.
    Gh,
    /// Salinity in thousandths (PSS-78).
    Salinity,
}

impl Parameter {
    /// All parameters.
    pub const ALL: [Self; 4] = [Self::Temperature, Self::Ph, Self::Gh, Self::Salinity];

    /// Returns the facts that are the ends of the range of a species.
    pub const fn facts(self) -> (FactName, FactName) {
        match self {
            Self::Temperature => (FactName::TemperatureMinMilliC, FactName::TemperatureMaxMilliC),
            Self::Ph => (FactName::PhMinMilli, FactName::PhMaxMilli),
            Self::Gh => (FactName::GhMinUmol, FactName::GhMaxUmol),
            Self::Salinity => (FactName::SalinityMinMilli, FactName::SalinityMaxMilli),
        }
    }

    /// Returns true if the parameter says something in a water: general hardness is not measured in sea water, and salinity not in fresh
    /// water.
    const fn applies(self, water: SpeciesWater) -> bool {
        match self {
            Self::Temperature | Self::Ph => true,
            Self::Gh => !matches!(water, SpeciesWater::Marine),
            Self::Salinity => !matches!(water, SpeciesWater::Fresh),
        }
    }
}

/// A range, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Lowest value.
    pub min: i64,
    /// Highest value.
    pub max: i64,
}

impl Span {
    const fn meets(self, other: Self) -> bool {
        self.min <= other.max && other.min <= self.max
    }

    const fn contains(self, other: Self) -> bool {
        self.min <= other.min && other.max <= self.max
    }
}

/// An aquarium as far as the check knows it.
#[derive(Debug, Clone)]
pub struct Aquarium {
    /// Its water.
    pub water: SpeciesWater,
    /// Net volume in millilitres.
    pub volume_ml: i64,
    /// The known parameters.
    pub parameters: Vec<(Parameter, Span)>,
}

impl Aquarium {
    fn span(&self, parameter: Parameter) -> Option<Span> {
        self.parameters.iter().find(|(known, _)| *known == parameter).map(|(_, span)| *span)
    }
}

/// A species and how many of it.
#[derive(Debug, Clone, Copy)]
pub struct Stock<'a> {
    /// The species.
    pub species: &'a Species,
    /// Number of animals or plants.
    pub count: u32,
}

/// How bad a reason is, from the least to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Possible with care.
    Caution,
    /// Nothing can be said, because a fact or a parameter is missing.
    Unknown,
    /// Does not fit.
    Conflict,
}

/// Rule that a reason follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The water is of another kind.
    Water,
    /// The ranges of a parameter.
    Range(Parameter),
    /// The volume is too small for a species.
    Volume,
    /// Too few animals of a species.
    Group,
    /// One species may eat another.
    Predation,
    /// The temperaments do not go together.
    Temperament,
    /// An animal does not leave plants alone, or no source says whether it does.
    Plants,
}

/// What a reason compares: a fact on a species, with its value if it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence<'a> {
    /// The species.
    pub species: &'a Species,
    /// The fact.
    pub fact: FactName,
}

/// What the aquarium or the request says that a reason compares with facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Nothing: the reason is about species only.
    Nothing,
    /// The water of the aquarium.
    Water(SpeciesWater),
    /// A number, as a range.
    Numbers(Span),
}

/// Why something does not fit, may not fit, or cannot be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason<'a> {
    /// Rule.
    pub rule: Rule,
    /// How bad it is.
    pub severity: Severity,
    /// The one or two species that it is about.
    pub species: Vec<&'a SpeciesId>,
    /// What the aquarium or the request says.
    pub given: Given,
    /// The facts. A fact that is missing has no value.
    pub evidence: Vec<Evidence<'a>>,
}

/// Returns the worst severity of some reasons; `None` if all fits.
pub fn worst(reasons: &[Reason<'_>]) -> Option<Severity> {
    reasons.iter().map(|reason| reason.severity).max()
}

/// Returns the reasons, in the order of the rules for each species, and then for each pair.
pub fn check<'a>(aquarium: &Aquarium, stock: &[Stock<'a>]) -> Vec<Reason<'a>> {
    let mut stock = stock.to_vec();
    // The order of a request says nothing.
    stock.sort_by(|a, b| a.species.id.cmp(&b.species.id));
    let mut reasons: Vec<_> = stock.iter().flat_map(|stock| of_one(aquarium, *stock)).collect();
    for (at, first) in stock.iter().enumerate() {
        for second in stock.iter().skip(at + 1) {
            reasons.extend(of_two(first.species, second.species));
        }
    }
    reasons
}

fn reason<'a>(rule: Rule, severity: Severity, given: Given, facts: &[(&'a Species, FactName)]) -> Reason<'a> {
    let evidence = facts.iter().map(|(species, fact)| Evidence { species, fact: *fact }).collect();
    let species: BTreeSet<_> = facts.iter().map(|(species, _)| &species.id).collect();
    Reason { rule, severity, species: species.into_iter().collect(), given, evidence }
}

fn of_one<'a>(aquarium: &Aquarium, stock: Stock<'a>) -> Vec<Reason<'a>> {
    let species = stock.species;
    let mut reasons = Vec::new();
    if species.water != aquarium.water {
        let given = Given::Water(aquarium.water);
        reasons.push(reason(Rule::Water, Severity::Conflict, given, &[(species, FactName::Water)]));
    }
    let applicable = Parameter::ALL.into_iter().filter(|parameter| parameter.applies(aquarium.water));
    reasons.extend(applicable.filter_map(|parameter| in_range(aquarium, species, parameter)));
    let volume = Span { min: aquarium.volume_ml, max: aquarium.volume_ml };
    reasons.extend(at_least(Rule::Volume, volume, species, FactName::MinVolumeMl));
    let count = Span { min: i64::from(stock.count), max: i64::from(stock.count) };
    // Of a fish it must be known. Of all others it counts if a source says it.
    if matches!(species.kind, SpeciesKind::Fish) || species.number(FactName::MinGroup).is_some() {
        reasons.extend(at_least(Rule::Group, count, species, FactName::MinGroup));
    }
    if is_animal(species) && species.text(FactName::Temperament).is_none() {
        let facts = [(species, FactName::Temperament)];
        reasons.push(reason(Rule::Temperament, Severity::Unknown, Given::Nothing, &facts));
    }
    reasons.extend(among_themselves(species, count));
    reasons
}

/// Several animals of a species that is not peaceful. A temperament says nothing on animals of the same species in particular, so this is
/// a caution only, and none for a species that is kept in groups.
fn among_themselves(species: &Species, count: Span) -> Option<Reason<'_>> {
    let is_peaceful = species.text(FactName::Temperament).is_none_or(|own| own == "peaceful");
    let is_of_groups = species.number(FactName::MinGroup).is_some_and(|least| least > 1);
    if count.min < 2 || !is_animal(species) || is_peaceful || is_of_groups {
        return None;
    }
    let facts = [(species, FactName::Temperament)];
    Some(reason(Rule::Temperament, Severity::Caution, Given::Numbers(count), &facts))
}

/// Compares the range of a species with that of the aquarium.
fn in_range<'a>(aquarium: &Aquarium, species: &'a Species, parameter: Parameter) -> Option<Reason<'a>> {
    let (least, most) = parameter.facts();
    let facts = [(species, least), (species, most)];
    let given = aquarium.span(parameter);
    let severity = match (given, range(species, parameter)) {
        (Some(given), Some(range)) if range.contains(given) => return None,
        (Some(given), Some(range)) if range.meets(given) => Severity::Caution,
        (Some(_), Some(_)) => Severity::Conflict,
        _ => Severity::Unknown,
    };
    Some(reason(Rule::Range(parameter), severity, given.map_or(Given::Nothing, Given::Numbers), &facts))
}

/// Compares a number with the least that a species needs.
fn at_least(rule: Rule, given: Span, species: &Species, fact: FactName) -> Option<Reason<'_>> {
    let severity = match species.number(fact) {
        Some(least) if given.min >= least => return None,
        Some(_) => Severity::Conflict,
        None => Severity::Unknown,
    };
    Some(reason(rule, severity, Given::Numbers(given), &[(species, fact)]))
}

fn of_two<'a>(first: &'a Species, second: &'a Species) -> Vec<Reason<'a>> {
    if first.id == second.id {
        return Vec::new();
    }
    let mut reasons: Vec<_> =
        Parameter::ALL.into_iter().filter_map(|parameter| apart(first, second, parameter)).collect();
    for (one, other) in [(first, second), (second, first)] {
        reasons.extend(may_eat(one, other));
        reasons.extend(disturbs_plant(one, other));
    }
    reasons.extend(temperaments(first, second));
    reasons
}

/// Two species whose ranges do not meet cannot live in the same water. A range that is not known is told with its species.
fn apart<'a>(first: &'a Species, second: &'a Species, parameter: Parameter) -> Option<Reason<'a>> {
    let (one, other) = (range(first, parameter)?, range(second, parameter)?);
    if one.meets(other) {
        return None;
    }
    let (least, most) = parameter.facts();
    let facts = [(first, least), (first, most), (second, least), (second, most)];
    Some(reason(Rule::Range(parameter), Severity::Conflict, Given::Nothing, &facts))
}

fn may_eat<'a>(predator: &'a Species, prey: &'a Species) -> Option<Reason<'a>> {
    let is_predator = predator.text(FactName::Temperament) == Some("predatory");
    if !is_predator || !is_animal(prey) || matches!(prey.kind, SpeciesKind::Coral) {
        return None;
    }
    let facts = [(predator, FactName::Temperament), (predator, FactName::AdultSizeMm), (prey, FactName::AdultSizeMm)];
    let sizes = (predator.number(FactName::AdultSizeMm), prey.number(FactName::AdultSizeMm));
    let severity = match sizes {
        (Some(large), Some(small)) if large * 10 >= small * PREY_RATIO_TENTHS => Severity::Conflict,
        (Some(_), Some(_)) => Severity::Caution,
        _ => Severity::Unknown,
    };
    Some(reason(Rule::Predation, severity, Given::Nothing, &facts))
}

fn temperaments<'a>(first: &'a Species, second: &'a Species) -> Option<Reason<'a>> {
    if !is_animal(first) || !is_animal(second) {
        return None;
    }
    let rank = |species: &Species| {
        let own = species.text(FactName::Temperament)?;
        TEMPERAMENTS.iter().position(|known| *known == own)
    };
    let (calm, wild) = {
        let (one, other) = (rank(first)?, rank(second)?);
        (one.min(other), one.max(other))
    };
    // 0 peaceful, 1 semi-aggressive, 2 aggressive; predators are told by what they may eat.
    let severity = match (calm, wild) {
        (0, 2) => Severity::Conflict,
        (0 | 1, 1) | (1 | 2, 2) => Severity::Caution,
        _ => return None,
    };
    let facts = [(first, FactName::Temperament), (second, FactName::Temperament)];
    Some(reason(Rule::Temperament, severity, Given::Nothing, &facts))
}

fn disturbs_plant<'a>(animal: &'a Species, plant: &'a Species) -> Option<Reason<'a>> {
    if !is_animal(animal) || !matches!(plant.kind, SpeciesKind::Plant) {
        return None;
    }
    let severity = match animal.text(FactName::PlantSafe) {
        Some("yes") => return None,
        Some(_) => Severity::Caution,
        None => Severity::Unknown,
    };
    let facts = [(animal, FactName::PlantSafe), (plant, FactName::Kind)];
    Some(reason(Rule::Plants, severity, Given::Nothing, &facts))
}

const fn is_animal(species: &Species) -> bool {
    !matches!(species.kind, SpeciesKind::Plant)
}

fn range(species: &Species, parameter: Parameter) -> Option<Span> {
    let (least, most) = parameter.facts();
    Some(Span { min: species.number(least)?, max: species.number(most)? })
}

#[cfg(test)]
#[path = "stocking_tests.rs"]
mod tests;
