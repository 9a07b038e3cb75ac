//! What a deployment offers: identifications are off unless an operator turns them on.

use std::str::FromStr;

use contracts::vision::IdentificationKind;

/// Who looks at pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// None: there are no identifications.
    Off,
    /// Amazon Rekognition with models that the operator trained (Custom Labels).
    Rekognition,
    /// A model server of the operator.
    Http,
}

impl FromStr for Provider {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "rekognition" => Ok(Self::Rekognition),
            "http" => Ok(Self::Http),
            _ => Err("must be off, rekognition or http"),
        }
    }
}

/// The kinds of identifications that users can request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    species: bool,
    test_strips: bool,
}

impl Offer {
    /// Returns the offer of a provider. Rekognition needs one model per kind; a model server answers for both kinds.
    pub const fn new(provider: Provider, has_species_model: bool, has_test_strip_model: bool) -> Self {
        match provider {
            Provider::Off => Self { species: false, test_strips: false },
            Provider::Rekognition => Self { species: has_species_model, test_strips: has_test_strip_model },
            Provider::Http => Self { species: true, test_strips: true },
        }
    }

    /// Returns true if users can request this kind.
    pub const fn has(self, kind: IdentificationKind) -> bool {
        match kind {
            IdentificationKind::Species => self.species,
            IdentificationKind::TestStrip => self.test_strips,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rekognition_offers_the_kinds_that_have_a_model() {
        let kinds =
            |offer: Offer| [IdentificationKind::Species, IdentificationKind::TestStrip].map(|kind| offer.has(kind));
        assert_eq!(kinds(Offer::new(Provider::Off, true, true)), [false, false]);
        assert_eq!(kinds(Offer::new(Provider::Rekognition, true, false)), [true, false]);
        assert_eq!(kinds(Offer::new(Provider::Rekognition, false, true)), [false, true]);
        assert_eq!(kinds(Offer::new(Provider::Http, false, false)), [true, true]);
    }

    #[test]
    fn a_provider_has_one_spelling() {
        assert_eq!("http".parse(), Ok(Provider::Http));
        for wrong in ["", "HTTP", "on"] {
            assert!(wrong.parse::<Provider>().is_err(), "{wrong}");
        }
    }
}
