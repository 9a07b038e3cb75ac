//! A consumer that sends messages to its own queue: its template has to allow that, for continuations in three places.

use serde_json::Value;

use crate::survey::{Function, Resource, Survey, each, mentions};
use crate::tidy::Report;

/// Looks at each function whose binary calls `kit::sqs::serve_in_parts`, and at each whose role may send to its own queue.
pub fn own_queues(survey: &Survey<'_>, report: &mut Report) {
    for function in survey.functions() {
        let resource = function.resource;
        let continues = continues(&function);
        let queue = resource
            .event_sources()
            .find_map(|(_, kind, source)| (kind == "SQS").then(|| resource.follow(&source["Queue"])).flatten());
        let Some(queue) = queue else {
            if continues {
                report.resource(&resource, "continues its work, but no queue of this template feeds it");
            }
            continue;
        };
        let is_queue = |value: &Value| resource.follow(value).is_some_and(|found| found.id == queue.id);
        if !continues {
            if may_send(&resource, &is_queue) && resource.text("RecursiveLoop") != "Allow" {
                report.resource(
                    &resource,
                    "may send to the queue that feeds it: set RecursiveLoop to Allow, or Lambda stops it after 16 turns",
                );
            }
            continue;
        }
        if !is_queue(resource.property("Environment/Variables/QUEUE_URL")) {
            report.resource(&resource, format!("continues its work: set QUEUE_URL to !Ref {}", queue.id));
        }
        if resource.text("RecursiveLoop") != "Allow" {
            report.resource(
                &resource,
                "continues its work: set RecursiveLoop to Allow, or Lambda stops it after 16 turns",
            );
        }
        if !may_send(&resource, &is_queue) {
            report
                .resource(&resource, format!("continues its work: allow sqs:SendMessage to !GetAtt {}.Arn", queue.id));
        }
    }
}

fn continues(function: &Function<'_>) -> bool {
    let Some(context) = function.context else { return false };
    let binary = context.manifest.binaries.iter().find(|binary| binary.name == function.resource.text("Handler"));
    let source = binary.and_then(|binary| context.source(&binary.path));
    source.is_some_and(|source| mentions(&source.text, "serve_in_parts"))
}

fn may_send(function: &Resource<'_>, is_queue: &impl Fn(&Value) -> bool) -> bool {
    let Some(role) = function.follow(function.property("Role")) else { return false };
    let documents = each(role.property("Policies")).map(|policy| &policy["PolicyDocument"]);
    documents.flat_map(|document| each(&document["Statement"])).any(|statement| {
        each(&statement["Action"]).any(|action| action == "sqs:SendMessage")
            && each(&statement["Resource"]).any(is_queue)
    })
}
