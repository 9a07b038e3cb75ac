//! The rule of the consumer that counts matches the events that metrics name, and those exist.

use std::collections::BTreeSet;

use analytics::domain::metrics;
use yaml_serde::Value;

#[test]
fn the_rule_matches_the_events_that_metrics_name() {
    let text = std::fs::read_to_string(tests::root().join("functions/platform/analytics/template.yaml")).unwrap();
    let after = text.split("\n  CountEventsRule:").nth(1).expect("the rule");
    let list = after.split("detail-type: ").nth(1).and_then(|rest| rest.lines().next()).expect("the events");
    let matched: Vec<Value> = yaml_serde::from_str(list).unwrap();
    let matched: BTreeSet<_> = matched.iter().map(|event| event.as_str().unwrap()).collect();
    assert_eq!(
        matched,
        metrics::events().into_iter().collect(),
        "add to the rule what a metric names, and nothing else"
    );
}

#[test]
fn every_event_that_a_metric_names_is_published() {
    for name in metrics::events() {
        let path = format!("events/{}.schema.json", name.replacen('.', "/", 1));
        assert!(tests::root().join(&path).is_file(), "{name}: there is no {path}");
    }
}
