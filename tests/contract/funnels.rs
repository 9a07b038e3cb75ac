//! The rule of the consumer of funnels and cohorts matches the events that they name, and those exist and have what is read of them.

use std::collections::{BTreeMap, BTreeSet};

use analytics::domain::{cohort, funnel};
use yaml_serde::Value;

/// The events, each with the pointers that are read of it.
fn named() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let steps = funnel::FUNNELS.iter().flat_map(|funnel| funnel.steps);
    let steps = steps.map(|step| (step.event, step.subject));
    let signs = cohort::COHORTS.iter().flat_map(|cohorts| std::iter::once(&cohorts.joins).chain(cohorts.activity));
    let mut named = BTreeMap::<_, BTreeSet<_>>::new();
    for (event, pointer) in steps.chain(signs.map(|sign| (sign.event, sign.user))) {
        named.entry(event).or_default().insert(pointer);
    }
    named
}

#[test]
fn the_rule_matches_the_events_that_funnels_and_cohorts_name() {
    let text = std::fs::read_to_string(tests::root().join("functions/platform/analytics/template.yaml")).unwrap();
    let after = text.split("\n  TrackPeopleRule:").nth(1).expect("the rule");
    let list = after.split("detail-type: ").nth(1).and_then(|rest| rest.lines().next()).expect("the events");
    let matched: Vec<Value> = yaml_serde::from_str(list).unwrap();
    let matched: BTreeSet<_> = matched.iter().map(|event| event.as_str().unwrap()).collect();
    assert_eq!(matched, named().into_keys().collect(), "add to the rule what is named, and nothing else");
}

#[test]
fn every_named_event_has_the_ids_that_are_read_of_it() {
    for (event, pointers) in named() {
        let path = format!("events/{}.example.json", event.replacen('.', "/", 1));
        let text = std::fs::read_to_string(tests::root().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let example: serde_json::Value = serde_json::from_str(&text).unwrap();
        for pointer in pointers {
            let id = example["data"].pointer(pointer).and_then(serde_json::Value::as_str);
            assert!(id.is_some_and(|id| id.parse::<types::Uuid>().is_ok()), "{path} has no ID at {pointer}");
        }
    }
}
