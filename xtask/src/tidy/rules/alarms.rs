//! Alarms: on dead letters, and on schedules that do not run.

use serde_json::Value;

use crate::survey::{Resource, Survey, each, minutes_between, referred};
use crate::tidy::Report;

/// CloudWatch counts a run in the period in which it started: with one period of exactly the rate, a run that is a second late
/// would leave a period without runs.
const RATES_IN_WINDOW: f64 = 2.0;

/// Returns what is wrong with a dead-letter queue that `resource` names: that there is none, or that it has no alarm.
pub fn complaint(resource: &Resource<'_>, queue: &Value) -> Option<String> {
    let Some(dead) = resource.follow(queue).filter(|dead| dead.kind() == "AWS::SQS::Queue") else {
        return Some("a dead-letter queue of this template".to_owned());
    };
    let watched = on_metric(resource, "ApproximateNumberOfMessagesVisible", dead.id).is_some();
    (!watched).then(|| format!("an alarm with an action on {}'s ApproximateNumberOfMessagesVisible", dead.id))
}

/// The alarm with an action on a metric of a resource.
fn on_metric<'a>(resource: &Resource<'a>, metric: &str, id: &str) -> Option<Resource<'a>> {
    resource.template.of_type("AWS::CloudWatch::Alarm").find(|alarm| {
        let mut dimensions = each(alarm.property("Dimensions"));
        let acts = each(alarm.property("AlarmActions")).next().is_some();
        acts && alarm.text("MetricName") == metric
            && dimensions.any(|dimension| referred(&dimension["Value"]) == Some(id))
    })
}

/// Checks each function with a schedule: a failed run is a dead letter, but a run that never starts leaves nothing behind.
pub fn heartbeats(survey: &Survey<'_>, report: &mut Report) {
    for function in survey.functions() {
        let sources = function.resource.event_sources();
        for (name, _, source) in sources.filter(|(_, kind, _)| ["Schedule", "ScheduleV2"].contains(kind)) {
            if let Some(missing) = missing_heartbeat(&function.resource, source) {
                report
                    .resource(&function.resource, format!("may stop running without an alarm: {name} needs {missing}"));
            }
        }
    }
}

fn missing_heartbeat(function: &Resource<'_>, source: &Value) -> Option<String> {
    let Some(minutes) = minutes_between(source["Schedule"].as_str().unwrap_or_default()) else {
        return Some("a rate, so that the time between two runs is known".to_owned());
    };
    let Some(alarm) = on_metric(function, "Invocations", function.id) else {
        return Some(format!("an alarm with an action on {}'s Invocations", function.id));
    };
    let number = |name: &str, default: f64| alarm.property(name).as_f64().unwrap_or(default);
    let window = number("Period", 0.0) * number("EvaluationPeriods", 1.0);
    let at_least = RATES_IN_WINDOW * minutes * 60.0;
    if window < at_least {
        return Some(format!("Period x EvaluationPeriods of {} to be at least {at_least} s", alarm.id));
    }
    let fires_on_silence = alarm.text("Statistic") == "Sum"
        && alarm.text("ComparisonOperator") == "LessThanThreshold"
        && (number("Threshold", 0.0) - 1.0).abs() < f64::EPSILON
        && alarm.text("TreatMissingData") == "breaching";
    (!fires_on_silence).then(|| format!("{} to fire on a Sum below 1 and to treat missing data as breaching", alarm.id))
}
