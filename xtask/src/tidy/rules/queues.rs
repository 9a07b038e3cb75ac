//! What a function that fails leaves behind: a message that is delivered again, and in the end a dead letter with an alarm.

use serde_json::Value;

use super::alarms::complaint;
use crate::survey::{Resource, Survey, each, referred};
use crate::tidy::Report;

/// Lambda's own default, in seconds.
const DEFAULT_TIMEOUT_SECONDS: i64 = 3;
/// SQS's own default, in seconds.
const DEFAULT_VISIBILITY_SECONDS: i64 = 30;
/// How many time-outs of the function a message stays hidden: as many as Lambda asks for.
const TIMEOUTS_HIDDEN: i64 = 6;
/// How often a message is delivered before it is dead. A throttled delivery counts too, so a burst uses up a few.
const MAX_RECEIVES: i64 = 10;
/// The dead-letter queue of a context.
const DEAD_LETTERS: &str = "DeadLetters";
/// Consumers that one event may give thousands of messages: without a maximum they take the account's whole concurrency.
const FAN_OUT: [&str; 8] = [
    "CreditRewards",
    "EvaluateBadges",
    "FireSchedule",
    "PlanDeliveries",
    "ProcessUpload",
    "PushNotifications",
    "SendDeliveries",
    "TellSubscribers",
];

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
        if FAN_OUT.contains(&function.id) && source["ScalingConfig"]["MaximumConcurrency"].is_null() {
            report.resource(&function, "may take all of the account's concurrency: set ScalingConfig of its queue");
        }
        let Some(queue) = function.follow(&source["Queue"]).filter(|queue| queue.kind() == "AWS::SQS::Queue") else {
            report.resource(&function, format!("is fed by {name}, which names no queue of this template"));
            continue;
        };
        redelivery(&function, &queue, report);
        named(&queue, "QueueName", function.text("Handler"), report);
    }
    for mapping in survey.templates.iter().flat_map(|template| template.of_type("AWS::Lambda::EventSourceMapping")) {
        report.resource(
            &mapping,
            "is an event source by itself: declare it under Events of its function, where the rules see it",
        );
    }
}

fn redelivery(function: &Resource<'_>, queue: &Resource<'_>, report: &mut Report) {
    if let Some(missing) = complaint(queue, queue.property("RedrivePolicy/deadLetterTargetArn")) {
        report.resource(queue, format!("needs {missing} behind its RedrivePolicy"));
    }
    if queue.property("RedrivePolicy/maxReceiveCount") != MAX_RECEIVES {
        report.resource(
            queue,
            format!("gives up at another delivery than all others: set maxReceiveCount to {MAX_RECEIVES}"),
        );
    }
    let timeout = function.own_or_global("Timeout").as_i64().unwrap_or(DEFAULT_TIMEOUT_SECONDS);
    let hidden = queue.property("VisibilityTimeout").as_i64().unwrap_or(DEFAULT_VISIBILITY_SECONDS);
    if hidden < TIMEOUTS_HIDDEN * timeout {
        let wanted = TIMEOUTS_HIDDEN * timeout;
        report.resource(
            queue,
            format!("shows a message again while {} may be at it: set VisibilityTimeout to {wanted}", function.id),
        );
    }
}

/// A fixed name, by which policies and operators know a resource.
fn named(resource: &Resource<'_>, property: &str, binary: &str, report: &mut Report) {
    let name = format!("atoll-${{Stage}}-{binary}");
    if resource.property(property)["Fn::Sub"] != name {
        report.resource(resource, format!("has no fixed name: set {property} to !Sub {name}"));
    }
}

/// Looks at each function that a stream feeds.
pub fn streams(survey: &Survey<'_>, report: &mut Report) {
    for (function, name, source) in sources(survey, &["DynamoDB", "Kinesis"]) {
        partial_failures(&function, name, source, report);
        if source["BisectBatchOnFunctionError"] != true {
            report.resource(
                &function,
                format!(
                    "delays a whole batch of {name} for one change that ends the function: set \
                     BisectBatchOnFunctionError to true"
                ),
            );
        }
        if function.property("ReservedConcurrentExecutions").is_null() {
            report.resource(
                &function,
                "may be starved by other functions: set ReservedConcurrentExecutions by a parameter",
            );
        }
        if let Some(missing) = complaint(&function, &source["DestinationConfig"]["OnFailure"]["Destination"]) {
            report.resource(&function, format!("needs {missing} as OnFailure of {name}"));
        }
    }
}

/// Looks at each target of each rule of the bus, and at the policies of the queues that it sends to.
pub fn bus_rules(survey: &Survey<'_>, report: &mut Report) {
    for rule in survey.templates.iter().flat_map(|template| template.of_type("AWS::Events::Rule")) {
        let context = rule.template.context().unwrap_or_else(|| rule.template.stem());
        let binary = format!("{context}-{}", kebab(rule.id.strip_suffix("Rule").unwrap_or(rule.id)));
        named(&rule, "Name", &binary, report);
        for target in each(rule.property("Targets")) {
            if let Some(missing) = complaint(&rule, &target["DeadLetterConfig"]["Arn"]) {
                report.resource(&rule, format!("needs {missing} as DeadLetterConfig of its target {}", target["Id"]));
            }
            for queue in [&target["Arn"], &target["DeadLetterConfig"]["Arn"]] {
                may_send(&rule, queue, &binary, report);
            }
        }
    }
}

/// A queue that a rule names lets the rule send, before there is the rule: what EventBridge may not deliver is lost at once.
fn may_send(rule: &Resource<'_>, queue: &Value, binary: &str, report: &mut Report) {
    let Some(queue) = rule.follow(queue).filter(|queue| queue.kind() == "AWS::SQS::Queue") else { return };
    let names_it = |policy: &Resource<'_>| {
        each(policy.property("Queues")).any(|one| referred(one) == Some(queue.id))
            && each(policy.property("PolicyDocument/Statement")).any(|statement| lets(statement, binary))
    };
    let Some(policy) = rule.template.of_type("AWS::SQS::QueuePolicy").find(names_it) else {
        let message = format!("may not send to {}: give the queue a policy for atoll-${{Stage}}-{binary}", queue.id);
        report.resource(rule, message);
        return;
    };
    if !rule.waits_for(policy.id) {
        report.resource(rule, format!("may exist before {}, and lose events: name it in DependsOn", policy.id));
    }
}

/// True if a statement lets EventBridge send for the rule of this name.
fn lets(statement: &Value, binary: &str) -> bool {
    let conditions = statement["Condition"].as_object().into_iter().flatten();
    let arns = conditions.flat_map(|(_, keys)| each(&keys["aws:SourceArn"]));
    let mut names = arns.filter_map(|arn| Some(arn["Fn::Sub"].as_str()?.rsplit_once("atoll-${Stage}-")?.1));
    statement["Principal"]["Service"] == "events.amazonaws.com"
        && names.any(|name| name == binary || name.strip_suffix('*').is_some_and(|start| binary.starts_with(start)))
}

/// Looks at each function that a schedule, or the bus without a queue between, starts.
pub fn schedules(survey: &Survey<'_>, report: &mut Report) {
    for (function, name, source) in sources(survey, &["Schedule", "ScheduleV2", "EventBridgeRule", "CloudWatchEvent"]) {
        if let Some(missing) = complaint(&function, &source["DeadLetterConfig"]["Arn"]) {
            report.resource(&function, format!("needs {missing} as DeadLetterConfig of {name}"));
        }
        let on_failure = function.property("EventInvokeConfig/DestinationConfig/OnFailure/Destination");
        if let Some(missing) = complaint(&function, on_failure) {
            report.resource(&function, format!("fails without an alarm: it needs {missing} in its EventInvokeConfig"));
        }
        may_send(&function, &source["DeadLetterConfig"]["Arn"], function.text("Handler"), report);
        let fixed = format!("atoll-${{Stage}}-{}", function.text("Handler"));
        if ![&source["Name"], &source["RuleName"]].iter().any(|name| name["Fn::Sub"] == fixed) {
            report.resource(&function, format!("has a rule without a fixed name: name {name} !Sub {fixed}"));
        }
    }
    for schedule in survey.templates.iter().flat_map(|template| template.of_type("AWS::Scheduler::Schedule")) {
        if let Some(missing) = complaint(&schedule, schedule.property("Target/DeadLetterConfig/Arn")) {
            report.resource(&schedule, format!("needs {missing} as DeadLetterConfig of its target"));
        }
    }
}

/// Looks for dead-letter queues beside the one that a context has.
pub fn one_dead_letter_queue(survey: &Survey<'_>, report: &mut Report) {
    for template in &survey.templates {
        let targets = template.of_type("AWS::SQS::Queue").filter_map(|queue| {
            referred(queue.property("RedrivePolicy/deadLetterTargetArn")).and_then(|id| template.resource(id))
        });
        for queue in targets.filter(|queue| queue.id != DEAD_LETTERS) {
            report.resource(
                &queue,
                format!("is a second dead-letter queue: the queues of a context share {DEAD_LETTERS}"),
            );
        }
        if let (Some(queue), Some(context)) = (template.resource(DEAD_LETTERS), template.context()) {
            named(&queue, "QueueName", &format!("{context}-dead-letters"), report);
        }
    }
}

/// `send-receipt` of `SendReceipt`.
pub fn kebab(pascal: &str) -> String {
    let mut text = String::new();
    for letter in pascal.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}
