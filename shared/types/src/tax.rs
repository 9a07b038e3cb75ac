//! Tax classes.

/// The class of what names none.
const STANDARD: &str = "standard";

::text::codes! {
    max_chars: 30, example: "standard",
    /// Tax class: what variants and shipping methods name to say how they are taxed.
    TaxClass,
}

impl TaxClass {
    /// The class of what names none.
    pub fn standard() -> Self {
        Self(STANDARD.to_owned())
    }

    /// True if this is the class of what names none.
    pub fn is_standard(&self) -> bool {
        self.0 == STANDARD
    }
}

impl Default for TaxClass {
    fn default() -> Self {
        Self::standard()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tax_class_is_a_code() {
        assert_eq!(TaxClass::parse("reduced-2").unwrap().to_string(), "reduced-2");
        assert!(
            TaxClass::parse("standard").unwrap().is_standard() && !TaxClass::parse("reduced").unwrap().is_standard()
        );
        let error = ::text::NotACode { max_chars: 30, example: "standard" };
        for bad in ["", "Standard", "a b", "-a", &"a".repeat(31)] {
            assert_eq!(TaxClass::parse(bad), Err(error), "{bad}");
        }
    }
}
