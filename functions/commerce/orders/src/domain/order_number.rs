//! Order numbers: what a buyer reads to the shop, and how requests name an order.

use std::fmt;

use serde::{Deserialize, Serialize};
use types::OrderId;
use utoipa::ToSchema;

/// Length of a number in characters.
const CHARS: usize = 10;
/// Crockford's alphabet, without letters that look like digits, and without U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Order number: ten characters of Crockford's base 32, as it is read aloud and typed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[0-9A-HJKMNP-TV-Z]{10}$", examples("7ZK2M0QX9D"))]
pub struct OrderNumber(String);

/// The text is not an order number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {CHARS} digits and capital letters without I, L, O and U")]
pub struct NotAnOrderNumber;

impl OrderNumber {
    /// The number of an order: 50 bits of its ID, which is a hash. `attempt` gives another one if the number is taken.
    pub fn of(order: OrderId, attempt: u32) -> Self {
        let mixed = types::derive_id(&["order number", &order.to_string(), &attempt.to_string()]).as_u128();
        // The version and the variant of a UUID are above the 62 lowest bits.
        let digit = |position: usize| ALPHABET.get(usize::try_from(mixed >> (5 * position) & 31).unwrap_or(0));
        Self((0..CHARS).filter_map(digit).copied().map(char::from).collect())
    }

    /// Parses a number as people write it: small letters, and letters that look like digits (Crockford's base 32).
    pub fn parse(text: &str) -> Result<Self, NotAnOrderNumber> {
        let canonical = |character: char| match character.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let text: String = text.chars().take(CHARS + 1).map(canonical).collect();
        let fits = text.len() == CHARS && text.bytes().all(|byte| ALPHABET.contains(&byte));
        fits.then_some(Self(text)).ok_or(NotAnOrderNumber)
    }

    /// Returns the number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text::parsed_from_string!(OrderNumber, NotAnOrderNumber);

/// How a request names an order: by its ID or by its number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum OrderName {
    /// The ID.
    Id(OrderId),
    /// The number.
    Number(OrderNumber),
}

impl TryFrom<String> for OrderName {
    type Error = NotAnOrderNumber;

    fn try_from(text: String) -> Result<Self, NotAnOrderNumber> {
        text.parse().map_or_else(|_| OrderNumber::parse(&text).map(Self::Number), |id| Ok(Self::Id(id)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use types::Uuid;

    use super::*;

    #[test]
    fn a_number_is_that_of_its_order_and_reads_as_people_write_it() {
        let order = OrderId::new(Uuid::from_u128(7));
        let number = OrderNumber::of(order, 0);
        assert_eq!(number, OrderNumber::of(order, 0));
        assert_ne!(number, OrderNumber::of(order, 1));
        assert_eq!(OrderNumber::parse(&number.as_str().to_lowercase()), Ok(number));
        assert_eq!(OrderNumber::parse("oIl3456789").unwrap().as_str(), "0113456789");
        for bad in ["", "012345678", "01234567890", "U123456789", "012345678é", "012-345678"] {
            assert_eq!(OrderNumber::parse(bad), Err(NotAnOrderNumber), "{bad}");
        }
    }

    #[test]
    fn an_order_is_named_by_its_id_or_number() {
        let order = OrderId::new(Uuid::from_u128(7));
        let number = OrderNumber::of(order, 0);
        assert_eq!(OrderName::try_from(order.to_string()), Ok(OrderName::Id(order)));
        assert_eq!(OrderName::try_from(number.as_str().to_lowercase()), Ok(OrderName::Number(number)));
        assert_eq!(OrderName::try_from("7".to_owned()), Err(NotAnOrderNumber));
    }

    #[test]
    fn numbers_of_many_orders_differ_in_every_place() {
        // magento/magento2#33457: short random numbers collide. Ten characters have 2^50 values, and a claim decides.
        let numbers: BTreeSet<String> =
            (0..2_000_u128).map(|order| OrderNumber::of(OrderId::new(Uuid::from_u128(order)), 0).to_string()).collect();
        assert_eq!(numbers.len(), 2_000);
        for place in 0..CHARS {
            let used: BTreeSet<u8> = numbers.iter().map(|number| number.as_bytes()[place]).collect();
            assert_eq!(used.len(), ALPHABET.len());
        }
    }
}
