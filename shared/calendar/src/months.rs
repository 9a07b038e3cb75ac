//! Periods of whole months from an anchor date.

use jiff::Span;
use jiff::civil::Date;

/// The longest period, in months.
const MAX_MONTHS: u16 = 120;

/// Consecutive periods of the same number of months. Each start is computed from the anchor, not from the previous start:
/// with an anchor on 31 January the periods start on 28 February and on 31 March.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthlyPeriods {
    anchor: Date,
    months: u16,
}

/// A length that periods cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {MAX_MONTHS} months")]
pub struct PeriodError;

impl MonthlyPeriods {
    /// Periods of so many months, of which the number 0 starts on the anchor.
    pub fn new(anchor: Date, months: u16) -> Result<Self, PeriodError> {
        if (1..=MAX_MONTHS).contains(&months) { Ok(Self { anchor, months }) } else { Err(PeriodError) }
    }

    /// The first day of period `number`, which may be negative. None if that is beyond the calendar (years -9999 to 9999).
    pub fn start(&self, number: i32) -> Option<Date> {
        let months = i64::from(number).checked_mul(i64::from(self.months))?;
        self.anchor.checked_add(Span::new().try_months(months).ok()?).ok()
    }

    /// The number of the period that contains a date: its start is not after the date, and the next start is.
    pub fn containing(&self, date: Date) -> i32 {
        let months = (i32::from(date.year()) - i32::from(self.anchor.year())) * 12 + i32::from(date.month())
            - i32::from(self.anchor.month());
        let number = months.div_euclid(i32::from(self.months));
        // In the month of its start, a period begins on the anchor's day.
        if self.start(number).is_some_and(|start| start > date) { number - 1 } else { number }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_anchor_at_the_end_of_a_month_stays_there() {
        let monthly = MonthlyPeriods::new(date(2026, 1, 31), 1).unwrap();
        let starts: Vec<_> = (0..5).map(|number| monthly.start(number).unwrap().to_string()).collect();
        assert_eq!(starts, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]);
        assert_eq!(monthly.start(25), Some(date(2028, 2, 29)));
        assert_eq!(monthly.containing(date(2026, 3, 30)), 1);
        assert_eq!(monthly.containing(date(2026, 3, 31)), 2);
        assert_eq!(monthly.containing(date(2026, 1, 30)), -1);
    }

    #[test]
    fn lengths_are_bounded() {
        assert_eq!(MonthlyPeriods::new(date(2026, 1, 1), 0), Err(PeriodError));
        assert_eq!(MonthlyPeriods::new(date(2026, 1, 1), MAX_MONTHS + 1), Err(PeriodError));
        assert_eq!(MonthlyPeriods::new(date(2026, 1, 1), 120).unwrap().start(i32::MAX), None);
    }

    proptest! {
        #[test]
        fn every_date_is_in_exactly_one_period(
            year in 1900..2100_i16, month in 1..=12_i8, day in 1..=31_i8, months in 1..=24_u16, offset in -20_000..20_000_i32,
        ) {
            let anchor = Date::new(year, month, day);
            prop_assume!(anchor.is_ok());
            let anchor = anchor.unwrap();
            let periods = MonthlyPeriods::new(anchor, months).unwrap();
            let date = anchor + offset.days();
            let number = periods.containing(date);
            let (start, next) = (periods.start(number).unwrap(), periods.start(number + 1).unwrap());
            prop_assert!(start <= date && date < next, "{start} <= {date} < {next}");
            // A start has the anchor's day, or is the last day of its month.
            prop_assert!(start.day() == anchor.day() || start == start.last_of_month() && start.day() < anchor.day());
        }
    }
}
