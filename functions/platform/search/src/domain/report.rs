//! Reports: the figures of some days together.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::figures::Figures;
use super::sketch::QueryCount;
use super::suggestions::MIN_SOURCES;

/// Number of days of a report.
pub const MAX_REPORT_DAYS: usize = 31;
/// Number of searches that a report lists.
pub const MAX_REPORTED_QUERIES: usize = 50;

/// Returns the day of a moment, in UTC.
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Why a period is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// It ends before it begins.
    #[error("must not be before from")]
    Reversed,
    /// It is too long.
    #[error("must be at most 30 days after from: a report has at most {MAX_REPORT_DAYS} days")]
    TooLong,
}

/// Returns the days of a period, both ends included.
pub fn days(from: Date, to: Date) -> Result<Vec<Date>, PeriodError> {
    if to < from {
        return Err(PeriodError::Reversed);
    }
    let days: Vec<Date> =
        from.series(jiff::Span::new().days(1)).take_while(|day| *day <= to).take(MAX_REPORT_DAYS + 1).collect();
    if days.len() > MAX_REPORT_DAYS { Err(PeriodError::TooLong) } else { Ok(days) }
}

/// Returns the texts that several sources searched on one day, from the parts of days. What one person typed may be about that person,
/// so it is in no list. The sources of different days are not added: they may be the same.
pub fn reportable(parts: &[Figures]) -> BTreeSet<String> {
    let counts = parts.iter().flat_map(|part| part.queries.iter().chain(part.empty_queries.iter()));
    let reportable = counts.filter(|(_, count)| count.sources.count() >= MIN_SOURCES);
    reportable.map(|(text, _)| text.to_owned()).collect()
}

/// Returns the most frequent searches among the reportable ones, by their searches and then by text.
pub fn top<'a>(
    counts: impl Iterator<Item = (&'a str, QueryCount)>,
    reportable: &BTreeSet<String>,
) -> Vec<(&'a str, QueryCount)> {
    let mut top: Vec<_> = counts.filter(|(text, count)| count.searches > 0 && reportable.contains(*text)).collect();
    top.sort_by(|(a, x), (b, y)| y.searches.cmp(&x.searches).then_with(|| a.cmp(b)));
    top.truncate(MAX_REPORTED_QUERIES);
    top
}

/// Returns the sum of figures.
pub fn total(parts: impl IntoIterator<Item = Figures>) -> Figures {
    parts.into_iter().fold(Figures::default(), |mut total, part| {
        total.merge(part);
        total
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::privacy::SourceGroups;

    #[test]
    fn only_texts_of_several_sources_of_a_day_are_listed() {
        let day = |text: &str, total: usize, sources: &[&str]| {
            let mut figures = Figures::default();
            for source in sources {
                figures.add_search(text, total, SourceGroups::of(source));
            }
            figures
        };
        let days = [
            day("shoe", 3, &["a", "b", "c"]),
            day("anns address", 3, &["a", "b", "a"]),
            day("anns address", 3, &["c", "d"]),
            day("unicorn", 0, &["a", "b", "c", "d"]),
            day("anns illness", 0, &["a"]),
        ];
        let listed = reportable(&days);
        let total = total(days);
        let texts =
            |counts: Vec<(&str, QueryCount)>| counts.iter().map(|(text, _)| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(texts(top(total.queries.iter(), &listed)), ["shoe"]);
        assert_eq!(texts(top(total.empty_queries.iter(), &listed)), ["unicorn"]);
        assert_eq!(total.searches, 13);
    }

    #[test]
    fn a_period_has_both_ends_and_a_bound() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(days(day("2026-11-29"), day("2026-11-29")).unwrap().len(), 1);
        assert_eq!(days(day("2026-11-01"), day("2026-12-01")).unwrap().len(), 31);
        assert_eq!(days(day("2026-11-01"), day("2026-12-02")), Err(PeriodError::TooLong));
        assert_eq!(days(day("2026-11-02"), day("2026-11-01")), Err(PeriodError::Reversed));
        assert_eq!(days(Date::MAX, Date::MAX).unwrap().len(), 1);
        assert_eq!(days(Date::MIN, Date::MAX), Err(PeriodError::TooLong));
    }
}
