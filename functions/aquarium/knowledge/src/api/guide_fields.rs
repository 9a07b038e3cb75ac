//! What several endpoints read from requests about guides.

use std::collections::BTreeSet;

use contracts::knowledge::GuideChanged;
use contracts::{Actor, Envelope};
use dynamo::{Outbox, Read, Versioned};
use jiff::Timestamp;
use kit::http::{Fields, Invocation, Problem, Tagged};
use text::{line, paragraphs};
use types::EventId;

use crate::api::guide_view::GuideView;
use crate::api::view::SpeciesSource;
use crate::ctx::Ctx;
use crate::domain::guide::Guide;
use crate::domain::guide_text::{MAX_GUIDE_SOURCES, MAX_GUIDE_SPECIES, MAX_SUMMARY_CHARS, MAX_TITLE_CHARS};
use crate::domain::markdown;
use crate::domain::slug::Slug;
use crate::domain::source::Source;
use crate::domain::species_id::SpeciesId;
use crate::problem::Refusal;

/// Parses a slug.
pub fn slug(fields: &mut Fields, text: &str) -> Option<Slug> {
    fields.check("slug", Slug::parse(text))
}

/// Parses a title.
pub fn title(fields: &mut Fields, text: &str) -> Option<String> {
    fields.check("title", line(text, MAX_TITLE_CHARS))
}

/// Parses a summary.
pub fn summary(fields: &mut Fields, text: &str) -> Option<String> {
    fields.check("summary", paragraphs(text, MAX_SUMMARY_CHARS))
}

/// Parses a body.
pub fn body(fields: &mut Fields, text: &str) -> Option<String> {
    fields.check("body", markdown::parse(text))
}

/// Parses the species of a guide.
pub fn species_ids(fields: &mut Fields, given: &[String]) -> Option<BTreeSet<SpeciesId>> {
    if given.len() > MAX_GUIDE_SPECIES {
        fields.refuse("speciesIds", format!("must have at most {MAX_GUIDE_SPECIES} IDs"));
        return None;
    }
    let mut known = BTreeSet::new();
    for (at, text) in given.iter().enumerate() {
        let field = format!("speciesIds[{at}]");
        let Some(id) = fields.check(&field, SpeciesId::parse(text)) else { continue };
        if !known.insert(id) {
            fields.refuse(&field, "repeats an earlier ID; name each species once");
        }
    }
    Some(known)
}

/// Parses the sources of a guide.
pub fn sources(fields: &mut Fields, given: &[SpeciesSource], now: Timestamp) -> Option<Vec<Source>> {
    if given.is_empty() || given.len() > MAX_GUIDE_SOURCES {
        fields.refuse("sources", format!("must have 1 to {MAX_GUIDE_SOURCES} sources"));
        return None;
    }
    let mut sources = Vec::with_capacity(given.len());
    for (at, source) in given.iter().enumerate() {
        sources.extend(self::source(fields, &format!("sources[{at}]"), source, now));
    }
    Some(sources)
}

/// Parses a source.
pub fn source(fields: &mut Fields, field: &str, given: &SpeciesSource, now: Timestamp) -> Option<Source> {
    let SpeciesSource { title, publisher, url, licence, accessed } = given.clone();
    let source = Source { title, publisher, url, licence, accessed };
    match source.broken_at(now) {
        Some((part, rule)) => {
            fields.refuse(&format!("{field}.{part}"), rule);
            None
        }
        None => Some(source),
    }
}

/// Refuses species that do not exist.
pub async fn existing_species(ctx: &Ctx, ids: &BTreeSet<SpeciesId>) -> Result<(), Problem> {
    if ids.is_empty() {
        return Ok(());
    }
    let wanted: Vec<_> = ids.iter().cloned().collect();
    let found = ctx.store.many(&wanted, Read::Strong).await?;
    match wanted.into_iter().find(|id| !found.contains_key(id)) {
        Some(id) => Err(Refusal::UnknownSpecies("speciesIds", id).into()),
        None => Ok(()),
    }
}

/// A guide in a response, with its `ETag`.
pub fn tagged(guide: &Versioned<Guide>) -> Tagged<GuideView> {
    Tagged::new(guide.version, GuideView::from(&guide.value))
}

/// The event of a publication or a withdrawal. The outbox stays with the guide, and erasure does not reach it: it must not name the
/// user who caused it.
pub fn changed(call: &Invocation, fact: GuideChanged, at: Timestamp) -> Result<Outbox, Problem> {
    let event = Envelope::new(EventId::generate(), at, call.correlation_id.clone(), Actor::System, fact);
    Ok(Outbox::of(event)?)
}
