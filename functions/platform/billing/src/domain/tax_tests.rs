//! Taxes.

use jiff::civil::date;

use super::*;

fn rate(millionths: u32) -> Rate {
    Rate::from_millionths(millionths).unwrap()
}

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

fn sums(totals: &[RateTotal]) -> (i64, i64) {
    (totals.iter().map(|one| one.net).sum(), totals.iter().map(|one| one.tax).sum())
}

#[test]
fn case_19_tax_is_rounded_half_away_from_zero_on_the_sum_of_a_rate() {
    // 8,180.00 at 9.975 % is 815.955.
    let quebec = totals([(818_000, rate(99_750))], PriceTax::Exclusive, &Treatment::Standard);
    assert_eq!(sums(&quebec), (818_000, 81_596));
    let refund = totals([(-818_000, rate(99_750))], PriceTax::Exclusive, &Treatment::Standard);
    assert_eq!(sums(&refund), (-818_000, -81_596));
    // 8,500 less 7,500, with 19 %: 1,190.00.
    let german =
        totals([(850_000, rate(190_000)), (-750_000, rate(190_000))], PriceTax::Exclusive, &Treatment::Standard);
    assert_eq!(sums(&german), (100_000, 19_000));
}

#[test]
fn inclusive_prices_contain_their_tax() {
    let lines = [(1_190, rate(190_000)), (1_070, rate(70_000)), (1_190, rate(190_000))];
    let totals = totals(lines, PriceTax::Inclusive, &Treatment::Standard);
    assert_eq!(totals.iter().map(|one| (one.net, one.tax)).collect::<Vec<_>>(), [(1_000, 70), (2_000, 380)]);
}

#[test]
fn reverse_charge_needs_a_vat_id_of_another_member_of_the_eu() {
    let treatment = |seller: &str, customer: &str, vat_id: Option<&str>| {
        let vat_id = vat_id.map(|text| VatId::parse(text).unwrap());
        let parties = Parties { seller: country(seller), customer: country(customer), vat_id };
        matches!(parties.treatment(), Treatment::ReverseCharge { .. })
    };
    assert!(treatment("DE", "AT", Some("ATU12345678")) && treatment("DE", "GR", Some("EL123456789")));
    assert!(!treatment("DE", "DE", Some("DE123456789")), "not at home");
    assert!(!treatment("DE", "AT", None), "not for consumers");
    assert!(!treatment("DE", "AT", Some("FRXX999999999")), "not with the number of a third country");
    assert!(!treatment("CH", "AT", Some("ATU12345678")), "not from outside the EU");
}

#[test]
fn reverse_charge_takes_the_tax_off_an_inclusive_price() {
    let reverse = Treatment::ReverseCharge { vat_id: VatId::parse("ATU12345678").unwrap() };
    assert_eq!(sums(&totals([(1_190, rate(190_000))], PriceTax::Inclusive, &reverse)), (1_000, 0));
    assert_eq!(sums(&totals([(1_000, rate(190_000))], PriceTax::Exclusive, &reverse)), (1_000, 0));
}

#[test]
fn a_rate_is_valid_from_its_first_day_to_the_day_before_its_last() {
    let entry = |millionths, from, until| TaxRate {
        country: country("DE"),
        class: TaxClass::standard(),
        rate: rate(millionths),
        from,
        until,
    };
    let rates = [entry(190_000, date(2007, 1, 1), None), entry(160_000, date(2020, 7, 1), Some(date(2021, 1, 1)))];
    let on = |day| rate_on(&rates, &country("DE"), &TaxClass::standard(), day).map(Rate::millionths);
    assert_eq!((on(date(2020, 6, 30)), on(date(2020, 7, 1))), (Ok(190_000), Ok(160_000)));
    assert_eq!((on(date(2020, 12, 31)), on(date(2021, 1, 1))), (Ok(160_000), Ok(190_000)));
    assert!(on(date(2006, 12, 31)).is_err());
    assert!(rate_on(&rates, &country("AT"), &TaxClass::standard(), date(2026, 1, 1)).is_err());
}
