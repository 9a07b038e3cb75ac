use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::domain::metric::{
    Definition, DimensionValues, MAX_DIMENSION_VALUES, MAX_DIMENSIONS, MAX_NAME_CHARS, OTHER, Unit,
};

fn is_name(text: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[test]
fn names_are_unique_and_fit_into_keys_and_paths() {
    let names: Vec<_> = all().map(|metric| metric.name).collect();
    assert!(names.iter().all(|name| is_name(name)), "{names:?}");
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert!(names.iter().all(|name| named(name).is_some_and(|metric| metric.name == *name)));
    assert!(named("no_such_metric").is_none());
}

#[test]
fn a_metric_has_one_source_per_event_type() {
    for metric in all() {
        let events = metric.events();
        assert_eq!(events.iter().collect::<BTreeSet<_>>().len(), events.len(), "{}", metric.name);
    }
}

#[test]
fn dimensions_are_bounded_and_every_source_says_where_their_values_are() {
    for metric in all() {
        let dimensions = metric.dimensions();
        assert!(dimensions.len() <= MAX_DIMENSIONS, "{}", metric.name);
        for dimension in dimensions {
            assert!(is_name(dimension.name) && dimension.name != "total", "{}", metric.name);
            if let DimensionValues::Listed(values) = dimension.values {
                assert!(values.len() <= MAX_DIMENSION_VALUES && !values.contains(&OTHER), "{}", metric.name);
                assert!(values.iter().all(|value| is_name(value)), "{}", metric.name);
            }
        }
        let Definition::Summed { sources, .. } = metric.definition else { continue };
        for source in sources {
            assert_eq!(source.dimensions.len(), dimensions.len(), "{}", metric.name);
            assert_eq!(source.currency.is_some(), metric.unit == Unit::MinorUnits, "{}", metric.name);
        }
    }
}

#[test]
fn quotients_divide_metrics_that_are_summed() {
    for metric in all() {
        let Definition::Quotient { dividend, divisor } = metric.definition else { continue };
        let (dividend, divisor) = (named(dividend).unwrap(), named(divisor).unwrap());
        assert!(matches!(dividend.definition, Definition::Summed { .. }), "{}", metric.name);
        assert!(matches!(divisor.definition, Definition::Summed { .. }), "{}", metric.name);
        assert_eq!(metric.unit, dividend.unit);
        let has_currency = divisor.dimension("currency").is_some_and(|other| other.values == DimensionValues::Currency);
        assert_eq!(has_currency, dividend.unit == Unit::MinorUnits, "{}", metric.name);
    }
}

#[test]
fn the_events_fit_into_one_rule() {
    let events = events();
    assert!(events.len() <= MAX_EVENT_TYPES);
    assert!(events.is_sorted());
    let by_version: BTreeMap<_, _> = events.iter().filter_map(|event| event.rsplit_once(".v")).collect();
    assert_eq!(by_version.len(), events.len(), "two versions of an event would count twice");
}
