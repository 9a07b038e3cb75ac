//! Short names that operators choose: plans, products, prices, coupons, legal entities.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Maximum length of a code in characters.
const MAX_CODE_CHARS: usize = 30;

/// The text is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {MAX_CODE_CHARS} lower-case letters a-z, digits and single hyphens between them, like family-2")]
pub struct NotACode;

/// Declares the code of one kind of thing, so that they cannot be confused.
macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 30, examples("family"))]
        pub struct $name(String);

        impl $name {
            /// Parses a code.
            pub fn parse(text: &str) -> Result<Self, NotACode> {
                let fits = text.len() <= MAX_CODE_CHARS && ::text::is_code(text);
                fits.then(|| Self(text.to_owned())).ok_or(NotACode)
            }

            /// Returns the code.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        ::text::parsed_from_string!($name, NotACode);
    };
}

code! {
    /// Code of a product: what plans are variants of.
    ProductCode
}
code! {
    /// Code of a plan: what an account is on, like `family`.
    PlanCode
}
code! {
    /// Code of a price, the same for all its versions, like `family-month-eur`.
    PriceCode
}
code! {
    /// Code of a coupon.
    CouponCode
}
code! {
    /// Code of a legal entity that issues invoices.
    EntityCode
}
code! {
    /// Name of an entitlement, like `devices`.
    EntitlementName
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_lower_case_and_bounded() {
        assert_eq!(PlanCode::parse("family-2").unwrap().as_str(), "family-2");
        for bad in ["", "Family", "a b", "-a", "a-", &"a".repeat(MAX_CODE_CHARS + 1)] {
            assert_eq!(PlanCode::parse(bad), Err(NotACode), "{bad}");
        }
    }
}
