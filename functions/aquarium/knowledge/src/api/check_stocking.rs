//! `POST /v1/aquarium/stocking-checks`: which species fit an aquarium and each other, and why not.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use contracts::aquariums::AquariumKind;
use contracts::knowledge::SpeciesWater;
use dynamo::Read;
use kit::auth::Standing;
use kit::http::{Fields, Json, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::stocking_view::StockingReport;
use crate::ctx::Ctx;
use crate::domain::fact::{FactName, FactRule};
use crate::domain::species::Species;
use crate::domain::species_id::SpeciesId;
use crate::domain::stocking::{Aquarium, Parameter, Span, Stock, check};
use crate::problem::Refusal;

/// Maximum number of species of a check.
const MAX_SPECIES: usize = 20;
/// Maximum number of animals or plants of a species.
const MAX_COUNT: u32 = 10_000;
/// Maximum number of merges from an ID to the species that it stands for.
const MAX_MERGES: usize = 10;
/// Maximum net volume in litres.
const MAX_VOLUME_LITERS: i64 = 1_000_000;

/// Range of a parameter of the water, both ends included. A single value has equal ends.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StockingRange {
    /// Lowest value.
    #[schema(minimum = -2000, maximum = 60_000, example = 24_000)]
    min: i64,
    /// Highest value. At least `min`.
    #[schema(minimum = -2000, maximum = 60_000, example = 26_000)]
    max: i64,
}

/// Species and how many of it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StockingSpecies {
    /// Species ID.
    #[schema(min_length = 1, max_length = 100, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "paracheirodon-innesi")]
    id: String,
    /// Number of animals or plants. Compared with the smallest group of the species, not with the volume of the aquarium.
    #[schema(minimum = 1, maximum = 10_000, example = 10)]
    count: u32,
}

/// Aquarium and the species that are to live in it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StockingRequest {
    /// Type of water of the aquarium. A pond counts as fresh water.
    kind: AquariumKind,
    /// Net volume in litres.
    #[schema(minimum = 1, maximum = 1_000_000, example = 112)]
    volume_liters: i64,
    /// Temperature in thousandths of a degree Celsius.
    #[serde(default)]
    temperature_milli_c: Option<StockingRange>,
    /// pH in thousandths.
    #[serde(default)]
    ph_milli: Option<StockingRange>,
    /// General hardness (Ca + Mg) in micromoles per litre; a German degree is 178.3.
    #[serde(default)]
    gh_umol: Option<StockingRange>,
    /// Salinity in thousandths (PSS-78).
    #[serde(default)]
    salinity_milli: Option<StockingRange>,
    /// Species, each once.
    #[schema(min_items = 1, max_items = 20)]
    species: Vec<StockingSpecies>,
}

impl StockingRequest {
    fn parse(&self) -> Result<(Aquarium, BTreeMap<SpeciesId, u32>), Problem> {
        let mut fields = Fields::new();
        let is_volume = (1..=MAX_VOLUME_LITERS).contains(&self.volume_liters);
        let rule = format!("must be 1 to {MAX_VOLUME_LITERS} litres");
        let volume = fields.check("volumeLiters", is_volume.then(|| self.volume_liters * 1_000).ok_or(rule));
        let given = [
            (Parameter::Temperature, "temperatureMilliC", self.temperature_milli_c),
            (Parameter::Ph, "phMilli", self.ph_milli),
            (Parameter::Gh, "ghUmol", self.gh_umol),
            (Parameter::Salinity, "salinityMilli", self.salinity_milli),
        ];
        let spans = given.map(|(parameter, field, range)| {
            let span = range.and_then(|range| fields.check(field, span(parameter, range)));
            span.map(|span| (parameter, span))
        });
        let species = self.species(&mut fields);
        let (volume_ml, species) = fields.all((volume, species))?;
        let parameters = spans.into_iter().flatten().collect();
        Ok((Aquarium { water: water(self.kind), volume_ml, parameters }, species))
    }

    fn species(&self, fields: &mut Fields) -> Option<BTreeMap<SpeciesId, u32>> {
        if self.species.is_empty() || self.species.len() > MAX_SPECIES {
            fields.refuse("species", format!("must have 1 to {MAX_SPECIES} species"));
            return None;
        }
        let mut species = BTreeMap::new();
        for (at, StockingSpecies { id, count }) in self.species.iter().enumerate() {
            if !(1..=MAX_COUNT).contains(count) {
                fields.refuse(&format!("species[{at}].count"), format!("must be 1 to {MAX_COUNT}"));
            }
            let Some(id) = fields.check(&format!("species[{at}].id"), SpeciesId::parse(id)) else { continue };
            if species.insert(id, *count).is_some() {
                fields.refuse(&format!("species[{at}].id"), "must name each species once: add the counts");
            }
        }
        Some(species)
    }
}

/// The water that species of an aquarium live in.
const fn water(kind: AquariumKind) -> SpeciesWater {
    match kind {
        AquariumKind::Fresh | AquariumKind::Pond => SpeciesWater::Fresh,
        AquariumKind::Brackish => SpeciesWater::Brackish,
        AquariumKind::Marine => SpeciesWater::Marine,
    }
}

/// A range within the bounds of the facts that it is compared with.
fn span(parameter: Parameter, range: StockingRange) -> Result<Span, String> {
    let (least, most) = bounds(parameter.facts().0);
    let StockingRange { min, max } = range;
    if min < least || max > most || min > max {
        return Err(format!("must be a range within {least} to {most}, with min at most max"));
    }
    Ok(Span { min, max })
}

const fn bounds(fact: FactName) -> (i64, i64) {
    match fact.rule() {
        FactRule::Number(least, most) => (least, most),
        FactRule::Text | FactRule::Choice(_) => (i64::MIN, i64::MAX),
    }
}

/// Check a stocking
///
/// Returns which of up to 20 species fit an aquarium and each other, with a reason for everything that does not fit, needs care, or cannot
/// be said. Each reason has the compared numbers and the sources of the facts. Nothing is assumed: a missing fact or parameter gives a
/// reason with the severity `unknown`. The number of animals is not compared with the volume: `fits` does not say that the aquarium is large
/// enough for that many. An ID of a species that was merged counts as the one that was kept, over up to 10 merges. Nothing is stored. For
/// signed-in users.
#[utoipa::path(
    post, path = "/v1/aquarium/stocking-checks", operation_id = "check_stocking", tag = "knowledge",
    security(("bearer" = [])),
    request_body = StockingRequest,
    responses(
        (status = 200, description = "The result", body = StockingReport),
        (status = 422, description = "`knowledge.unknown_species`: an ID names no species"),
    )
)]
pub async fn check_stocking(
    State(ctx): State<&'static Ctx>,
    standing: Standing,
    Json(body): Json<StockingRequest>,
) -> Result<Json<StockingReport>, Problem> {
    let (aquarium, wanted) = body.parse()?;
    let ids: Vec<_> = wanted.keys().cloned().collect();
    let (_, mut known) = standing.with(ctx.store.many(&ids, Read::Eventual)).await?;
    // The kept species can be merged into a further one.
    for _ in 0..MAX_MERGES {
        let kept = kept_ids(&known);
        if kept.is_empty() {
            break;
        }
        known.extend(ctx.store.many(&kept, Read::Eventual).await?);
    }
    let mut counts: BTreeMap<SpeciesId, u32> = BTreeMap::new();
    for (id, count) in wanted {
        let species = current(&known, &id).ok_or(Refusal::UnknownSpecies("species", id))?;
        let sum = counts.entry(species.id.clone()).or_default();
        *sum = sum.saturating_add(count);
    }
    let stock: Vec<_> =
        counts.iter().filter_map(|(id, count)| known.get(id).map(|species| Stock { species, count: *count })).collect();
    let reasons = check(&aquarium, &stock);
    Ok(Json(StockingReport::of(&stock, &reasons)))
}

/// Returns the species that merged ones of these became and that are not read yet.
fn kept_ids(known: &BTreeMap<SpeciesId, Species>) -> Vec<SpeciesId> {
    let kept: BTreeSet<_> = known.values().filter_map(|species| species.merged_into.clone()).collect();
    kept.into_iter().filter(|id| !known.contains_key(id)).collect()
}

/// Returns the species that an ID stands for. A chain of merges is followed as far as it was read.
fn current<'a>(known: &'a BTreeMap<SpeciesId, Species>, id: &SpeciesId) -> Option<&'a Species> {
    let mut species = known.get(id)?;
    for _ in 0..known.len() {
        match &species.merged_into {
            Some(into) => species = known.get(into)?,
            None => return Some(species),
        }
    }
    None
}
