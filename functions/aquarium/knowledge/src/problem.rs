//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::{IdempotencyKey, Problem};

use crate::domain::entry::MAX_WORDS;
use crate::domain::guide::{GuideRefusal, MAX_SLUGS, MAX_VERSIONS};
use crate::domain::species::{ChangeRefusal, MAX_SOURCES, MAX_SYNONYMS};
use crate::domain::species_id::SpeciesId;
use crate::domain::suggestion::SuggestionRefusal;

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No species has this ID.
    NoSuchSpecies,
    /// A field of a request names a species that does not exist.
    UnknownSpecies(&'static str, SpeciesId),
    /// The caller has no import with this ID.
    NoSuchSpeciesImport,
    /// An earlier import of the caller is not finished.
    ImportRunning,
    /// The change of a species is not allowed.
    Change(ChangeRefusal),
    /// No guide has this ID or slug, or it is not published.
    NoSuchGuide,
    /// The guide has no version with this number.
    NoSuchGuideVersion,
    /// Another guide has the slug.
    SlugTaken,
    /// An `Idempotency-Key` was used with another request body.
    KeyReused,
    /// The change of a guide is not allowed.
    Guide(GuideRefusal),
    /// The caller has no suggestion with this ID, or the species has none.
    NoSuchSuggestion,
    /// The species has the suggested value with this source already.
    SuggestionKnown,
    /// The decision on a suggestion is not allowed.
    Suggestion(SuggestionRefusal),
}

impl From<ChangeRefusal> for Refusal {
    fn from(refusal: ChangeRefusal) -> Self {
        Self::Change(refusal)
    }
}

impl From<GuideRefusal> for Refusal {
    fn from(refusal: GuideRefusal) -> Self {
        Self::Guide(refusal)
    }
}

impl From<SuggestionRefusal> for Refusal {
    fn from(refusal: SuggestionRefusal) -> Self {
        Self::Suggestion(refusal)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchSpecies => {
                Self::not_found("knowledge.no_such_species").with_detail("No species has this ID.")
            }
            Refusal::UnknownSpecies(field, id) => unprocessable("knowledge.unknown_species", "Unknown species").with_detail(
                format!("{field} must name existing species: `{id}` is none. Search one with GET /v1/aquarium/species."),
            ),
            Refusal::NoSuchSpeciesImport => Self::not_found("knowledge.no_such_species_import")
                .with_detail("You have no import with this ID."),
            Refusal::ImportRunning => conflict("knowledge.import_running", "Import running").with_detail(
                "An earlier import is not finished. Upload its file and wait for its end, or send a request with the same Idempotency-Key for a new form.",
            ),
            Refusal::Change(refusal) => of_change(&refusal),
            Refusal::NoSuchGuide => {
                Self::not_found("knowledge.no_such_guide").with_detail("No guide has this ID or slug.")
            }
            Refusal::NoSuchGuideVersion => Self::not_found("knowledge.no_such_guide_version")
                .with_detail("The guide has no version with this number. List its versions."),
            Refusal::SlugTaken => conflict("knowledge.slug_taken", "Slug taken")
                .with_detail("slug must not belong to another guide, also not from earlier. Choose another slug."),
            Refusal::KeyReused => IdempotencyKey::reused(),
            Refusal::Guide(refusal) => of_guide(refusal),
            Refusal::NoSuchSuggestion => Self::not_found("knowledge.no_such_suggestion")
                .with_detail("There is no suggestion with this ID. It may have been deleted by its user."),
            Refusal::SuggestionKnown => conflict("knowledge.suggestion_known", "Suggestion known")
                .with_detail("The species has this value with this source already. Nothing has to be suggested."),
            Refusal::Suggestion(refusal) => of_suggestion(&refusal),
        }
    }
}

fn of_guide(refusal: GuideRefusal) -> Problem {
    match refusal {
        GuideRefusal::TooManyVersions => conflict("knowledge.guide_full", "Guide full")
            .with_detail(format!("A guide has at most {MAX_VERSIONS} versions. Create another guide.")),
        GuideRefusal::TooManySlugs => conflict("knowledge.guide_full", "Guide full")
            .with_detail(format!("A guide has at most {MAX_SLUGS} slugs over time. Use one that it had before.")),
        GuideRefusal::Outdated(newest) => conflict("knowledge.version_outdated", "Version outdated").with_detail(
            format!("version must be the newest version of the guide, which is {newest}. Read and review that one."),
        ),
        GuideRefusal::OwnVersion => forbidden("knowledge.own_version", "Own version")
            .with_detail("A version is reviewed by another user than those who wrote it and the versions since the last approved one. Ask another manager or admin."),
        GuideRefusal::Reviewed => conflict("knowledge.version_reviewed", "Version reviewed")
            .with_detail("The version was reviewed already. Write a new version to have it reviewed again."),
        GuideRefusal::NotApproved => conflict("knowledge.version_not_approved", "Version not approved")
            .with_detail("version must be an approved version. Ask another manager or admin for a review."),
    }
}

fn of_suggestion(refusal: &SuggestionRefusal) -> Problem {
    match refusal {
        SuggestionRefusal::Own => forbidden("knowledge.own_suggestion", "Own suggestion").with_detail(
            "A suggestion is decided by another user than the one who made it. Ask another manager or admin.",
        ),
        SuggestionRefusal::NeedsAdmin => {
            Problem::forbidden("role `admin` to accept a value of kind, water or scientificName; ask an admin")
        }
        SuggestionRefusal::Decided => conflict("knowledge.suggestion_decided", "Suggestion decided")
            .with_detail("The suggestion was decided already. Users can send a new one."),
        SuggestionRefusal::Rules(errors) => {
            let rules: Vec<_> = errors.iter().map(|error| format!("{} {}", error.field, error.rule)).collect();
            conflict("knowledge.suggestion_not_applicable", "Suggestion not applicable").with_detail(format!(
                "The species would break a rule: {}. Change the species first, or reject the suggestion.",
                rules.join("; ")
            ))
        }
        SuggestionRefusal::Change(refusal) => of_change(refusal),
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

fn forbidden(code: &'static str, title: &'static str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, code, title)
}

fn unprocessable(code: &'static str, title: &'static str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title)
}
