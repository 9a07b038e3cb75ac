//! Availability of variants and of what is made of several.

use contracts::orders::StockAvailability;

/// Returns the better of two availabilities; an unknown one is the worst.
pub fn best(left: Option<StockAvailability>, right: Option<StockAvailability>) -> Option<StockAvailability> {
    if rank(left) >= rank(right) { left } else { right }
}

/// Returns the availability of a bundle: that of its scarcest component, and unknown while one of them is.
pub fn of_bundle(components: impl Iterator<Item = Option<StockAvailability>>) -> Option<StockAvailability> {
    components.min_by_key(|availability| rank(*availability)).flatten()
}

/// True if staff should order more.
pub fn is_scarce(availability: StockAvailability) -> bool {
    availability != StockAvailability::InStock
}

const fn rank(availability: Option<StockAvailability>) -> u8 {
    match availability {
        None => 0,
        Some(StockAvailability::OutOfStock) => 1,
        Some(StockAvailability::LowStock) => 2,
        Some(StockAvailability::InStock) => 3,
    }
}

#[cfg(test)]
mod tests {
    use StockAvailability::{InStock, LowStock, OutOfStock};

    use super::*;

    #[test]
    fn a_product_has_the_best_of_its_variants_and_a_bundle_the_worst_of_its_components() {
        assert_eq!(best(Some(LowStock), Some(InStock)), Some(InStock));
        assert_eq!(best(Some(OutOfStock), None), Some(OutOfStock));
        assert_eq!(of_bundle([Some(InStock), Some(LowStock)].into_iter()), Some(LowStock));
        assert_eq!(of_bundle([Some(InStock), Some(OutOfStock), Some(LowStock)].into_iter()), Some(OutOfStock));
        assert_eq!(of_bundle([Some(InStock), None].into_iter()), None);
    }
}
