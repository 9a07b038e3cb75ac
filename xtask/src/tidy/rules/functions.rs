//! What every function has.

use serde_json::Value;

use crate::survey::Survey;
use crate::tidy::Report;

/// The log group of a context.
const LOGS: &str = "Logs";

/// Looks for one log group with retention that all functions of a template share.
pub fn logs(survey: &Survey<'_>, report: &mut Report) {
    for function in survey.functions() {
        let resource = function.resource;
        let group = resource.follow(resource.own_or_global("LoggingConfig/LogGroup"));
        match group.filter(|group| group.kind() == "AWS::Logs::LogGroup") {
            None => report.resource(
                &resource,
                "writes to an undeclared log group, which is kept for ever: set LoggingConfig to one",
            ),
            Some(group) if group.property("RetentionInDays") == &Value::Null => {
                report.resource(&group, "keeps logs for ever: set RetentionInDays");
            }
            Some(group) if group.id != LOGS => {
                report.resource(&resource, format!("writes to {}: all functions of a context share {LOGS}", group.id));
            }
            Some(_) => {}
        }
    }
}

/// Looks for X-Ray, which the deployment turns on and off for all functions.
pub fn tracing(survey: &Survey<'_>, report: &mut Report) {
    let follows = |tracing: &Value| tracing["Ref"] == "Tracing";
    for function in survey.functions().filter(|function| !follows(function.resource.own_or_global("Tracing"))) {
        report.resource(
            &function.resource,
            "is not traced when the deployment is: set `Tracing: !Ref Tracing`, in Globals for all functions of the template",
        );
    }
}
