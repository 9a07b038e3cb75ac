//! Numbers without gaps.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::domain::fixture::{at, entity};

#[test]
fn each_kind_and_year_has_its_own_numbers() {
    let (entity, now) = (entity(), at(0));
    let invoices = Series::new(&entity, SeriesKind::Invoices, 2027);
    let (numbers, after) = invoices.take(&entity, 2, now).unwrap();
    assert_eq!(numbers.iter().map(|one| one.number.as_str()).collect::<Vec<_>>(), ["RE-2027-1", "RE-2027-2"]);
    assert_eq!(after.take(&entity, 1, now).unwrap().0[0].number.to_string(), "RE-2027-3");
    let notes = Series::new(&entity, SeriesKind::CreditNotes, 2027);
    assert_eq!(notes.take(&entity, 1, now).unwrap().0[0].number.to_string(), "GU-2027-1");
}

#[test]
fn the_year_is_that_of_the_entity_and_not_of_utc() {
    let entity = entity();
    let eve: Timestamp = "2027-12-31T23:30:00Z".parse().unwrap();
    let series = |year| Series::new(&entity, SeriesKind::Invoices, year);
    // In Berlin it is 2028 already.
    assert_eq!(series(2027).take(&entity, 1, eve), Err(SeriesError::OtherYear));
    assert_eq!(series(2028).take(&entity, 1, eve).unwrap().0[0].date.to_string(), "2028-01-01");
}

#[test]
fn a_series_is_bounded_and_belongs_to_its_entity() {
    let entity = entity();
    let series = Series::new(&entity, SeriesKind::Invoices, 2027);
    assert_eq!(series.take(&entity, MAX_NUMBERS + 1, at(0)), Err(SeriesError::TooMany));
    let other = LegalEntity { code: EntityCode::parse("other").unwrap(), ..entity };
    assert_eq!(series.take(&other, 1, at(0)), Err(SeriesError::OtherEntity));
}

/// One of many that finalise at once: what it read, and whether it dies before its write.
#[derive(Debug, Clone)]
struct Finaliser {
    dies: bool,
    read: Option<(u64, Series)>,
    clock: SignedDuration,
}

/// Lets finalisers take turns on a series under its version, as transactions do. Returns the documents.
fn race(mut finalisers: Vec<Finaliser>, turns: &[usize]) -> Vec<Numbered> {
    let entity = entity();
    let (mut version, mut series) = (0, Series::new(&entity, SeriesKind::Invoices, 2027));
    let mut documents = Vec::new();
    let mut turns = turns.iter().copied().cycle();
    while !finalisers.is_empty() {
        let index = turns.next().unwrap() % finalisers.len();
        let Some((read, seen)) = finalisers[index].read.take() else {
            finalisers[index].read = Some((version, series.clone()));
            continue;
        };
        if finalisers[index].dies {
            finalisers.swap_remove(index);
        } else if read == version {
            let (numbers, after) = seen.take(&entity, 1, at(0) + finalisers[index].clock).unwrap();
            documents.extend(numbers);
            (version, series) = (version + 1, after);
            finalisers.swap_remove(index);
        }
    }
    documents
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn case_24_of_500_finalisations_at_once_100_fail_without_gap_or_duplicate_and_dates_are_in_order(
        turns in proptest::collection::vec(any::<usize>(), 400..900),
        clocks in proptest::collection::vec(-200_000..200_000_i64, 500),
    ) {
        let finaliser = |(index, seconds): (usize, i64)| Finaliser {
            dies: index % 5 == 0,
            read: None,
            clock: SignedDuration::from_secs(seconds),
        };
        let documents = race(clocks.into_iter().enumerate().map(finaliser).collect(), &turns);
        let wanted: Vec<String> = (1..=400).map(|number| format!("RE-2027-{number}")).collect();
        let found: Vec<String> = documents.iter().map(|one| one.number.to_string()).collect();
        prop_assert_eq!(found, wanted);
        prop_assert!(documents.windows(2).all(|pair| pair[0].date <= pair[1].date));
    }

    #[test]
    fn a_wave_of_renewals_takes_numbers_in_bounded_pieces(sizes in proptest::collection::vec(0..=MAX_NUMBERS, 1..40)) {
        let entity = entity();
        let mut series = Series::new(&entity, SeriesKind::Invoices, 2027);
        let mut seen = BTreeMap::new();
        for size in &sizes {
            let (numbers, after) = series.take(&entity, *size, at(0)).unwrap();
            seen.extend(numbers.into_iter().map(|one| (one.number, one.date)));
            series = after;
        }
        let total: usize = sizes.iter().sum();
        prop_assert_eq!((seen.len(), series.last), (total, total as u64));
    }
}
