//! `PATCH /v1/aquarium/species/{id}`: renames a species, or merges it into another one.
//!
//! Emits `knowledge.species_changed.v1` for a rename; for a merge `knowledge.species_merged.v1`, and `knowledge.species_changed.v1` for
//! the species that is kept if it gains a name.

use axum::extract::State;
use contracts::{Actor, DomainEvent, Envelope};
use dynamo::{ConflictRetry, Outbox, StoreError, Versioned};
use jiff::Timestamp;
use kit::auth::{Admin, Standing};
use kit::http::{Fields, Id, IfMatch, Invocation, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use text::line;
use types::EventId;
use utoipa::ToSchema;

use crate::api::view::{SpeciesSource, SpeciesView};
use crate::ctx::Ctx;
use crate::domain::source::{Source, is_source_id};
use crate::domain::species::{MAX_NAME_CHARS, Species};
use crate::domain::species_id::SpeciesId;
use crate::problem::Refusal;
use crate::store::{NotWritten, SpeciesRead, SpeciesWrite};

/// Source of a new name, with its ID.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SpeciesNameSource {
    /// ID of the source: lower-case letters, digits and hyphens.
    #[schema(min_length = 1, max_length = 100, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "eschmeyers-catalog")]
    id: String,
    /// The source.
    source: SpeciesSource,
}

/// Change of a species: either a rename or a merge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateSpecies {
    /// New accepted scientific name. The earlier one becomes a synonym.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, example = "Hoplisoma paleatum")]
    scientific_name: Option<String>,
    /// Source that accepts the new name. Required with `scientificName`.
    #[serde(default)]
    name_source: Option<SpeciesNameSource>,
    /// ID of the species that this one is. Its own ID redirects there from then on, and its names become synonyms there.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "hoplisoma-paleatum")]
    merged_into: Option<String>,
}

/// A valid change.
enum Change {
    Rename(String, (String, Source)),
    Merge(SpeciesId),
}

impl UpdateSpecies {
    fn parse(self, now: Timestamp) -> Result<Change, Problem> {
        let mut fields = Fields::new();
        let change = match (self.scientific_name, self.name_source, self.merged_into) {
            (Some(name), Some(source), None) => {
                let name = fields.check("scientificName", line(&name, MAX_NAME_CHARS));
                let source = name_source(&mut fields, source, now);
                name.zip(source).map(|(name, source)| Change::Rename(name, source))
            }
            (None, None, Some(into)) => fields.check("mergedInto", SpeciesId::parse(&into)).map(Change::Merge),
            (Some(_), None, None) => fields.required("nameSource", None),
            _ => {
                fields.refuse("scientificName", "must be sent with nameSource, or mergedInto without both");
                None
            }
        };
        fields.all((change,)).map(|(change,)| change)
    }
}

fn name_source(fields: &mut Fields, given: SpeciesNameSource, now: Timestamp) -> Option<(String, Source)> {
    let SpeciesSource { title, publisher, url, licence, accessed } = given.source;
    let source = Source { title, publisher, url, licence, accessed };
    if let Some((field, rule)) = source.broken_at(now) {
        fields.refuse(&format!("nameSource.source.{field}"), rule);
        return None;
    }
    if !is_source_id(&given.id) {
        fields
            .refuse("nameSource.id", "must be 1 to 100 lower-case letters a-z, digits and single hyphens between them");
        return None;
    }
    Some((given.id, source))
}

/// Update a species
///
/// Renames a species or merges it into another one of the same kind. A rename keeps the ID, and the earlier name stays a synonym; the new
/// name needs a source. A merge keeps the ID as a redirect, and cannot be undone. Repeating a change that was made has no further effect.
/// All other changes are imports. Requires the role `admin`. Supports optimistic concurrency with `If-Match`.
#[utoipa::path(
    patch, path = "/v1/aquarium/species/{id}", operation_id = "update_species", tag = "knowledge",
    security(("bearer" = ["admin"])),
    params(
        ("id" = String, Path, min_length = 1, max_length = 100, description = "Species ID", example = "paracheirodon-innesi"),
        OptionalIfMatch,
    ),
    request_body = UpdateSpecies,
    responses(
        (status = 200, description = "The updated species", body = SpeciesView),
        (status = 404, description = "`knowledge.no_such_species`: no species with this ID"),
        (status = 409, description = "`knowledge.species_merged`: the species, or the one to keep, was merged into another one; `knowledge.too_many_names`: the species would have too many synonyms, words or sources; `knowledge.source_in_use`: the species has another source with this ID"),
        (status = 422, description = "`knowledge.unknown_species`: `mergedInto` names no species; `knowledge.merge_not_possible`: the two are the same species or of different kinds"),
    )
)]
pub async fn update_species(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Admin>,
    based_on: Option<IfMatch>,
    Path(Id { id }): Path<Id<String>>,
    Json(body): Json<UpdateSpecies>,
) -> Result<Tagged<SpeciesView>, Problem> {
    let id = SpeciesId::parse(&id).map_err(|_| Refusal::NoSuchSpecies);
    let change = body.parse(ctx.clock.now())?;
    let id = match id {
        Ok(id) => id,
        Err(refusal) => {
            standing.check().await?;
            return Err(refusal.into());
        }
    };
    let mut retry = ConflictRetry::default();
    loop {
        let (_, (read, other)) = standing.with(load(ctx, &id, &change)).await?;
        let known = read.species.clone().ok_or(Refusal::NoSuchSpecies)?;
        if let Some(tag) = based_on {
            tag.check(known.version)?;
        }
        let written = match &change {
            Change::Rename(name, source) => rename(ctx, &call, &read, &known, (name, source)).await?,
            Change::Merge(into) => {
                let other = other.ok_or_else(|| Refusal::UnknownSpecies("mergedInto", into.clone()))?;
                merge(ctx, &call, (&read, &known), &other, into).await?
            }
        };
        match written {
            Some(written) => return Ok(Tagged::new(written.version, SpeciesView::from(&written.value))),
            None => retry.pause().await?,
        }
    }
}

/// Reads the species, and the one that it is merged into, at once.
async fn load(ctx: &Ctx, id: &SpeciesId, change: &Change) -> Result<(SpeciesRead, Option<SpeciesRead>), StoreError> {
    let other = async {
        match change {
            Change::Rename(..) => Ok(None),
            Change::Merge(into) => ctx.store.to_change(into).await.map(Some),
        }
    };
    let (read, other) = futures::join!(Box::pin(ctx.store.to_change(id)), Box::pin(other));
    Ok((read?, other?))
}

/// Renames a species; `None` if it changed meanwhile.
async fn rename(
    ctx: &Ctx,
    call: &Invocation,
    read: &SpeciesRead,
    known: &Versioned<Species>,
    (name, source): (&str, &(String, Source)),
) -> Result<Option<Versioned<Species>>, Problem> {
    let next = known.value.renamed(name.to_owned(), source.clone()).map_err(Refusal::from)?;
    let Some(next) = next else { return Ok(Some(known.clone())) };
    let outbox = Outbox::of(event(call, ctx.clock.now(), next.changed_fact(known.version + 1)))?;
    let written = written(ctx, &[SpeciesWrite { read, next: &next, outbox }]).await?;
    Ok(written.then(|| known.successor(next)))
}

/// Merges a species into another one; `None` if one of them changed meanwhile.
async fn merge(
    ctx: &Ctx,
    call: &Invocation,
    (read, known): (&SpeciesRead, &Versioned<Species>),
    other_read: &SpeciesRead,
    into: &SpeciesId,
) -> Result<Option<Versioned<Species>>, Problem> {
    let other = other_read.species.clone().ok_or_else(|| Refusal::UnknownSpecies("mergedInto", into.clone()))?;
    let merged = known.value.merged(&other.value).map_err(Refusal::from)?;
    let Some((next, kept)) = merged else { return Ok(Some(known.clone())) };
    let now = ctx.clock.now();
    let mut outbox = Outbox::none();
    if let Some(fact) = next.merged_fact(known.version + 1) {
        outbox.push(event(call, now, fact))?;
    }
    let kept_outbox = Outbox::of(event(call, now, kept.changed_fact(other.version + 1)))?;
    let changes = [
        SpeciesWrite { read, next: &next, outbox },
        SpeciesWrite { read: other_read, next: &kept, outbox: kept_outbox },
    ];
    let written = written(ctx, &changes).await?;
    Ok(written.then(|| known.successor(next)))
}

/// An event of a change. The outbox stays with the species, and erasure does not reach it: it must not name the admin.
fn event<T: DomainEvent>(call: &Invocation, at: Timestamp, fact: T) -> Envelope<T> {
    Envelope::new(EventId::generate(), at, call.correlation_id.clone(), Actor::System, fact)
}

async fn written(ctx: &Ctx, changes: &[SpeciesWrite<'_>]) -> Result<bool, Problem> {
    match ctx.store.write(changes).await {
        Ok(()) => Ok(true),
        Err(NotWritten::Conflict) => Ok(false),
        Err(NotWritten::Store(error)) => Err(error.into()),
    }
}
