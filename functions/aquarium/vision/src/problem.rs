//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::{IdempotencyKey, Problem};

use crate::domain::suggestion::MAX_SUGGESTIONS;

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The deployment does not offer identifications of this kind.
    Off,
    /// The caller has no published picture with this ID.
    PictureNotPublished,
    /// The key was used with another request body.
    KeyReused,
    /// The caller has no identification with this ID.
    NoSuchIdentification,
    /// The identification has no result.
    NotIdentified,
    /// The identification is not of a test strip.
    NotATestStrip,
    /// Other values were confirmed before.
    AlreadyConfirmed,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Off => conflict("vision.off", "Identification is off").with_detail(
                "This deployment does not identify pictures of this kind. Use the other kind, enter the values yourself, or contact the operator.",
            ),
            Refusal::PictureNotPublished => conflict("vision.picture_not_published", "Picture not published").with_detail(
                "mediaId must name a published picture of yours with the purpose `photo`. Upload one with POST /v1/media, and wait until it is published.",
            ),
            Refusal::KeyReused => IdempotencyKey::reused(),
            Refusal::NoSuchIdentification => Self::not_found("vision.no_such_identification")
                .with_detail("You have no identification with this ID."),
            Refusal::NotIdentified => conflict("vision.not_identified", "No result").with_detail(
                "The identification has no result to confirm. Wait for the status `identified`, or request a new one.",
            ),
            Refusal::NotATestStrip => conflict("vision.not_a_test_strip", "Not a test strip")
                .with_detail("Only identifications of the kind `test_strip` are confirmed; names of species are not."),
            Refusal::AlreadyConfirmed => conflict("vision.already_confirmed", "Already confirmed").with_detail(format!(
                "Other values were confirmed before, and a confirmation of up to {MAX_SUGGESTIONS} values is final. Correct the readings that you recorded instead."
            )),
        }
    }
}

fn conflict(code: &'static str, title: &'static str) -> Problem {
    Problem::new(StatusCode::CONFLICT, code, title)
}
