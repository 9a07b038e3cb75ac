//! Short names that operators choose: plans, products, prices, coupons, legal entities.

text::codes! {
    max_chars: 30, example: "family",
    /// Code of a product: what plans are variants of.
    ProductCode,
    /// Code of a plan: what an account is on, like `family`.
    PlanCode,
    /// Code of a price, the same for all its versions, like `family-month-eur`.
    PriceCode,
    /// Code of a coupon.
    CouponCode,
    /// Code of a legal entity that issues invoices.
    EntityCode,
    /// Name of an entitlement, like `devices`.
    EntitlementName,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_lower_case_and_bounded() {
        assert_eq!(PlanCode::parse("family-2").unwrap().as_str(), "family-2");
        let error = text::NotACode { max_chars: 30, example: "family" };
        for bad in ["", "Family", "a b", "-a", "a-", &"a".repeat(31)] {
            assert_eq!(PlanCode::parse(bad), Err(error), "{bad}");
        }
    }
}
