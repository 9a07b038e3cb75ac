//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::Problem;

use crate::domain::entry::MAX_WORDS;
use crate::domain::species::{ChangeRefusal, MAX_SOURCES, MAX_SYNONYMS};
use crate::domain::species_id::SpeciesId;

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No species has this ID.
    NoSuchSpecies,
    /// A request names species that do not exist.
    UnknownSpecies(SpeciesId),
    /// The caller has no import with this ID.
    NoSuchSpeciesImport,
    /// An earlier import of the caller is not finished.
    ImportRunning,
    /// The change of a species is not allowed.
    Change(ChangeRefusal),
    /// The guide does not exist, or the caller may not see it.
    NoSuchGuide,
    /// The guide versions does not exist, or the caller may not see it.
    NoSuchGuideVersions,
    /// The guide version does not exist, or the caller may not see it.
    NoSuchGuideVersion,
    /// The suggestion does not exist, or the caller may not see it.
    NoSuchSuggestion,
}

impl From<ChangeRefusal> for Refusal {
    fn from(refusal: ChangeRefusal) -> Self {
        Self::Change(refusal)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchSpecies => {
                Self::not_found("knowledge.no_such_species").with_detail("No species has this ID.")
            }
            Refusal::UnknownSpecies(id) => unprocessable("knowledge.unknown_species", "Unknown species").with_detail(
                format!("species must name existing species: `{id}` is none. Search one with GET /v1/aquarium/species."),
            ),
            Refusal::NoSuchSpeciesImport => Self::not_found("knowledge.no_such_species_import")
                .with_detail("You have no import with this ID."),
            Refusal::ImportRunning => conflict("knowledge.import_running", "Import running").with_detail(
                "An earlier import is not finished. Upload its file and wait for its end, or send a request with the same Idempotency-Key for a new form.",
            ),
            Refusal::Change(refusal) => of_change(&refusal),
            Refusal::NoSuchGuide => Self::not_found("knowledge.no_such_guide"),
            Refusal::NoSuchGuideVersions => Self::not_found("knowledge.no_such_guide_versions"),
            Refusal::NoSuchGuideVersion => Self::not_found("knowledge.no_such_guide_version"),
            Refusal::NoSuchSuggestion => Self::not_found("knowledge.no_such_suggestion"),
        }
    }
}

fn of_change(refusal: &ChangeRefusal) -> Problem {
    match refusal {
        ChangeRefusal::Merged(into) => conflict("knowledge.species_merged", "Species merged")
            .with_detail(format!("The species was merged into `{into}`. Change that one.")),
        ChangeRefusal::TooManySynonyms => conflict("knowledge.too_many_names", "Too many names").with_detail(format!(
            "A species has at most {MAX_SYNONYMS} synonyms. Import the species with fewer synonyms first."
        )),
        ChangeRefusal::TooManySources => conflict("knowledge.too_many_names", "Too many names").with_detail(format!(
            "A species with its earlier names has at most {MAX_SOURCES} sources. Import the species with fewer sources first."
        )),
        ChangeRefusal::TooManyWords(count) => conflict("knowledge.too_many_names", "Too many names").with_detail(format!(
            "The names of a species have at most {MAX_WORDS} different words; these have {count}. Import the species with fewer names first."
        )),
        ChangeRefusal::SourceInUse(id) => conflict("knowledge.source_in_use", "Source ID in use").with_detail(format!(
            "The species has another source with the ID `{id}`. Send the source under another ID."
        )),
        ChangeRefusal::IntoItself => unprocessable("knowledge.merge_not_possible", "Merge not possible")
            .with_detail("mergedInto must name another species. Send the ID of the species to keep."),
        ChangeRefusal::OtherKind => unprocessable("knowledge.merge_not_possible", "Merge not possible")
            .with_detail("mergedInto must name a species of the same kind. Correct the kind with an import first."),
    }
}

fn conflict(code: &'static str, title: &'static str) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, title)
}

fn unprocessable(code: &'static str, title: &'static str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title)
}
