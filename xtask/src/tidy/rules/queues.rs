//! What a function that fails leaves behind: a message that comes again, and in the end a dead letter that somebody hears of.

use serde_json::Value;

use super::alarms::complaint;
use crate::survey::{Resource, Survey, each};
use crate::tidy::Report;

/// Lambda's own default, in seconds.
const DEFAULT_TIMEOUT_SECONDS: i64 = 3;
/// SQS's own default, in seconds.
const DEFAULT_VISIBILITY_SECONDS: i64 = 30;
/// How many time-outs of the function a message stays hidden: as many as Lambda asks for.
const TIMEOUTS_HIDDEN: i64 = 6;

/// Each event source of a type: the function, the source's name, its properties.
fn sources<'a>(survey: &'a Survey<'_>, kinds: &'a [&str]) -> impl Iterator<Item = (Resource<'a>, &'a str, &'a Value)> {
    survey.functions().flat_map(move |function| {
        let sources = function.resource.event_sources().filter(move |(_, kind, _)| kinds.contains(kind));
        sources.map(move |(name, _, properties)| (function.resource, name, properties))
    })
}

fn partial_failures(function: &Resource<'_>, name: &str, source: &Value, report: &mut Report) {
    if !each(&source["FunctionResponseTypes"]).any(|kind| kind == "ReportBatchItemFailures") {
        report.resource(
            function,
            format!(
                "fails a whole batch for one message of {name}: set FunctionResponseTypes to [ReportBatchItemFailures]"
            ),
        );
    }
}

/// Looks at each function that a queue feeds.
pub fn consumers(survey: &Survey<'_>, report: &mut Report) {
    for (function, name, source) in sources(survey, &["SQS"]) {
        partial_failures(&function, name, source, report);
        let Some(queue) = function.follow(&source["Queue"]).filter(|queue| queue.kind() == "AWS::SQS::Queue") else {
            report.resource(&function, format!("is fed by {name}, which names no queue of this template"));
            continue;
        };
        if let Some(missing) = complaint(&queue, queue.property("RedrivePolicy/deadLetterTargetArn")) {
            report.resource(&queue, format!("needs {missing} behind its RedrivePolicy"));
        }
        let timeout = function.own_or_global("Timeout").as_i64().unwrap_or(DEFAULT_TIMEOUT_SECONDS);
        let hidden = queue.property("VisibilityTimeout").as_i64().unwrap_or(DEFAULT_VISIBILITY_SECONDS);
        if hidden < TIMEOUTS_HIDDEN * timeout {
            let wanted = TIMEOUTS_HIDDEN * timeout;
            report.resource(
                &queue,
                format!("shows a message again while {} may be at it: set VisibilityTimeout to {wanted}", function.id),
            );
        }
    }
    for mapping in survey.templates.iter().flat_map(|template| template.of_type("AWS::Lambda::EventSourceMapping")) {
        report.resource(
            &mapping,
            "is an event source by itself: declare it under Events of its function, where the rules see it",
        );
    }
}

/// Looks at each function that a stream feeds.
pub fn streams(survey: &Survey<'_>, report: &mut Report) {
    for (function, name, source) in sources(survey, &["DynamoDB", "Kinesis"]) {
        partial_failures(&function, name, source, report);
        if let Some(missing) = complaint(&function, &source["DestinationConfig"]["OnFailure"]["Destination"]) {
            report.resource(&function, format!("needs {missing} as OnFailure of {name}"));
        }
    }
}

/// Looks at each target of each rule of the bus.
pub fn bus_rules(survey: &Survey<'_>, report: &mut Report) {
    for rule in survey.templates.iter().flat_map(|template| template.of_type("AWS::Events::Rule")) {
        for target in each(rule.property("Targets")) {
            if let Some(missing) = complaint(&rule, &target["DeadLetterConfig"]["Arn"]) {
                report.resource(&rule, format!("needs {missing} as DeadLetterConfig of its target {}", target["Id"]));
            }
        }
    }
}

/// Looks at each function that a schedule, or the bus without a queue between, starts.
pub fn schedules(survey: &Survey<'_>, report: &mut Report) {
    for (function, name, source) in sources(survey, &["Schedule", "ScheduleV2", "EventBridgeRule", "CloudWatchEvent"]) {
        if let Some(missing) = complaint(&function, &source["DeadLetterConfig"]["Arn"]) {
            report.resource(&function, format!("needs {missing} as DeadLetterConfig of {name}"));
        }
    }
    for schedule in survey.templates.iter().flat_map(|template| template.of_type("AWS::Scheduler::Schedule")) {
        if let Some(missing) = complaint(&schedule, schedule.property("Target/DeadLetterConfig/Arn")) {
            report.resource(&schedule, format!("needs {missing} as DeadLetterConfig of its target"));
        }
    }
}
